"""What agencies ask of the province, and its answer."""

from django import forms

SHORT = {"rows": 3}


class ExtensionForm(forms.Form):
    until = forms.DateField(label="Xin gia hạn đến hết ngày")
    reason = forms.CharField(
        label="Lý do xin gia hạn", max_length=500, widget=forms.Textarea(attrs=SHORT),
        help_text="Ghi ngắn gọn, ví dụ: cán bộ phụ trách nghỉ ốm, mưa lũ, chờ số liệu của ngành.",
    )  # fmt: skip


class AppealForm(forms.Form):
    reason = forms.CharField(
        label="Vì sao đề nghị xem lại", max_length=500, widget=forms.Textarea(attrs=SHORT),
        help_text="Nêu điểm chưa đồng ý và căn cứ. Chỉ đề nghị được một lần cho mỗi quyết định.",
    )  # fmt: skip


class AnswerForm(forms.Form):
    """Yes or no; a no needs words."""

    answer = forms.CharField(
        label="Ý kiến gửi đơn vị", max_length=500, required=False, widget=forms.Textarea(attrs=SHORT),
        help_text="Không đồng ý thì phải ghi lý do.",
    )  # fmt: skip


class ExtensionAnswerForm(AnswerForm):
    until = forms.DateField(label="Gia hạn đến hết ngày")
    field_order = ["until", "answer"]
