"""What focal points type: few fields, plain words, every fault said beside its field."""

import re
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import URLValidator

from campaigns.attaching import ACCEPTED_TYPES
from portal.lib import text
from portal.lib.fields import PhoneField
from registry.addresses.address import REJECTED, UNRESOLVABLE, Refused
from registry.addresses.parser import read_address
from registry.addresses.running_text import one_address
from registry.models import Agency, Channel, ChannelKind

BAD_LINK = "Đường link này có ký tự lạ hoặc không phải trang web. Hãy mở bài đã đăng, sao chép lại đường link rồi dán."
NO_LINK = "Đường link chưa đúng. Hãy mở bài đã đăng, sao chép đường link rồi dán vào đây, ví dụ https://…"
LONGEST_SHARED = 3000
check_url = URLValidator(schemes=["http", "https"], message=NO_LINK)


def tell(form, error):
    """Put what a verb refused beside its field, or above the form when the form has no such field."""
    found = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for name, sentences in found.items():
        form.add_error(name if name in form.fields else None, sentences)


def one_of(form, *names):
    """At least one of these fields, or this one in some cases, is needed: none is called optional."""
    for name in names:
        form.fields[name].is_one_of = True


class LineField(forms.CharField):
    """One line of text in the spelling in which everything is stored."""

    def to_python(self, value):
        return text.clean_line(super().to_python(value))


class TextField(forms.CharField):
    """Several lines; `max_length` counts characters after composing accents."""

    widget = forms.Textarea

    def to_python(self, value):
        return text.nfc(super().to_python(value).replace("\r\n", "\n").replace("\0", ""))


class PostLinkField(forms.CharField):
    """The address of a published post: any http(s) page, but nothing that disguises itself.

    Apps share an address with words around it: the only one among them is taken.
    """

    def widget_attrs(self, widget):
        """No length for the browser, which would cut the address off behind the words."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}

    def to_python(self, value):
        link = super().to_python(value).strip()
        if len(link.split()) > 1:
            link = self.found_in(link)
        if not link or re.match(r"[a-z][a-z0-9+.-]*:", link, re.IGNORECASE):
            return link
        return f"https://{link}"

    @staticmethod
    def found_in(words):
        try:
            return one_address(words[:LONGEST_SHARED], [])
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal

    def validate(self, value):
        super().validate(value)
        if not value:
            return
        if "\\" in value or any(ord(char) < 33 or ord(char) == 127 for char in value):
            raise ValidationError(BAD_LINK)
        check_url(value)
        address = read_address(value)
        if "@" in urlsplit(value).netloc or address.outcome == REJECTED:
            raise ValidationError(address.reason or BAD_LINK)


def hint_about(link) -> str:
    """What a reviewer would say about an address that is allowed but hard to check; "" when nothing."""
    address = read_address(link) if link else None
    if address and address.is_account and address.platform not in ("web", "app"):
        return "Đường link là của cả trang, không phải của bài. Cán bộ duyệt có thể trả lại để xin đường link của bài."
    if address and address.outcome == UNRESOLVABLE:
        return "Đây là đường link rút gọn hoặc chia sẻ. Cán bộ duyệt có thể đề nghị gửi đường link đầy đủ."
    return ""


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Any number of files. Whether they are good is decided by `attaching`, one by one.

    The types of pictures are named, too: that lets a phone offer its camera.
    """

    widget = FilesInput(attrs={"accept": f"image/jpeg,image/png,image/webp,image/heic,{ACCEPTED_TYPES}"})

    def clean(self, data, initial=None):
        return [file for file in data or [] if file]


