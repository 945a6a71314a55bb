"""Windows, due days and the office's day."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from portal.lib.periods import (
    Window,
    end_of_day,
    local_day,
    month_label,
    month_window,
    monthly_due,
    months_back,
    next_month,
    parse_month,
    start_of_day,
)


@pytest.mark.parametrize(
    ("year", "month", "start_day", "first_on", "last_on"),
    [
        (2026, 11, 1, date(2026, 11, 1), date(2026, 11, 30)),
        (2028, 2, 1, date(2028, 2, 1), date(2028, 2, 29)),
        (2026, 11, 15, date(2026, 10, 15), date(2026, 11, 14)),
        (2027, 1, 15, date(2026, 12, 15), date(2027, 1, 14)),
        (2026, 3, 28, date(2026, 2, 28), date(2026, 3, 27)),
    ],
)
def test_a_window_is_labelled_by_the_month_in_which_it_ends(year, month, start_day, first_on, last_on):
    assert month_window(year, month, start_day) == Window(first_on, last_on)


@pytest.mark.parametrize("start_day", [0, 29, 31])
def test_a_start_day_exists_in_every_month(start_day):
    with pytest.raises(ValueError, match="từ 1 đến 28"):
        month_window(2026, 11, start_day)


def test_both_ends_lie_inside_the_window():
    window = month_window(2026, 11)
    assert [
        day in window for day in (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1))
    ] == [
        False,
        True,
        True,
        False,
    ]


def test_months_are_read_and_written_in_one_form():
    assert parse_month("2026-02") == date(2026, 2, 1)
    assert month_label(date(2026, 2, 28)) == "2026-02"


@pytest.mark.parametrize("text", ["", "11/2026", "2026-13", "2026-1", "2026-11-01", "0001-01", "2026-11\n", "٢٠٢٦-١١"])
def test_another_spelling_of_a_month_is_refused(text):
    with pytest.raises(ValueError, match="2026-11"):
        parse_month(text)


def test_months_step_over_the_turn_of_the_year():
    assert next_month(date(2026, 12, 31)) == date(2027, 1, 1)
    assert months_back(date(2026, 1, 31), 1) == date(2025, 12, 1)
    assert months_back(date(2026, 11, 21), 11) == date(2025, 12, 1)
    assert months_back(date(2026, 11, 21), 0) == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("month", "due_day", "due_next_month", "is_strict", "due_on"),
    [
        ((2026, 11), 30, False, False, date(2026, 11, 30)),
        ((2026, 11), 30, False, True, date(2026, 11, 29)),
        ((2026, 11), 31, False, False, date(2026, 11, 30)),
        ((2026, 2), 30, False, False, date(2026, 2, 28)),
        ((2026, 2), 30, False, True, date(2026, 2, 28)),
        ((2028, 2), 30, False, True, date(2028, 2, 29)),
        ((2026, 2), 28, False, True, date(2026, 2, 27)),
        ((2026, 11), 5, True, False, date(2026, 12, 5)),
        ((2026, 12), 5, True, False, date(2027, 1, 5)),
        ((2026, 11), 5, True, True, date(2026, 12, 4)),
        ((2026, 11), 1, True, True, date(2026, 11, 30)),
        ((2026, 11), 1, False, True, date(2026, 11, 1)),
    ],
)
def test_monthly_due_day(month, due_day, due_next_month, is_strict, due_on):
    window = month_window(*month)
    assert monthly_due(window.first_on, window.last_on, due_day, due_next_month, is_strict) == due_on


def test_due_day_of_a_window_from_the_15th_belongs_to_the_month_of_its_label():
    window = month_window(2026, 11, 15)
    assert monthly_due(window.first_on, window.last_on, 14, False, False) == date(2026, 11, 14)
    assert monthly_due(window.first_on, window.last_on, 20, False, False) == date(2026, 11, 20)


def test_a_day_of_the_office_is_a_day_of_hanoi():
    assert start_of_day(date(2026, 11, 21)).astimezone(UTC) == datetime(2026, 11, 20, 17, tzinfo=UTC)
    assert end_of_day(date(2026, 11, 21)).astimezone(UTC) == datetime(2026, 11, 21, 16, 59, 59, 999999, tzinfo=UTC)
    assert local_day(datetime(2026, 11, 20, 16, 59, 59, tzinfo=UTC)) == date(2026, 11, 20)
    assert local_day(datetime(2026, 11, 20, 17, tzinfo=UTC)) == date(2026, 11, 21)


def test_a_moment_without_a_zone_has_no_day():
    with pytest.raises(ValueError, match="time zone"):
        local_day(start_of_day(date(2026, 11, 21)).replace(tzinfo=None))


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_the_zone_of_the_machine_changes_no_day(zone):
    """Another process: the zone of a machine is read once, at its start."""
    program = (
        "import django; django.setup(); from datetime import UTC, datetime; from portal.lib.periods import local_day;"
        "from django.utils import timezone; moment = datetime(2026, 12, 31, 17, tzinfo=UTC);"
        "print(local_day(moment), timezone.localtime(moment).isoformat())"
    )
    own = os.environ | {"TZ": zone, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    answer = subprocess.run([sys.executable, "-c", program], env=own, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["2027-01-01", "2027-01-01T00:00:00+07:00"]
