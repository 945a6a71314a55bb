"""The steps of a duty: on which mornings it is told again, and which of them has come.

A minute without reminders looks at the few patterns of days among all open duties, not at each duty.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings

from campaigns.models import Obligation, Period
from campaigns.models.obligation import excepted
from portal.lib.asking import answers, worded
from portal.lib.periods import OFFICE_ZONE
from portal.lib.workdays import add_working_days

OPENING = "mo-ky"
HEAD_FROM = 3
GIVES_WAY_AFTER = timedelta(hours=48)
DAYS_OF_PERIOD = ("opened_at", "requirement__reminder_steps", "requirement__campaign__issued_at")
"""All that `steps_of` reads beside the duty itself."""


@dataclass(frozen=True, order=True)
class Step:
    """One reminder in the life of a duty: when it comes, its key in the ledger, whether the head hears of it too."""

    due_at: datetime
    key: str
    to_head: bool = False


def steps_of(obligation, exceptions) -> list[Step]:
    """All steps of a duty in order. An extension begins its own steps: its day is part of their key."""
    mark = f" {obligation.extended_to:%d/%m/%Y}" if obligation.extended_to else ""
    steps = [
        Step(step_time(obligation.last_day, offset, exceptions), f"T{offset:+d}{mark}", offset >= HEAD_FROM)
        for offset in obligation.requirement.reminder_steps
    ]
    if obligation.is_round:
        return sorted(steps)  # asked on a day like any other: its first step is the first word
    opened_at, issued_at = obligation.period.opened_at, obligation.requirement.campaign.issued_at
    if issued_at and abs(opened_at - issued_at) < timedelta(days=1):
        steps.append(Step(opened_at, OPENING))
    return sorted(steps)


def step_time(last_day, offset: int, exceptions) -> datetime:
    """The morning of the working day that lies `offset` working days from the last day."""
    day = add_working_days(last_day, offset, exceptions)
    return datetime(day.year, day.month, day.day, settings.QUIET_HOURS[1], tzinfo=OFFICE_ZONE)


def newest_due_step(obligation, now, exceptions) -> Step | None:
    """The only step that may go now: the newest that has come. None when it came over 48 hours ago: the next one goes."""
    come = [step for step in steps_of(obligation, exceptions) if step.due_at <= now]
    if not come or now - come[-1].due_at > GIVES_WAY_AFTER:
        return None
    return come[-1]


def patterns_of_duties(today) -> Iterator[Obligation]:
    """One duty for all those of a period that have the same days: a minute without reminders looks at these few instead
    of at thousands of open duties. Read from the duties, whose days count, not from their periods."""
    patterns = answers(*days_of_duties(today))
    periods = Period.objects.select_related("requirement__campaign").only(*DAYS_OF_PERIOD)
    known = periods.in_bulk({pk for pk, *_ in patterns})
    for pk, is_round, due_on, extended_to in patterns:
        days = {"is_round": is_round, "due_on": due_on, "extended_to": extended_to}
        yield Obligation(requirement=known[pk].requirement, period=known[pk], **days)


@lru_cache(maxsize=2)
def days_of_duties(today) -> tuple[str, tuple]:
    """The question behind it, which stays the same all day. The two halves of `to_remind`: an index finds each."""
    days = Obligation.objects.in_force().values_list("period", "is_round", "due_on", "extended_to")
    return worded(days.filter(locks_on__gte=today).order_by().union(days.filter(excepted(today)).order_by()))
