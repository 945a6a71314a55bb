"""Months, reporting windows and due days in the office's time zone.

A window is labelled by the month in which it ends: with start day 15, "2026-11" runs from 15/10 to 14/11.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LAST_START_DAY = 28
FIRST_MONTH, LAST_MONTH = date(2000, 1, 1), date(2199, 12, 1)


@dataclass(frozen=True)
class Window:
    """First and last day of a reporting period, both inside it."""

    first_on: date
    last_on: date

    def __contains__(self, day: date) -> bool:
        return self.first_on <= day <= self.last_on


def month_window(year: int, month: int, start_day: int = 1) -> Window:
    """The window labelled year-month; ValueError when the start day does not exist in every month."""
    if not 1 <= start_day <= LAST_START_DAY:
        raise ValueError("Ngày bắt đầu kỳ phải từ 1 đến 28.")
    if start_day == 1:
        return Window(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    last_on = date(year, month, start_day - 1)
    return Window(months_back(last_on, 1).replace(day=start_day), last_on)


def parse_month(text: str) -> date:
    """First day of a month: "2026-11" → 01/11/2026; ValueError with a Vietnamese sentence for anything else."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
        raise ValueError("Tháng phải viết dạng năm-tháng, ví dụ 2026-11.")
    year, month = int(text[:4]), int(text[5:])
    if not (1 <= month <= 12 and FIRST_MONTH.year <= year <= LAST_MONTH.year):
        raise ValueError("Tháng phải viết dạng năm-tháng, ví dụ 2026-11.")
    return date(year, month, 1)


def month_label(day: date) -> str:
    """The "2026-11" of a day, as used in addresses and in Period.label."""
    return f"{day.year:04d}-{day.month:02d}"


def next_month(day: date) -> date:
    """First day of the month after the day's month."""
    return months_back(day, -1)


def months_back(day: date, count: int) -> date:
    """First day of the month that lies count months before the day's month (negative: after)."""
    index = day.year * 12 + day.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def monthly_due(first_on: date, last_on: date, due_day: int, due_next_month: bool, is_strict: bool) -> date:
    """The last day on which a monthly product is in time.

    "Ngày 30 hằng tháng" in February is its last day. "Trước ngày 30" (strict) ends on the 29th, in February on its
    last day, which is before any 30th. A due day never lies before the first day of the window.
    """
    month = next_month(last_on) if due_next_month else last_on.replace(day=1)
    day = due_day - 1 if is_strict else due_day
    if day < 1:
        return max(month - timedelta(days=1), first_on)
    return max(month.replace(day=min(day, monthrange(month.year, month.month)[1])), first_on)


def start_of_day(day: date) -> datetime:
    """The aware moment at which the office's day begins."""
    return datetime.combine(day, time.min, tzinfo=OFFICE_ZONE)


def end_of_day(day: date) -> datetime:
    """The last aware moment of the office's day: 23:59:59.999999."""
    return datetime.combine(day, time.max, tzinfo=OFFICE_ZONE)


def local_day(moment: datetime) -> date:
    """The office's calendar day of an aware moment; ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone has no office day.")
    return moment.astimezone(OFFICE_ZONE).date()
