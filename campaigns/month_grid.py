"""Bảng theo dõi: agencies × months, one cell for what an agency owed in a month. One query over their duties."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet

from campaigns.figures import NOT_DUE, as_counted, cell_outcome, not_due, parts_of, together
from campaigns.models import ClosedDuty, Obligation, Outcome
from campaigns.models.obligation import ObligationQuerySet
from registry.models import Agency

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
class Cell:
    """One month of one agency: the worst outcome of its duties (None = nothing was asked) and how many there are.

    `duty`: the key of the duty when there is exactly one.
    """

    month: date
    outcome: str | None
    count: int
    duty: int | None = None


@dataclass(frozen=True)
class GridRow:
    """One agency over the months, with its completed and expected duties; `nothing`: settled without a product."""

    agency: Agency
    cells: Sequence[Cell]
    done: int
    expected: int
    nothing: int


Owed = tuple[str, int]
"""One duty in a cell: its outcome and its key."""


def lines_of(
    agencies: Iterable[Agency], rows: ObligationQuerySet, months: Sequence[date], today: date
) -> list[GridRow]:
    """Agencies × months in one query over their duties."""
    agencies = list(agencies)
    within = rows.filter(agency__in=agencies, period__month__gte=months[0], period__month__lte=months[-1])
    found: dict[tuple[int, date], list[Owed]] = defaultdict(list)
    cells = [part.annotate(waits=not_due(part, today), duty=_duty_key(part)) for part in parts_of(within)]
    for agency, month, result, waits, duty in together(
        part.values_list("agency", "month", "result", "waits", "duty") for part in cells
    ):
        found[agency, month].append((NOT_DUE if waits else result, duty))
    return [_line(agency, months, found) for agency in agencies]


def line_of(
    agency: Agency, duties: Iterable[Obligation], months: Sequence[date], closed: Collection[date], today: date
) -> GridRow:
    """The same line out of `figures.duties_of` that agency, without a query. `closed`: the closed ones of the months."""
    found: dict[tuple[int, date], list[Owed]] = defaultdict(list)
    for duty in duties:
        if duty.as_closed or duty.period.month not in closed:
            found[agency.pk, duty.period.month].append((cell_outcome(as_counted(duty), today), duty.pk))
    return _line(agency, months, found)


def cell_of(month: date, owed: Sequence[Owed]) -> Cell:
    """The duties of one month as one cell."""
    if len(owed) == 1:
        return Cell(month, owed[0][0], 1, owed[0][1])
    worst = min((outcome for outcome, _ in owed), key=WORST_FIRST.index, default=None)
    return Cell(month, worst, len(owed))


def _line(agency: Agency, months: Sequence[date], found: dict[tuple[int, date], list[Owed]]) -> GridRow:
    owed = [found.get((agency.pk, month), []) for month in months]
    counts = Counter(outcome for duties in owed for outcome, _ in duties)
    done = counts[Outcome.ON_TIME] + counts[Outcome.LATE]
    expected = counts.total() - counts[Outcome.EXEMPT]
    return GridRow(agency, list(map(cell_of, months, owed)), done, expected, counts[Outcome.NOTHING])


def _duty_key(part: QuerySet) -> F:
    return F("obligation") if part.model is ClosedDuty else F("pk")
