"""Figures of duties: who delivered, in time or late, and how long it took. One counted query for each question.

Every figure reads the rows frozen when their period opened, never today's list of agencies; of a closed month those
that were frozen when it was closed, in the same query (`parts_of`).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from campaigns.models import ClosedDuty, MonthClosing, Obligation, Outcome, Period, Recurrence
from campaigns.models.obligation import ObligationQuerySet
from portal.lib.periods import months_back
from portal.lib.text import sort_key
from registry.models import Agency, AgencyKind

ONE_DAY, NO_TIME = timedelta(days=1), timedelta()
MONTHS_IN_GRID = 12
KIND_RANKS = {kind: rank for rank, kind in enumerate(AgencyKind.values)}
DAYS = ("met_on", "first_on")
AT_PROVINCE = "Trực thuộc tỉnh"
"""What stands for the agency above those that have none."""
NOT_DUE = "not_due"
"""A missing row whose last day has not passed yet."""


@dataclass(frozen=True)
class Figures:
    """Counts of duties by outcome. `missing` contains `not_due`; days are means over completed duties, None = no such."""

    label: str = "Tổng cộng"
    agency: int | None = None
    kind: str = ""
    above: str = ""
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


Parts = tuple[QuerySet, ...]
"""Duties as they count: today's rows of open months, frozen rows of closed ones; the same names on both."""


def parts_of(rows: ObligationQuerySet | Parts) -> Parts:
    """The rows as they count. Of a closed month the frozen ones stand in for today's, and what came later is left out."""
    if isinstance(rows, tuple):
        return rows
    return open_part(rows.exclude(in_closed_month())), closed_part(rows)


def parts_of_month(rows: ObligationQuerySet, closing: MonthClosing | None) -> Parts:
    """The same for the rows of one month of which we know whether it is closed: only the part that counts."""
    return (closed_part(rows),) if closing else (open_part(rows),)


def in_closed_month() -> Q:
    """Duties of months that are closed. Rounds of re-confirmation are of no month."""
    closed = MonthClosing.objects.live().values("month")
    return Q(period__month__in=closed) & ~Q(requirement__recurrence=Recurrence.ROLLING)


def open_part(rows: ObligationQuerySet) -> QuerySet:
    """Today's rows under the names that frozen ones have."""
    return rows.with_outcome().annotate(
        month=F("period__month"),
        first_on=F("period__first_on"),
        title=F("requirement__title"),
    )


def by_its_agency(part: QuerySet) -> QuerySet:
    """The part with the agency's place in lists and the agency above it; few questions need these joins."""
    if part.model is ClosedDuty:
        return part.annotate(above=F("parent"), above_name=F("parent_name"))
    above_name = Coalesce("agency__parent__name", Value(""))
    return part.annotate(order_key=F("agency__sort_key"), above=F("agency__parent"), above_name=above_name)


def closed_part(rows: ObligationQuerySet) -> QuerySet:
    """The frozen rows of those duties in closings that hold."""
    return ClosedDuty.objects.counting().filter(obligation__in=rows.order_by().values("pk"))


def total(rows: ObligationQuerySet | Parts, today: date, *, days: Sequence[str] = DAYS) -> Figures:
    """All the duties together; without `days` how long it took is not asked."""
    return fold(_tallies(rows, today, days=days))


def by_kind(rows: ObligationQuerySet | Parts, today: date) -> list[Figures]:
    """One line for each kind of agency as it was then, in the order in which reports list them."""
    return fold_kinds(_tallies(rows, today, "agency_kind"))


def by_requirement(rows: ObligationQuerySet | Parts, today: date) -> list[Figures]:
    """One line for each requirement."""
    return fold_requirements(_tallies(rows, today, "requirement", "title"))


def by_agency(rows: ObligationQuerySet | Parts, today: date, *, with_above: bool = False) -> "FiguresPage":
    """One line for each agency under the name that it bore then, ordered by kind and name; sliceable."""
    return FiguresPage(rows, today, with_above=with_above)


def summary(rows: ObligationQuerySet | Parts, today: date) -> tuple[Figures, list[Figures], list[Figures]]:
    """The total, the lines by kind and the lines by requirement, all from one query."""
    tallies = _tallies(rows, today, "agency_kind", "requirement", "title")
    return fold(tallies), fold_kinds(tallies), fold_requirements(tallies)


def fold_kinds(tallies: list[dict[str, Any]]) -> list[Figures]:
    found = _grouped(tallies, "agency_kind")
    return [fold(found[k], kind=k, label=k.label) for k in AgencyKind if k in found]


def fold_requirements(tallies: list[dict[str, Any]]) -> list[Figures]:
    """A requirement that was worded anew between two months counts as one, under its newest words."""
    lines = [fold(group, label=group[-1]["title"]) for group in _grouped(tallies, "requirement").values()]
    return sorted(lines, key=lambda line: line.label)


