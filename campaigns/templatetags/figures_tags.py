"""Cells of big tables, made at once: a template loop over hundreds of cells costs more than the query behind them."""

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from campaigns.figures import GridRow
from portal.lib.periods import month_label
from portal.templatetags.portal_tags import heat, tone

register = template.Library()

NO_DUTY = mark_safe(
    '<td class="heat heat-none"><span aria-hidden="true">–</span><span class="visually-hidden">không có việc</span></td>'
)


@register.simple_tag
def month_cells(line: GridRow, href: str) -> SafeString:
    """The months of one agency: icon to see, word to hear, each a link to that month below the address."""
    looks = {cell.outcome: _look(cell.outcome, href) for cell in line.cells if cell.outcome}
    cells = (
        looks[cell.outcome].replace("MONTH", month_label(cell.month)) if cell.outcome else NO_DUTY
        for cell in line.cells
    )
    return mark_safe("".join(cells))


@register.simple_tag
def measure_cells(cells: list[tuple[str, bool]]) -> SafeString:
    """Words of one row after its heading; numbers stand on the right."""
    made = (f'<td class="number">{escape(w)}</td>' if is_number else f"<td>{escape(w)}</td>" for w, is_number in cells)
    return mark_safe("".join(made))


def _look(outcome: str, href: str) -> str:
    """One cell of the outcome, with MONTH where its label goes."""
    return format_html(
        '<td class="heat heat-{}"><a href="{}#thang-MONTH">{}</a></td>', tone(outcome), href, heat(outcome)
    )
