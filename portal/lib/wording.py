"""Days, months and deadlines as the office says them: "tháng 10/2026", "còn 3 ngày làm việc"."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from portal.lib.periods import OFFICE_ZONE, parse_month
from portal.lib.workdays import working_days_between


def day_words(day: date) -> str:
    """05/10/2026."""
    return f"{day:%d/%m/%Y}"


def month_words(month: date | str) -> str:
    """A day of the month, or its "2026-10", as "tháng 10/2026"."""
    day = parse_month(month) if isinstance(month, str) else month
    return f"tháng {day.month}/{day.year}"


def moment_words(moment: datetime) -> str:
    """An aware moment as "17:00 05/10/2026", office time."""
    return f"{moment.astimezone(OFFICE_ZONE):%H:%M %d/%m/%Y}"


def days_left_words(day: date, today: date, exceptions: Mapping[date, bool]) -> str:
    """What is left until the end of the day, or how long ago it passed, in working days where there are any."""
    if day == today:
        return "hạn hôm nay"
    verb, first, last = ("còn", today, day) if day > today else ("quá hạn", day, today)
    count = working_days_between(first, last, exceptions)
    return f"{verb} {count} ngày làm việc" if count else f"{verb} {(last - first).days} ngày, không có ngày làm việc"


def duration_words(span: timedelta) -> str:
    """ "3 ngày", "5 giờ", "dưới 1 giờ": how long something took, one unit."""
    hours = span.total_seconds() / 3600
    if hours < 1:
        return "dưới 1 giờ"
    return f"{hours:.0f} giờ" if hours < 48 else f"{hours / 24:.0f} ngày"