def by_month(rows: ObligationQuerySet | Parts, today: date) -> dict[date, Figures]:
    """The figures of each month that has any."""
    found = _grouped(_tallies(rows, today, "month"), "month")
    return {month: fold(found[month], label=f"{month:%m/%Y}") for month in sorted(found)}


def by_parent(rows: ObligationQuerySet | Parts, today: date) -> list[Figures]:
    """One line for each agency above others, as the tree is today (of closed months: as it was then)."""
    parts = tuple(by_its_agency(part) for part in parts_of(rows))
    found = _grouped(_tallies(parts, today, "above", "above_name"), "above")
    lines = [fold(group, agency=pk, label=group[-1]["above_name"] or AT_PROVINCE) for pk, group in found.items()]
    return sorted(lines, key=lambda line: (line.agency is not None, sort_key(line.label), line.agency))


def agency_tallies(rows: ObligationQuerySet | Parts, today: date) -> dict[int, list[dict[str, Any]]]:
    """The tallies of each agency without days, to be folded alone or together with those of others."""
    return _grouped(_tallies(rows, today, "agency", "agency_name", days=()), "agency")


def most_owing(rows: ObligationQuerySet | Parts, today: date, limit: int | None = None) -> list[Figures]:
    """The agencies that left most duties undone until their last day; `missing` and `late` are counted, nothing else."""
    owed = [
        part.order_by()
        .values("agency", "agency_name")
        .annotate(
            missing=Count("pk", filter=Q(result=Outcome.MISSING) & ~not_due(part, today)),
            late=Count("pk", filter=Q(result=Outcome.LATE)),
        )
        .filter(missing__gt=0)
        for part in parts_of(rows)
    ]
    found = _grouped(list(together(owed)), "agency")
    lines = [
        Figures(
            group[-1]["agency_name"],
            pk,
            missing=sum(row["missing"] for row in group),
            late=sum(r["late"] for r in group),
        )
        for pk, group in found.items()
    ]
    return sorted(lines, key=lambda line: (-line.missing, -line.late, line.label))[:limit]


def last_month_asked(rows: ObligationQuerySet) -> date | None:
    """The last month for which a product was asked of anybody among these duties."""
    asked = Period.objects.filter(Exists(rows.quota().filter(period=OuterRef("pk"))))
    return asked.order_by("-month").values_list("month", flat=True).first()


def months_of_grid(last: date) -> list[date]:
    """The twelve months that end with the given one."""
    return [months_back(last, count) for count in reversed(range(MONTHS_IN_GRID))]


def duties_of(agency: Agency, rows: ObligationQuerySet, months: Collection[date]) -> ObligationQuerySet:
    """The duties of one agency in those months, newest first, with requirement, period and what was closed of them."""
    within = rows.filter(agency=agency, period__month__in=months)
    within = within.select_related("requirement", "period").only(*DUTY_LINE).prefetch_related(AS_CLOSED)
    return within.order_by("-period__month", "due_on", "pk")


DUTY_LINE = (
    "requirement__kind", "requirement__title", "period__month", "agency", "required_count", "accepted_count", "due_on",
    "extended_to", "met_at", "met_on", "nothing_at", "nothing_reason", "exempt_at", "exempt_reason",
    "open_submission_at",
)  # fmt: skip
"""What counts of a duty, and what a page about one agency says of it."""


CLOSED_LINE = ("obligation", "result", "was_due", "required_count", "accepted_count")
AS_CLOSED = Prefetch("closed_rows", ClosedDuty.objects.counting().order_by().only(*CLOSED_LINE), to_attr="as_closed")
"""What counts of a closed duty: how it stood, and the counts."""


def counting(rows: ObligationQuerySet) -> ObligationQuerySet:
    """The duties that figures count, each with its frozen row: without those that came into a closed month later."""
    frozen = ClosedDuty.objects.counting().filter(obligation=OuterRef("pk"))
    return rows.exclude(in_closed_month() & ~Exists(frozen)).prefetch_related(AS_CLOSED)


def as_counted(duty: Obligation) -> Obligation | ClosedDuty:
    """The duty as it counts: frozen when its month is closed. Needs `AS_CLOSED`."""
    return duty.as_closed[0] if duty.as_closed else duty


def cell_outcome(row: Obligation | ClosedDuty, today: date) -> str:
    """The word for one duty on screen: its outcome, with "not due" apart from "missing"."""
    return NOT_DUE if row.is_not_due(today) else row.outcome()


