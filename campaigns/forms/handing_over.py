"""What is asked when one person's work goes to another: who, from which day, by which dispatch."""

from django import forms

from campaigns.forms.workspace import ContactForm

BAD_DAY = {"invalid": "Hãy ghi ngày dạng ngày/tháng/năm, ví dụ 05/10/2026."}


class HandOverForm(ContactForm):
    """The new person. An e-mail is needed: without an account nobody could open the work that goes over."""

    starts_on = forms.DateField(
        label="Nhận việc từ ngày",
        required=False,
        error_messages=BAD_DAY,
        help_text="Để trống nếu nhận ngay khi tỉnh xác nhận.",
    )
    has_left = forms.BooleanField(required=False)

    field_order = ["full_name", "position", "phone", "email", "starts_on", "mandate_number", "mandate_on", "has_left"]

    def __init__(self, *args, old, can_leave, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["is_deputy"]
        self.fields["email"].required = True
        self.fields["email"].is_one_of = False
        self.fields["email"].help_text = "Thư mời nhận việc gửi tới địa chỉ này."
        self.fields["phone"].is_one_of = False
        self.fields["phone"].help_text = "Nên là số có Zalo."
        self.fields["has_left"].label = f"{old.full_name} đã nghỉ hoặc chuyển công tác, thôi ngay hôm nay"
        self.fields["has_left"].help_text = "Khi chọn, người này không mở được việc của đơn vị nữa."
        if not can_leave:
            del self.fields["has_left"]
