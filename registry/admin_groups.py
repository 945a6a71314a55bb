"""Network groups and their members at /quan-tri/: repaired by the same verbs as at the desk."""

from django.contrib import admin
from django.utils import timezone

from registry.admin_base import REASON, HistoryAdmin, ReadOnlyHistoryAdmin, act_on_each, reasoned_act
from registry.models import GroupMembership, NetworkGroup


@admin.action(description="Ghi nhận đã tham gia")
def note_joined(modeladmin, request, queryset):
    act_on_each(modeladmin, request, queryset, lambda row: row.join(actor=request.user, now=timezone.now()))


@admin.action(description="Mời lại người đã rời")
def ask_again(modeladmin, request, queryset):
    act_on_each(modeladmin, request, queryset, lambda row: row.ask_again(actor=request.user, now=timezone.now()))


@admin.register(NetworkGroup)
class NetworkGroupAdmin(HistoryAdmin):
    list_display = ["name", "url", "asked_count", "joined_count", "left_count", "closed_on"]
    list_filter = [("closed_on", admin.EmptyFieldListFilter)]
    search_fields = ["name"]
    fields = ["name", "url", "purpose", "closed_on", "created_by", "created_at"]
    readonly_fields = ["closed_on", "created_by", "created_at"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("created_by").with_counts()

    def enter(self, actor, values):
        return NetworkGroup.found(actor=actor, **values)

    def amend(self, request, obj, facts):
        if facts:
            known = {name: getattr(obj, name) for name in ("name", "url", "purpose")}
            obj.amend(actor=request.user, reason=REASON, **known | facts)

    @admin.display(description="đã mời", ordering="asked_count")
    def asked_count(self, row):
        return row.asked_count

    @admin.display(description="đã tham gia", ordering="joined_count")
    def joined_count(self, row):
        return row.joined_count

    @admin.display(description="đã rời", ordering="left_count")
    def left_count(self, row):
        return row.left_count


@admin.register(GroupMembership)
class GroupMembershipAdmin(ReadOnlyHistoryAdmin):
    """Who is in which group. Duties to join follow within a minute of what is noted here."""

    list_display = ["contact", "agency", "group", "status", "asked_at", "joined_at", "left_at", "noted_by"]
    list_filter = ["group", "status", "agency__kind"]
    list_select_related = ["contact", "agency", "group", "noted_by"]
    date_hierarchy = "asked_at"
    actions = [note_joined, reasoned_act("leave", "Ghi nhận đã rời nhóm", takes_now=True), ask_again]
