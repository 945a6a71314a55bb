"""Điểm chất lượng của đơn vị: what each living agency has in order, as points with the reasons behind them, in one query.

Points are of today: they say whom to help next, and rewrite no month.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from campaigns.models import Obligation
from portal.lib.documents.table import Column, Table
from portal.lib.periods import months_back
from registry.confirming import asks_by
from registry.models import Agency, Channel, ChannelKind, ContactPoint, ContactRole, PrintedCode

LOOKED_BACK = 3
"""Months with duties whose delivery counts: those before the running one."""
SORTS = {"diem": "thấp nhất trước", "-diem": "cao nhất trước", "ten": "theo tên"}


@dataclass(frozen=True)
class Question:
    """One thing that is in order or not: its points, and the words of what is missing."""

    key: str
    points: int
    words: str
    lacking: str
    condition: Exists | Q

    @property
    def flag(self) -> str:
        return f"ok_{self.key}"


@dataclass(frozen=True)
class Score:
    """An agency with its points and what is missing, the dearest first."""

    agency: Agency
    points: int
    reasons: Sequence[str]


def questions(today: date) -> list[Question]:
    """What is asked of every agency; the points add up to 100."""
    mine = {"agency": OuterRef("pk")}
    channels = Channel.objects.filter(**mine, status="confirmed")
    posters = PrintedCode.objects.hanging().filter(channel__agency=OuterRef("pk"), channel__status="confirmed")
    people = ContactPoint.objects.filter(**mine, status="confirmed")
    first, last = months_back(today, LOOKED_BACK), months_back(today, 1)
    duties = Obligation.objects.quota().filter(**mine, period__month__gte=first, period__month__lte=last)
    duties = duties.filter(exempt_at=None)
    after = Q(met_on__gt=Coalesce("extended_to", "due_on"))
    lead = Q(role__in=(ContactRole.POLICY, ContactRole.CHANNEL_ADMIN), is_deputy=False)
    return [
        Question("channel", 5, "Có kênh chính thống", "chưa có kênh nào", Exists(channels)),
        Question("oa", 10, "Có Zalo OA", "chưa có Zalo OA", Exists(channels.filter(kind=ChannelKind.ZALO_OA))),
        Question(
            "fresh", 15, "Mọi kênh được xác nhận trong 180 ngày (nhóm: 90)", "kênh chưa được xác nhận lại đúng kỳ",
            Exists(channels) & ~Exists(channels.filter(asks_by(today))),
        ),
        Question("poster", 5, "Mã QR đã in và treo", "chưa ghi nơi treo mã QR", Exists(posters)),
        Question("lead", 15, "Có đầu mối", "chưa có đầu mối", Exists(people.filter(lead))),
        Question("deputy", 10, "Có người thay thế", "chưa có người thay thế", Exists(people.filter(is_deputy=True))),
        Question("mail", 5, "Đầu mối có thư điện tử", "đầu mối chưa có thư điện tử", Exists(people.exclude(email=""))),
        Question(
            "speaker", 5, "Có người phát ngôn", "chưa có người phát ngôn",
            Exists(people.filter(role=ContactRole.SPOKESPERSON)),
        ),
        Question(
            "delivers", 20, f"Không nợ sản phẩm {LOOKED_BACK} tháng trước", "còn nợ sản phẩm tháng trước",
            ~Exists(duties.overdue(today)),
        ),
        Question(
            "on_time", 10, f"Không trễ trong {LOOKED_BACK} tháng trước", "có tháng nộp trễ", ~Exists(duties.filter(after)),
        ),
    ]  # fmt: skip


def scored(agencies: QuerySet, asked: Sequence[Question]) -> QuerySet:
    """The agencies with a flag for each question and their points, all in the one query that reads them."""
    rows = agencies.annotate(**{one.flag: one.condition for one in asked})
    points = sum(
        (
            Case(When(**{one.flag: True}, then=Value(one.points)), default=Value(0), output_field=IntegerField())
            for one in asked
        ),
        Value(0),
    )
    return rows.annotate(points=points)


def sorted_by(rows: QuerySet, sort: str) -> QuerySet:
    order = {"diem": [F("points").asc()], "-diem": [F("points").desc()]}.get(sort, [])
    return rows.order_by(*order, "sort_key", "pk")


def score_of(agency: Agency, asked: Sequence[Question]) -> Score:
    missing = [one for one in asked if not getattr(agency, one.flag)]
    reasons = [f"{one.lacking} (−{one.points})" for one in sorted(missing, key=lambda one: -one.points)]
    return Score(agency, agency.points, reasons)


def quality_table(rows: QuerySet, asked: Sequence[Question]) -> Table:
    columns = [
        Column("name", "Đơn vị", width=44), Column("kind", "Khối", width=26), Column("points", "Điểm", "integer", 8),
        Column("reasons", "Vì sao chưa đủ 100", width=70),
    ]  # fmt: skip
    lines = (score_of(row, asked) for row in rows)
    return Table(
        "Điểm chất lượng của đơn vị", columns,
        ([one.agency.name, one.agency.get_kind_display(), one.points, "; ".join(one.reasons)] for one in lines),
        notes=[f"{one.words}: {one.points} điểm." for one in asked], sheet="Chất lượng",
    )  # fmt: skip
