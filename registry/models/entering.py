"""Entering many at once: what proposing and confirming each row would write, in a few statements for all rows.

The callers have read, matched and compared the rows; constraints of the database have the last word (IntegrityError).
"""

import secrets
from itertools import count

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from portal.lib import text
from registry.models import bulk
from registry.models.agency import Agency, AgencyName
from registry.models.channel import QR_ALPHABET, QR_LENGTH, Channel
from registry.models.channel_key import ChannelKey
from registry.models.channel_status import ChannelStatus
from registry.models.contact import ContactPoint, ContactStatus
from registry.models.fake import KnownFake
from registry.models.people import Role, User

BATCH = 400
REASON = "Nhập từ bảng"
STAFF_EMAIL = "Thư điện tử {email} là của một cán bộ tỉnh. Hãy dùng thư của chính đầu mối."


@transaction.atomic
def found_agencies(*, actor, drafts) -> list[Agency]:
    """`drafts` are the keyword arguments of `Agency.found`; a parent stands before its children or exists already."""
    agencies = [Agency(**draft) for draft in drafts]
    slugs = Names(Agency.objects.values_list("slug", flat=True))
    for agency in agencies:
        agency.derive()
        agency.slug = slugs.free(text.slugify_vi(agency.name)[:120] or "co-quan")
    bulk.check_fields(agencies, exclude=["parent"])
    bulk.insert(agencies)
    bulk.insert_history(agencies, actor=actor, reason=f"Thành lập ({REASON})")
    names = [
        AgencyName(
            agency=agency,
            name=agency.name,
            short_name=agency.short_name,
            name_norm=text.fold(f"{agency.name} {agency.short_name}".strip()),
            valid_from=agency.founded_on,
        )
        for agency in agencies
    ]
    bulk.insert(names)
    return agencies


@transaction.atomic
def enter_channels(*, actor, drafts, now=None) -> list[Channel]:
    """Confirmed channels. A draft: the keyword arguments of `Channel.propose`, `url` canonical, and `key`."""
    now = now or timezone.now()
    confirmed = {
        "status": ChannelStatus.CONFIRMED, "proposed_by": actor, "proposed_at": now, "confirmed_by": actor,
        "confirmed_at": now, "reconfirmed_on": timezone.localdate(now),
    }  # fmt: skip
    keys = [draft.pop("key") for draft in drafts]
    channels = [Channel(**draft, **confirmed, qr_code=new_qr_code()) for draft in drafts]
    for channel in channels:
        channel.derive()
    bulk.check_fields(channels, exclude=["agency", "proposed_by", "confirmed_by"])
    bulk.insert(channels)
    bulk.insert_history(channels, actor=actor, reason=f"Xác nhận ({REASON})")
    pairs = zip(channels, keys, strict=True)
    rows = [
        ChannelKey(channel=channel, key=key, is_live=True, live_from=channel.reconfirmed_on)
        for channel, key in pairs
        if key
    ]
    for row in rows:
        row.derive()
    if fakes := KnownFake.objects.listed_for_sure([row.key for row in rows]):
        raise ValidationError([fake.refusal() for fake in fakes.values()])
    bulk.insert(rows)
    return channels


@transaction.atomic
def enter_contacts(*, actor, drafts, now=None) -> list[ContactPoint]:
    """Confirmed contact points with their accounts. A draft: the keyword arguments of `ContactPoint.propose`."""
    now = now or timezone.now()
    confirmed = {
        "status": ContactStatus.CONFIRMED, "proposed_by": actor, "proposed_at": now, "confirmed_by": actor,
        "confirmed_at": now,
    }  # fmt: skip
    contacts = [ContactPoint(**draft, **confirmed) for draft in drafts]
    for contact in contacts:
        contact.clean_fields_of_person()
    bulk.check_fields(contacts, exclude=["agency", "user", "proposed_by", "confirmed_by"])
    accounts = focal_accounts(contacts)
    for contact in contacts:
        contact.user = accounts.get(contact.email)
    bulk.insert(contacts)
    bulk.insert_history(contacts, actor=actor, reason=f"Xác nhận ({REASON})")
    return contacts


def focal_accounts(contacts) -> dict[str, User]:
    """E-mail → the focal point's account, found or created without a password."""
    people: dict[str, ContactPoint] = {}
    for contact in contacts:
        people.setdefault(contact.email, contact)
    people.pop("", None)
    accounts: dict[str, User] = {}
    emails = list(people)
    for start in range(0, len(emails), BATCH):
        found = User.objects.annotate(lowered=Lower("email")).filter(lowered__in=emails[start : start + BATCH])
        accounts |= {person.lowered: person for person in found}
    for email, person in accounts.items():
        if person.role != Role.FOCAL_POINT:
            raise ValidationError(STAFF_EMAIL.format(email=email))
    usernames = Names(User.objects.values_list("username", flat=True))
    new = [new_account(people[email], usernames) for email in emails if email not in accounts]
    bulk.insert(new)
    return accounts | {person.email: person for person in new}


def new_qr_code() -> str:
    """As `Channel.derive` makes it, one look at the system's randomness: each byte gives one of 32 letters."""
    return "".join(QR_ALPHABET[byte % len(QR_ALPHABET)] for byte in secrets.token_bytes(QR_LENGTH))


def new_account(contact, usernames) -> User:
    username = usernames.free(text.slugify_vi(contact.email.split("@")[0])[:120] or "nguoi-dung")
    person = User(username=username, email=contact.email, full_name=contact.full_name, phone=contact.phone)
    person.password = UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(30)
    person.derive()
    return person


class Names:
    """Names that are taken, one query; gives the next free one and takes it."""

    def __init__(self, taken):
        self.taken = set(taken)
        self.next: dict[str, int] = {}

    def free(self, base: str) -> str:
        name = base
        numbers = count(self.next.get(base, 2))
        while name in self.taken:
            number = next(numbers)
            name, self.next[base] = f"{base}-{number}", number + 1
        self.taken.add(name)
        return name
