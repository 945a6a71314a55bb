"""Cells of big tables, made at once: a template loop over hundreds of cells costs more than the query behind them."""

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from campaigns.agency_file import RequirementYear
from campaigns.figures import Cell, Figures, GridRow
from portal.lib.documents.table import show
from portal.lib.periods import month_label
from portal.templatetags.portal_tags import heat, tone

register = template.Library()

NO_DUTY = mark_safe(
    '<td class="heat heat-none"><span aria-hidden="true">–</span><span class="visually-hidden">không có việc</span></td>'
)


@register.simple_tag
def month_cells(line: GridRow | RequirementYear, href: str) -> SafeString:
    """The months of one line: icon to see, word to hear, each a link to its duty; of several, to that month there."""
    looks = {cell.outcome: _look(cell.outcome) for cell in line.cells if cell.outcome}
    duty, page = reverse("obligation_desk", args=[0]), escape(href)
    cells = (
        looks[cell.outcome].replace("HREF", _address(cell, duty, page)) if cell.outcome else NO_DUTY
        for cell in line.cells
    )
    return mark_safe("".join(cells))


@register.simple_tag
def measure_cells(cells: list[tuple[str, bool]]) -> SafeString:
    """Words of one row after its heading; numbers stand on the right."""
    made = (f'<td class="number">{escape(w)}</td>' if is_number else f"<td>{escape(w)}</td>" for w, is_number in cells)
    return mark_safe("".join(made))


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


def _address(cell: Cell, duty: str, page: str) -> str:
    """The duty, whose address is that of duty 0 with its own number; or the month on the page."""
    return duty.replace("/0/", f"/{cell.duty}/") if cell.duty else f"{page}#thang-{month_label(cell.month)}"


def _look(outcome: str) -> str:
    """One cell of the outcome, with HREF where its address goes."""
    return format_html('<td class="heat heat-{}"><a href="HREF">{}</a></td>', tone(outcome), heat(outcome))
