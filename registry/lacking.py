"""Who lacks what: for each living agency whether it has a page, an OA, a spokesperson …, asked in one query.

The words and the questions stand here once; the page, its filters and the export read this table.
"""

from dataclasses import dataclass

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When

from portal.lib.documents.table import Column, Table
from registry.models import Agency, Channel, ChannelKind, ContactPoint, ContactRole, GroupMembership

HAS, LACKS = "có", "thiếu"


@dataclass(frozen=True)
class Thing:
    """Something that an agency should have: its word in the address, a short heading, its words, where it is looked up."""

    key: str
    short: str
    words: str
    rows: type
    condition: Q = Q()

    @property
    def flag(self):
        """The annotation that says whether the agency has it."""
        return f"has_{self.key.replace('-', '_')}"

    def there(self):
        return Exists(self.rows.objects.filter(self.condition, agency=OuterRef("pk")))


def channel(key, short, words, **kind):
    return Thing(key, short, words, Channel, Q(status="confirmed", **kind))


def person(key, short, words, **facts):
    return Thing(key, short, words, ContactPoint, Q(status="confirmed", **facts))


THINGS = (
    channel("facebook", "Facebook", "Trang Facebook", kind=ChannelKind.FACEBOOK_PAGE),
    channel("zalo-oa", "Zalo OA", "Zalo OA", kind=ChannelKind.ZALO_OA),
    channel("website", "Website", "Trang thông tin điện tử", kind=ChannelKind.WEBSITE),
    channel("kenh", "Kênh nào đó", "Ít nhất một kênh"),
    person("nguoi-phat-ngon", "Phát ngôn", "Người phát ngôn", role=ContactRole.SPOKESPERSON),
    person("chinh-sach", "Chính sách", "Đầu mối chính sách", role=ContactRole.POLICY),
    person("quan-tri-kenh", "Quản trị kênh", "Quản trị kênh", role=ContactRole.CHANNEL_ADMIN),
    person("thay-the", "Thay thế", "Người thay thế", is_deputy=True),
    Thing("thu", "Thư điện tử", "Đầu mối có thư điện tử", ContactPoint, Q(status="confirmed") & ~Q(email="")),
)


def things(group=None) -> list[Thing]:
    """What is looked at; a person in the group too, when one is chosen."""
    if group is None:
        return list(THINGS)
    inside = Q(group=group, status="joined") & ~Q(contact__status="left")
    return [*THINGS, Thing("trong-nhom", "Trong nhóm", f"Có người trong nhóm {group.name}", GroupMembership, inside)]


def agencies_with(asked: list[Thing]):
    """Living agencies with a flag for each thing."""
    return Agency.objects.active().annotate(**{thing.flag: thing.there() for thing in asked})


def with_missing(rows, asked: list[Thing]):
    """Rows `agencies_with` such flags, and how many of the things each lacks, to sort by it."""
    return rows.annotate(missing=sum((one_when_missing(thing) for thing in asked), Value(0)))


def without_any_channel() -> int:
    """How many living agencies have no confirmed channel at all."""
    asked = [thing for thing in THINGS if thing.key == "kenh"]
    return lacking(agencies_with(asked), asked).count()


def one_when_missing(thing):
    return Case(When(**{thing.flag: False}, then=Value(1)), default=Value(0), output_field=IntegerField())


def lacking(rows, missing: list[Thing]):
    """Those which lack every one of the things."""
    return rows.filter(**{thing.flag: False for thing in missing})


def flags_of(agency, asked: list[Thing]) -> list[tuple[Thing, bool]]:
    return [(thing, getattr(agency, thing.flag)) for thing in asked]


def lacking_table(rows, asked: list[Thing]) -> Table:
    """The same list as a table: no people, only whether somebody or something is there."""
    columns = [
        Column("code", "Mã cơ quan", width=14), Column("name", "Cơ quan", width=40), Column("kind", "Khối", width=28),
        *(Column(thing.key, thing.words, width=18) for thing in asked), Column("missing", "Số thứ còn thiếu", "integer"),
    ]  # fmt: skip
    return Table("Cơ quan còn thiếu gì", columns, (line(row, asked) for row in rows), sheet="Còn thiếu")


def line(agency, asked) -> dict:
    facts = {thing.key: HAS if there else LACKS for thing, there in flags_of(agency, asked)}
    return {
        "code": agency.code, "name": agency.name, "kind": agency.get_kind_display(),
        "missing": list(facts.values()).count(LACKS),
    } | facts  # fmt: skip
