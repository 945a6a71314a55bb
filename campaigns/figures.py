"""Figures of duties: who delivered, in time or late, and how long it took. One annotated query for each question.

Every figure reads the rows frozen when their period opened, never today's list of agencies.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Case, Count, DurationField, ExpressionWrapper, F, IntegerField, Max, Min, Q, Sum, When
from django.db.models.functions import Coalesce, Greatest

from campaigns.models import Obligation, Outcome
from campaigns.models.obligation import ObligationQuerySet
from portal.lib.periods import months_back
from registry.models import Agency, AgencyKind

ONE_DAY = timedelta(days=1)
MONTHS_IN_GRID = 12
NOT_DUE = "not_due"
"""A missing row whose last day has not passed yet."""
WORST_FIRST = (
    Outcome.MISSING,
    NOT_DUE,
    Outcome.PENDING,
    Outcome.LATE,
    Outcome.ON_TIME,
    Outcome.NOTHING,
    Outcome.EXEMPT,
)


@dataclass(frozen=True)
class Figures:
    """Counts of duties by outcome. `missing` contains `not_due`; days are means over completed duties, None = no such."""

    label: str = "Tổng cộng"
    agency: int | None = None
    kind: str = ""
    on_time: int = 0
    late: int = 0
    pending: int = 0
    nothing: int = 0
    exempt: int = 0
    missing: int = 0
    not_due: int = 0
    accepted: int = 0
    extra: int = 0
    agency_days: float | None = None
    province_days: float | None = None

    @property
    def expected(self) -> int:
        """The denominator: every duty that is not exempt."""
        return self.on_time + self.late + self.pending + self.nothing + self.missing

    @property
    def done(self) -> int:
        return self.on_time + self.late

    @property
    def overdue(self) -> int:
        return self.missing - self.not_due

    @property
    def rate(self) -> float | None:
        """Share of completed duties, in time or late; None when nothing was expected. Extra products don't raise it."""
        return self.done / self.expected if self.expected else None

    @property
    def on_time_rate(self) -> float | None:
        return self.on_time / self.expected if self.expected else None

    @property
    def kind_label(self) -> str:
        return AgencyKind(self.kind).label if self.kind else ""


@dataclass(frozen=True)
class Cell:
    """One month of one agency: the worst outcome of its duties (None = nothing was asked) and how many there are."""

    month: date
    outcome: str | None
    count: int


@dataclass(frozen=True)
class GridRow:
    """One agency over the months, with its completed and expected duties."""

    agency: Agency
    cells: Sequence[Cell]
    done: int
    expected: int


def total(rows: ObligationQuerySet, today: date) -> Figures:
    """All the duties together."""
    return _figures(_ready(rows).aggregate(**_measures(today)))


def by_kind(rows: ObligationQuerySet, today: date) -> list[Figures]:
    """One line for each kind of agency as it was then, in the order in which reports list them."""
    found = _ready(rows).values(kind=F("agency_kind")).annotate(**_measures(today)).order_by()
    order = AgencyKind.values.index
    return [
        _figures(row, label=AgencyKind(row["kind"]).label) for row in sorted(found, key=lambda row: order(row["kind"]))
    ]


def by_agency(rows: ObligationQuerySet, today: date) -> "FiguresPage":
    """One line for each agency under the name that it bore then, ordered by kind and name; sliceable."""
    found = (
        _ready(rows)
        .values("agency")
        .annotate(label=Max("agency_name"), kind=Max("agency_kind"), rank=Min(_kind_rank()), **_measures(today))
        .order_by("rank", "agency__sort_key", "agency")
    )
    return FiguresPage(found, rows)


def by_requirement(rows: ObligationQuerySet, today: date) -> list[Figures]:
    """One line for each requirement."""
    found = _ready(rows).values("requirement", label=F("requirement__title")).annotate(**_measures(today))
    return [_figures(row) for row in found.order_by("requirement__title", "requirement")]


def by_month(rows: ObligationQuerySet, today: date) -> dict[date, Figures]:
    """One line for each reporting month."""
    found = _ready(rows).values(month=F("period__month")).annotate(**_measures(today)).order_by("month")
    return {row["month"]: _figures(row) for row in found}


