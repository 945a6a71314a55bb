"""Working days of Viet Nam: weekends, holidays and the swaps that the government announces."""

from datetime import date

import pytest

from portal.lib.workdays import add_working_days, holiday_exceptions, is_working_day, working_days_between

CALENDAR = holiday_exceptions([2026])


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 24), False),
        (date(2026, 1, 2), False),
        (date(2026, 1, 10), True),
        (date(2026, 8, 22), True),
        (date(2026, 8, 31), False),
        (date(2026, 2, 16), False),
        (date(2026, 4, 27), False),
    ],
)
def test_the_calendar_of_2026(day, worked):
    assert is_working_day(day, CALENDAR) is worked


def test_only_the_asked_years_are_seeded():
    assert {day.year for day in CALENDAR} == {2026}
    assert {day.year for day in holiday_exceptions([2026, 2027])} == {2026, 2027}


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 20), 2, date(2026, 11, 25)),
        (date(2026, 11, 25), -1, date(2026, 11, 23)),
        (date(2026, 11, 21), 0, date(2026, 11, 21)),
        (date(2026, 11, 21), -1, date(2026, 11, 20)),
        (date(2026, 1, 9), 1, date(2026, 1, 10)),
    ],
)
def test_stepping_over_days_off(day, count, expected):
    assert add_working_days(day, count, CALENDAR) == expected


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 11, 20), date(2026, 11, 25), 2),
        (date(2026, 11, 25), date(2026, 11, 20), -2),
        (date(2026, 11, 21), date(2026, 11, 22), 0),
    ],
)
def test_working_days_left(first, last, days):
    assert working_days_between(first, last, CALENDAR) == days


def test_an_edited_calendar_overrides_the_weekday():
    assert is_working_day(date(2026, 11, 23), {date(2026, 11, 23): False}) is False
    assert add_working_days(date(2026, 11, 20), 1, {date(2026, 11, 21): True}) == date(2026, 11, 21)
