"""Forms for drafting campaigns: the campaign, its dispatches, its requirements of two kinds."""

import re

from django import forms
from django.db.models import Count

from campaigns.forms.choosing import MOST, ChoosesChannels, channel_words, channels_to_choose, chosen_among
from campaigns.models import Campaign, Dispatch, Recurrence, Requirement, RequirementKind
from portal.lib.fields import RowsField
from portal.lib.uploads import Slot, accepted_types, check_file
from registry.models import Agency, AgencyKind, ChannelKind, ContactRole, NetworkGroup

STEP_LIMIT = 30
STEPS_HELP = "Số ngày làm việc trước (−) và sau (+) hạn, cách nhau bằng dấu phẩy. Để trống nếu không nhắc."


class CampaignForm(forms.ModelForm):
    class Meta:
        model = Campaign
        fields = ["title", "purpose", "starts_on", "ends_on"]
        widgets = {"purpose": forms.Textarea(attrs={"rows": 5})}


class CampaignChannelsForm(ChoosesChannels, forms.ModelForm):
    """What may still change in an issued campaign: its words and the channels to promote.

    Offered are those it promotes, the province's own and what a search finds.
    """

    class Meta:
        model = Campaign
        fields = ["purpose", "channels"]
        widgets = {"purpose": forms.Textarea(attrs={"rows": 5}), "channels": forms.CheckboxSelectMultiple}
        field_classes = {"channels": RowsField}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field, channels = self.fields["channels"], channels_to_choose()
        field.queryset = channels
        ticked = self.data.getlist("channels") if self.is_bound else self.initial["channels"]
        rows = [*self.look_for(channels), *chosen_among(channels, ticked), *channels.filter(is_featured=True)[:MOST]]
        field.choices = [(row.pk, channel_words(row)) for row in dict.fromkeys(rows)]


class DispatchForm(forms.ModelForm):
    """A dispatch with its file, which is checked before it is kept."""

    attachment = forms.FileField(
        label="Tệp công văn", required=False, help_text="PDF hoặc DOCX, tối đa 20 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": accepted_types(Slot.DOCUMENT)}),
    )  # fmt: skip

    class Meta:
        model = Dispatch
        fields = ["number", "issued_on", "subject", "issuer", "signatory", "recipients"]
        widgets = {"recipients": forms.Textarea(attrs={"rows": 3}), "subject": forms.Textarea(attrs={"rows": 2})}

    def clean_attachment(self):
        """The checked file, None when nothing was sent."""
        sent = self.cleaned_data["attachment"]
        if not sent:
            return None
        checked = check_file(sent.file, Slot.DOCUMENT, sent.name)
        if not checked.is_accepted:
            raise forms.ValidationError(checked.message)
        return checked

    def save(self, commit=True):
        checked = self.cleaned_data["attachment"]
        if checked:
            self.instance.file_name, self.instance.file_type = checked.name, checked.content_type
            self.instance.file_sha256 = checked.sha256
            self.instance.file.save(checked.name, checked.content, save=False)
        return super().save(commit)


class IssuedDispatchForm(DispatchForm):
    """After issuing only what the clerk's office adds later: number, day, signatory, the scanned file."""

    class Meta(DispatchForm.Meta):
        fields = ["number", "issued_on", "signatory"]


class StepsField(forms.CharField):
    """Working days around the due day, written as text: `−5, −1, +1, +3`."""

    def prepare_value(self, value):
        return value if isinstance(value, str) else ", ".join(f"{step:+d}".replace("-", "−") for step in value or [])

    def clean(self, value):
        text = super().clean(value).replace("−", "-").replace("–", "-")
        parts = [part for part in re.split(r"[,;\s]+", text) if part]
        if any(not re.fullmatch(r"[+-]?\d{1,2}", part) or abs(int(part)) > STEP_LIMIT for part in parts):
            raise forms.ValidationError("Hãy ghi các số từ −30 đến +30, cách nhau bằng dấu phẩy, ví dụ −5, −1, +1, +3.")
        return sorted({int(part) for part in parts})


