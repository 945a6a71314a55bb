"""Lines of the pages about one agency, made at once: a template loop over them costs more than the queries behind them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils.formats import localize
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from campaigns.agency_file import ChannelLine
from campaigns.models import ClosedDuty, ContentItem, Obligation, Publication
from campaigns.scan_figures import ChannelScans
from campaigns.year import Line, Month
from portal.lib.documents.table import show
from portal.lib.phones import mask_phone
from portal.lib.wording import day_words, moment_words, month_words
from portal.templatetags.portal_tags import badge, days_since, deadline, icon, masked_email, numbered, usual_badge
from registry.models import ContactPoint

register = template.Library()

LINK_SHOWN = 60


@register.simple_tag(takes_context=True)
def open_duty_cards(context, duties: Iterable[Any]) -> SafeString:
    """What is still to do: what, of which month, and until when. Rows of `views.agency.OPEN_LINE`; needs: today."""
    page, today, made = reverse("obligation_desk", args=[0]), context["today"], []
    for duty in duties:
        count = f" · được duyệt {_of(duty)}" if duty.requirement__kind == "submit_content" else ""
        about = f"{month_words(duty.period__month)}{count}"
        side = deadline(context, duty.extended_to or duty.due_on, today)
        made.append(_card(numbered(page, duty.pk), duty.requirement__title, about, side))
    return mark_safe("".join(made))


@register.simple_tag
def item_cards(items: Iterable[ContentItem]) -> SafeString:
    """Products: what, of which month, handed in when, and how they stand."""
    page, made = reverse("review_item", args=[0]), []
    for item in items:
        about = f"{escape(item.get_kind_display())} · {month_words(item.month)} · nộp {_moment(item.submitted_at)}"
        side = badge(item.status, item.get_status_display())
        made.append(_card(numbered(page, item.pk), item.title, about, side))
    return mark_safe("".join(made))


@register.simple_tag(takes_context=True)
def contact_cards(context, contacts: Iterable[ContactPoint]) -> SafeString:
    """People: who, in which role, how to reach them, and how they stand. Needs: can_act, address, today."""
    page, reveal = (reverse(name, args=[0]) for name in ("review_contact", "contact_reveal"))
    hidden = format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="next" value="{}">',
        context["csrf_token"], context["address"],
    )  # fmt: skip
    show_all = f'<button type="submit" class="btn btn-link btn-sm">{icon("eye")} Xem đầy đủ</button>'
    made = []
    for person in contacts:
        role = f"{escape(person.get_role_display())}{' (thay thế)' if person.is_deputy else ''}"
        about = f"{role} · {escape(person.position)}" if person.position else role
        form = (
            f'<form method="post" action="{numbered(reveal, person.pk)}" '
            f'class="d-flex flex-wrap align-items-center gap-2">{hidden}<span>{_reached(person)}</span>'
            f"{show_all if context['can_act'] else ''}</form>"
        )
        side = _standing(person, context["today"])
        made.append(_card(numbered(page, person.pk), person.full_name, about, side, form))
    return mark_safe("".join(made))


@register.simple_tag
def channel_cards(lines: Iterable[ChannelLine]) -> SafeString:
    """Channels: which, of what kind, confirmed when, and how they stand."""
    page, made = reverse("review_channel", args=[0]), []
    asking = badge("needs_update", "cần xác nhận lại")
    for line in lines:
        channel = line.channel
        last = f" · xác nhận gần nhất {_day(channel.reconfirmed_on)}" if line.asks_on else ""
        side = badge(channel.status, channel.get_status_display()) + (asking if line.is_asking else "")
        about = f"{escape(channel.get_kind_display())}{last}"
        made.append(_card(numbered(page, channel.pk), channel.name, about, side))
    return mark_safe("".join(made))


@register.simple_tag
def year_duties(duties: Iterable[tuple[Obligation, Obligation | ClosedDuty, str]]) -> SafeString:
    """Each duty of the months, as it counts and as it is; the first of a month can be jumped to."""
    page, made, before = reverse("obligation_desk", args=[0]), [], None
    for duty, closed, outcome in duties:
        month = duty.period.month
        mark = "" if month == before else f' id="thang-{duty.period.label}"'
        before = month
        made.append(
            f'<tr{mark}><th scope="row"><a href="{numbered(page, duty.pk)}">{escape(duty.requirement.title)}</a></th>'
            f'<td data-label="Tháng">{month:%m/%Y}</td>'
            f'<td data-label="Kết quả">{usual_badge(outcome)}{_besides(duty, closed)}</td>'
            f'<td data-label="Hạn">{_day(duty.last_day)}{_muted("(gia hạn)") if duty.extended_to else ""}</td>'
            f'<td data-label="Nộp">{_day(duty.met_on) or "–"}</td>'
            f'<td data-label="Được duyệt" class="number">{_of(duty)}'
            f"{f' (vượt +{localize(duty.extra_count)})' if duty.extra_count else ''}</td></tr>"
        )
    return mark_safe("".join(made))


@register.simple_tag
def year_months(months: Iterable[tuple[Month, Iterable[tuple[str, str]]]]) -> SafeString:
    """Each month of the year: what was asked, accepted, beyond the quota, and the outcomes with their words."""
    made = []
    for row, outcomes in months:
        badges = "".join(f"{badge(outcome, words)} " for outcome, words in outcomes) or "–"
        made.append(
            f'<tr><th scope="row">{month_words(row.month)}</th>'
            f"{_number('Phải nộp', row.required)}{_number('Được duyệt', row.accepted)}"
            f'<td data-label="Vượt" class="number">{"+" if row.extra else ""}{localize(row.extra)}</td>'
            f'<td data-label="Kết quả"><span>{badges}</span></td></tr>'
        )
    return mark_safe("".join(made))


@register.simple_tag
def product_rows(lines: Iterable[Line]) -> SafeString:
    """Accepted products: which, handed in when, posted where, and how they did."""
    made = []
    for line in lines:
        item = line.item
        where = "<br>".join(map(_post, item.publications.all())) or "".join(map(_link, line.links)) or "–"
        made.append(
            f'<tr><th scope="row">{localize(line.number)}. {escape(item.title)} '
            f'<span class="text-muted">({escape(item.get_kind_display())})</span></th>'
            f'<td data-label="Ngày nộp">{_day(line.on)}</td><td data-label="Bài đăng"><span>{where}</span></td>'
            f"{_number('Xem', line.views)}{_number('Thích', line.likes)}"
            f"{_number('Bình luận', line.comments)}{_number('Chia sẻ', line.shares)}</tr>"
        )
    return mark_safe("".join(made))


@register.simple_tag
def scan_rows(lines: Iterable[ChannelScans], *, links: bool) -> SafeString:
    """Channels with their months; `links`: they lead to the desk."""
    page, made = reverse("review_channel", args=[0]), []
    for line in lines:
        name = escape(line.name)
        shown = f'<a href="{numbered(page, line.pk)}">{name}</a>' if links else name
        places = _muted(f"(treo {localize(line.places)} nơi)") if line.places else ""
        counts = "".join(f'<td class="number">{show(count, "integer")}</td>' for count in line.counts)
        made.append(
            f'<tr><th scope="row">{shown}{places}</th>{counts}<td class="number">{localize(line.total)}</td></tr>'
        )
    return mark_safe("".join(made))


def _card(href: str, title: str, about: str, side: str, below: str = "") -> str:
    """The title is text, all else is markup."""
    return (
        '<li class="card-item"><div class="card-item-main">'
        f'<h3 class="card-item-title"><a href="{href}">{escape(title)}</a></h3><p class="card-item-meta">{about}</p>'
        f'{below}</div><div class="card-item-side">{side}</div></li>'
    )


def _reached(person: ContactPoint) -> str:
    """Phone and e-mail, both masked."""
    mail = f" · {escape(masked_email(person.email))}" if person.email else ""
    return f"{escape(mask_phone(person.phone)) if person.phone else 'không có số điện thoại'}{mail}"


def _standing(person: ContactPoint, today: date) -> str:
    """How the nomination stands, and for how many days the person has not answered it."""
    shown = badge(person.status, person.get_status_display())
    if not person.waits_for_answer:
        return shown
    days = days_since(person.confirmed_at, today)
    return f"{shown}{badge('proposed', 'chưa nhận việc')} {localize(days)} ngày"


def _besides(duty: Obligation, closed: Obligation | ClosedDuty) -> str:
    """What stands beside the outcome: how the duty is now when that differs from the closed month, and the reason."""
    differs = closed is not duty and closed.outcome() != duty.outcome()
    now = _muted(f"(đã chốt; hiện nay {usual_badge(duty.outcome())})") if differs else ""
    reason = duty.exempt_reason or duty.nothing_reason
    return now + (_muted(escape(reason)) if reason else "")


def _post(post: Publication) -> str:
    link = f'<a href="{escape(post.url)}" rel="noopener noreferrer" target="_blank">{escape(post.channel.name)}</a>'
    return f"{link}, {_moment(post.published_at)}"


def _link(link: str) -> str:
    """The agency's own link, shortened to be read."""
    words = escape(Truncator(link).chars(LINK_SHOWN))
    return f'<a href="{escape(link)}" rel="noopener noreferrer nofollow" target="_blank">{words}</a>'


def _number(heading: str, number: int | None) -> str:
    return f'<td data-label="{heading}" class="number">{"–" if number is None else localize(number)}</td>'


def _of(duty: Any) -> str:
    return f"{localize(duty.accepted_count)}/{localize(duty.required_count)}"


def _muted(words: str) -> str:
    """`words` are markup."""
    return f' <span class="text-muted">{words}</span>'


def _day(day: date | None) -> str:
    return day_words(day) if day else ""


def _moment(moment: datetime | None) -> str:
    return moment_words(moment) if moment else ""
