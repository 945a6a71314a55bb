"""Đôn đốc as work: duties that their agency cannot hand in any more, opened again together, and whom to phone."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from campaigns.models.obligation import ObligationQuerySet, excepted
from campaigns.overview import people_to_phone
from campaigns.papers import KINDS
from campaigns.wording import duty_words
from portal.lib.documents.table import Column, Table
from portal.lib.phones import format_phone
from registry.models import PersonalDataAccess

MOST_AT_ONCE = 1_000
"""Duties that one press opens again while the person waits."""
TO_PHONE = (
    Column("number", "TT", "integer", 5),
    Column("agency", "Đơn vị", width=34),
    Column("owed", "Việc còn nợ", width=48),
    Column("person", "Người cần gọi", width=24),
    Column("position", "Chức vụ", width=24),
    Column("phone", "Điện thoại", width=16),
    Column("email", "Thư điện tử", width=28),
    Column("note", "Kết quả gọi", width=28),
)


def locked(duties: ObligationQuerySet, today) -> ObligationQuerySet:
    """Those of the duties for which the portal takes nothing any more."""
    return duties.exclude(Q(locks_on__gte=today) | excepted(today))


@transaction.atomic
def reopen_all(*, actor, duties: ObligationQuerySet, until, reason, now) -> int:
    """Mở lại kỳ for each of these duties, all or none; in the order of their keys. Gives how many were opened."""
    rows = list(duties.order_by("pk")[: MOST_AT_ONCE + 1])
    if not rows:
        raise ValidationError("Không còn đầu việc nào bị khoá kỳ, không cần mở lại.")
    if len(rows) > MOST_AT_ONCE:
        raise ValidationError(
            f"Nhiều hơn {MOST_AT_ONCE} đầu việc. Hãy lọc báo cáo theo khối cơ quan rồi mở lại từng khối."
        )
    for row in rows:
        row.reopen(actor=actor, until=until, reason=reason, now=now)
    return len(rows)


def phone_table(duties: ObligationQuerySet, title: str) -> Table:
    """A line for each agency that owes: what, and whom to ring, in full; the last column is for the pencil (2 queries)."""
    found = duties.select_related("agency", "requirement", "period")
    owed: dict = {}
    for row in sorted(found, key=lambda row: (KINDS.index(row.agency.kind), row.agency.sort_key, row.due_on, row.pk)):
        owed.setdefault(row.agency, []).append(duty_words(row))
    people = people_to_phone([agency.pk for agency in owed])
    rows = [
        [number, agency.name, "; ".join(works), *contact_cells(people.get(agency.pk)), ""]
        for number, (agency, works) in enumerate(owed.items(), start=1)
    ]
    return Table(title, TO_PHONE, rows, sheet="Cần gọi")


def contact_cells(contact) -> list[str]:
    if contact is None:
        return ["chưa có đầu mối có số điện thoại", "", "", ""]
    return [contact.full_name, contact.position, format_phone(contact.phone), contact.email]


def note_phones_taken(*, actor, table: Table, count: int) -> None:
    """Write down who took the numbers out of the portal, and for what."""
    PersonalDataAccess.objects.create(
        actor=actor, act="Xuất danh sách", subject=f"{table.title} ({count} đơn vị)"[:300], reason="Gọi điện đôn đốc"
    )
