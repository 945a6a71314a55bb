"""Quiet hours and days off hold a message; nothing loses it. Pure: the calendar and the hours are arguments."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from portal.lib.periods import OFFICE_ZONE, local_day
from portal.lib.workdays import is_working_day

LONGEST_BREAK_DAYS = 40


def next_allowed(moment: datetime, exceptions: Mapping[date, bool], hours: tuple[int, int]) -> datetime:
    """The moment itself, or the first later one at which an e-mail may go: a working day outside quiet hours.

    `hours` are the local hours (from, to) of the night, such as (20, 7). Equal hours mean that no hour is quiet.
    """
    local = moment.astimezone(OFFICE_ZONE)
    night_from, night_to = hours
    day = local_day(moment)
    if is_working_day(day, exceptions):
        if night_from == night_to or night_to <= local.hour < night_from:
            return moment
        if local.hour < night_to:
            return datetime.combine(day, time(night_to), tzinfo=OFFICE_ZONE)
    for _ in range(LONGEST_BREAK_DAYS):
        day += timedelta(days=1)
        if is_working_day(day, exceptions):
            break
    return datetime.combine(day, time(night_to), tzinfo=OFFICE_ZONE)


def is_quiet(moment: datetime, exceptions: Mapping[date, bool], hours: tuple[int, int]) -> bool:
    return next_allowed(moment, exceptions, hours) != moment
