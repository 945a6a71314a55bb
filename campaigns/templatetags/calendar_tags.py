"""The calendar of posts, made at once: a template loop over its days costs more than the queries behind them."""

from collections.abc import Iterable, Sequence
from datetime import date

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as written
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from campaigns.models import ContentItem
from campaigns.posting_calendar import Day, Entry
from portal.lib.wording import moment_words
from portal.templatetags.portal_tags import numbered, usual_badge
from registry.models import Agency

register = template.Library()


@register.simple_tag
def calendar_days(days: Iterable[tuple[Day, str]], today: date, *, in_week: bool, rest: str) -> SafeString:
    """The days, each with the label of its week. `rest`: what else stands in the address of the page."""
    addresses = [reverse(name, args=[0]) for name in ("review_item", "job")]
    listed, rest = reverse("publication_list"), escape(rest)
    made = []
    for day, label in days:
        iso, is_today = day.day.isoformat(), day.day == today
        words = written(day.day, "l d/m") + (' <span class="text-muted">hôm nay</span>' if is_today else "")
        link = f"{listed}?thang={iso[:7]}" if in_week else f"?tuan={label}{rest}#ngay-{iso}"
        made.append(
            f'<li class="calendar-day{_look(day)}{" calendar-today" if is_today else ""}" id="ngay-{iso}">'
            f"<h3>{words}</h3>{_inside(day, addresses, link, in_week)}</li>"
        )
    return mark_safe("".join(made))


@register.simple_tag
def agency_links(agencies: Iterable[Agency]) -> SafeString:
    """Names that lead to the pages of the agencies."""
    page = reverse("agency_year", args=[0])
    made = (f'<li><a href="{numbered(page, one.pk)}">{escape(one.name)}</a></li>' for one in agencies)
    return mark_safe("".join(made))


@register.simple_tag
def waiting_cards(items: Iterable[ContentItem], *, can_act: bool) -> SafeString:
    """Accepted products without a day: what, whose, since when. They lead to publishing for those who may."""
    page = reverse("publish_item" if can_act else "review_item", args=[0])
    made = [
        '<li class="card-item"><div class="card-item-main"><h3 class="card-item-title">'
        f'<a href="{numbered(page, item.pk)}">{escape(item.title)}</a></h3>'
        f'<p class="card-item-meta">{escape(item.named)} · {escape(item.get_kind_display())} · duyệt '
        f"{moment_words(item.decided_at) if item.decided_at else ''}</p></div></li>"
        for item in items
    ]
    return mark_safe("".join(made))


def _look(day: Day) -> str:
    return " calendar-outside" if day.is_outside else "" if day.count else " calendar-empty"


def _inside(day: Day, addresses: Sequence[str], link: str, in_week: bool) -> str:
    """The entries and where the rest of them is; of a day of this span without any, that there are none."""
    if not day.entries:
        return "" if day.is_outside else '<p class="text-muted">chưa có bài</p>'
    words = f"còn {day.more} bài{', xem ở Lượt đăng' if in_week else ''}"
    more = f'<p><a href="{link}">{words}</a></p>' if day.more else ""
    return f"<ul>{''.join(_entry(entry, *addresses) for entry in day.entries)}</ul>{more}"


def _entry(entry: Entry, item: str, job: str) -> str:
    """One post: when and how, what, whose and where."""
    where = (
        f'<a href="{numbered(job, entry.job)}">{escape(entry.channel)}</a>'
        if entry.job
        else f'<a href="{escape(entry.url)}" rel="noopener noreferrer" target="_blank">{escape(entry.channel)}</a>'
    )
    return (
        f"<li><p>{timezone.localtime(entry.at):%H:%M} {usual_badge(entry.state)}</p>"
        f'<p><a href="{numbered(item, entry.item)}">{escape(entry.title)}</a></p>'
        f'<p class="text-muted">{escape(entry.agency_short_name or entry.agency_name)} · {where}</p></li>'
    )
