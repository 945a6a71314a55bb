"""Repairing campaigns at /quan-tri/: texts and dispatches by hand, duties and items by acts, ledgers only read."""

from django.contrib import admin

from campaigns.models import (
    Campaign,
    ContentItem,
    Decision,
    Dispatch,
    Obligation,
    OutreachReport,
    Period,
    Publication,
    Reminder,
    Requirement,
)
from registry.admin_base import (
    REASON,
    DeskAccess,
    HistoryAdmin,
    ReadOnlyAdmin,
    ReadOnlyHistoryAdmin,
    reasoned_act,
)


class DirectAdmin(HistoryAdmin):
    """Texts without rules of their own: the form saves, history gets the author."""

    may_add = False

    def save_model(self, request, obj, form, change):
        obj._history_user, obj._change_reason = request.user, REASON
        obj.save()


class DispatchInline(DeskAccess, admin.TabularInline):
    model = Dispatch
    may_add = may_change = False
    extra = 0
    fields = readonly_fields = ["number", "issued_on", "subject", "issuer"]
    show_change_link = True


class RequirementInline(DeskAccess, admin.TabularInline):
    model = Requirement
    may_add = may_change = False
    extra = 0
    fields = readonly_fields = ["kind", "title", "recurrence", "starts_on", "required_count"]
    show_change_link = True


@admin.register(Campaign)
class CampaignAdmin(DirectAdmin):
    list_display = ["title", "status", "starts_on", "ends_on", "created_by", "issued_at"]
    list_filter = ["status"]
    list_select_related = ["created_by"]
    search_fields = ["title"]
    autocomplete_fields = ["channels"]
    fields = [
        "title", "purpose", "starts_on", "ends_on", "channels", "status", "created_by", "created_at", "issued_at",
        "issued_by", "closed_at", "closed_reason",
    ]  # fmt: skip
    readonly_fields = [
        "starts_on", "status", "created_by", "created_at", "issued_at", "issued_by", "closed_at", "closed_reason",
    ]  # fmt: skip
    inlines = [DispatchInline, RequirementInline]
    actions = [reasoned_act("close", "Kết thúc đợt")]


@admin.register(Dispatch)
class DispatchAdmin(DirectAdmin):
    list_display = ["number", "issued_on", "subject", "issuer", "campaign"]
    list_select_related = ["campaign"]
    search_fields = ["number", "subject"]
    readonly_fields = ["campaign", "file_name"]
    fields = ["campaign", "number", "issued_on", "subject", "issuer", "signatory", "recipients", "file_name"]
    date_hierarchy = "issued_on"


@admin.register(Requirement)
class RequirementAdmin(DirectAdmin):
    """Whom, how many and by when are changed at the desk, where open periods are looked after."""

    list_display = ["title", "campaign", "kind", "recurrence", "starts_on", "required_count"]
    list_filter = ["kind", "recurrence", "campaign__status"]
    list_select_related = ["campaign"]
    search_fields = ["title"]
    fields = [
        "campaign", "kind", "title", "guidance", "recurrence", "starts_on", "ends_on", "due_on", "due_day",
        "due_next_month", "is_strict", "lock_after_days", "required_count", "addressed_kinds", "reminder_steps",
    ]  # fmt: skip
    readonly_fields = [name for name in fields if name not in ("title", "guidance")]


@admin.register(Period)
class PeriodAdmin(ReadOnlyAdmin):
    list_display = ["requirement", "month", "first_on", "last_on", "due_on", "locks_on", "opened_at"]
    list_filter = ["month"]
    list_select_related = ["requirement"]
    search_fields = ["requirement__title"]


@admin.register(Obligation)
class ObligationAdmin(ReadOnlyHistoryAdmin):
    list_display = [
        "agency",
        "requirement",
        "month",
        "due_on",
        "extended_to",
        "accepted_count",
        "required_count",
        "met_on",
    ]
    list_filter = ["requirement__kind", "agency_kind", "due_on"]
    list_select_related = ["agency", "requirement", "period"]
    search_fields = ["agency__search_norm", "requirement__title"]
    date_hierarchy = "due_on"
    actions = [reasoned_act("exempt", "Miễn đầu việc")]

    @admin.display(description="tháng", ordering="period__month")
    def month(self, duty):
        return f"{duty.period.month:%m/%Y}"


class DecisionInline(DeskAccess, admin.TabularInline):
    model = Decision
    may_add = may_change = False
    extra = 0


class PublicationInline(DeskAccess, admin.TabularInline):
    model = Publication
    may_add = may_change = False
    extra = 0


@admin.register(ContentItem)
class ContentItemAdmin(ReadOnlyHistoryAdmin):
    list_display = ["title", "agency", "kind", "status", "version", "submitted_at", "decided_at"]
    list_filter = ["status", "kind", "agency__kind"]
    list_select_related = ["agency"]
    search_fields = ["title_norm", "agency__search_norm"]
    date_hierarchy = "created_at"
    inlines = [DecisionInline, PublicationInline]


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ["due_at", "obligation", "step", "person", "medium", "state"]
    list_filter = ["state", "step", "medium"]
    list_select_related = ["obligation__agency", "obligation__requirement", "obligation__period", "person"]
    search_fields = ["person__name_norm"]
    date_hierarchy = "due_at"


@admin.register(OutreachReport)
class OutreachReportAdmin(ReadOnlyAdmin):
    """Numbers of outreach: reported and corrected by the agency, kept in the history of its duty."""

    list_display = ["obligation", "number", "link", "reported_by", "reported_at"]
    list_filter = ["obligation__requirement__campaign"]
    list_select_related = ["obligation__requirement", "obligation__period", "reported_by"]
    date_hierarchy = "reported_at"
