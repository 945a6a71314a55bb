"""Who can be reached in an agency, and which agencies nobody can reach except by phone."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from campaigns.models import Obligation
from registry.models import Agency, ContactPoint, ContactRole, ContactStatus, Medium, User

FOCAL_ROLES = (ContactRole.POLICY, ContactRole.CHANNEL_ADMIN)


@dataclass
class People:
    """Accounts of one agency: those who do the work, and its head."""

    focal: list[User] = field(default_factory=list)
    heads: list[User] = field(default_factory=list)


@dataclass(frozen=True)
class Unreachable:
    """An agency to phone: why, whom, and what it owes."""

    agency: Agency
    reason: str
    contacts: list[ContactPoint]
    duties: list[Obligation]


def ways_to(person, at_work) -> list[str]:
    """Media that can reach the person now, first choice first. `at_work`: media by which anything leaves at all."""
    return [medium for medium in person.media_in_order if medium in at_work and person.is_reachable_by(medium)]


def people_of(agencies) -> dict[int, People]:
    """People with an account, by agency (one query). A spokesperson stands in where no focal point is confirmed."""
    contacts = ContactPoint.objects.confirmed().filter(agency__in=agencies, user__is_active=True)
    found, others = defaultdict(People), defaultdict(list)
    for contact in contacts.select_related("user").order_by("is_deputy", "sort_key", "pk"):
        people = found[contact.agency_id]
        contact.user.phone = contact.user.phone or contact.phone  # whose account has none is reached at the agency's
        if contact.role == ContactRole.HEAD:
            people.heads.append(contact.user)
        elif contact.role in FOCAL_ROLES:
            people.focal.append(contact.user)
        else:
            others[contact.agency_id].append(contact.user)
    for agency_id, people in found.items():
        people.focal = list(dict.fromkeys(people.focal or others[agency_id]))
        people.heads = list(dict.fromkeys(people.heads))
    return found


def unreachable(today, at_work=(Medium.EMAIL,)) -> list[Unreachable]:
    """Agencies with open duties that no message reaches: the list to phone (four queries)."""
    duties = defaultdict(list)
    open_duties = Obligation.objects.to_remind(today).filter(~Exists(reached_by_email(at_work)))
    for obligation in open_duties.select_related("requirement", "period", "agency"):
        duties[obligation.agency].append(obligation)
    people = people_of([agency.pk for agency in duties])
    silent = [agency for agency in duties if not any(ways_to(person, at_work) for person in people[agency.pk].focal)]
    contacts = defaultdict(list)
    for contact in ContactPoint.objects.current().filter(agency__in=silent).select_related("user"):
        contacts[contact.agency_id].append(contact)
    rows = [
        Unreachable(agency, why(people[agency.pk].focal, contacts[agency.pk]), contacts[agency.pk], duties[agency])
        for agency in silent
    ]
    return sorted(rows, key=lambda row: (row.duties[0].last_day, row.agency.sort_key))


def reached_by_email(at_work):
    """People of a duty's agency whom an e-mail surely reaches: such an agency, and that is nearly every one, is not
    looked at any closer."""
    people = ContactPoint.objects.confirmed().filter(agency=OuterRef("agency"), role__in=FOCAL_ROLES)
    people = people.filter(user__is_active=True, user__email_failed_at=None, user__media__contains=Medium.EMAIL)
    return people.exclude(user__email="") if Medium.EMAIL in at_work else people.none()


def why(focal_points, contacts) -> str:
    """In words why no message reaches the agency's people."""
    if any(person.phone and person.phone in (person.zalo_refused, person.sms_refused) for person in focal_points):
        return "số điện thoại không nhận được tin"
    if any(person.email_failed_at for person in focal_points):
        return "thư bị trả lại"
    if focal_points or any(row.status == ContactStatus.CONFIRMED and row.role in FOCAL_ROLES for row in contacts):
        return "đầu mối chưa có thư điện tử"
    return "chưa có đầu mối được xác nhận"
