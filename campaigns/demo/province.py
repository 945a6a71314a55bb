"""The demo's registry: agencies from `agencies.csv`, their invented people and channels."""

import csv
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from campaigns.demo import words
from portal.lib import periods, text
from registry.models import Agency, AgencyKind, Channel, ContactPoint, ContactRole, Role, User

LIST = Path(__file__).with_name("agencies.csv")
PASSWORD = "demo-lang-son"  # noqa: S105 - printed on purpose: accounts of an invented province
STAFF = [
    ("quan-tri", "Lành Thị Quản Trị", Role.ADMINISTRATOR),
    ("xet-duyet", "Nông Văn Duyệt", Role.REVIEWER),
    ("xet-duyet-2", "Bế Thị Xét", Role.REVIEWER),
    ("lanh-dao", "Hoàng Văn Lãnh", Role.LEADER),
]
FOCAL_ACCOUNTS = {"Sở Y tế": "dau-moi-syt", "UBND phường Đông Kinh": "dau-moi-phuong", "UBND xã Thất Khê": "dau-moi-xa"}
TWO_AGENCIES = ("UBND xã Thất Khê", "UBND xã Tràng Định")
COMMUNES = (AgencyKind.WARD, AgencyKind.COMMUNE)


@dataclass
class Province:
    """What the seeding of a month needs to know."""

    dice: object
    today: date
    staff: dict = field(default_factory=dict)
    agencies: list = field(default_factory=list)
    speakers: dict = field(default_factory=dict)
    outlets: list = field(default_factory=list)
    numbers: int = 0

    @property
    def reviewer(self):
        return self.staff["xet-duyet"]

    def next_number(self) -> int:
        self.numbers += 1
        return self.numbers


def demo_accounts() -> list[tuple[str, str, str]]:
    """Sign-in name, password and role of each demo account, when there are any."""
    rows = [(username, PASSWORD, role.label) for username, _, role in STAFF]
    rows += [(username, PASSWORD, f"Đầu mối {name}") for name, username in FOCAL_ACCOUNTS.items()]
    known = set(User.objects.filter(username__in=[row[0] for row in rows]).values_list("username", flat=True))
    return [row for row in rows if row[0] in known]


def moment(day, hour=9, minute=0):
    """An aware moment of an office day."""
    return periods.start_of_day(day) + timedelta(hours=hour, minutes=minute)


def found_province(dice, today, count, began_on) -> Province:
    """Staff, agencies, people and channels; everything is dated a month before `began_on`."""
    province = Province(dice, today)
    for username, full_name, role in STAFF:
        province.staff[username] = User.objects.create_user(
            username, f"{username}@tinh.example", PASSWORD, full_name=full_name, role=role
        )
    for row in agency_rows(count):
        province.agencies.append(Agency.found(actor=province.staff["quan-tri"], **row))
    found_former_department(province)
    before = began_on - timedelta(days=30)
    for agency in province.agencies:
        settle_people(province, agency, before)
        settle_channels(province, agency, before)
    settle_province_channels(province, before)
    return province


def agency_rows(count):
    """The real bodies first, then invented communes up to `count`."""
    with LIST.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:count]
    for row in rows:
        row["code"] = row["short_name"] or (f"X{row['gso_code']}" if row["gso_code"] else "")
    invented = range(count - len(rows))
    return rows + [{"kind": "xa", "name": words.commune_name(n), "code": f"GD{n:05d}"} for n in invented]


def found_former_department(province):
    """A department that was merged away, so that old names and old pages have something to answer."""
    actor = province.staff["quan-tri"]
    agency = Agency.found(actor=actor, name="Sở Thông tin và Truyền thông", kind=AgencyKind.DEPARTMENT, code="STTTT")
    channel = Channel.propose(
        actor=actor,
        agency=agency,
        kind="facebook_page",
        name="Sở Thông tin và Truyền thông Lạng Sơn (cũ)",
        url="https://www.facebook.com/langsondemo.stttt",
        now=moment(date(2024, 5, 6)),
    )
    channel.confirm(actor=actor, now=moment(date(2024, 5, 7)))
    reason = "Hợp nhất vào Sở Khoa học và Công nghệ từ 01/3/2025"
    channel.close(actor=actor, reason=reason, on=date(2025, 3, 1))
    agency.close(actor=actor, on=date(2025, 3, 1), reason=reason)


def handle_of(agency) -> str:
    """A short Latin word for addresses: the code, or the name without its first words."""
    return text.slugify_vi(agency.short_name or agency.name.replace("UBND ", "")).replace("-", "")[:30]


def settle_people(province, agency, day):
    """One to three contact points; a few agencies have nobody with an e-mail, as in life."""
    dice, actor = province.dice, province.reviewer
    reachable = dice.random() > 0.05 or agency.name in FOCAL_ACCOUNTS
    lead = contact(province, agency, ContactRole.CHANNEL_ADMIN, day, has_mail=reachable)
    province.speakers[agency.pk] = lead.user or actor
    contact(province, agency, ContactRole.HEAD, day, has_mail=reachable)
    if dice.random() < 0.4:
        contact(province, agency, ContactRole.SPOKESPERSON, day, has_mail=False)
    if agency.name in FOCAL_ACCOUNTS:
        open_account(lead.user, FOCAL_ACCOUNTS[agency.name])
    if agency.name == TWO_AGENCIES[1]:
        second_duty(province, agency, day)


