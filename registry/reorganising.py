"""Sắp xếp tổ chức, the registry's part: who becomes what, and where channels and people go. A plan is shown, then run.

`campaigns.reorganising` adds the duties, runs both parts in one transaction, and takes them back.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from portal.lib import text
from registry.models import (
    Agency,
    Channel,
    ChannelChange,
    ChannelStatus,
    ContactPoint,
    GroupMembership,
    KnownFake,
    MemberStatus,
    ReorganisationKind,
)
from registry.plan_file import PlanRequest, Target

K = ReorganisationKind
CLOSING = (K.MERGE, K.SPLIT, K.CLOSE)
TITLES = {
    K.MERGE: "Sáp nhập {old} vào {new}",
    K.SPLIT: "Chia tách {old} thành {new}",
    K.RENAME: "Đổi tên {old} thành {new}",
    K.CLOSE: "Kết thúc hoạt động {old}",
    K.REPARENT: "Chuyển {old} về trực thuộc {new}",
}
FATES = {K.MERGE: "Đã sáp nhập vào {new}", K.SPLIT: "Đã chia tách thành {new}", K.CLOSE: "Đã kết thúc hoạt động"}


@dataclass(frozen=True)
class Section:
    """A heading of the plan with its lines: what, and what becomes of it."""

    title: str
    lines: list[tuple[str, str]]


@dataclass
class Party:
    """One agency of the plan: the row, or for a new one the facts it will be founded with."""

    target: Target
    agency: Agency | None = None

    @property
    def name(self) -> str:
        return self.agency.name if self.agency else self.target.facts["name"]


@dataclass
class Plan:
    """What would happen. `faults`: sentences why it can't be done, empty = it can."""

    request: PlanRequest
    sources: list[Agency] = field(default_factory=list)
    targets: list[Party] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def kind(self):
        return K(self.request.kind)

    @property
    def is_resolved(self) -> bool:
        """Whether every agency that the request names was found."""
        return len(self.sources) == len(self.request.sources) and len(self.targets) == len(self.request.targets)

    @property
    def closes(self) -> bool:
        """Whether the old agencies end."""
        return self.kind in CLOSING

    @property
    def title(self) -> str:
        old = ", ".join(source.name for source in self.sources) or ", ".join(self.request.sources)
        return TITLES[self.kind].format(old=old, new=", ".join(party.name for party in self.targets))[:1000]

    @property
    def report(self) -> list[dict]:
        """The sections as they are kept once the act is done."""
        return [{"title": section.title, "lines": [list(line) for line in section.lines]} for section in self.sections]

    @property
    def lines(self) -> list[str]:
        """The whole plan as text, a line each."""
        lines = [f"{self.title} từ {self.request.on:%d/%m/%Y}", f"Căn cứ: {self.request.decision or '(chưa ghi)'}"]
        lines += lines_of(self.report)
        return lines + ([""] if self.faults else []) + [f"CHƯA THỰC HIỆN ĐƯỢC: {fault}" for fault in self.faults]

    @property
    def fingerprint(self) -> str:
        """Changes whenever anything in the plan's words does: who confirms confirms what was read."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()[:32]

    def home_of(self, source) -> Party | None:
        """Where the channels and people of an old agency go."""
        place = self.sources.index(source)
        return next(
            (self.targets[link.target] for link in self.request.links if link.source == place and link.is_home), None
        )

    @cached_property
    def people_there(self) -> set[tuple]:
        """Agency, role and name of who already works for the existing successors (one query)."""
        homes = [party.agency for party in self.targets if party.agency]
        people = ContactPoint.objects.current().filter(agency__in=homes)
        return set(people.values_list("agency_id", "role", "name_norm"))

    def parties_of(self, source) -> list[Party]:
        place = self.sources.index(source)
        return [self.targets[link.target] for link in self.request.links if link.source == place]

    def fate_of(self, source) -> str:
        """ "Đã sáp nhập vào … từ …": what pages and exemptions say about an old agency."""
        names = ", ".join(party.name for party in self.parties_of(source))
        return f"{FATES[self.kind].format(new=names)} từ {self.request.on:%d/%m/%Y}"

    def reason_of(self, source) -> str:
        return f"{self.fate_of(source)} ({self.request.decision})"[:300]


def lines_of(report) -> list[str]:
    """The kept sections as text."""
    lines = []
    for section in report:
        lines += ["", f"{section['title']} ({len(section['lines'])})"]
        lines += [f"  - {what}: {fate}" if fate else f"  - {what}" for what, fate in section["lines"]]
    return lines


# --- Planning --------------------------------------------------------------------------------------------------------


def find_agency(ref) -> list[Agency]:
    """Agencies that a word may mean: by slug, else by code, else by name; living ones first."""
    if exact := list(Agency.objects.filter(slug=ref)):
        return exact
    for words in ({"code": ref}, {"name_norm": text.fold(ref)}):
        found = list(Agency.objects.filter(**words).order_by("status", "-closed_on", "pk"))
        if found:
            living = [agency for agency in found if agency.is_active]
            return living or found
    return []


def plan_registry(request: PlanRequest, today: date) -> Plan:
    """The registry's part of the plan, with everything that stands in its way."""
    plan = Plan(request)
    plan.sources = [agency for ref in request.sources if (agency := one_agency(plan, ref))]
    plan.targets = [Party(row, one_agency(plan, row.ref) if row.ref else None) for row in request.targets]
    if plan.faults:
        plan.targets = [party for party in plan.targets if party.agency or party.target.facts]
        return plan
    plan.faults += obstacles(plan, today)
    plan.sections = [section for section in sections_of(plan) if section.lines]
    return plan


