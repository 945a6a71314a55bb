"""A product while its agency writes it: which duty it counts for, saving what is typed, when the province answers."""

from datetime import timedelta
from statistics import median

from django.db import transaction

from campaigns.models import ContentItem, Decision, Obligation

ANSWERS_OF = timedelta(days=30)
MOST_ANSWERS = 2000
FEWEST_ANSWERS = 3
"""Below this the middle of them says nothing."""


def item_begun(person, duty, key):
    """The product that this form began before (an earlier click, autosave); None when it is new or not the person's to see."""
    if key is None:
        return None
    items = ContentItem.objects.visible_to(person).filter(agency=duty.agency_id, idempotency_key=key)
    items = items.select_related("obligation__requirement", "obligation__period", "obligation__agency")
    return items.filter(obligation__requirement=duty.requirement_id).first()


def other_months(person, duty, today) -> list[Obligation]:
    """Other open duties of the same requirement and agency: a product may be counted there as well."""
    rows = Obligation.objects.visible_to(person).open_work().filter(agency=duty.agency_id)
    rows = rows.filter(requirement=duty.requirement_id).exclude(pk=duty.pk).select_related("period", "agency")
    return [row for row in rows.order_by("due_on", "pk") if not row.is_locked(today)]


def usual_responsible(person, agency_pk) -> str:
    """Who answered for the last product of this person for this agency; the person, at first."""
    rows = ContentItem.objects.filter(agency=agency_pk, created_by=person.pk).exclude(responsible="")
    return rows.order_by("-created_at", "-pk").values_list("responsible", flat=True).first() or person.full_name


@transaction.atomic
def write(item, actor, content, *, page=None, duty=None, is_typing=False):
    """Save what stands in the form when it differs; a draft may count for another month (`duty`)."""
    if duty is not None and duty.pk != item.obligation_id:
        item.move(actor=actor, obligation=duty)
    if any(getattr(item, name) != value for name, value in content.items()):
        item.edit(actor=actor, page=page, is_typing=is_typing, **content)


def usual_wait(now) -> timedelta | None:
    """How long the province took with a product in the last 30 days, in the middle; None when too few are known."""
    rows = Decision.objects.filter(at__gt=now - ANSWERS_OF, at__lte=now).order_by("-at")
    waits = [at - since for at, since in rows.values_list("at", "version__submitted_at")[:MOST_ANSWERS]]
    return median(waits) if len(waits) >= FEWEST_ANSWERS else None


def wait_words(wait) -> str:
    """`trong khoảng 5 giờ`, `trong khoảng 2 ngày`."""
    hours = wait / timedelta(hours=1)
    if hours < 1:
        return "trong vòng 1 giờ"
    return f"trong khoảng {round(hours)} giờ" if hours < 24 else f"trong khoảng {round(hours / 24)} ngày"
