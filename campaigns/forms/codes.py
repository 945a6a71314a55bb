"""Where a printed QR code hangs: the place and since when."""

from django import forms
from django.utils import timezone

from campaigns.forms.workspace import LineField


class PrintedCodeForm(forms.Form):
    place = LineField(
        label="Nơi treo", max_length=200, help_text="Ví dụ: bộ phận một cửa, nhà văn hoá thôn, bảng tin chợ."
    )
    on = forms.DateField(label="Treo từ ngày", initial=timezone.localdate)
