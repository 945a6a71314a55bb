"""Cells of big tables, made at once: a template loop over hundreds of cells costs more than the query behind them."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache, lru_cache

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from campaigns.agency_file import RequirementYear
from campaigns.figures import Figures
from campaigns.month_grid import Cell, GridRow
from portal.lib.documents.table import show
from portal.lib.periods import month_label
from portal.lib.phones import mask_phone
from portal.templatetags.portal_tags import heat, numbered, tone
from registry.models import ContactPoint

register = template.Library()

MOST_MONTHS = 200
"""Headings of months that a process keeps."""
NO_DUTY = (
    'class="heat heat-none"><span aria-hidden="true">–</span><span class="visually-hidden">không có việc</span></td>'
)


@register.simple_tag
def month_cells(line: GridRow | RequirementYear, href: str) -> SafeString:
    """The months of one line: icon to see, word to hear, each a link to its duty; of several, to that month there."""
    return mark_safe(_months(line.cells, reverse("obligation_desk", args=[0]), escape(href)))


@register.simple_tag
def grid_rows(lines: list[tuple[GridRow, ContactPoint | None]], last_label: str) -> SafeString:
    """The grid line by line: the agency, its months, how many duties are done, whom to phone."""
    page, duty, person = (reverse(name, args=[0]) for name in ("agency_year", "obligation_desk", "review_contact"))
    made = []
    for line, contact in lines:
        href = f"{numbered(page, line.agency.pk)}?thang={last_label}"
        made.append(
            f'<tr><th scope="row"><a href="{href}">{escape(line.agency.name)}</a></th>{_months(line.cells, duty, href)}'
            f'<td data-label="Hoàn thành">{_done(line)}</td><td data-label="Người cần gọi">{_ring(contact, person)}</td>'
            "</tr>"
        )
    return mark_safe("".join(made))


@register.simple_tag
def measure_cells(cells: list[tuple[str, bool]]) -> SafeString:
    """Words of one row after its heading; numbers stand on the right."""
    made = (f'<td class="number">{escape(w)}</td>' if is_number else f"<td>{escape(w)}</td>" for w, is_number in cells)
    return mark_safe("".join(made))


@register.simple_tag
def count_cells(counts: Iterable[int]) -> SafeString:
    """Whole numbers, each in a cell of its own."""
    return mark_safe("".join(f'<td class="number">{show(count, "integer")}</td>' for count in counts))


@register.simple_tag
def stacked_bar(line: Figures) -> SafeString:
    """One month as a bar of its outcomes; the numbers stand beside it, so the picture is for the eye alone."""
    parts = [
        ("good", line.on_time), ("slow", line.late), ("wait", line.pending), ("calm", line.nothing),
        ("plain", line.exempt + line.not_due), ("bad", line.overdue),
    ]  # fmt: skip
    whole = sum(count for _, count in parts) or 1
    made, x = [], 0.0
    for name, count in parts:
        width = 100 * count / whole
        if count:
            made.append(f'<rect class="bar-{name}" x="{x:.2f}" y="0" width="{width:.2f}" height="8"/>')
        x += width
    return mark_safe(
        f'<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{"".join(made)}</svg>'
    )


@register.filter
def points(value: float | None) -> str:
    """A difference of rates in percentage points: "+3,2", "−0,8", "–" for none."""
    sign = "" if not value else "+" if value > 0 else "−"
    return "–" if value is None else f"{sign}{show(abs(value), 'decimal')}"


@register.filter
def measure(value: float | None, kind: str) -> str:
    """A figure as the tables show it."""
    return show(value, kind)


def _months(cells: Sequence[Cell], duty: str, page: str) -> str:
    """`duty`: the address of duty 0; `page`: that of the line's own page."""
    made = []
    for cell in cells:
        look = _look(cell.outcome).replace("HREF", _address(cell, duty, page)) if cell.outcome else NO_DUTY
        made.append(f'<td data-label="{_heading(cell.month)}" {look}')
    return "".join(made)


def _address(cell: Cell, duty: str, page: str) -> str:
    """The duty, or the month on the page."""
    return numbered(duty, cell.duty) if cell.duty else f"{page}#thang-{month_label(cell.month)}"


def _done(line: GridRow) -> str:
    if not line.expected:
        return "–"
    nothing = f' <br><small class="text-muted">{line.nothing} không phát sinh</small>' if line.nothing else ""
    return f"{line.done}/{line.expected}{nothing}"


def _ring(contact: ContactPoint | None, person: str) -> str:
    if contact is None:
        return "–"
    href = numbered(person, contact.pk)
    return f'<a href="{href}">{escape(contact.full_name)}</a> <br>{mask_phone(contact.phone)}'


@cache
def _look(outcome: str) -> str:
    """One cell of the outcome after its month, with HREF where its address goes; made once, a table has hundreds."""
    return format_html('class="heat heat-{}"><a href="HREF">{}</a></td>', tone(outcome), heat(outcome))


@lru_cache(MOST_MONTHS)
def _heading(month: date) -> str:
    """10/2026, as the head of the column has it: on a phone it stands in the cell."""
    return f"{month:%m/%Y}"
