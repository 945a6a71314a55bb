"""Figures of duties: who delivered, in time or late, and how long it took. One counted query for each question.

Every figure reads the rows frozen when their period opened, never today's list of agencies.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Min, QuerySet, Sum, When
from django.db.models.functions import Coalesce, Greatest

from campaigns.models import Obligation, Outcome
from campaigns.models.obligation import ObligationQuerySet
from portal.lib.periods import months_back
from registry.models import Agency, AgencyKind

ONE_DAY, NO_TIME = timedelta(days=1), timedelta()
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
    def submitted(self) -> int:
        """Duties for which enough was handed in, or something waits at the province."""
        return self.done + self.pending

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
    """One agency over the months, with its completed and expected duties; `nothing`: settled without a product."""

    agency: Agency
    cells: Sequence[Cell]
    done: int
    expected: int
    nothing: int


def total(rows: ObligationQuerySet, today: date) -> Figures:
    """All the duties together."""
    return _fold(_tallies(rows), today)


def by_kind(rows: ObligationQuerySet, today: date) -> list[Figures]:
    """One line for each kind of agency as it was then, in the order in which reports list them."""
    return fold_kinds(_tallies(rows, "agency_kind"), today)


def by_requirement(rows: ObligationQuerySet, today: date) -> list[Figures]:
    """One line for each requirement."""
    return fold_requirements(_tallies(rows, "requirement", "requirement__title"), today)


def by_agency(rows: ObligationQuerySet, today: date) -> "FiguresPage":
    """One line for each agency under the name that it bore then, ordered by kind and name; sliceable."""
    return FiguresPage(rows, today)


def summary(rows: ObligationQuerySet, today: date) -> tuple[Figures, list[Figures], list[Figures]]:
    """The total, the lines by kind and the lines by requirement, all from one query."""
    tallies = _tallies(rows, "agency_kind", "requirement", "requirement__title")
    return _fold(tallies, today), fold_kinds(tallies, today), fold_requirements(tallies, today)


def fold_kinds(tallies: list[dict[str, Any]], today: date) -> list[Figures]:
    found = _grouped(tallies, "agency_kind")
    return [_fold(found[k], today, kind=k, label=k.label) for k in AgencyKind if k in found]


def fold_requirements(tallies: list[dict[str, Any]], today: date) -> list[Figures]:
    lines = [
        _fold(group, today, label=group[0]["requirement__title"]) for group in _grouped(tallies, "requirement").values()
    ]
    return sorted(lines, key=lambda line: line.label)


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
    """Lines of agencies that a Paginator can slice: first which agencies, then the figures of those alone."""

    def __init__(self, rows: ObligationQuerySet, today: date):
        self.rows, self.today = rows.order_by(), today

    def count(self) -> int:
        return self.rows.values("agency").distinct().count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[Figures]:
        agencies = list(self._ordered()[part])
        return self._lines(agencies, self.rows.filter(agency__in=agencies))

    def __iter__(self) -> Iterator[Figures]:
        return iter(self._lines(self._ordered(), self.rows))

    def _ordered(self) -> QuerySet:
        """Agencies by the kind that they had then and by name."""
        found = self.rows.values("agency").annotate(rank=Min(_kind_rank()))
        return found.order_by("rank", "agency__sort_key", "agency").values_list("agency", flat=True)

    def _lines(self, agencies: Iterable[int], rows: ObligationQuerySet) -> list[Figures]:
        found = _grouped(_tallies(rows, "agency", "agency_name", "agency_kind"), "agency")
        return [
            _fold(found[pk], self.today, agency=pk, label=found[pk][0]["agency_name"], kind=found[pk][0]["agency_kind"])
            for pk in agencies
        ]


def _ready(rows: ObligationQuerySet) -> ObligationQuerySet:
    return rows.with_outcome().annotate(last_day=Coalesce("extended_to", "due_on"))


def _tallies(rows: ObligationQuerySet, *keys: str) -> list[dict[str, Any]]:
    """Duties counted by the keys, outcome and days. Few rows come back, and no database computes with dates."""
    over = Greatest(F("accepted_count") - F("required_count"), 0, output_field=IntegerField())
    found = _ready(rows).order_by().values(*keys, "result", "last_day", "met_on", "period__first_on")
    measures = {
        "count": Count("pk"),
        "accepted": Sum("accepted_count"),
        "extra": Sum(over),
        "waited": Sum("province_time"),
    }
    return list(found.annotate(**{f"{name}_sum": measure for name, measure in measures.items()}))


def _grouped(tallies: list[dict[str, Any]], key: str) -> dict[Any, list[dict[str, Any]]]:
    groups: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for tally in tallies:
        groups[tally[key]].append(tally)
    return groups


def _fold(tallies: list[dict[str, Any]], today: date, **about: Any) -> Figures:
    """The tallies of one line added up."""
    counts: Counter[str] = Counter()
    met, took, waited = 0, 0, NO_TIME
    for tally in tallies:
        count, result = tally["count_sum"], tally["result"]
        counts[result] += count
        counts[NOT_DUE] += count if result == Outcome.MISSING and tally["last_day"] >= today else 0
        counts["accepted"] += tally["accepted_sum"]
        counts["extra"] += tally["extra_sum"]
        if tally["met_on"]:
            met += count
            took += count * (tally["met_on"] - tally["period__first_on"]).days
            waited += tally["waited_sum"]
    days = {"agency_days": round(took / met, 1), "province_days": round(waited / ONE_DAY / met, 1)} if met else {}
    return Figures(**counts, **days, **about)


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
    return GridRow(agency, cells, done, len(every) - every.count(Outcome.EXEMPT), every.count(Outcome.NOTHING))
