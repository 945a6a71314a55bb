"""Tags and filters of every page: icons, badges, deadlines, and days, months, phones as Vietnamese offices write them.

{% icon "search" %} · {% icon "search" "Tìm" %} (with a label for screen readers) · {% badge item.status %} ·
{% badge item.status "chờ gửi" %} · {% heat outcome %} · {% deadline day today %} ·
{{ phone|vn_phone }} · {{ phone|vn_phone_masked }} · {{ url|plain_address }} ·
{{ day|vn_date }} · {{ day|vn_month }} · {{ moment|vn_datetime }}
"""

from datetime import datetime
from functools import cache, lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from portal import badges
from portal.lib import phones, wording
from portal.lib.periods import local_day
from registry.addresses.cleaning import without_scheme
from registry.models.calendar import working_day_exceptions

register = template.Library()

SOON_DAYS = 3
MOST_BADGES, MOST_DAYS = 200, 500
"""How many pieces of markup a process keeps."""
NO_DEADLINE = mark_safe('<span class="deadline deadline-plain"><span class="deadline-day">không có hạn</span></span>')


@register.simple_tag
def icon(name, label=""):
    """An icon of static/icons.svg: decoration by default, a picture with a name when a label is given."""
    if label:
        words = '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>'
        return format_html(words, label, static("icons.svg"), name)
    return decoration(name)


@cache
def decoration(name):
    """An icon without a label; made once, a page has hundreds of them."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("icons.svg"), name)


@register.simple_tag
def badge(value, label=""):
    """The status of something: icon, word and colour. The label replaces the usual word."""
    return labelled_badge(value, label) if label else usual_badge(value)


@lru_cache(MOST_BADGES)
def usual_badge(value):
    """A badge with its own word; made once."""
    return labelled_badge(value, badges.look_of(value)[2])


def labelled_badge(value, label):
    tone, icon_name, _word = badges.look_of(value)
    words = '<span class="status status-{}">{}<span>{}</span></span>'
    return format_html(words, tone, decoration(icon_name), label)


@register.simple_tag
def heat(value, label=""):
    """What stands inside a cell of the heat map: the icon to see, the word to hear. The cell has class `heat-TONE`."""
    _tone, icon_name, word = badges.look_of(value)
    return format_html('{}<span class="visually-hidden">{}</span>', decoration(icon_name), label or word)


@register.filter
def tone(value):
    """The colour name of a status, for `class="heat-{{ outcome|tone }}"`."""
    return badges.look_of(value)[0]


@register.filter
def badge_word(value):
    """The Vietnamese word of a status."""
    return badges.look_of(value)[2]


@register.simple_tag(takes_context=True)
def deadline(context, day, today=None, done=False):
    """The due day with what is left of it. `done` shows the day alone. One query per page for the calendar."""
    if not day:
        return NO_DEADLINE
    today = today or context["today"]
    words = "" if done else words_left(context, day, today)
    return deadline_words(day, words, deadline_tone(day, today) if words else "plain")


def words_left(context, day, today):
    """Counting working days is done once per request for each of the few days in a list."""
    request = context.get("request")
    known = {} if request is None else request.__dict__.setdefault("words_left", {})
    if (day, today) not in known:
        known[day, today] = wording.days_left_words(day, today, calendar_of(context, day, today))
    return known[day, today]


@lru_cache(MOST_DAYS)
def deadline_words(day, words, tone):
    """Few different days stand in a list."""
    left = format_html(' <span class="deadline-left">{}</span>', words) if words else ""
    shown = (
        '<span class="deadline deadline-{}"><span class="deadline-day">{} <span class="visually-hidden">Hạn nộp</span> '
        "{}</span>{}</span>"
    )
    return format_html(shown, tone, decoration("calendar-event"), wording.day_words(day), left)


def deadline_tone(day, today):
    """Past is bad, the next days are slow, later is plain."""
    if day < today:
        return badges.BAD
    return badges.SLOW if (day - today).days <= SOON_DAYS else badges.PLAIN


def calendar_of(context, day, today):
    """Working-day exceptions, read once per request and per span of years."""
    request = context.get("request")
    first, last = min(day, today), max(day, today)
    if request is None:
        return working_day_exceptions(first, last)
    known = getattr(request, "working_day_exceptions", {})
    years = (first.year, last.year)
    if years not in known:
        request.working_day_exceptions = known = {**known, years: working_day_exceptions(first, last)}
    return known[years]


@register.filter
def vn_phone(digits):
    """0912 345 678."""
    return phones.format_phone(digits) if digits else ""


@register.filter
def vn_phone_masked(digits):
    """0912•••678: lists never show the number itself."""
    return phones.mask_phone(digits) if digits else ""


@register.filter
def masked_email(address):
    """da•••@yte.example: lists never show the address itself."""
    name, at, host = (address or "").partition("@")
    return f"{name[:2]}•••@{host}" if at else ""


@register.filter
def masked_address(address):
    """An e-mail or a phone number as lists show it."""
    return masked_email(address) if "@" in (address or "") else phones.mask_phone(address or "")


@register.filter
def plain_address(url):
    """facebook.com/ten: an address as people read it, without https:// and www."""
    return without_scheme(url or "")


@register.filter
def vn_date(day):
    """05/10/2026; of a moment the day at the office."""
    return wording.day_words(local_day(day) if isinstance(day, datetime) else day) if day else ""


@register.filter
def vn_month(month):
    """tháng 10/2026."""
    return wording.month_words(month) if month else ""


@register.filter
def month_digits(month):
    """10/2026: a month in the head of a table."""
    return f"{month:%m/%Y}" if month else ""


@register.filter
def duration_words(span):
    """3 ngày, 5 giờ."""
    return wording.duration_words(span)


@register.filter
def vn_datetime(moment):
    """17:00 05/10/2026, office time."""
    return wording.moment_words(moment) if moment else ""


@register.filter
def days_since(moment, today):
    """Whole days of the office from a moment to today: {{ contact.confirmed_at|days_since:today }}."""
    return (today - local_day(moment)).days if moment else ""


@register.filter
def percent(rate):
    """A share between 0 and 1 as "87 %"; none prints "–"."""
    return "–" if rate is None else f"{rate * 100:.0f} %"


def numbered(address: str, key: int) -> str:
    """The address of number 0 with another number: one look-up of the address for all lines of a list."""
    return address.replace("/0/", f"/{key}/")