def one_agency(plan, ref) -> Agency | None:
    found = find_agency(ref)
    if len(found) == 1:
        return found[0]
    if not found:
        plan.faults.append(f"Không có cơ quan “{ref}” trong danh bạ.")
    else:
        slugs = ", ".join(agency.slug for agency in found)
        plan.faults.append(f"Có {len(found)} cơ quan tên “{ref}”. Hãy ghi rõ một trong: {slugs}.")
    return None


def obstacles(plan, today) -> list[str]:
    """Why the plan can't be run."""
    request, faults = plan.request, []
    if not request.decision:
        faults.append("Hãy ghi số, ngày văn bản quyết định việc sắp xếp.")
    if request.on > today:
        faults.append(f"Chưa đến ngày {request.on:%d/%m/%Y}. Kế hoạch được lưu; hãy thực hiện từ ngày đó.")
    if len({source.pk for source in plan.sources}) < len(plan.sources):
        faults.append("Một cơ quan được ghi hai lần.")
    for source in plan.sources:
        faults += obstacles_of_source(plan, source)
    for party in plan.targets:
        faults += obstacles_of_target(plan, party)
    return faults


def obstacles_of_source(plan, source) -> list[str]:
    faults = []
    if not source.is_active:
        faults.append(
            f"{source.name} đã kết thúc hoạt động từ {source.closed_on:%d/%m/%Y}. {source.closed_reason}".strip()
        )
    if source.founded_on and plan.request.on < source.founded_on:
        faults.append(f"{source.name} chỉ hoạt động từ {source.founded_on:%d/%m/%Y}: ngày sắp xếp phải từ ngày đó.")
    if any(party.agency and party.agency.pk == source.pk for party in plan.targets):
        faults.append(f"{source.name} không thể vừa là cơ quan cũ vừa là cơ quan tiếp nhận.")
    return faults


def obstacles_of_target(plan, party) -> list[str]:
    if party.agency:
        return [] if party.agency.is_active else [f"{party.name} đã kết thúc hoạt động nên không tiếp nhận được."]
    others = Agency.objects.active().exclude(pk__in=[source.pk for source in plan.sources])
    taken = others.filter(name_norm=text.fold(party.name)).first()
    if taken:
        return [f"Đã có cơ quan đang hoạt động tên “{taken.name}”. Hãy chọn cơ quan đó ({taken.slug}) thay vì lập mới."]
    return []


# --- Showing ---------------------------------------------------------------------------------------------------------


def sections_of(plan) -> list[Section]:
    return [
        Section("Cơ quan", agency_lines(plan)),
        Section("Kênh và mã QR", [(channel_words(row), channel_fate(plan, row)) for row in channels_of(plan)]),
        Section("Thay đổi của kênh đang chờ", [(str(row), change_fate(plan, row)) for row in changes_of(plan)]),
        Section("Đầu mối", [(contact_words(row), contact_fate(plan, row)) for row in contacts_of(plan)]),
        Section("Nhóm mạng lưới", [(str(row), member_fate(plan, row)) for row in members_of(plan)]),
        Section("Trang giả mạo đã biết", [(str(row), fake_fate(plan, row)) for row in fakes_of(plan)]),
        Section("Cơ quan trực thuộc", [(row.name, child_fate(plan, row)) for row in children_of(plan)]),
    ]


