"""Điểm chất lượng của đơn vị: what each living agency has in order, as points with the reasons behind them, in one query.

Points are of today: they say whom to help next, and rewrite no month.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from campaigns.models import Obligation, RequirementKind
from portal.lib.documents.table import Column, Table
from portal.lib.periods import months_back
from registry.confirming import asks_by, is_asking
from registry.models import Agency, Channel, ChannelKind, ContactPoint, ContactRole, PrintedCode

LOOKED_BACK = 3
"""Months with duties whose delivery counts: those before the running one."""
LEADS = (ContactRole.POLICY, ContactRole.CHANNEL_ADMIN)
SORTS = {"diem": "thấp nhất trước", "-diem": "cao nhất trước", "ten": "theo tên"}


@dataclass(frozen=True)
class Question:
    """One thing that is in order or not: its points, and the words of what is missing."""

    key: str
    points: int
    words: str
    lacking: str

    @property
    def flag(self) -> str:
        return f"ok_{self.key}"


QUESTIONS = (
    Question("channel", 5, "Có kênh chính thống", "chưa có kênh nào"),
    Question("oa", 10, "Có Zalo OA", "chưa có Zalo OA"),
    Question("fresh", 15, "Mọi kênh được xác nhận trong 180 ngày (nhóm: 90)", "kênh chưa được xác nhận lại đúng kỳ"),
    Question("poster", 5, "Mã QR đã in và treo", "chưa ghi nơi treo mã QR"),
    Question("lead", 15, "Có đầu mối", "chưa có đầu mối"),
    Question("deputy", 10, "Có người thay thế", "chưa có người thay thế"),
    Question("mail", 5, "Đầu mối có thư điện tử", "đầu mối chưa có thư điện tử"),
    Question("speaker", 5, "Có người phát ngôn", "chưa có người phát ngôn"),
    Question(
        "delivers",
        20,
        f"Không nợ sản phẩm {LOOKED_BACK} tháng trước",
        f"còn nợ sản phẩm trong {LOOKED_BACK} tháng trước",
    ),
    Question("on_time", 10, f"Không trễ trong {LOOKED_BACK} tháng trước", "có tháng nộp trễ"),
)
"""What is asked of every agency; the points add up to 100. The answers in two forms: `conditions` and `answers`."""


@dataclass(frozen=True)
class Score:
    """An agency with its points and what is missing, the dearest first."""

    agency: Agency
    points: int
    reasons: Sequence[str]


def months_asked(today: date) -> list[date]:
    """The months whose delivery counts."""
    return [months_back(today, count) for count in range(LOOKED_BACK, 0, -1)]


def conditions(today: date) -> dict[str, Exists | Q]:
    """The answers in a query of agencies (the same rules as `answers`)."""
    mine = {"agency": OuterRef("pk")}
    channels = Channel.objects.filter(**mine, status="confirmed")
    posters = PrintedCode.objects.hanging().filter(channel__agency=OuterRef("pk"), channel__status="confirmed")
    people = ContactPoint.objects.filter(**mine, status="confirmed")
    duties = Obligation.objects.quota().filter(**mine, period__month__in=months_asked(today), exempt_at=None)
    after = Q(met_on__gt=Coalesce("extended_to", "due_on"))
    return {
        "channel": Exists(channels),
        "oa": Exists(channels.filter(kind=ChannelKind.ZALO_OA)),
        "fresh": Exists(channels) & ~Exists(channels.filter(asks_by(today))),
        "poster": Exists(posters),
        "lead": Exists(people.filter(role__in=LEADS, is_deputy=False)),
        "deputy": Exists(people.filter(is_deputy=True)),
        "mail": Exists(people.exclude(email="")),
        "speaker": Exists(people.filter(role=ContactRole.SPOKESPERSON)),
        "delivers": ~Exists(duties.overdue(today)),
        "on_time": ~Exists(duties.filter(after)),
    }


def answers(
    channels: Iterable[Channel],
    hanging: Collection[int],
    people: Iterable[ContactPoint],
    duties: Iterable[Obligation],
    today: date,
) -> dict[str, bool]:
    """The answers of one agency out of its rows (the same rules as `conditions`). `hanging`: channels whose code hangs."""
    channels = [row for row in channels if row.status == "confirmed"]
    people, months = [row for row in people if row.status == "confirmed"], months_asked(today)
    duties = [row for row in duties if is_quota(row) and row.period.month in months and not row.exempt_at]
    return {
        "channel": bool(channels),
        "oa": any(row.kind == ChannelKind.ZALO_OA for row in channels),
        "fresh": bool(channels) and not any(is_asking(row, today) for row in channels),
        "poster": any(row.pk in hanging for row in channels),
        "lead": any(row.role in LEADS and not row.is_deputy for row in people),
        "deputy": any(row.is_deputy for row in people),
        "mail": any(row.email for row in people),
        "speaker": any(row.role == ContactRole.SPOKESPERSON for row in people),
        "delivers": not any(row.is_overdue(today) for row in duties),
        "on_time": not any(row.met_on and row.met_on > row.last_day for row in duties),
    }


def is_quota(duty: Obligation) -> bool:
    return duty.requirement.kind == RequirementKind.SUBMIT_CONTENT


def scored(agencies: QuerySet, today: date) -> QuerySet:
    """The agencies with a flag for each question and their points, all in the one query that reads them."""
    known = conditions(today)
    rows = agencies.annotate(**{one.flag: known[one.key] for one in QUESTIONS})
    points = sum(
        (
            Case(When(**{one.flag: True}, then=Value(one.points)), default=Value(0), output_field=IntegerField())
            for one in QUESTIONS
        ),
        Value(0),
    )
    return rows.annotate(points=points)


def sorted_by(rows: QuerySet, sort: str) -> QuerySet:
    order = {"diem": [F("points").asc()], "-diem": [F("points").desc()]}.get(sort, [])
    return rows.order_by(*order, "sort_key", "pk")


def score_of(agency: Agency) -> Score:
    """The score of an agency out of `scored`."""
    return score(agency, {one.key: getattr(agency, one.flag) for one in QUESTIONS})


def score(agency: Agency, answered: Mapping[str, bool]) -> Score:
    """Points and reasons that follow from the answers."""
    lacking = sorted((one for one in QUESTIONS if not answered[one.key]), key=lambda one: -one.points)
    points = sum(one.points for one in QUESTIONS if answered[one.key])
    return Score(agency, points, [f"{one.lacking} (−{one.points})" for one in lacking])


def quality_table(rows: QuerySet) -> Table:
    columns = [
        Column("name", "Đơn vị", width=44), Column("kind", "Khối", width=26), Column("points", "Điểm", "integer", 8),
        Column("reasons", "Vì sao chưa đủ 100", width=70),
    ]  # fmt: skip
    lines = (score_of(row) for row in rows)
    return Table(
        "Điểm chất lượng của đơn vị", columns,
        ([one.agency.name, one.agency.get_kind_display(), one.points, "; ".join(one.reasons)] for one in lines),
        notes=[f"{one.words}: {one.points} điểm." for one in QUESTIONS], sheet="Chất lượng",
    )  # fmt: skip
