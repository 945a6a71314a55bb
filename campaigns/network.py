"""Lists of a network group: who was asked, which agencies have nobody inside, whom to ask, what to export and to paste."""

from django.db.models import Exists, OuterRef, Q

from campaigns.models import Obligation
from portal.lib.documents.table import Column, Table
from portal.lib.phones import mask_phone
from registry.models import Agency, ContactPoint, GroupMembership

MEMBER_COLUMNS = (
    Column("agency", "Cơ quan", width=40),
    Column("name", "Họ và tên", width=26),
    Column("role", "Đầu mối về", width=24),
    Column("position", "Chức vụ", width=24),
    Column("phone", "Số điện thoại", width=16),
    Column("status", "Tình trạng", width=16),
    Column("asked_at", "Mời lúc", "datetime", 18),
    Column("joined_at", "Tham gia lúc", "datetime", 18),
    Column("left_at", "Rời lúc", "datetime", 18),
    Column("left_reason", "Lý do rời", width=30),
)
AGENCY_COLUMNS = (
    Column("code", "Mã cơ quan", width=14),
    Column("name", "Cơ quan", width=40),
    Column("kind", "Khối", width=28),
)


def members_of(group, user):
    """Everybody on the list of the group, with what every line shows."""
    rows = GroupMembership.objects.visible_to(user).filter(group=group)
    return rows.select_related("agency", "contact").order_by("agency__sort_key", "contact__sort_key", "pk")


def expected_agencies(group):
    """Living agencies of which somebody was asked, or which a campaign told to join."""
    asked = GroupMembership.objects.filter(group=group, agency=OuterRef("pk"))
    told = Obligation.objects.filter(requirement__group=group, agency=OuterRef("pk"), exempt_at=None)
    return Agency.objects.active().filter(Q(Exists(asked)) | Q(Exists(told)))


def agencies_without_member(group):
    """Those of them of whose present people nobody is inside."""
    inside = GroupMembership.objects.inside().filter(group=group, agency=OuterRef("pk"))
    return expected_agencies(group).filter(~Exists(inside))


def people_to_ask(group, roles, kinds) -> list[ContactPoint]:
    """Confirmed people in these roles, of agencies of these kinds, who are not on the list yet; each person once."""
    known = GroupMembership.objects.filter(
        group=group, agency=OuterRef("agency"), contact__name_norm=OuterRef("name_norm")
    )
    rows = ContactPoint.objects.confirmed().filter(role__in=roles, agency__kind__in=kinds, agency__status="active")
    rows = rows.filter(~Exists(known)).select_related("user", "agency").order_by("agency__sort_key", "pk")
    people = {}
    for row in rows:
        people.setdefault((row.agency_id, row.name_norm), row)
    return list(people.values())


def members_table(group, members) -> Table:
    """The list as a table; numbers are masked as in every export without a reason."""
    return Table(f"Thành viên nhóm {group.name}", MEMBER_COLUMNS, map(member_line, members), sheet="Thành viên")


def member_line(row) -> dict:
    contact = row.contact
    return {
        "agency": row.agency.name, "name": contact.full_name, "role": contact.get_role_display(),
        "position": contact.position, "phone": mask_phone(contact.phone) if contact.phone else "",
        "status": row.get_status_display(), "asked_at": row.asked_at, "joined_at": row.joined_at,
        "left_at": row.left_at, "left_reason": row.left_reason,
    }  # fmt: skip


def agencies_table(group, agencies) -> Table:
    rows = ({"code": row.code, "name": row.name, "kind": row.get_kind_display()} for row in agencies)
    return Table(f"Đơn vị chưa có người trong nhóm {group.name}", AGENCY_COLUMNS, rows, sheet="Chưa tham gia")


def words_to_paste(group, agencies) -> str:
    """A text for another Zalo group or a letter, naming the agencies that nobody joined for; "" when all have."""
    if not agencies:
        return ""
    names = "\n".join(f"{number}. {agency.name}" for number, agency in enumerate(agencies, start=1))
    return (
        f"Hiện còn {len(agencies)} cơ quan, đơn vị chưa có người tham gia nhóm “{group.name}”:\n{names}\n"
        f"Đề nghị các đồng chí vào nhóm theo đường link {group.url} rồi bấm “Tôi đã tham gia” trên cổng. Trân trọng cảm ơn."
    )