class ContactForm(forms.Form):
    """A person who answers for the agency."""

    full_name = LineField(
        label="Họ và tên",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"}),
    )
    position = LineField(label="Chức vụ", max_length=120, required=False)
    phone = PhoneField(
        label="Số điện thoại",
        max_length=20,
        required=False,
        help_text="Cần ít nhất số điện thoại hoặc thư điện tử. Nên là số có Zalo.",
    )
    email = forms.EmailField(
        label="Thư điện tử",
        required=False,
        max_length=254,
        help_text="Cần có để nhận việc và nhắc hạn qua thư.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "Địa chỉ thư chưa đúng, ví dụ đúng: ten@coquan.gov.vn."},
    )
    is_deputy = forms.BooleanField(label="Là người thay thế khi đầu mối chính vắng", required=False)
    mandate_number = LineField(
        label="Công văn cử, số", max_length=60, required=False, help_text="Nếu đơn vị cử bằng công văn."
    )
    mandate_on = forms.DateField(
        label="Ngày công văn",
        required=False,
        error_messages={"invalid": "Hãy ghi ngày dạng ngày/tháng/năm, ví dụ 05/10/2026."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        one_of(self, "phone", "email")

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def clean(self):
        fields = super().clean()
        if not {"phone", "email"} & self.errors.keys() and not fields.get("phone") and not fields.get("email"):
            self.add_error("phone", "Hãy ghi ít nhất số điện thoại hoặc thư điện tử.")
        return fields

    @classmethod
    def of(cls, contact, *, with_numbers=True):
        """The form with what stands there now; whoever came by a signed link isn't shown phone and e-mail."""
        hidden = () if with_numbers else ("phone", "email")
        return cls(initial={name: getattr(contact, name) for name in cls.base_fields if name not in hidden})


class NothingForm(forms.Form):
    reason = TextField(
        label="Lý do không phát sinh", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), strip=True
    )


class ChannelForm(forms.Form):
    """A channel by its address; the kind is recognised when nobody names it."""

    agency = forms.ModelChoiceField(Agency.objects.none(), label="Đơn vị", empty_label=None)
    url = forms.CharField(
        label="Đường link của kênh",
        max_length=500,
        required=False,
        help_text="Mở trang hoặc OA của đơn vị, sao chép đường link rồi dán vào đây. Đài truyền thanh thì để trống.",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(
        label="Loại kênh", required=False, choices=[("", "Tự nhận biết theo đường link"), *ChannelKind.choices]
    )
    name = LineField(label="Tên kênh", max_length=200, help_text="Đúng như tên hiện trên kênh.")
    decision_number = LineField(label="Quyết định cho phép hoạt động, số", max_length=60, required=False)
    decision_on = forms.DateField(
        label="Ngày quyết định",
        required=False,
        error_messages={"invalid": "Hãy ghi ngày dạng ngày/tháng/năm, ví dụ 05/10/2026."},
    )

    def __init__(self, *args, agencies, **kwargs):
        super().__init__(*args, **kwargs)
        one_of(self, "url")
        self.agencies = list(agencies)
        self.fields["agency"].queryset = agencies
        if len(self.agencies) == 1:
            del self.fields["agency"]

    def clean(self):
        fields = super().clean()
        fields.setdefault("agency", self.agencies[0] if len(self.agencies) == 1 else None)
        if "url" in fields and not fields.get("kind") and "kind" not in self.errors:
            fields["kind"] = self.recognised_kind(fields["url"])
        if not self.errors:
            self.refuse_known(fields)
        return fields

    def refuse_known(self, fields):
        """A second click, or a colleague who was faster: the agency's own waiting row with this address."""
        key = read_address(fields["url"]).key
        waiting = Channel.objects.awaiting_review().filter(agency=fields["agency"], keys__key=key)
        if key and waiting.exists():
            self.add_error("url", "Kênh này đơn vị đã khai báo, đang chờ tỉnh xác nhận. Không cần gửi lại.")

    def recognised_kind(self, url):
        """The kind that the address shows; a fault beside the address when it shows none."""
        if not url.strip():
            self.add_error("url", "Hãy dán đường link của kênh. Nếu là đài truyền thanh, hãy chọn loại kênh ở dưới.")
            return ""
        address = read_address(url)
        if address.is_account and address.kind in ChannelKind.values:
            return address.kind
        sentence = "Đây là tài khoản cá nhân. Hãy dán đường link của trang hoặc OA của cơ quan."
        if not address.is_personal:
            sentence = address.reason or "Chưa nhận biết được kênh này. Hãy chọn loại kênh ở dưới rồi gửi lại."
        self.add_error("url", sentence)
        return ""


class ChannelCorrectionForm(ChannelForm):
    """The same, for a returned channel: its agency and kind stay."""

    FACTS = ("name", "url", "decision_number", "decision_on")

    def __init__(self, *args, channel, **kwargs):
        initial = {name: getattr(channel, name) for name in self.FACTS}
        super().__init__(*args, agencies=Agency.objects.filter(pk=channel.agency_id), initial=initial, **kwargs)
        del self.fields["kind"]
        self.fields["url"].required = bool(channel.url)

    def recognised_kind(self, url):
        return ""

    @property
    def facts(self):
        return {name: self.cleaned_data[name] for name in self.FACTS}