class FiguresPage:
    """Lines of agencies that a Paginator can slice: first which agencies, then the figures of those alone."""

    def __init__(self, rows: ObligationQuerySet | Parts, today: date, *, with_above: bool = False):
        parts = [part.order_by() for part in parts_of(rows)]
        self.parts, self.today = tuple(map(by_its_agency, parts) if with_above else parts), today
        self.keys = ("agency", "agency_name", "agency_kind", *(["above_name"] if with_above else []))

    def count(self) -> int:
        if len(self.parts) == 1:
            return self.parts[0].values("agency").distinct().count()
        return len(self.agencies)

    @cached_property
    def agencies(self) -> Sequence[int]:
        """Agencies by the kind that they had then and by name: a query to slice, or a list when there are two parts."""
        parts = [by_its_agency(part) for part in self.parts]
        found = [part.values("agency").annotate(rank=Min(_kind_rank()), named=Min("order_key")) for part in parts]
        ordered = together(found).order_by("rank", "named", "agency")
        if len(found) == 1:
            return ordered.values_list("agency", flat=True)
        return list(dict.fromkeys(row["agency"] for row in ordered))

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[Figures]:
        agencies = list(self.agencies[part])
        return self._lines(agencies, tuple(rows.filter(agency__in=agencies) for rows in self.parts))

    def __iter__(self) -> Iterator[Figures]:
        """All lines in the same order, by one query instead of two."""
        parts = tuple(map(by_its_agency, self.parts))
        tallies = _tallies(parts, self.today, *self.keys, "order_key", order=("order_key", "agency"))
        groups = _grouped(tallies, "agency").values()
        for group in sorted(groups, key=lambda group: min(KIND_RANKS.get(row["agency_kind"], 99) for row in group)):
            yield fold(group, **_about(group[0]))

    def _lines(self, agencies: Iterable[int], parts: Parts) -> list[Figures]:
        found = _grouped(_tallies(parts, self.today, *self.keys), "agency")
        return [fold(found[pk], **_about(found[pk][0])) for pk in agencies]


def together(parts: Iterable[QuerySet]) -> QuerySet:
    """The rows of all parts as one query."""
    first, *others = [part.order_by() for part in parts]
    return first.union(*others, all=True) if others else first


def not_due(part: QuerySet, today: date) -> Q:
    """Nothing was handed in, and the last day had not passed: by today, or when the month was closed."""
    missing = Q(result=Outcome.MISSING)
    if part.model is ClosedDuty:
        return missing & Q(was_due=False)
    return missing & (Q(extended_to__gte=today) | Q(extended_to=None, due_on__gte=today))


def _tallies(
    rows: ObligationQuerySet | Parts, today: date, *keys: str, days: Sequence[str] = DAYS, order: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Duties counted by the keys, outcome and days. Few rows come back, and no database computes with dates."""
    over = Greatest(F("accepted_count") - F("required_count"), 0, output_field=IntegerField())
    found = [
        part.order_by()
        .values(*keys, "result", *days)
        .annotate(
            count_sum=Count("pk"),
            not_due_sum=Count("pk", filter=not_due(part, today)),
            accepted_sum=Sum("accepted_count"),
            extra_sum=Sum(over),
            waited_sum=Sum("province_time"),
        )
        for part in parts_of(rows)
    ]
    return list(together(found).order_by(*order))


def _grouped(tallies: list[dict[str, Any]], key: str) -> dict[Any, list[dict[str, Any]]]:
    groups: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for tally in tallies:
        groups[tally[key]].append(tally)
    return groups


def fold(tallies: list[dict[str, Any]], **about: Any) -> Figures:
    """The tallies of one line added up."""
    counts: Counter[str] = Counter()
    met, took, waited = 0, 0, NO_TIME
    for tally in tallies:
        count = tally["count_sum"]
        counts[tally["result"]] += count
        counts[NOT_DUE] += tally["not_due_sum"]
        counts["accepted"] += tally["accepted_sum"]
        counts["extra"] += tally["extra_sum"]
        if tally["result"] in (Outcome.ON_TIME, Outcome.LATE) and "met_on" in tally:
            met += count
            took += count * (tally["met_on"] - tally["first_on"]).days
            waited += tally["waited_sum"]
    days = {"agency_days": round(took / met, 1), "province_days": round(waited / ONE_DAY / met, 1)} if met else {}
    return Figures(**counts, **days, **about)


def _about(tally: dict[str, Any]) -> dict[str, Any]:
    """Who the line of an agency is about."""
    above = tally["above_name"] or AT_PROVINCE if "above_name" in tally else ""
    return {"agency": tally["agency"], "label": tally["agency_name"], "kind": tally["agency_kind"], "above": above}


def _kind_rank() -> Case:
    whens = [When(agency_kind=kind, then=rank) for kind, rank in KIND_RANKS.items()]
    return Case(*whens, default=len(whens), output_field=IntegerField())
