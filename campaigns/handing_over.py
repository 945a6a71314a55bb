"""Bàn giao: one focal point's work in an agency goes to another person in one act, and nothing is lost on the way.

Duties, drafts and channels belong to the agency: the new person finds them where they lie. What moves is who may open
them (the rows of both people), who is reminded (reminders read those rows) and who is asked into the network groups.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from campaigns import nominating
from campaigns.models import ContentItem, ContentStatus, Obligation
from portal.lib import periods, text
from registry.models import Agency, Channel, ChannelStatus, ContactPoint, ContactStatus

UNFINISHED = (ContentStatus.DRAFT, ContentStatus.CHANGES)


@dataclass(frozen=True)
class Goods:
    """What goes over with a person: shown before the act, and written into the first letter."""

    posts: list[ContactPoint]
    duties: list[Obligation]
    items: list[ContentItem]
    channels: list[Channel]
    groups: list


def goods_of(contact, today) -> Goods:
    """Everything that the person's successor will answer for in this agency (five queries)."""
    posts = posts_of(contact)
    duties = Obligation.objects.to_remind(today).filter(agency=contact.agency_id)
    items = ContentItem.objects.filter(agency=contact.agency_id, status__in=UNFINISHED)
    groups = {row.group for post in posts for row in post.memberships.all() if not row.left_at}
    channels = Channel.objects.filter(agency=contact.agency_id).exclude(status=ChannelStatus.CLOSED)
    return Goods(
        posts=posts,
        duties=list(duties.select_related("requirement__campaign", "period", "agency")),
        items=list(items.select_related("obligation__requirement", "obligation__period")),
        channels=list(channels),
        groups=sorted(groups, key=lambda group: group.name),
    )


def posts_of(contact) -> list[ContactPoint]:
    """Every role of this person in the agency, the one asked about first."""
    rows = ContactPoint.objects.confirmed().filter(agency=contact.agency_id, name_norm=contact.name_norm)
    rows = rows.select_related("agency", "user").prefetch_related("memberships__group")
    return sorted(rows, key=lambda row: row.pk != contact.pk)


@transaction.atomic
def hand_over(contact, actor, now, *, has_left=False, starts_on=None, **person) -> list[ContactPoint]:
    """Put the new person forward in every role of the old one. Gives the new rows.

    The province's own staff confirm at once what they enter on an agency's behalf. `has_left`: the old person is gone
    already and loses access now; otherwise when the province confirms, not before `starts_on`.
    """
    Agency.objects.select_for_update().get(pk=contact.agency_id)  # parallel clicks stand in line here
    if again := waiting_twins(contact, actor, person):
        return again
    posts = posts_of(contact)
    if not posts:
        raise ValidationError("Người này không còn là đầu mối của đơn vị. Hãy tải lại trang Việc của tôi.")
    rows = [row for post in posts if (row := successor(post, actor, now, starts_on, person))]
    if has_left:
        for post in (row.replaces for row in rows):
            nominating.release_contact(post, actor, periods.local_day(now), f"Đã nghỉ, {person['full_name']} nhận việc")
    if actor.is_reviewer and rows:
        nominating.confirm_contact(rows[0], actor, now)
    return rows


def waiting_twins(contact, actor, person) -> list[ContactPoint]:
    """The rows of a form that was sent a second time; nothing when anything differs."""
    rows = ContactPoint.objects.awaiting_review().filter(agency=contact.agency_id, proposed_by=actor)
    rows = rows.filter(replaces__name_norm=contact.name_norm, name_norm=text.fold(person["full_name"]))
    return list(rows.filter(phone=person.get("phone", ""), email=person.get("email", "")))


def successor(post, actor, now, starts_on, person):
    """The new person's row in this role; None when they have it already (a deputy): then the old one just leaves."""
    name = text.fold(person["full_name"])
    deputy = ContactPoint.objects.confirmed().filter(agency=post.agency_id, role=post.role, name_norm=name)
    if deputy := deputy.exclude(pk=post.pk).filter(email=person["email"]).first():
        deputy.amend(actor=actor, reason=f"Nhận bàn giao từ {post.full_name}", is_deputy=post.is_deputy)
        nominating.release_contact(post, actor, periods.local_day(now), f"Bàn giao cho {deputy.full_name}")
        return None
    return nominating.propose_contact(
        actor, post.agency, post.role, now,
        **(person | {"is_deputy": post.is_deputy, "replaces": post, "starts_on": starts_on}),
    )  # fmt: skip


def finish(today) -> int:
    """The tick: whoever handed over from a later day on leaves when that day has come. One query when none has."""
    ended = 0
    for old in ContactPoint.objects.to_end(today).prefetch_related("successors"):
        for new in old.successors.all():
            if new.status == ContactStatus.CONFIRMED and not new.ended_old:
                new.end_old(actor=new.confirmed_by, today=today)
                ended += 1
    return ended
