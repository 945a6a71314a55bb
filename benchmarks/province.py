"""A large invented province, the same rows every time: agencies, channels, people, months of duties, products, messages.

`load(Size(5_000, 36))` fills an empty, migrated database in bulk; every constraint of the models holds. All that is
told lies before the first day of the running month, which itself is only opened: the rows stay true until it ends.
"""

import random
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import product

from django.db import connection, transaction

from benchmarks.months import enter, open_month
from benchmarks.verdict import CHANNELS, ONSETS, RIMES, word
from campaigns.models import Campaign, Dispatch, Period, Requirement, Topic
from portal.lib import periods, text
from registry.models import (
    Agency,
    AgencyName,
    Channel,
    ChannelKey,
    ContactPoint,
    Role,
    User,
)  # fmt: skip
from registry.models.channel import QR_ALPHABET, QR_LENGTH

KINDS = (
    ("xa", "UBND xã", 60), ("phuong", "UBND phường", 10), ("so", "Sở", 4), ("dang", "Ban Đảng", 3),
    ("mttq_doan_the", "Đoàn thể", 4), ("hoi", "Hội", 4), ("nganh_doc", "Chi cục", 4), ("ban_quan_ly", "Ban Quản lý", 3),
    ("khac", "Trung tâm", 8),
)  # fmt: skip
SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ")
MIDDLES = ("Thị", "Văn", "Hữu", "Đức", "Minh", "Thanh", "Quốc", "Ngọc", "Xuân", "Hải")
GIVEN = ("Thử", "Mẫu", "Ví", "Dụ", "Ướm", "Phỏng", "Giả", "Định", "Hình", "Dung", "Tạm", "Đặt")
ROLES = ("policy", "channel_admin")
STATES = ("confirmed",) * 94 + ("closed",) * 3 + ("suspended",) * 2 + ("proposed",)


@dataclass(frozen=True)
class Size:
    """How large the province is: each agency has ten channels and two people."""

    agencies: int = 5_000
    months: int = 36

    @property
    def label(self) -> str:
        return f"{self.agencies}x{self.months}"


@dataclass
class Province:
    """What was entered so far, for those who write the next rows."""

    chance: random.Random
    this_month: date
    staff: dict[str, User] = field(default_factory=dict)
    agencies: list[Agency] = field(default_factory=list)
    channels: dict[int, list[Channel]] = field(default_factory=dict)
    people: dict[int, list[User]] = field(default_factory=dict)
    requirement: Requirement | None = None
    topics: dict[date, Topic] = field(default_factory=dict)

    @property
    def entered_at(self) -> datetime:
        """When agencies, channels and people were entered: seven weeks before the running month."""
        return periods.start_of_day(self.this_month - timedelta(days=49)) + timedelta(hours=9)

    def key(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)


def load(size: Size, this_month: date) -> None:
    """Fill the database; nothing is told to anybody."""
    if Agency.objects.exists():
        raise SystemExit("The database is not empty: nothing loaded.")
    province = Province(random.Random(2026), this_month)
    with transaction.atomic():
        enter_staff(province)
        found_agencies(province, size.agencies)
        enter_channels(province)
        enter_people(province)
        issue_campaign(province, size.months)
    for back in range(size.months, -1, -1):
        with transaction.atomic():
            open_month(province, periods.months_back(this_month, back))
    tidy()


def tidy() -> None:
    """What a database does by itself in the hours after so much was written."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def enter_staff(province: Province) -> None:
    for role in (Role.ADMINISTRATOR, Role.REVIEWER, Role.LEADER):
        province.staff[role] = User.objects.create(
            username=f"bench-{role}", role=role, full_name=f"Người Đo {role.label}", email=f"{role}@tinh.example"
        )


def found_agencies(province: Province, count: int) -> None:
    chance = province.chance
    syllables = ["".join(pair) for pair in product(ONSETS, RIMES)]
    kinds = [(kind, words) for kind, words, share in KINDS for _ in range(share)]
    taken: set[str] = set()
    while len(taken) < count:
        kind, words = kinds[len(taken) % len(kinds)]
        own = f"{chance.choice(syllables)} {chance.choice(syllables)}"
        if own in taken:
            continue
        number = len(taken)
        taken.add(own)
        agency = Agency(name=f"{words} {own.title()}", kind=kind, code=f"M{number}", slug=f"don-vi-{number}")
        agency.derive()
        province.agencies.append(agency)
    enter(province.agencies, history_by=province.staff[Role.ADMINISTRATOR])
    enter([name for agency in province.agencies for name in names_of(agency)])


def names_of(agency: Agency) -> list[AgencyName]:
    """Today's name, and for every tenth agency the one before."""
    if agency.pk % 10:
        return [AgencyName(agency=agency, name=agency.name, name_norm=agency.name_norm)]
    begun, former = date(2025, 7, 1), f"{agency.name} Cũ"
    return [
        AgencyName(agency=agency, name=former, name_norm=text.fold(former), valid_to=begun - timedelta(days=1)),
        AgencyName(agency=agency, name=agency.name, name_norm=agency.name_norm, valid_from=begun),
    ]


