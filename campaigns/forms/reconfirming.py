"""What the province does about channels that nobody confirmed for 60 days."""

from django import forms

from portal.lib.fields import RowsField

ACTS = [("right", "Vẫn đúng (đã gọi hỏi)"), ("suspend", "Tạm dừng"), ("close", "Đóng kênh")]
FORM_ID = "xu-ly"


class NeglectedForm(forms.Form):
    """Ticked channels, one act for all of them, and the note that their history keeps."""

    chon = RowsField(
        label="Kênh",
        queryset=None,
        error_messages={"required": "Hãy đánh dấu ít nhất một kênh."},
        widget=forms.CheckboxSelectMultiple,
    )
    act = forms.ChoiceField(label="Xử lý", choices=ACTS, error_messages={"required": "Hãy chọn cách xử lý."})
    note = forms.CharField(
        label="Ghi chú", max_length=300, strip=True, error_messages={"required": "Hãy ghi đã gọi ai, trả lời thế nào."},
        help_text="Ví dụ: đã gọi đầu mối ngày hôm nay, kênh vẫn dùng. Nhật ký của kênh giữ lại.",
    )  # fmt: skip

    def __init__(self, *args, channels, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["chon"].queryset = channels
        for field in self.fields.values():
            field.widget.attrs["form"] = FORM_ID  # the table between stands outside the form: its phones are forms
