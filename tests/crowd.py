"""Many agencies and people at once, as rows: for measurements and for chaos, where the verbs would take minutes."""

from datetime import date, datetime
from itertools import count

from portal.lib.periods import OFFICE_ZONE
from registry.models import Agency, ContactPoint, User

NUMBERS = count(1)
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=OFFICE_ZONE)


def make_agencies(how_many) -> list:
    """Communes that were founded long ago."""
    numbers = [next(NUMBERS) for _ in range(how_many)]
    return Agency.objects.bulk_create(
        Agency(
            name=f"UBND xã Đo Thử {number}", name_norm=f"do thu {number}", sort_key=f"{number:06d}", kind="xa",
            code=f"X{number}", slug=f"xa-do-thu-{number}", founded_on=date(2025, 7, 1),
        )
        for number in numbers
    )  # fmt: skip


def make_people(agencies, *, actor, role="channel_admin", media="email,zalo,sms") -> list:
    """A confirmed focal point with an account for each agency of the list (an agency may stand in it several times)."""
    numbers = [next(NUMBERS) for _ in agencies]
    people = User.objects.bulk_create(
        User(
            username=f"n{number}", email=f"n{number}@xa.example", phone=f"0912{number:06d}", media=media,
            full_name=f"Nguyễn Thị Đo {number}",
        )
        for number in numbers
    )  # fmt: skip
    ContactPoint.objects.bulk_create(
        ContactPoint(
            agency=agency, user=person, role=role, full_name=person.full_name, name_norm=person.username,
            email=person.email, phone=person.phone, status="confirmed", proposed_at=LONG_AGO, proposed_by=actor,
            confirmed_at=LONG_AGO, confirmed_by=actor,
        )
        for agency, person in zip(agencies, people, strict=True)
    )  # fmt: skip
    return people