def agency_lines(plan) -> list[tuple[str, str]]:
    day = f"{plan.request.on:%d/%m/%Y}"
    if plan.kind == K.RENAME:
        new = plan.targets[0].name
        return [
            (row.name, f"mang tên “{new}” từ {day}; tên cũ vẫn tìm được, địa chỉ trang không đổi")
            for row in plan.sources
        ]
    if plan.kind == K.REPARENT:
        return [
            (row.name, f"trực thuộc {plan.targets[0].name} (trước đó: {row.parent or 'không có'})")
            for row in plan.sources
        ]
    lines = [
        (row.name, f"{plan.fate_of(row)}; trang /co-quan/{row.slug}/ vẫn trả lời, tên vẫn tìm được")
        for row in plan.sources
    ]
    for party in plan.targets:
        lines.append(
            (party.name, "đang có trong danh bạ, tiếp nhận" if party.agency else f"lập mới, hoạt động từ {day}")
        )
    return lines


def channels_of(plan):
    """Channels that the act touches or must explain, in lock order."""
    if not plan.closes:
        return Channel.objects.none()
    return Channel.objects.filter(agency__in=plan.sources).select_related("agency").order_by("pk")


def channel_words(row) -> str:
    return (
        f"{row.get_kind_display()} “{row.name}” (số {row.pk}, mã QR {row.qr_code}, {row.get_status_display().lower()})"
    )


def channel_fate(plan, row) -> str:
    home = plan.home_of(row.agency)
    if row.status == ChannelStatus.CLOSED:
        return "đã đóng, ở lại trong hồ sơ cơ quan cũ; mã QR vẫn trả lời"
    if home:
        return f"chuyển về {home.name}; giữ số, địa chỉ và mã QR"
    if row.is_live:
        return "đóng; mã QR vẫn trả lời là không còn dùng"
    return (
        "trả lại cơ quan, không còn chờ xác nhận" if row.status == ChannelStatus.PROPOSED else "giữ nguyên trong hồ sơ"
    )


def changes_of(plan):
    """Changes of channels that wait for the province or for the agency."""
    return ChannelChange.objects.open().filter(channel__in=channels_of(plan)).select_related("channel__agency")


def change_fate(plan, row) -> str:
    home = plan.home_of(row.channel.agency)
    return f"đi theo kênh về {home.name}" if home else "kết thúc cùng kênh"


def contacts_of(plan):
    if not plan.closes:
        return ContactPoint.objects.none()
    return ContactPoint.objects.current().filter(agency__in=plan.sources).select_related("agency").order_by("pk")


def contact_words(row) -> str:
    return (
        f"{row.full_name} ({row.get_role_display().lower()} của {row.agency.name}, {row.get_status_display().lower()})"
    )


def contact_fate(plan, row) -> str:
    home = plan.home_of(row.agency)
    if home is None or not plan.request.moves_contacts:
        return "thôi làm đầu mối; tài khoản hết quyền với cơ quan cũ"
    if home.agency and (home.agency.pk, row.role, row.name_norm) in plan.people_there:
        return f"thôi ở cơ quan cũ; đã là đầu mối của {home.name}"
    return f"làm đầu mối của {home.name}, giữ tài khoản; hết quyền với cơ quan cũ"


def members_of(plan):
    """Places in network groups of the people who go on or leave."""
    rows = GroupMembership.objects.filter(contact__in=contacts_of(plan)).exclude(status=MemberStatus.LEFT)
    return rows.select_related("contact__agency", "group").order_by("pk")


def member_fate(plan, row) -> str:
    home = plan.home_of(row.contact.agency)
    if home and plan.request.moves_contacts:
        return f"{row.get_status_display().lower()}, giữ nguyên với {home.name}"
    return "cần đưa ra khỏi nhóm" if row.status == MemberStatus.JOINED else "thôi mời"


def fakes_of(plan):
    """Listed fakes that imitate an agency that ends."""
    if not plan.closes:
        return KnownFake.objects.none()
    return KnownFake.objects.listed().filter(imitates__in=plan.sources).select_related("imitates").order_by("pk")


def fake_fate(plan, row) -> str:
    home = plan.home_of(row.imitates)
    return f"vẫn bị cảnh báo; người tra cứu được chỉ kênh của {home.name}" if home else "vẫn bị cảnh báo"


def children_of(plan):
    if not plan.closes:
        return Agency.objects.none()
    ours = [row.pk for row in plan.sources] + [party.agency.pk for party in plan.targets if party.agency]
    return (
        Agency.objects.active()
        .filter(parent__in=plan.sources)
        .exclude(pk__in=ours)
        .select_related("parent")
        .order_by("pk")
    )


def child_fate(plan, row) -> str:
    home = plan.home_of(row.parent)
    return f"chuyển về trực thuộc {home.name}" if home else "giữ nguyên; hãy chọn cơ quan cấp trên mới"
