"""Repairing the registry at /quan-tri/: reference data by hand, everything else through the verbs."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.lib.phones import mask_phone
from portal.lib.text import clean_line
from registry.admin_base import (
    LONGEST_REASON,
    DeskAccess,
    HistoryAdmin,
    HouseAdmin,
    ReadOnlyAdmin,
    act_on_each,
    plain_act,
    reasoned_act,
)
from registry.admin_codes import PrintedCodeAdmin, ScanDayAdmin  # noqa: F401 - registered there
from registry.admin_groups import GroupMembershipAdmin, NetworkGroupAdmin  # noqa: F401 - registered there
from registry.models import (
    AccountChange,
    Agency,
    AgencyName,
    CalendarDay,
    Channel,
    ChannelChange,
    ChannelKey,
    ContactPoint,
    DeliveryAttempt,
    KnownFake,
    OutgoingMessage,
    PersonalDataAccess,
    User,
)
from registry.permissions import can_invite

admin.site.site_title = "Quản trị"
admin.site.index_title = "Quản trị danh bạ và đợt truyền thông"
admin.site.empty_value_display = "–"


class AgencyNameInline(DeskAccess, admin.TabularInline):
    model = AgencyName
    may_add = may_change = False
    extra = 0
    fields = readonly_fields = ["name", "short_name", "valid_from", "valid_to", "decision"]


class AgencyForm(forms.ModelForm):
    """Facts of an agency; the two acts that need a day stand below and do nothing while empty."""

    new_name = forms.CharField(label="Tên mới", max_length=200, required=False)
    renamed_on = forms.DateField(label="Có hiệu lực từ ngày", required=False)
    decision = forms.CharField(label="Văn bản đổi tên", max_length=200, required=False)
    ends_on = forms.DateField(label="Kết thúc từ ngày", required=False)
    end_reason = forms.CharField(label="Lý do kết thúc", max_length=300, required=False)

    class Meta:
        model = Agency
        fields = ["name", "kind", "code", "short_name", "gso_code", "parent", "founded_on"]

    def clean(self):
        data = super().clean()
        if bool(data.get("new_name")) != bool(data.get("renamed_on")):
            raise ValidationError("Đổi tên cần cả tên mới và ngày có hiệu lực.")
        if bool(data.get("ends_on")) != bool(data.get("end_reason")):
            raise ValidationError("Kết thúc hoạt động cần cả ngày và lý do.")
        return data


@admin.register(Agency)
class AgencyAdmin(HistoryAdmin):
    form = AgencyForm
    list_display = ["name", "code", "kind", "parent", "status", "closed_on"]
    list_filter = ["status", "kind"]
    list_select_related = ["parent"]
    search_fields = ["search_norm"]
    autocomplete_fields = ["parent"]
    inlines = [AgencyNameInline]
    facts = ["kind", "code", "short_name", "gso_code", "parent", "founded_on"]

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": ["name", *self.facts]})]
        return [
            (None, {"fields": ["name", "status", "closed_on", "closed_reason", *self.facts]}),
            ("Đổi tên", {"fields": ["new_name", "renamed_on", "decision"]}),
            ("Kết thúc hoạt động", {"fields": ["ends_on", "end_reason"]}),
        ]

    def get_readonly_fields(self, request, obj=None):
        return ["name", "status", "closed_on", "closed_reason"] if obj else []

    def enter(self, actor, values):
        return Agency.found(actor=actor, name=values["name"], **{name: values[name] for name in self.facts})

    def amend(self, request, obj, facts):
        values = {name: facts[name] for name in self.facts if name in facts}
        super().amend(request, obj, values)
        if facts.get("new_name"):
            decision = facts.get("decision", "")
            obj.rename(actor=request.user, name=facts["new_name"], on=facts["renamed_on"], decision=decision)
        if facts.get("ends_on"):
            obj.close(actor=request.user, on=facts["ends_on"], reason=facts["end_reason"])


class ChannelKeyInline(DeskAccess, admin.TabularInline):
    model = ChannelKey
    may_add = may_change = False
    extra = 0
    fields = readonly_fields = ["key", "is_live", "live_from", "ended_on"]


@admin.register(Channel)
class ChannelAdmin(HistoryAdmin):
    list_display = ["name", "agency", "kind", "status", "reconfirmed_on", "is_featured"]
    list_filter = ["status", "kind", "is_featured", "agency__kind"]
    list_select_related = ["agency"]
    search_fields = ["name_norm"]
    autocomplete_fields = ["agency"]
    inlines = [ChannelKeyInline]
    actions = [
        plain_act("confirm", "Xác nhận kênh"),
        reasoned_act("return_for_changes", "Trả lại để sửa"),
        reasoned_act("suspend", "Tạm dừng"),
        plain_act("resume", "Cho hoạt động lại"),
        reasoned_act("close", "Đóng kênh"),
    ]
    texts = ["name", "description", "decision_number", "decision_on", "is_featured"]
    facts_of_status = [
        "agency", "kind", "url", "status", "status_reason", "qr_code", "proposed_at", "proposed_by", "confirmed_at",
        "confirmed_by", "reconfirmed_on", "answered_at", "given_up_at", "given_up_by", "closed_on",
    ]  # fmt: skip

    def get_fields(self, request, obj=None):
        return [*self.facts_of_status, *self.texts] if obj else ["agency", "kind", "url", *self.texts[:-1]]

    def get_readonly_fields(self, request, obj=None):
        return self.facts_of_status if obj else []

    def enter(self, actor, values):
        channel = Channel.propose(actor=actor, **values)
        channel.confirm(actor=actor)
        return channel


@admin.register(ChannelChange)
class ChannelChangeAdmin(ReadOnlyAdmin):
    """What agencies ask to change, and what became of it. Decided by the verbs only."""

    list_display = ["channel", "status", "name", "url", "proposed_at", "proposed_by", "decided_at", "decided_by"]
    list_filter = ["status", "keeps_old_address", "channel__kind", "channel__agency__kind"]
    list_select_related = ["channel", "proposed_by", "decided_by"]
    date_hierarchy = "proposed_at"
    actions = [
        plain_act("accept", "Xác nhận thay đổi"),
        reasoned_act("return_for_changes", "Trả lại để sửa"),
    ]


@admin.register(ContactPoint)
class ContactPointAdmin(HistoryAdmin):
    """Phones are masked in the list; opening a person is logged."""

    list_display = ["full_name", "agency", "role", "position", "masked_phone", "status", "is_deputy"]
    list_filter = ["status", "role", "is_public", ("accepted_at", admin.EmptyFieldListFilter), "agency__kind"]
    list_select_related = ["agency"]
    search_fields = ["name_norm"]
    autocomplete_fields = ["agency"]
    actions = [
        plain_act("confirm", "Xác nhận đầu mối"),
        reasoned_act("return_for_changes", "Trả lại để sửa"),
        "bulk_leave",
    ]
    texts = [
        "position", "phone", "email", "is_deputy", "mandate_number", "mandate_on", "is_public", "public_ground",
    ]  # fmt: skip
    facts_of_status = [
        "agency", "role", "full_name", "user", "status", "status_reason", "proposed_at", "proposed_by", "confirmed_at",
        "confirmed_by", "accepted_at", "replaces", "starts_on", "left_on",
    ]  # fmt: skip

    @admin.display(description="số điện thoại")
    def masked_phone(self, contact):
        return mask_phone(contact.phone)

    def get_fields(self, request, obj=None):
        return [*self.facts_of_status, *self.texts] if obj else ["agency", "role", "full_name", *self.texts[:6]]

    def get_readonly_fields(self, request, obj=None):
        return self.facts_of_status if obj else []

    def enter(self, actor, values):
        contact = ContactPoint.propose(actor=actor, **values)
        contact.confirm(actor=actor)
        return contact

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and request.method == "GET":
            log_reading(request.user, f"{obj.full_name}, {obj.agency}")
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.action(description="Thôi làm đầu mối từ hôm nay")
    def bulk_leave(self, request, queryset):
        reason = clean_line(request.POST.get("reason", ""))[:LONGEST_REASON] or "Thay đổi nhân sự"
        today = timezone.localdate()
        act_on_each(self, request, queryset, lambda row: row.leave(actor=request.user, on=today, reason=reason))


def log_reading(actor, subject):
    """A page with a person's phone and e-mail was opened."""
    PersonalDataAccess.objects.create(actor=actor, act="Mở ở trang quản trị", subject=subject[:300], at=timezone.now())


