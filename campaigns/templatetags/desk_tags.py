"""Lines of the desk's lists, made at once: a template loop over them costs more than the queries behind them."""

from collections.abc import Iterable
from datetime import date
from functools import cache

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from campaigns.models import Obligation
from portal.lib.phones import mask_phone
from portal.templatetags.portal_tags import badge, deadline, icon, numbered
from registry.models import ContactPoint

register = template.Library()

NOBODY = mark_safe('<span class="text-muted">chưa có đầu mối</span>')


@register.simple_tag(takes_context=True)
def duty_rows(context, rows: list[tuple[Obligation, ContactPoint | None]]) -> SafeString:
    """Each duty with its outcome, deadline, whom to ring, and a tick box for those who act. Needs: today, can_act."""
    today, can_act = context["today"], context["can_act"]
    due = cache(lambda day, is_open: deadline(context, day, today, done=not is_open))
    agency, page, reveal = (reverse(name, args=[0]) for name in ("agency_year", "obligation_desk", "contact_reveal"))
    made = []
    for duty, person in rows:
        name, title = escape(duty.agency_name), escape(duty.requirement.title)
        is_open = duty.is_open_work
        made.append(
            f"<tr>{_box(duty, name, title, is_open) if can_act else ''}"
            f'<th scope="row"><a href="{numbered(agency, duty.agency_id)}">{name}</a></th>'
            f'<td data-label="Đầu việc"><a href="{numbered(page, duty.pk)}">{title}</a></td>'
            f'<td data-label="Kết quả" class="text-nowrap">{_outcome(duty, today)}</td>'
            f'<td data-label="Hạn nộp">{due(duty.last_day, is_open)}</td>'
            f'<td data-label="Người cần gọi">{_ring(person, reveal if can_act else "")}</td></tr>'
        )
    return mark_safe("".join(made))


@register.simple_tag
def options(choices: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    """The choices of a select, one of them chosen."""
    made = (
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(words)}</option>'
        for value, words in choices
    )
    return mark_safe("".join(made))


def _box(duty: Obligation, name: str, title: str, is_open: bool) -> str:
    if not is_open:
        return "<td></td>"
    box = f'<input class="form-check-input" type="checkbox" name="obligation" value="{duty.pk}"'
    return f'<td>{box} aria-label="Chọn {name}: {title}"></td>'


def _outcome(duty: Obligation, today: date) -> str:
    """The badge, "not due" apart from "missing", and what came beyond the quota."""
    is_waiting = duty.result == "missing" and duty.last_day >= today
    extra = f' <span class="text-muted">vượt +{duty.extra_count}</span>' if duty.extra_count else ""
    return f"{badge('not_due' if is_waiting else duty.result)}{extra}"


def _ring(person: ContactPoint | None, reveal: str) -> str:
    """Who to ring: the phone masked, with the logged button that shows it where there is its address."""
    if not person:
        return NOBODY
    name = escape(person.full_name)
    button = (
        f'<button type="submit" class="btn btn-link btn-sm" formaction="{numbered(reveal, person.pk)}" '
        f'aria-label="Xem số của {name}">{icon("telephone")} Xem số</button>'
    )
    phone = f'<span class="text-nowrap">{escape(mask_phone(person.phone))}</span>'
    return f'<span class="text-nowrap">{name}</span> <span>{phone}{button if reveal else ""}</span>'
