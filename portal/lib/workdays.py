"""Counting working days. The exceptions come from the calendar that staff edit; the library only seeds it.

An exception maps a day to True (worked, such as a swapped Saturday) or False (off).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache

import holidays

SATURDAY = 5
# Announced by the government, unknown to the library: 02/01/2026 off, made up on Saturday 10/01/2026.
ANNOUNCED_SWAPS = {date(2026, 1, 2): False, date(2026, 1, 10): True}


def is_working_day(day: date, exceptions: Mapping[date, bool]) -> bool:
    """Monday to Friday, unless the calendar says otherwise."""
    return exceptions.get(day, day.weekday() < SATURDAY)


def add_working_days(day: date, count: int, exceptions: Mapping[date, bool]) -> date:
    """The count-th working day after the day (negative: before); zero gives the day itself, worked or not."""
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day, exceptions)
    return day


def working_days_between(first: date, last: date, exceptions: Mapping[date, bool]) -> int:
    """Working days after first, up to and with last; negative when last lies before first."""
    if last < first:
        return -working_days_between(last, first, exceptions)
    days = (first + timedelta(days=offset) for offset in range(1, (last - first).days + 1))
    return sum(is_working_day(day, exceptions) for day in days)


def holiday_exceptions(years: Iterable[int]) -> dict[date, bool]:
    """Public holidays (False) and swapped weekend days (True) of Viet Nam for whole years."""
    return dict(exceptions_of(frozenset(years)))


@cache
def exceptions_of(wanted: frozenset[int]) -> dict[date, bool]:
    """Worked out once per process: the library takes some milliseconds, and each minute and many pages ask."""
    known = holidays.country_holidays("VN", years=sorted(wanted))
    found = {day: False for day in known if day.year in wanted}
    found.update({day: True for day in known.weekend_workdays if day.year in wanted})
    found.update({day: worked for day, worked in ANNOUNCED_SWAPS.items() if day.year in wanted})
    return dict(sorted(found.items()))
