"""What the desk fills in about known fakes: one entry, many at once, and the filters of the list."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from registry.models import Agency, FakeStatus

MOST_AT_ONCE = 200


class FakeFacts(forms.Form):
    """What is said about a fake: whom it imitates, since when, by whose finding."""

    name = forms.CharField(label="Tên trang giả", max_length=200, required=False)
    imitates = forms.ModelChoiceField(
        label="Mạo danh cơ quan",
        queryset=Agency.objects.none(),
        required=False,
        empty_label="Chưa rõ, hoặc nhiều cơ quan",
    )
    noted_on = forms.DateField(
        label="Phát hiện ngày",
        error_messages={"invalid": "Hãy ghi ngày dạng ngày/tháng/năm, ví dụ 05/10/2026."},
    )
    source = forms.CharField(
        label="Căn cứ",
        max_length=300,
        help_text="Số công văn, cảnh báo hoặc cơ quan đã kết luận. Người dân đọc được câu này.",
    )
    detail = forms.CharField(label="Ghi chú nội bộ", max_length=500, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["imitates"].queryset = Agency.objects.active()

    def clean_noted_on(self):
        day = self.cleaned_data["noted_on"]
        if day > timezone.localdate():
            raise ValidationError("Ngày phát hiện không được sau hôm nay.")
        return day


class EnlistForm(FakeFacts):
    """New entries: one address a line, what is said about them is shared."""

    urls = forms.CharField(
        label="Đường link của trang giả",
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=f"Mỗi dòng một đường link, tối đa {MOST_AT_ONCE} dòng. Các thông tin dưới đây ghi chung cho mọi dòng.",
    )
    field_order = ["urls", "imitates", "noted_on", "source", "name", "detail"]

    def clean_urls(self):
        lines = [line.strip() for line in self.cleaned_data["urls"].splitlines()]
        lines = list(dict.fromkeys(filter(None, lines)))
        if not lines:
            raise ValidationError("Hãy dán ít nhất một đường link.")
        if len(lines) > MOST_AT_ONCE:
            raise ValidationError(f"Mỗi lần tối đa {MOST_AT_ONCE} dòng, bảng này có {len(lines)} dòng.")
        return lines


class RemoveForm(forms.Form):
    reason = forms.CharField(label="Lý do", max_length=300, help_text="Ví dụ: ghi nhầm; trang đã bị gỡ.")


class FakeFilterForm(forms.Form):
    """Filters of the list; wrong values filter nothing."""

    q = forms.CharField(label="Tên trang, đường link, căn cứ hoặc cơ quan", required=False, max_length=200)
    state = forms.ChoiceField(
        label="Tình trạng",
        required=False,
        choices=[("", FakeStatus.LISTED.label), ("removed", FakeStatus.REMOVED.label)],
    )

    def narrow(self, fakes):
        values = self.cleaned_data if self.is_valid() else {}
        if values.get("q"):
            fakes = fakes.search(values["q"])
        return fakes.filter(status=values.get("state") or FakeStatus.LISTED)
