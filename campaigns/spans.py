"""Quý, nửa năm, năm: figures of several months together, and any two of them side by side, also across reorganisations.

Months are those that periods are labelled with, whatever window a requirement has (calendar month, or 15th to 14th).
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from campaigns import figures
from campaigns.figures import Figures
from campaigns.models.obligation import ObligationQuerySet
from portal.lib.documents.table import NOTHING, Column, Table
from portal.lib.periods import FIRST_MONTH, LAST_MONTH, month_label, months_back, parse_month
from portal.lib.wording import month_words
from registry.models import Agency, AgencySuccession, ReorganisationState

LABEL = re.compile(r"(\d{4})(?:-(?:Q([1-4])|H([12])))?")
LENGTHS = {1: "tháng", 3: "quý", 6: "nửa năm", 12: "năm"}
THEN, NOW = "khi-do", "nay"
"""Lines by the agency that it was then, or by the one that has its tasks now."""


@dataclass(frozen=True)
class Span:
    """First months of the first and the last month of a span, both in it."""

    first: date
    last: date

    @property
    def length(self) -> int:
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def label(self) -> str:
        """2026-11 · 2026-Q4 · 2026-H2 · 2026, as addresses have it."""
        year = self.first.year
        return {
            1: month_label(self.first), 3: f"{year}-Q{self.last.month // 3}", 6: f"{year}-H{self.last.month // 6}",
        }.get(self.length, f"{year}")  # fmt: skip

    @property
    def words(self) -> str:
        year = self.first.year
        return {
            1: month_words(self.first), 3: f"quý {'I II III IV'.split()[self.last.month // 3 - 1]}/{year}",
            6: f"6 tháng {'đầu' if self.last.month == 6 else 'cuối'} năm {year}",
        }.get(self.length, f"năm {year}")  # fmt: skip

    def before(self, spans: int = 1) -> "Span":
        """The span of the same length so many before."""
        return Span(months_back(self.first, self.length * spans), months_back(self.last, self.length * spans))

    def year_before(self) -> "Span":
        return Span(months_back(self.first, 12), months_back(self.last, 12))

    def rows(self, rows: ObligationQuerySet) -> ObligationQuerySet:
        return rows.of_months().filter(period__month__gte=self.first, period__month__lte=self.last)


def parse_span(label: str) -> Span:
    """The span of "2026-11", "2026-Q4", "2026-H2" or "2026"; ValueError with a Vietnamese sentence."""
    found = LABEL.fullmatch(label)
    if not found:
        month = parse_month(label)
        return Span(month, month)
    year, quarter, half = int(found[1]), found[2], found[3]
    if not FIRST_MONTH.year <= year <= LAST_MONTH.year:
        raise ValueError("Năm phải từ 2000 đến 2199.")
    last = int(quarter) * 3 if quarter else int(half) * 6 if half else 12
    length = 3 if quarter else 6 if half else 12
    return Span(date(year, last - length + 1, 1), date(year, last, 1))


def spans_of(months: list[date]) -> list[Span]:
    """Every year, half-year, quarter and month that has one of the months in it, longest first, newest first."""
    found = {span for month in months for span in around(month)}
    return sorted(found, key=lambda span: (-span.length, -span.last.toordinal()))


def around(month: date) -> list[Span]:
    starts = [(length, (month.month - 1) // length * length + 1) for length in LENGTHS]
    return [Span(date(month.year, start, 1), date(month.year, start + length - 1, 1)) for length, start in starts]


# --- Side by side ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """One line of a comparison: what there was in the one span and in the other (None = nothing was asked)."""

    label: str
    agency: int | None
    now: Figures | None
    then: Figures | None

    @property
    def points(self) -> float | None:
        """By how many percentage points the rate rose."""
        if self.now is None or self.then is None or self.now.rate is None or self.then.rate is None:
            return None
        return round((self.now.rate - self.then.rate) * 100, 1)


def compare(rows: ObligationQuerySet, one: Span, other: Span, today: date, by: str = THEN) -> list[Pair]:
    """Agencies of both spans; by `NOW` what several agencies did counts for the one that follows them (four queries)."""
    tallies = [figures.agency_tallies(span.rows(rows), today) for span in (one, other)]
    heirs = successors() if by == NOW else {}
    agencies = {heirs.get(pk, pk) for found in tallies for pk in found}
    names = dict(Agency.objects.filter(pk__in=agencies).values_list("pk", "name")) if by == NOW else {}
    gathered = [gather(found, heirs) for found in tallies]
    pairs = [
        Pair(
            names.get(pk) or label_of(gathered[0].get(pk) or gathered[1][pk]), pk,
            *(figures.fold(found[pk], agency=pk) if pk in found else None for found in gathered),
        )
        for pk in agencies
    ]  # fmt: skip
    order = dict(Agency.objects.filter(pk__in=agencies).values_list("pk", "sort_key"))
    return sorted(pairs, key=lambda pair: (order[pair.agency], pair.agency))


def gather(found: dict[int, list[dict]], heirs: dict[int, int]) -> dict[int, list[dict]]:
    """Tallies under the agency for which they count."""
    gathered = defaultdict(list)
    for pk, tallies in found.items():
        gathered[heirs.get(pk, pk)] += tallies
    return gathered


def label_of(tallies: list[dict]) -> str:
    return tallies[0]["agency_name"]


def successors() -> dict[int, int]:
    """Agency → the living end of its line: who took over its channels and people, through every act (one query)."""
    acts = AgencySuccession.objects.filter(is_home=True, reorganisation__state=ReorganisationState.DONE)
    follows = dict(acts.order_by("on", "pk").values_list("predecessor", "successor"))
    return {pk: end_of(pk, follows) for pk in follows}


def end_of(pk: int, follows: dict[int, int]) -> int:
    seen = set()
    while pk in follows and pk not in seen:
        seen.add(pk)
        pk = follows[pk]
    return pk


def comparison_table(pairs: list[Pair], one: Span, other: Span) -> Table:
    """The same lines for a file."""
    columns = [
        Column("label", "Đơn vị", width=44),
        *(
            Column(f"{name}_{side}", f"{words}, {span.words}", kind, 14)
            for side, span in (("now", one), ("then", other))
            for name, words, kind in (
                ("expected", "Phải nộp", "integer"),
                ("done", "Hoàn thành", "integer"),
                ("rate", "Tỷ lệ", "percent"),
            )
        ),
        Column("points", "Tăng, giảm (điểm %)", "decimal", 14),
    ]
    rows = ([pair.label, *cells(pair.now), *cells(pair.then), blank(pair.points)] for pair in pairs)
    return Table(f"So sánh {one.words} với {other.words}", columns, rows, sheet="So sánh")


def cells(line: Figures | None) -> list:
    return [NOTHING] * 3 if line is None else [line.expected, line.done, blank(line.rate)]


def blank(value):
    return NOTHING if value is None else value
