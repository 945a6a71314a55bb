"""Nominating contact points: the person's row moves by its own verb, then the duties that asked for one are settled.

Locks: the person's row, then the duty.
"""

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from campaigns import appointing, notifications
from campaigns.models import Obligation, RequirementKind
from portal.lib import periods, text
from registry.models import Agency, ContactPoint

FROM_PEOPLE = "Cập nhật theo danh sách đầu mối"


@transaction.atomic
def nominate(actor, obligation, now, **fields):
    """Answer a duty with a new person. The same nomination sent twice gives the row of the first time."""
    obligation.lock()
    obligation.refuse_when_locked(periods.local_day(now))
    role = obligation.requirement.contact_role
    if contact := same_nomination(actor, obligation.agency_id, role, fields):
        return contact
    contact = ContactPoint.propose(actor=actor, agency=obligation.agency, role=role, now=now, **fields)
    obligation.settle(actor=actor, reason=f"Cử {contact.full_name}")
    return contact


def same_nomination(actor, agency_id, role, fields):
    """The waiting row of a form that was sent a second time; None when anything differs."""
    return (
        ContactPoint.objects.awaiting_review()
        .filter(agency=agency_id, role=role, proposed_by=actor, name_norm=text.fold(fields["full_name"]))
        .filter(phone=fields.get("phone", ""), email=fields.get("email", ""))
        .first()
    )


@transaction.atomic
def renominate(actor, obligation, contact, now, **fields):
    """Put a corrected person before the province again, for the duty."""
    hold(contact)
    obligation.lock()
    obligation.refuse_when_locked(periods.local_day(now))
    correct_contact(contact, actor, now, **fields)


@transaction.atomic
def keep(actor, obligation, contact, now):
    """Answer a duty with the person who is confirmed already: "vẫn là …"."""
    hold(contact)
    obligation.lock()
    obligation.refuse_when_locked(periods.local_day(now))
    contact.reconfirm(actor=actor, now=now)
    obligation.settle(actor=actor, reason=f"Vẫn là {contact.full_name}")


def hold(contact):
    """Lock the person's row before their duty's, as confirming and releasing do."""
    ContactPoint.objects.select_for_update(of=("self",)).get(pk=contact.pk)


@transaction.atomic
def propose_contact(actor, agency, role, now, **fields):
    """Propose a person without a duty that asks for it; an open duty in that role counts it all the same."""
    Agency.objects.select_for_update().get(pk=agency.pk)  # parallel clicks stand in line here
    if contact := same_nomination(actor, agency.pk, role, fields):
        return contact
    contact = ContactPoint.propose(actor=actor, agency=agency, role=role, now=now, **fields)
    settle_duties(contact, actor, f"Cử {contact.full_name}")
    return contact


@transaction.atomic
def correct_contact(contact, actor, now, **fields):
    """Change a returned nomination and put it before the province again."""
    for row in (contact, *returned_with(contact)):
        row.correct(actor=actor, now=now, **fields)
        settle_duties(row, actor, f"Sửa và cử lại {row.full_name}")


def returned_with(contact):
    """The other roles of a hand-over that was returned as a whole: corrected as a whole too."""
    if contact.replaces is None:
        return []
    rows = ContactPoint.objects.filter(agency=contact.agency_id, name_norm=contact.name_norm, status="returned")
    return list(rows.filter(replaces__name_norm=contact.replaces.name_norm).exclude(pk=contact.pk))


@transaction.atomic
def confirm_contact(contact, actor, now=None):
    """The province accepts the person; the duties that asked for one are met."""
    now = now or timezone.now()
    rest = list(contact.rest_of_hand_over())
    contact.confirm(actor=actor, now=now)
    confirmed = [contact, *ContactPoint.objects.filter(pk__in=[row.pk for row in rest])]
    for row in confirmed:
        settle_duties(row, actor, f"Xác nhận {row.full_name}")
    appointing.send_first_letter(confirmed, now)
    notifications.registration_decided(contact, f"{contact.full_name} đã được xác nhận là đầu mối.", now)


@transaction.atomic
def return_contact(contact, actor, reason, now=None):
    """The province sends the nomination back with its reason; the duties are open again."""
    now = now or timezone.now()
    for row in (contact, *contact.rest_of_hand_over()):
        row.return_for_changes(actor=actor, reason=reason, now=now)
        settle_duties(row, actor, f"Trả lại {row.full_name}: {reason}")
    notifications.registration_decided(contact, f"Đầu mối {contact.full_name} cần sửa: {reason}", now)


@transaction.atomic
def release_contact(contact, actor, on, reason):
    """The person no longer answers for the agency; a duty that waited for their confirmation is open again."""
    contact.leave(actor=actor, on=on, reason=reason)
    settle_duties(contact, actor, f"{contact.full_name} thôi làm đầu mối")


def catch_up() -> int:
    """Settle duties whose people were confirmed, returned or released elsewhere (import, invitation, admin).

    One query when there is nothing to do. Answers how many duties changed.
    """
    return sum(Obligation.settle_if_changed(duty.pk, FROM_PEOPLE) for duty in stale_duties())


def stale_duties():
    """Duties whose facts may differ from what their people say; those of closed agencies stay as they were."""
    people = ContactPoint.objects.filter(agency=OuterRef("agency"), role=OuterRef("requirement__contact_role"))
    since = OuterRef("period__first_on")
    accepted = people.filter(
        Q(proposed_at__date__gte=since, confirmed_at__isnull=False, carried_from=None)
        | Q(reconfirmed_at__date__gte=since)
    )
    waiting = people.awaiting_review().filter(proposed_at__date__gte=since, carried_from=None)
    stale = Q(Exists(accepted), accepted_count__lt=F("required_count"))
    stale |= Q(~Exists(waiting), open_submission_at__isnull=False) | Q(Exists(waiting), open_submission_at=None)
    duties = Obligation.objects.filter(stale, requirement__kind=RequirementKind.NOMINATE_CONTACT, met_at=None)
    return duties.filter(exempt_at=None, agency__status="active")


def settle_duties(contact, actor, reason):
    """Let every unmet duty of the agency that asked for this role, and counts this person, work out its facts."""
    duties = Obligation.objects.filter(
        agency=contact.agency_id,
        requirement__kind=RequirementKind.NOMINATE_CONTACT,
        requirement__contact_role=contact.role,
        period__first_on__lte=periods.local_day(contact.proposed_at),
        met_at=None,
    )
    for obligation in duties:
        obligation.lock()
        obligation.settle(actor=actor, reason=reason[:300])