def months_of_grid(last: date) -> list[date]:
    """The twelve months that end with the given one."""
    return [months_back(last, count) for count in reversed(range(MONTHS_IN_GRID))]


def grid(agencies: Iterable[Agency], rows: ObligationQuerySet, months: Sequence[date], today: date) -> list[GridRow]:
    """Agencies × months in one query over their duties."""
    agencies = list(agencies)
    within = rows.filter(agency__in=agencies, period__month__gte=months[0], period__month__lte=months[-1])
    found: dict[tuple[int, date], list[str]] = defaultdict(list)
    for agency, month, result, last_day in _ready(within).values_list(
        "agency_id", "period__month", "result", "last_day"
    ):
        found[agency, month].append(NOT_DUE if result == Outcome.MISSING and last_day >= today else result)
    return [_grid_row(agency, months, found) for agency in agencies]


def duties_of(agency: Agency, rows: ObligationQuerySet, months: Sequence[date]) -> ObligationQuerySet:
    """The duties of one agency in those months, newest first, with requirement and period."""
    within = rows.filter(agency=agency, period__month__gte=months[0], period__month__lte=months[-1])
    return within.select_related("requirement", "period").order_by("-period__month", "due_on", "pk")


def cell_outcome(row: Obligation, today: date) -> str:
    """The word for one duty on screen: its outcome, with "not due" apart from "missing"."""
    outcome = row.outcome()
    return NOT_DUE if outcome == Outcome.MISSING and row.last_day >= today else outcome


class FiguresPage:
    """The grouped query as a list of Figures that a Paginator can slice; counting asks for agencies only."""

    def __init__(self, found: Any, rows: ObligationQuerySet):
        self.found, self.rows = found, rows

    def count(self) -> int:
        return self.rows.order_by().values("agency").distinct().count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[Figures]:
        return [_figures(row) for row in self.found[part]]

    def __iter__(self) -> Iterator[Figures]:
        return (_figures(row) for row in self.found.iterator(chunk_size=1000))


def _ready(rows: ObligationQuerySet) -> ObligationQuerySet:
    return rows.with_outcome().annotate(last_day=Coalesce("extended_to", "due_on"))


def _measures(today: date) -> dict[str, Any]:
    """The columns of every report, as aggregates over rows with `result` and `last_day`."""
    counts = {str(outcome): Count("pk", filter=Q(result=outcome)) for outcome in Outcome}
    over = Greatest(F("accepted_count") - F("required_count"), 0, output_field=IntegerField())
    took = ExpressionWrapper(F("met_on") - F("period__first_on"), output_field=DurationField())
    return counts | {
        "not_due": Count("pk", filter=Q(result=Outcome.MISSING, last_day__gte=today)),
        "accepted": Coalesce(Sum("accepted_count"), 0),
        "extra": Coalesce(Sum(over), 0),
        "agency_time": Avg(took, filter=Q(met_at__isnull=False)),
        "waiting_time": Avg("province_time", filter=Q(met_at__isnull=False)),
    }


def _figures(row: dict[str, Any], **more: Any) -> Figures:
    values = row | {"agency_days": _days(row["agency_time"]), "province_days": _days(row["waiting_time"])} | more
    return Figures(**{field.name: values[field.name] for field in fields(Figures) if field.name in values})


def _days(time: timedelta | None) -> float | None:
    return None if time is None else round(time / ONE_DAY, 1)


def _kind_rank() -> Case:
    whens = [When(agency_kind=kind, then=rank) for rank, kind in enumerate(AgencyKind.values)]
    return Case(*whens, default=len(whens), output_field=IntegerField())


def _grid_row(agency: Agency, months: Sequence[date], found: dict[tuple[int, date], list[str]]) -> GridRow:
    outcomes = [found.get((agency.pk, month), []) for month in months]
    cells = [
        Cell(month, min(owed, key=WORST_FIRST.index, default=None), len(owed))
        for month, owed in zip(months, outcomes, strict=True)
    ]
    every = [outcome for owed in outcomes for outcome in owed]
    done = sum(outcome in (Outcome.ON_TIME, Outcome.LATE) for outcome in every)
    return GridRow(agency, cells, done, len(every) - every.count(Outcome.EXEMPT))
