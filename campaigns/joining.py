"""Joining a network group: the person's row moves by its own verb, then the duties that asked for it are settled.

Locks: the person's row, then the duty.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.urls import reverse

from campaigns.models import Obligation, RequirementKind
from campaigns.network import people_to_ask
from portal.lib import periods
from registry.models import GroupMembership, MemberStatus
from registry.outbox import tell

NOT_YOURS = "Bạn không còn là đầu mối của cơ quan này nên không ghi nhận được. Hãy báo cán bộ tỉnh."


@dataclass(frozen=True)
class Result:
    """What became of one ticked member; `refusal` says why nothing did."""

    member: GroupMembership
    refusal: str = ""


@transaction.atomic
def join(actor, obligation, now) -> GroupMembership:
    """ "Tôi đã tham gia": the focal point is in the group, so the duty is met. Said twice, it stays as said first."""
    group = obligation.requirement.group
    asked = group.memberships.filter(contact__user=actor, agency=obligation.agency_id).order_by("pk")
    list(asked.select_for_update(of=("self",)))
    obligation.lock()  # parallel taps of people whom nobody had asked stand in line here
    member = own_membership(actor, obligation, group, now)
    if member.status == MemberStatus.JOINED:
        return member
    obligation.refuse_when_locked(periods.local_day(now))
    member.join(actor=actor, now=now)
    settle_duties(member, actor, f"{member.contact.full_name} đã tham gia nhóm")
    return member


def own_membership(actor, obligation, group, now):
    """The person's place on the list of the group, made when nobody had asked them."""
    contacts = list(actor.contact_points.confirmed().filter(agency=obligation.agency_id))
    if not contacts:
        raise ValidationError(NOT_YOURS)
    mine = group.memberships.filter(contact__in=contacts).select_related("contact")
    known = mine.order_by("-joined_at", "pk").first()
    if known is None:
        GroupMembership.ask(actor=actor, group=group, contacts=contacts[:1], now=now)
        known = mine.get()
    return known


@transaction.atomic
def invite(actor, group, roles, kinds, now) -> int:
    """Ask everybody in these roles and kinds of agencies who is not on the list yet; they read it among their notices."""
    people = people_to_ask(group, roles, kinds)
    told = [person.user for person in people if person.user]
    asked = GroupMembership.ask(actor=actor, group=group, contacts=people, now=now)
    words = f"Mời bạn tham gia nhóm “{group.name}”: {group.url}"
    tell(recipients=told, text=words, url=reverse("my_work"), key=f"group:{group.pk}:asked", now=now)
    return asked


@transaction.atomic
def note_joined(member, actor, reason, now):
    """Staff see the person in the group."""
    member.join(actor=actor, now=now)
    settle_duties(member, actor, f"{member.contact.full_name} đã tham gia nhóm")


def note_left(member, actor, reason, now):
    """The person is out; a duty that they met stays met, for they had joined."""
    member.leave(actor=actor, reason=reason, now=now)


@transaction.atomic
def deny(member, actor, reason, now):
    """Staff don't find the person in the group: open duties count again, and the person hears why."""
    member.deny(actor=actor, reason=reason)
    today, duties = periods.local_day(now), joining_duties(member.group_id, member.agency_id)
    words = f"Không thấy {member.contact.full_name} trong nhóm: {reason}"
    for duty in duties:
        if not duty.is_locked(today):
            duty.lock()
            duty.settle(actor=actor, reason=words)
    duty = next((duty for duty in duties if not duty.is_locked(today)), None)
    tell(
        recipients=[member.contact.user] if member.contact.user else [],
        text=f"Nhóm “{member.group.name}”: tỉnh không thấy bạn trong nhóm. {reason}",
        url=reverse("obligation", args=[duty.pk]) if duty else reverse("my_work"),
        key=f"group:{member.pk}:denied:{now:%Y-%m-%dT%H:%M:%S}",
        now=now,
    )


def ask_again(member, actor, reason, now):
    """Ask somebody who left."""
    member.ask_again(actor=actor, now=now)


BULK_ACTS = {
    "joined": (note_joined, "Đã tham gia"),
    "left": (note_left, "Đã rời nhóm"),
    "denied": (deny, "Không thấy trong nhóm"),
    "asked": (ask_again, "Mời lại"),
}


def do_for_each(act, members, actor, reason, now) -> list[Result]:
    """The act for each ticked member, with a result per item: one refusal never stops the others."""
    verb, results = BULK_ACTS[act][0], []
    for member in members:
        try:
            with transaction.atomic():
                verb(member, actor, reason, now)
        except ValidationError as refusal:
            results.append(Result(member, " ".join(refusal.messages)))
        else:
            results.append(Result(member))
    return results


def joining_duties(group_id, agency_id) -> list[Obligation]:
    """Duties of the agency to join that group, one query."""
    rows = Obligation.objects.filter(
        requirement__kind=RequirementKind.JOIN_GROUP, requirement__group=group_id, agency=agency_id
    )
    return list(rows.select_related("requirement", "period"))


def settle_duties(member, actor, reason):
    """Let every unmet duty of the agency to join that group work out its facts."""
    for duty in joining_duties(member.group_id, member.agency_id):
        if not duty.met_at:
            duty.lock()
            duty.settle(actor=actor, reason=reason)


def catch_up() -> int:
    """Settle open duties whose people are in the group already: joined before the duty, or noted at /quan-tri/.

    One query when there is nothing to do. Answers how many duties changed.
    """
    return sum(settle_if_open(duty.pk) for duty in stale_duties())


def stale_duties():
    """Unmet duties of living agencies that have somebody in the group."""
    inside = GroupMembership.objects.inside().filter(group=OuterRef("requirement__group"), agency=OuterRef("agency"))
    return Obligation.objects.filter(
        Exists(inside), requirement__kind=RequirementKind.JOIN_GROUP, met_at=None, exempt_at=None,
        agency__status="active", accepted_count__lt=F("required_count"),
    )  # fmt: skip


@transaction.atomic
def settle_if_open(pk) -> bool:
    """Settle one duty that is still unmet, so that a second run writes nothing."""
    duty = Obligation.objects.select_for_update(of=("self",)).select_related("requirement", "period").get(pk=pk)
    if duty.met_at or duty.exempt_at:
        return False
    duty.settle(actor=None, reason="Cập nhật theo danh sách nhóm")
    return bool(duty.met_at)
