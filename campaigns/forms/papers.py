"""What the desk fills in for papers: a công văn đôn đốc, and the report that goes by itself."""

from django import forms
from django.core.exceptions import ValidationError

from campaigns.models.report_mailing import LAST_DAY
from campaigns.reporting import PAPER_FORMATS, REPORT_FORMATS

ABOUT = (("month", "Chỉ sản phẩm truyền thông của tháng"), ("all", "Mọi việc đã quá hạn, kể cả của các tháng trước"))


class UrgingForm(forms.Form):
    """New due date, what it is about, and the kind of file."""

    new_due = forms.DateField(
        label="Hạn mới", error_messages={"invalid": "Hãy ghi ngày dạng ngày/tháng/năm, ví dụ 05/10/2026."}
    )
    about = forms.ChoiceField(label="Về việc gì", choices=ABOUT, widget=forms.RadioSelect, initial="month")
    kind = forms.ChoiceField(
        label="Dạng tệp", choices=PAPER_FORMATS, widget=forms.RadioSelect, initial="docx",
        help_text="Word để văn thư sửa, ghi số và ngày; PDF để xem và in.",
    )  # fmt: skip

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_new_due(self):
        day = self.cleaned_data["new_due"]
        if day < self.today:
            raise ValidationError("Hạn mới không được trước hôm nay.")
        return day


class ScheduleForm(forms.Form):
    """When the month's report goes by itself, and as what."""

    is_on = forms.BooleanField(label="Tự gửi báo cáo hằng tháng", required=False)
    day = forms.IntegerField(
        label="Ngày gửi", min_value=1, max_value=LAST_DAY,
        help_text="Từ 1 đến 28. Báo cáo nói về tháng trước; gặp ngày nghỉ thì thư đi ngày làm việc kế tiếp.",
    )  # fmt: skip
    formats = forms.MultipleChoiceField(
        label="Dạng tệp", choices=REPORT_FORMATS, widget=forms.CheckboxSelectMultiple, required=False
    )
