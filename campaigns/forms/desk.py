"""Forms of the province's desk: acts take plain values, drafts of campaigns are edited by ModelForms."""

import re
from urllib.parse import urlsplit

from django import forms
from django.core.validators import URLValidator
from django.utils import timezone

from campaigns.forms.choosing import (
    MOST,
    ChoosesChannels,
    Likely,
    channels_to_choose,
    choices_of,
    chosen_among,
    on_page,
)
from campaigns.models import ContentItem, DecisionAct, ReasonCode
from campaigns.models.sharing import owners_of
from registry.addresses.parser import read_address
from registry.models import Channel, ChannelKind, User
from registry.models.channel_kinds import OFFLINE_KINDS

SURE_OR_MEND = "Hãy chọn lại kênh, dán lại đường link, hoặc đánh dấu ô này nếu vẫn đúng."
TICKED_ROW = re.compile(r"[0-9]{1,18}:[0-9]{1,9}")
WEB_ONLY = URLValidator(schemes=["http", "https"], message="Hãy dán đường link bắt đầu bằng http:// hoặc https://.")


class ReasonForm(forms.Form):
    """Why: one sentence which the history keeps."""

    reason = forms.CharField(label="Lý do", max_length=300, strip=True, widget=forms.Textarea(attrs={"rows": 3}))


class NoReasonForm(forms.Form):
    """An act that needs nothing but the button."""


class ExemptForm(forms.Form):
    reason = forms.CharField(
        label="Lý do và căn cứ miễn", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ghi rõ số, ngày công văn làm căn cứ. Đầu việc được miễn không tính vào tỷ lệ.",
    )  # fmt: skip