def enter_channels(province: Province) -> None:
    """Ten for each agency, most of them confirmed some weeks ago, with the key of their address."""
    chance, actor = province.chance, province.staff[Role.REVIEWER]
    channels, keys = [], []
    for number, agency in enumerate(province.agencies):
        name = agency.name_norm.replace(" ", "")
        facts = {"name": f"{name}{number}", "number": 10**17 + number, "short": f"{name[-9:]}{number}"[-15:]}
        province.channels[agency.pk] = []
        for kind, key, url in CHANNELS:
            channel = Channel(
                agency=agency, kind=kind, name=f"{agency.name} {word(chance, 2)}", url=url.format(**facts),
                qr_code="".join(chance.choices(QR_ALPHABET, k=QR_LENGTH)), **state_of_channel(province, actor),
            )  # fmt: skip
            channel.derive()
            row = ChannelKey(channel=channel, key=key.format(**facts), is_live=channel.is_live)
            row.derive()
            channels.append(channel)
            keys.append(row)
            if channel.status == "confirmed":
                province.channels[agency.pk].append(channel)
    enter(channels, history_by=actor)
    enter(keys)


def state_of_channel(province: Province, actor: User) -> dict:
    at, status = province.entered_at, province.chance.choice(STATES)
    facts = {"status": status, "proposed_by": actor, "proposed_at": at}
    if status != "proposed":
        facts |= {"confirmed_by": actor, "confirmed_at": at, "reconfirmed_on": at.date()}
    if status == "closed":
        facts["closed_on"] = at.date()
    return facts | {"status_reason": "Đơn vị không dùng nữa" if status in ("closed", "suspended") else ""}


def enter_people(province: Province) -> None:
    """Two for each agency, with an account each."""
    chance, actor, at = province.chance, province.staff[Role.REVIEWER], province.entered_at
    people, contacts = [], []
    for number, (agency, role) in enumerate(product(province.agencies, ROLES)):
        name = " ".join(map(chance.choice, (SURNAMES, MIDDLES, GIVEN, GIVEN)))
        email, phone = f"nguoi{number}@don-vi.example", f"09{number:08d}"
        person = User(username=f"nguoi{number}", email=email, full_name=name, phone=phone, password="!", invited_at=at)
        person.derive()
        contact = ContactPoint(
            agency=agency, role=role, full_name=name, position="Chuyên viên", phone=phone, email=email, user=person,
            status="confirmed", proposed_by=actor, proposed_at=at, confirmed_by=actor, confirmed_at=at, accepted_at=at,
        )  # fmt: skip
        contact.clean_fields_of_person()
        people.append(person)
        contacts.append(contact)
    enter(people)
    enter(contacts, history_by=actor)
    for person, contact in zip(people, contacts, strict=True):
        province.people.setdefault(contact.agency_id, []).append(person)


def issue_campaign(province: Province, months: int) -> None:
    """One campaign that asks every agency for a product each month."""
    actor = province.staff[Role.ADMINISTRATOR]
    first = periods.months_back(province.this_month, months)
    issued = {"status": "issued", "created_by": actor, "issued_by": actor, "issued_at": periods.start_of_day(first)}
    campaign = Campaign.objects.create(title="Mạng lưới truyền thông chính sách", starts_on=first, **issued)
    Dispatch.objects.create(
        campaign=campaign, number="1/CV-DO", issued_on=first, subject="Mỗi tháng một sản phẩm", issuer="Cơ quan đo"
    )
    province.requirement = Requirement.objects.create(
        campaign=campaign, kind="submit_content", title="Mỗi tháng một sản phẩm", starts_on=first, due_day=10,
        addressed_kinds=[kind for kind, *_ in KINDS],
    )  # fmt: skip
    for back in range(months + 1):
        month = periods.months_back(province.this_month, back)
        topic = Topic.objects.create(month=month, title=f"Nội dung tháng {month:%m/%Y}", created_by=actor)
        province.topics[month] = topic


def last_period() -> Period:
    """The newest month that agencies answered in."""
    return Period.objects.filter(obligations__met_at__isnull=False).order_by("-month").first()