class RequirementForm(forms.ModelForm):
    """What both kinds share: whom it addresses, when it locks, how it reminds."""

    kind, recurrence, words = None, None, ""
    addressed_kinds = forms.MultipleChoiceField(
        label="Khối cơ quan phải thực hiện", required=False, choices=AgencyKind.choices,
        widget=forms.CheckboxSelectMultiple, help_text="Không chọn khối nào và không nêu đích danh: mọi cơ quan.",
    )  # fmt: skip
    reminder_steps = StepsField(label="Các bước nhắc", required=False, help_text=STEPS_HELP, max_length=80)

    class Meta:
        model = Requirement
        fields = []
        widgets = {"guidance": forms.Textarea(attrs={"rows": 4}), "agencies": forms.CheckboxSelectMultiple}
        field_classes = {"agencies": RowsField}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.kind, self.instance.recurrence = self.kind, self.recurrence
        self.fields["agencies"].queryset = Agency.objects.active()
        self.fields["addressed_kinds"].choices = kinds_with_counts()


class NominationForm(RequirementForm):
    kind, recurrence, words = RequirementKind.NOMINATE_CONTACT, Recurrence.ONCE, "Cử đầu mối"

    class Meta(RequirementForm.Meta):
        fields = [
            "title", "guidance", "contact_role", "starts_on", "due_on", "is_strict", "lock_after_days",
            "addressed_kinds", "agencies", "reminder_steps",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact_role"].required = self.fields["due_on"].required = True
        self.fields["contact_role"].choices = [("", "Chọn vai trò"), *ContactRole.choices]
        self.fields["contact_role"].help_text = ""
        self.fields["due_on"].label = "Ngày hạn ghi trong công văn"


class QuotaForm(RequirementForm):
    kind, recurrence, words = RequirementKind.SUBMIT_CONTENT, Recurrence.MONTHLY, "Gửi sản phẩm truyền thông hằng tháng"

    class Meta(RequirementForm.Meta):
        fields = [
            "title", "guidance", "required_count", "starts_on", "ends_on", "due_day", "due_next_month", "is_strict",
            "window_start_day", "lock_after_days", "addressed_kinds", "agencies", "reminder_steps",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["due_day"].required = True


class OnceForm(RequirementForm):
    """What is asked once, by a day."""

    recurrence = Recurrence.ONCE
    fields_of_once = [
        "title", "guidance", "starts_on", "due_on", "is_strict", "lock_after_days", "addressed_kinds", "agencies",
        "reminder_steps",
    ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["due_on"].required, self.fields["due_on"].label = True, "Ngày hạn ghi trong công văn"


class JoiningForm(OnceForm):
    kind, words = RequirementKind.JOIN_GROUP, "Tham gia nhóm mạng lưới"

    class Meta(RequirementForm.Meta):
        fields = ["group", *OnceForm.fields_of_once]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["group"].required, self.fields["group"].empty_label = True, "Chọn nhóm"
        self.fields["group"].queryset = NetworkGroup.objects.open()


class RegisteringForm(OnceForm):
    kind, words = RequirementKind.REGISTER_CHANNEL, "Khai báo kênh"

    class Meta(RequirementForm.Meta):
        fields = ["channel_kind", *OnceForm.fields_of_once]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel_kind"].choices = [("", "Bất kỳ loại nào"), *ChannelKind.choices]
        self.fields["channel_kind"].help_text = ""


class OutreachForm(OnceForm):
    kind, words = RequirementKind.OUTREACH, "Báo kết quả lan toả"

    class Meta(RequirementForm.Meta):
        fields = ["measure", *OnceForm.fields_of_once]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["measure"].required = True


class GuidanceForm(forms.ModelForm):
    """The only thing of an issued requirement that may still change."""

    class Meta:
        model = Requirement
        fields = ["guidance"]
        widgets = {"guidance": forms.Textarea(attrs={"rows": 6})}


class StandingForm(GuidanceForm):
    """What staff may change of a standing requirement: its words to the agencies, and when it reminds."""

    reminder_steps = StepsField(label="Các bước nhắc", required=False, help_text=STEPS_HELP, max_length=80)

    class Meta(GuidanceForm.Meta):
        fields = ["guidance", "reminder_steps"]


FORM_OF_KIND = {form.kind: form for form in (NominationForm, QuotaForm, JoiningForm, RegisteringForm, OutreachForm)}


def kinds_with_counts():
    """The groups with their number of active agencies: "UBND xã (54)"; groups without any are left out."""
    counts = dict(Agency.objects.active().order_by().values_list("kind").annotate(Count("pk")))
    return [(kind, f"{words} ({counts[kind]})") for kind, words in AgencyKind.choices if kind in counts]
