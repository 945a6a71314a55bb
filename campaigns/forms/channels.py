"""What changes, ends or widens a published channel: few fields, the present address always in sight."""

from django import forms
from django.utils import timezone

from campaigns.forms.workspace import LineField, one_of

REASON = forms.Textarea(attrs={"rows": 3})
ADDRESS = {"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}


class ChangeForm(forms.Form):
    """Another address, another name, or both. An empty address stays as it is."""

    url = forms.CharField(
        label="Đường link mới của kênh", max_length=500, required=False, widget=forms.TextInput(attrs=ADDRESS)
    )
    keeps_old_address = forms.BooleanField(label="Địa chỉ cũ vẫn dùng song song", required=False)
    name = LineField(label="Tên kênh", max_length=200, help_text="Đúng như tên hiện trên kênh.")
    description = LineField(label="Giới thiệu ngắn", max_length=300, required=False)
    note = LineField(label="Lý do thay đổi", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, channel, change=None, **kwargs):
        """`channel` as it is; `change`: a returned one, to start from what was asked for."""
        initial = {"name": channel.name, "description": channel.description}
        if change is not None:
            initial = {field: getattr(change, field) for field in ("name", "description", "note", "keeps_old_address")}
            initial["url"] = change.url if change.key else ""
        super().__init__(*args, initial=initial, **kwargs)
        one_of(self, "url")
        now = f"Hiện nay: {channel.url}. " if channel.url else ""
        self.fields["url"].help_text = f"{now}Để trống nếu đường link không đổi."
        if not channel.url:
            del self.fields["keeps_old_address"]
        self.fields["url"].widget.attrs["autocomplete"] = "off"


class GiveUpForm(forms.Form):
    """Why the agency no longer uses the channel; the public reads it."""

    reason = LineField(
        label="Lý do", max_length=300, widget=REASON, help_text="Người dân đọc được lý do này trên trang của kênh."
    )


class FurtherAddressForm(forms.Form):
    url = forms.CharField(label="Đường link", max_length=500, widget=forms.TextInput(attrs=ADDRESS))
    reason = LineField(label="Lý do", max_length=300, widget=REASON)


class EndAddressForm(forms.Form):
    on = forms.DateField(label="Thôi dùng từ ngày", initial=timezone.localdate)
    reason = LineField(label="Lý do", max_length=300, widget=REASON)
