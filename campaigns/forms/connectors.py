"""Forms of posting through connectors: settings whose secrets are never shown again, and a place on the schedule."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from campaigns.forms.desk import WEB_ONLY, post_doubt
from campaigns.models import JobState
from campaigns.models.connector import PROVIDER_OF, Provider
from registry.models import Channel

KEPT = "Đã lưu, không hiện lại. Để trống thì giữ nguyên."
SECRETS = ("app_secret", "access_token", "refresh_token")
LONGEST_TOKEN = 2000
PUNCTUAL = timedelta(minutes=5)


def secret(label):
    widget = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, required=False, max_length=LONGEST_TOKEN, widget=widget)


class ConnectorForm(forms.Form):
    """What an administrator copies from the platform's developer pages. Only Zalo has a refresh token and covers."""

    account_id = forms.RegexField(r"\A[0-9]{5,25}\Z", label="Mã OA", error_messages={"invalid": "Mã chỉ gồm chữ số."})
    app_id = forms.RegexField(
        r"\A[0-9]{5,25}\Z", label="Mã ứng dụng (App ID)", required=False,
        error_messages={"invalid": "Mã chỉ gồm chữ số."},
    )  # fmt: skip
    app_secret = secret("Khoá bí mật của ứng dụng")
    access_token = secret("Mã truy cập (access token)")
    refresh_token = secret("Mã đổi (refresh token)")
    default_cover_url = forms.URLField(
        label="Ảnh bìa mặc định", required=False, max_length=500, assume_scheme="https",
        help_text="Đường link công khai của ảnh dùng khi sản phẩm không có ảnh.",
    )  # fmt: skip
    is_broadcasting = forms.BooleanField(label="Mặc định gửi bài cho người quan tâm OA sau khi đăng", required=False)

    def __init__(self, *args, channel, connector=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.connector = connector
        if PROVIDER_OF[channel.kind] == Provider.FACEBOOK:
            self.fields["account_id"].label = "Mã trang (Page ID)"
            self.fields["access_token"].label = "Mã truy cập của trang (page access token)"
            for name in ("refresh_token", "default_cover_url", "is_broadcasting"):
                del self.fields[name]
        self.fields["app_id"].required = "refresh_token" in self.fields
        for name in SECRETS:
            self.ask_once(name)

    def ask_once(self, name):
        """A secret is asked for until it is kept. Of a page, the app's secret may be left out."""
        if name not in self.fields:
            return
        is_kept = bool(self.connector and getattr(self.connector, f"sealed_{name}"))
        self.fields[name].help_text = KEPT if is_kept else ""
        self.fields[name].required = not is_kept and (name == "access_token" or "refresh_token" in self.fields)

    def clean_default_cover_url(self):
        url = self.cleaned_data["default_cover_url"]
        if url and not url.startswith("https://"):
            raise forms.ValidationError("Hãy dán đường link bắt đầu bằng https://.")
        return url

    @property
    def facts(self):
        return {name: value for name, value in self.cleaned_data.items() if name not in SECRETS}

    @property
    def secrets(self):
        return {name: self.cleaned_data.get(name, "") for name in SECRETS}


class PlanForm(forms.Form):
    """On which connected channel an approved item is posted, and when."""

    channel = forms.ModelChoiceField(label="Kênh", queryset=Channel.objects.none(), empty_label="Chọn kênh")
    wanted_at = forms.DateTimeField(
        label="Giờ đăng", required=False,
        help_text="Giờ và ngày, ví dụ 17:00 05/10/2026. Để trống thì đăng ngay trong ít phút.",
    )  # fmt: skip
    is_broadcast = forms.BooleanField(label="Gửi bài cho người quan tâm OA (chỉ Zalo)", required=False)

    def __init__(self, *args, item, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["channel"]
        field.queryset = connected_channels()
        found = list(not_yet_on(field.queryset, item))
        field.choices = [
            ("", field.empty_label),
            *((row.pk, f"{row.name} ({row.get_kind_display()})") for row in found),
        ]
        field.initial = found[0].pk if len(found) == 1 else None
        zalo = [row.connector for row in found if row.connector.provider == Provider.ZALO]
        if zalo:
            self.fields["is_broadcast"].initial = any(connector.is_broadcasting for connector in zalo)
        else:
            del self.fields["is_broadcast"]

    @property
    def has_choice(self):
        return len(self.fields["channel"].choices) > 1

    def clean_wanted_at(self):
        wanted = self.cleaned_data["wanted_at"]
        if wanted and wanted < timezone.now() - PUNCTUAL:
            raise forms.ValidationError("Giờ đăng đã qua. Hãy chọn giờ khác, hoặc để trống để đăng ngay.")
        return wanted


def connected_channels():
    """Channels of connectors in use. The verb refuses the one on which an item already is, and knows a double click."""
    channels = Channel.objects.published().filter(connector__is_on=True)
    return channels.select_related("connector").order_by("sort_key", "pk")


def not_yet_on(channels, item):
    """Those on which the item neither is nor waits: what is offered."""
    taken = item.jobs.exclude(state__in=(JobState.FAILED, JobState.CANCELLED)).values("channel_id")
    return channels.exclude(publications__item=item).exclude(pk__in=taken)


class ByHandForm(forms.Form):
    """The address of a post that a person made or found."""

    url = forms.URLField(
        label="Đường link bài đăng", max_length=500, assume_scheme="https", validators=[WEB_ONLY],
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )  # fmt: skip
    is_sure = forms.BooleanField(label="Đường link này đúng, vẫn ghi nhận", required=False, widget=forms.HiddenInput)

    def __init__(self, *args, channel, **kwargs):
        super().__init__(*args, **kwargs)
        self.channel = channel

    def clean(self):
        values = super().clean()
        if values.get("url") and not values.get("is_sure") and (doubt := post_doubt(self.channel, values["url"])):
            self.fields["is_sure"].widget = forms.CheckboxInput()
            self.add_error("is_sure", doubt)
        return values