def contact(province, agency, role, day, has_mail):
    """A confirmed contact point with invented name and number."""
    number, dice = province.next_number(), province.dice
    positions = words.COMMUNE_POSITIONS if agency.kind in COMMUNES else words.POSITIONS
    head = "Chủ tịch UBND" if agency.kind in COMMUNES else "Thủ trưởng cơ quan"
    person = ContactPoint.propose(
        actor=province.reviewer,
        agency=agency,
        role=role,
        full_name=words.person_name(dice),
        position=head if role == ContactRole.HEAD else dice.choice(positions),
        phone=words.phone(number),
        email=f"canbo{number}@{handle_of(agency)[:20]}.example" if has_mail else "",
        now=moment(day, 10),
    )
    person.confirm(actor=province.reviewer, now=moment(day + timedelta(days=2), 15))
    if person.user and number % 15:  # a few have not answered yet, as in life
        person.accept(actor=person.user, now=moment(day + timedelta(days=3), 9))
    return person


def open_account(person, username):
    """Give a demo focal point a name to sign in by and the demo password."""
    person.username = username
    person.set_password(PASSWORD)
    person.save()


def second_duty(province, agency, day):
    """One person who answers for two communes."""
    first = ContactPoint.objects.get(agency__name=TWO_AGENCIES[0], role=ContactRole.CHANNEL_ADMIN)
    second = ContactPoint.propose(
        actor=province.reviewer,
        agency=agency,
        role=ContactRole.POLICY,
        full_name=first.full_name,
        position=first.position,
        phone=first.phone,
        email=first.email,
        now=moment(day, 11),
    )
    second.confirm(actor=province.reviewer, now=moment(day, 16))
    second.accept(actor=second.user, now=moment(day, 17))


def settle_channels(province, agency, day):
    """Website, page, OA, loudspeakers: by kind, with gaps; some still wait for the province."""
    dice, handle = province.dice, f"{handle_of(agency)}{agency.pk}"
    page = f"https://www.facebook.com/langsondemo.{handle}"
    wanted = []
    if agency.kind not in COMMUNES and dice.random() < 0.9:
        wanted.append(("website", f"Trang thông tin điện tử {agency.name}", f"https://{handle}.langson.example"))
    if dice.random() < 0.75:
        wanted.append(("facebook_page", f"Trang Facebook {agency.name}", page))
    if agency.kind in COMMUNES and dice.random() < 0.6:
        wanted.append(("zalo_oa", f"Zalo OA {agency.name}", f"https://zalo.me/{4_000_000_000_000_000_000 + agency.pk}"))
    if agency.kind in COMMUNES and dice.random() < 0.5:
        wanted.append(("loudspeaker", f"Đài truyền thanh {agency.name.replace('UBND ', '')}", ""))
    speaker = province.speakers[agency.pk]
    for kind, name, url in wanted:
        still_waits = dice.random() >= 0.95
        asked_on = province.today - timedelta(days=3) if still_waits else day
        channel = Channel.propose(actor=speaker, agency=agency, kind=kind, name=name, url=url, now=moment(asked_on, 14))
        if not still_waits:
            channel.confirm(actor=province.reviewer, now=moment(day + timedelta(days=3), 9))
            confirm_again(province, channel, speaker)


def confirm_again(province, channel, speaker):
    """Most agencies confirmed their channel in the last months; one in twelve forgot, so the public is told so, half
    of them so long ago that the province rings them up. Some ask since a few days, the first of Sở Y tế among them."""
    forgotten = {0: 262, 12: 202, 6: 184}
    days = forgotten.get(channel.pk % 24, 5 + channel.pk * 7 % 120)
    if channel.agency.name == "Sở Y tế" and channel.kind == "website":
        days = forgotten[6]
    on = max(province.today - timedelta(days=days), channel.reconfirmed_on)
    channel.reconfirm(actor=speaker, on=on, now=moment(on, 10))


def settle_province_channels(province, day):
    """The province's own channels, on which accepted products appear."""
    by_name = {agency.name: agency for agency in province.agencies}
    science = by_name.get("Sở Khoa học và Công nghệ", province.agencies[0])
    portal = by_name.get("Cổng Thông tin điện tử tỉnh", province.agencies[0])
    rows = [
        (science, "zalo_oa", "Công dân số Lạng Sơn (demo)", "https://zalo.me/4999999999999999001"),
        (portal, "facebook_page", "Lạng Sơn News (demo)", "https://www.facebook.com/langsondemo.news"),
        (portal, "website", "Cổng Thông tin điện tử tỉnh (demo)", "https://portal.langson.example"),
        (portal, "youtube", "Truyền hình Lạng Sơn (demo)", "https://www.youtube.com/@langsondemo"),
    ]
    for agency, kind, name, url in rows:
        channel = Channel.propose(
            actor=province.reviewer,
            agency=agency,
            kind=kind,
            name=name,
            url=url,
            decision_number="12/QĐ-UBND",
            decision_on=date(2025, 7, 15),
            now=moment(day, 8),
        )
        channel.confirm(actor=province.reviewer, now=moment(day, 9))
        channel.reconfirm(actor=province.reviewer, on=province.today - timedelta(days=20))
        Channel.objects.filter(pk=channel.pk).update(is_featured=True)
        province.outlets.append(channel)