class ExtendForm(forms.Form):
    until = forms.DateField(label="Gia hạn đến hết ngày")
    reason = forms.CharField(label="Lý do gia hạn", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ReopenForm(forms.Form):
    until = forms.DateField(label="Cho nộp đến hết ngày")
    reason = forms.CharField(label="Lý do mở lại", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class LeaveForm(forms.Form):
    on = forms.DateField(label="Thôi từ ngày", initial=timezone.localdate)
    reason = forms.CharField(label="Lý do", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ReasonRadios(forms.RadioSelect):
    """Radio buttons that carry the draft text of their reason, for desk.js to put into the note."""

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["data-draft"] = ReasonCode(value).draft
        return option


class DecisionForm(forms.Form):
    """A decision on one version. A coded reason fills in its text where the reviewer wrote none."""

    act = forms.ChoiceField(choices=DecisionAct.choices, error_messages={"required": "Hãy bấm một quyết định."})
    version = forms.IntegerField(widget=forms.HiddenInput)
    code = forms.ChoiceField(label="Lý do", choices=ReasonCode.choices, required=False, widget=ReasonRadios)
    code.is_one_of = True  # returning and rejecting need it
    note = forms.CharField(
        label="Ý kiến gửi đơn vị", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Để trống thì dùng câu có sẵn của lý do đã chọn.",
    )  # fmt: skip

    def clean(self):
        values = super().clean()
        if values.get("act") in (None, DecisionAct.APPROVE):
            return values
        code = values.get("code")
        if not code:
            self.add_error("code", "Hãy chọn lý do để đơn vị biết cần làm gì.")
        elif not values.get("note"):
            values["note"] = ReasonCode(code).draft
            if not values["note"]:
                self.add_error("note", "Hãy ghi ý kiến để đơn vị biết cần làm gì.")
        return values

    def carry_out(self, item, actor, now):
        """Tell the item by the verb of the chosen act."""
        values = self.cleaned_data
        if values["act"] == DecisionAct.APPROVE:
            item.approve(actor=actor, version=values["version"], note=values["note"], now=now)
            return
        verb = item.reject if values["act"] == DecisionAct.REJECT else item.return_for_changes
        verb(actor=actor, version=values["version"], code=values["code"], note=values["note"], now=now)


class BulkDecisionForm(forms.Form):
    """Ticked rows of the queue, each "<item>:<version>", and what to do with all of them."""

    act = forms.ChoiceField(choices=[("approve", "Duyệt"), ("return", "Trả lại")], required=False)
    code = forms.ChoiceField(choices=ReasonCode.choices, required=False)
    chon = forms.MultipleChoiceField(error_messages={"required": "Hãy đánh dấu ít nhất một sản phẩm."})

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["chon"].valid_value = TICKED_ROW.fullmatch

    def clean_chon(self):
        """(item, version) of the rows that exist for this person, in the order in which they were sent."""
        pairs = [value.partition(":") for value in self.cleaned_data["chon"]]
        found = ContentItem.objects.visible_to(self.user).select_related("obligation__requirement", "agency")
        items = found.in_bulk([int(pk) for pk, _, _ in pairs])
        return [(items[int(pk)], int(version)) for pk, _, version in pairs if int(pk) in items]

    def clean(self):
        values = super().clean()
        if values.get("act") == "return" and not ReasonCode(values.get("code") or ReasonCode.OTHER).draft:
            raise forms.ValidationError("Hãy chọn lý do trả lại có câu mẫu; lý do khác thì trả lại từng sản phẩm.")
        return values

    def decision(self, actor, now):
        """The verb for one item and version."""
        code = self.cleaned_data["code"]
        if self.cleaned_data["act"] != "return":
            return lambda item, version: item.approve(actor=actor, version=version, now=now)
        note = ReasonCode(code).draft
        return lambda item, version: item.return_for_changes(
            actor=actor, version=version, code=code, note=note, now=now
        )


class AssignForm(forms.Form):
    reviewer = forms.ModelChoiceField(
        label="Giao cho", queryset=User.objects.none(), required=False, empty_label="Không giao riêng"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field, people = self.fields["reviewer"], User.objects.reviewers().order_by("sort_key", "pk")
        field.queryset = people
        field.choices = [("", field.empty_label), *people.values_list("pk", "full_name")]


class NoteForm(forms.Form):
    text = forms.CharField(label="Ghi chú nội bộ", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Chỉ cán bộ tỉnh đọc được.")  # fmt: skip


class PublishForm(ChoosesChannels, forms.Form):
    """Where an approved item appeared. A link of another platform than the channel's must be confirmed."""

    channel = forms.ModelChoiceField(label="Kênh đã đăng", queryset=Channel.objects.none(), empty_label="Chọn kênh")
    url = forms.URLField(
        label="Đường link bài đăng", max_length=500, assume_scheme="https", validators=[WEB_ONLY],
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )  # fmt: skip
    published_at = forms.DateTimeField(
        label="Đăng lúc", help_text="Giờ và ngày, ví dụ 17:00 05/10/2026.", initial=timezone.localtime
    )
    is_sure = forms.BooleanField(label="Đường link này đúng, vẫn ghi nhận", required=False, widget=forms.HiddenInput)

    def __init__(self, *args, item, **kwargs):
        super().__init__(*args, **kwargs)
        typed, field = self.data if self.is_bound else self.initial, self.fields["channel"]
        field.queryset = channels = channels_to_choose().exclude(publications__item=item)
        link, chosen = typed.get("url") or item.link, typed.get("channel")
        found, likely = self.look_for(channels), Likely.of(item, channels)
        groups = [
            ("Kênh tìm thấy", found),
            ("Kênh của tỉnh", likely.of_province),
            ("Kênh của đợt", likely.of_campaign),
            (f"Kênh của {item.agency.name}", likely.of_agency),
            ("Kênh có trong đường link", on_page(channels, link)[:MOST] if link else []),
            ("Kênh đang chọn", chosen_among(channels, [chosen]) if chosen else []),
        ]
        field.choices = [("", field.empty_label), *choices_of(groups)]
        field.initial = likely.usual
        self.initial.setdefault("url", item.link)
        if found and self.search.is_asked:  # who looks for another channel does not mean the one that stood there
            self.initial["channel"] = found[0].pk if len(found) == 1 else ""

    def clean(self):
        values = super().clean()
        channel, url = values.get("channel"), values.get("url")
        if channel and url and not values.get("is_sure"):
            doubt = post_doubt(channel, url)
            if doubt:
                self.fields["is_sure"].widget = forms.CheckboxInput()
                self.add_error("is_sure", doubt)
        return values


def post_doubt(channel, url) -> str:
    """A sentence when the address names another page than the channel's keys do; "" when it can't tell or fits."""
    if doubt := platform_doubt(channel, url):
        return doubt
    pages, keys = named(owners_of(url)), named(channel.keys.filter(is_live=True).values_list("key", flat=True))
    if channel.kind in (*OFFLINE_KINDS, ChannelKind.WEBSITE) or not pages or not keys or keys & pages:
        return ""
    other = Channel.objects.published().filter(keys__key__in=pages, keys__is_live=True).first()
    where = f"kênh “{other.name}” của {other.agency.name}" if other else f"trang {min(pages)}"
    return f"Bài này nằm trên {where}, không phải kênh “{channel.name}”. {SURE_OR_MEND}"


def named(keys) -> set:
    """Keys that say a page's name: a page may be known by its name here and by its number there."""
    return {key for key in keys if ":id:" not in key}


def platform_doubt(channel, url) -> str:
    """A sentence when the link does not look like a post on that channel's platform; "" when it does."""
    if channel.kind in OFFLINE_KINDS:
        return ""
    host = urlsplit(url).hostname or ""
    if channel.kind != ChannelKind.WEBSITE:
        fits = read_address(url).platform == read_address(channel.url).platform
    else:
        fits = host.removeprefix("www.") == (urlsplit(channel.url).hostname or "").removeprefix("www.")
    if fits:
        return ""
    return f"Đường link thuộc {host}, không thuộc kênh “{channel.name}” ({channel.get_kind_display()}). {SURE_OR_MEND}"