class AccountChangeInline(DeskAccess, admin.TabularInline):
    model = AccountChange
    fk_name = "person"
    may_add = may_change = False
    extra = 0
    fields = readonly_fields = ["at", "actor", "what"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("actor")


@admin.register(User)
class UserAdmin(HouseAdmin):
    """Accounts come by invitation. Only administrators change a role; nobody changes their own."""

    may_add = False
    list_display = ["full_name", "username", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    search_fields = ["name_norm"]
    fields = ["username", "full_name", "email", "phone", "role", "is_active", "last_login", "invited_at", "invited_by"]
    readonly_fields = ["username", "is_active", "last_login", "invited_at", "invited_by"]
    actions = [plain_act("deactivate", "Khoá tài khoản"), plain_act("reactivate", "Mở lại tài khoản")]

    inlines = [AccountChangeInline]

    def save_model(self, request, obj, form, change):
        """Facts by the form; a role by its own verb, which the history of the account keeps."""
        role = obj.role
        if "role" in form.changed_data:
            obj.role = form.initial["role"]
        super().save_model(request, obj, form, change)
        if "role" in form.changed_data:
            obj.give_role(actor=request.user, role=role)

    def get_queryset(self, request):
        """Bulk acts reach only accounts that this person may manage."""
        people = super().get_queryset(request)
        if request.method == "POST" and request.POST.get("action") and not request.user.is_administrator:
            return people.focal_points()
        return people

    def has_change_permission(self, request, obj=None):
        if obj is None:
            return super().has_change_permission(request)
        return super().has_change_permission(request, obj) and can_invite(request.user, obj.role)

    def get_readonly_fields(self, request, obj=None):
        fixed = not request.user.is_administrator or obj == request.user
        return [*self.readonly_fields, "role"] if fixed else self.readonly_fields

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and request.method == "GET" and obj != request.user:
            log_reading(request.user, f"Tài khoản {obj.full_name}")
        return super().render_change_form(request, context, add, change, form_url, obj)


@admin.register(CalendarDay)
class CalendarDayAdmin(HouseAdmin):
    """Swap days that the government announces every year; the table rules over the built-in calendar."""

    may_delete = True
    list_display = ["day", "is_working", "note"]
    list_editable = ["is_working", "note"]
    list_filter = ["is_working"]
    date_hierarchy = "day"
    ordering = ["-day"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """The fields in the rows of the list stand without a label of their own."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field:
            field.widget.attrs.setdefault("aria-label", str(db_field.verbose_name))
        return field


class DeliveryAttemptInline(DeskAccess, admin.TabularInline):
    model = DeliveryAttempt
    may_add = may_change = False
    extra = 0
    fields = readonly_fields = ["number", "started_at", "ended_at", "outcome", "detail"]


@admin.register(OutgoingMessage)
class OutgoingMessageAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "recipient", "subject", "purpose", "state", "attempt", "last_error"]
    list_filter = ["state", "purpose", "medium"]
    list_select_related = ["recipient"]
    search_fields = ["subject", "recipient__name_norm"]
    date_hierarchy = "created_at"
    inlines = [DeliveryAttemptInline]
    exclude = ["html"]
    actions = [
        reasoned_act("send_again", "Gửi lại", takes_now=True),
        reasoned_act("drop", "Bỏ, không gửi nữa", takes_now=True),
    ]


@admin.register(KnownFake)
class KnownFakeAdmin(HistoryAdmin):
    """The list with its history; adding many at once has a page of its own at the desk."""

    list_display = ["url", "name", "imitates", "noted_on", "source", "status"]
    list_filter = ["status"]
    list_select_related = ["imitates"]
    autocomplete_fields = ["imitates"]
    date_hierarchy = "noted_on"
    actions = [reasoned_act("remove", "Đưa ra khỏi danh sách", takes_now=True)]
    texts = ["name", "imitates", "noted_on", "source", "detail"]
    facts_of_status = ["url", "key", "status", "listed_at", "listed_by", "removed_at", "removed_by", "removed_reason"]

    def get_fields(self, request, obj=None):
        return [*self.facts_of_status, *self.texts] if obj else ["url", *self.texts]

    def get_readonly_fields(self, request, obj=None):
        return self.facts_of_status if obj else []

    def enter(self, actor, values):
        return KnownFake.enlist(actor=actor, **values)

    def amend(self, request, obj, facts):
        if facts:
            said = {name: getattr(obj, name) for name in self.texts}
            obj.correct(actor=request.user, **said | facts)
