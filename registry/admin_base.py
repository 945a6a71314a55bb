"""What every page of /quan-tri/ shares: who may come in, search without accents, acts through verbs with a result per row."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from portal.lib import text
from portal.lib.text import clean_line
from registry.history import KINDS
from registry.permissions import can_review

MOST_AT_ONCE = 200
LONGEST_REASON = 300
REASON = "Sửa ở trang quản trị"


class ReasonForm(ActionForm):
    """The bar of bulk acts, with the reason that most of them need."""

    reason = forms.CharField(label="Lý do (khi trả lại, dừng, đóng, miễn)", required=False, max_length=300)


class DeskAccess:
    """Administrators and reviewers; roles decide, not Django's table of permissions. Nothing is deleted by default."""

    may_add = may_change = True
    may_delete = False

    def has_module_permission(self, request):
        return can_review(request.user)

    def has_view_permission(self, request, obj=None):
        return can_review(request.user)

    def has_add_permission(self, request, obj=None):
        return self.may_add and can_review(request.user)

    def has_change_permission(self, request, obj=None):
        return self.may_change and can_review(request.user)

    def has_delete_permission(self, request, obj=None):
        return self.may_delete and can_review(request.user)


class HouseAdmin(DeskAccess, admin.ModelAdmin):
    """A list of the house: bulk acts with a reason, search by the model's own `search`."""

    action_form = ReasonForm
    list_per_page = 50
    show_full_result_count = False
    save_on_top = True

    def get_search_results(self, request, queryset, search_term):
        if not hasattr(queryset, "search"):
            return self.search_both_forms(request, queryset, search_term)
        return (queryset.search(search_term) if search_term.strip() else queryset), False

    def changelist_view(self, request, extra_context=None):
        """A filter with a number that no row can have shows nothing wrong: back to the plain list."""
        try:
            return super().changelist_view(request, extra_context)
        except (OverflowError, ValueError):
            if request.method != "GET" or not request.GET:
                raise
            messages.error(request, "Bộ lọc không đúng nên đã bỏ.")
            return HttpResponseRedirect(request.path)

    def search_both_forms(self, request, queryset, search_term):
        """As typed, and folded for the columns that hold folded text."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        folded, _ = super().get_search_results(request, queryset, text.fold(search_term))
        return (found | folded if search_term.strip() else queryset), may_repeat

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """A refusal by a verb becomes a sentence; everything that was begun is undone."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refusal:
            for sentence in refusal.messages:
                messages.error(request, sentence)
            return HttpResponseRedirect(request.get_full_path())


class ReadOnlyAdmin(HouseAdmin):
    """Rows that only rules write: ledgers, logs, frozen facts."""

    may_add = may_change = False


class HistoryAdmin(HouseAdmin):
    """A record with history: its page at the desk shows every change and puts earlier values back, through the verbs."""

    def history_view(self, request, object_id, extra_context=None):
        if not self.has_view_permission(request) or not object_id.isdigit():
            raise PermissionDenied
        return HttpResponseRedirect(reverse("record_history", args=[KINDS[self.opts.model_name], object_id]))

    def save_model(self, request, obj, form, change):
        """Add through `enter`, change through `amend`: both are verbs of the model."""
        if change:
            self.amend(request, obj, {name: form.cleaned_data[name] for name in form.changed_data})
        else:
            obj.__dict__.update(self.enter(request.user, form.cleaned_data).__dict__)

    def amend(self, request, obj, facts):
        if facts:
            obj.amend(actor=request.user, reason=REASON, **facts)

    def enter(self, actor, values):
        raise NotImplementedError


class ReadOnlyHistoryAdmin(HistoryAdmin):
    """Read-only with history: repaired by acts, never by typing."""

    may_add = may_change = False


def act_on_each(modeladmin, request, queryset, act):
    """Do `act(row)` for each chosen row: one sentence for those done, one for each that was refused."""
    rows = list(queryset[: MOST_AT_ONCE + 1])
    if len(rows) > MOST_AT_ONCE:
        messages.error(request, f"Mỗi lần chọn tối đa {MOST_AT_ONCE} dòng.")
        return
    done = 0
    for row in rows:
        try:
            act(row)
        except ValidationError as refusal:
            messages.error(request, f"{row}: {' '.join(refusal.messages)}")
        else:
            done += 1
    if done:
        messages.success(request, f"Đã làm xong {done}/{len(rows)} dòng.")


def plain_act(verb, words):
    """A bulk act that calls `row.verb(actor=…)`."""

    @admin.action(description=words)
    def run(modeladmin, request, queryset):
        act_on_each(modeladmin, request, queryset, lambda row: getattr(row, verb)(actor=request.user))

    run.__name__ = f"bulk_{verb}"
    return run


def reasoned_act(verb, words, *, takes_now=False):
    """A bulk act that calls `row.verb(actor=…, reason=…)` with the reason typed in the bar."""

    @admin.action(description=words)
    def run(modeladmin, request, queryset):
        reason = clean_line(request.POST.get("reason", ""))[:LONGEST_REASON]
        if not reason:
            messages.error(request, "Hãy ghi lý do vào ô bên cạnh rồi chọn lại việc này.")
            return
        extra = {"now": timezone.now()} if takes_now else {}
        act_on_each(
            modeladmin, request, queryset, lambda row: getattr(row, verb)(actor=request.user, reason=reason, **extra)
        )

    run.__name__ = f"bulk_{verb}"
    return run
