"""Nhật ký of any record at the desk: what changed, who, when, why; and the page that puts an earlier value back."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from campaigns.models import Campaign, ContentItem, Dispatch, Obligation, Requirement
from campaigns.views.acting import ask, desk_act, desk_page
from registry import history
from registry.models import Agency, Channel, ContactPoint, GroupMembership, KnownFake, NetworkGroup
from registry.permissions import can_review

MODELS = {
    history.KINDS[model._meta.model_name]: model
    for model in (
        Agency, Channel, ContactPoint, NetworkGroup, GroupMembership, KnownFake, Campaign, Dispatch, Requirement,
        Obligation, ContentItem,
    )
}  # fmt: skip
PAGES = {
    "co-quan": "agency_year", "kenh": "review_channel", "dau-moi": "review_contact", "dau-viec": "obligation_desk",
    "dot": "campaign", "san-pham": "review_item", "cong-van": "dispatch_edit", "yeu-cau": "requirement_edit",
    "nhom": "group",
}  # fmt: skip
NEW_NAME = "Tên này có hiệu lực từ hôm nay; tên đang dùng vẫn tìm được như tên cũ."


class WhyForm(forms.Form):
    """Why the value comes back; the history says so anyway."""

    reason = forms.CharField(label="Lý do", max_length=100, required=False)


@desk_page
def record_history(request, kind, pk):
    """Every change of one record, newest first."""
    record = record_or_404(request.user, kind, pk)
    page = Paginator(history.rows_of(record), history.PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    earlier = history.rows_of(record)[page.end_index() : page.end_index() + 1]
    context = {
        "record": record,
        "kind": kind,
        "page": page,
        "entries": history.entries_of(record, rows, next(iter(earlier), None)),
        "back": page_of(kind, pk),
        "can_act": can_review(request.user),
    }
    return render(request, "campaigns/desk/record_history.html", context)


@desk_act
def record_restore(request, kind, pk, entry, field):
    """What the value is, what it would be again; on POST through the record's own verb."""
    record = record_or_404(request.user, kind, pk)
    what = history.restoring(record, entry, field)
    if what is None:
        raise Http404
    consequences = [f"Hiện nay: {what.now}", f"Sẽ trở lại: {what.then}"]
    if (kind, field) == ("co-quan", "name"):
        consequences.append(NEW_NAME)
    today = timezone.localdate()
    return ask(
        request, WhyForm, verb=lambda reason: fitted(history.restore, what, actor=request.user, today=today, reason=reason),
        done=f"Đã khôi phục {what.label.lower()}: {what.then}.", back=reverse("record_history", args=[kind, pk]),
        title=f"Khôi phục {what.label.lower()}", eyebrow=f"Nhật ký: {record}", button="Khôi phục giá trị này",
        consequences=consequences,
    )  # fmt: skip


def fitted(verb, *args, **kwargs):
    """A refusal beside a field of the record is said at the top: this page has only the reason."""
    try:
        verb(*args, **kwargs)
    except ValidationError as error:
        raise ValidationError(error.messages) from error


def record_or_404(user, kind, pk):
    """The record, among those that this person may see."""
    model = MODELS.get(kind)
    if model is None:
        raise Http404
    rows = model._default_manager.all()
    return get_object_or_404(rows.visible_to(user) if hasattr(rows, "visible_to") else rows, pk=pk)


def page_of(kind, pk) -> str:
    """The record's own page at the desk, or the list it stands in; "" for those without one."""
    if kind == history.KINDS["knownfake"]:
        return reverse("fake_list")
    try:
        return reverse(PAGES[kind], args=[pk])
    except (KeyError, NoReverseMatch):
        return ""
