"""Calendars that phones subscribe to (RFC 5545): all-day events with two alarms. Pure: text in, text out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LONGEST_LINE = 75
"""Octets, without the line break."""
ZONE = """BEGIN:VTIMEZONE
TZID:Asia/Ho_Chi_Minh
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0700
TZOFFSETTO:+0700
TZNAME:+07
END:STANDARD
END:VTIMEZONE""".splitlines()
ALARMS = ("-PT15H", "PT8H")
"""At nine on the day before, and at eight on the day itself: an all-day event begins at midnight."""


@dataclass(frozen=True)
class Event:
    """One day of the calendar. `uid` never changes for the same thing; a later `day` needs a higher `sequence`."""

    uid: str
    day: date
    summary: str
    description: str
    url: str
    sequence: int = 0


def calendar(name: str, events: Iterable[Event], now: datetime) -> str:
    """The whole file, lines folded and ended as the standard asks."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Cong Kenh Chinh thong//Lich han viec//VI",
        "CALSCALE:GREGORIAN",
    ]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}", "X-WR-TIMEZONE:Asia/Ho_Chi_Minh"]
    lines += ["REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H", *ZONE]
    for event in events:
        lines += event_lines(event, now)
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def event_lines(event, now) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
        f"SEQUENCE:{event.sequence}",
        f"SUMMARY:{escaped(event.summary)}",
        f"DESCRIPTION:{escaped(event.description)}",
        f"URL:{event.url}",
        "TRANSP:TRANSPARENT",
    ]
    for trigger in ALARMS:
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:{trigger}"]
        lines += [f"DESCRIPTION:{escaped(event.summary)}", "END:VALARM"]
    return [*lines, "END:VEVENT"]


def escaped(text: str) -> str:
    """Text as a value: backslash, semicolon, comma and line break marked; other control characters out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(char for char in text if char == "\n" or char.isprintable())
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """A long line over several, each continued by a blank, never cut inside a letter."""
    parts, current, room = [], "", LONGEST_LINE
    for char in line:
        size = len(char.encode())
        if size > room:
            parts.append(current)
            current, room = " ", LONGEST_LINE - 1
        current, room = current + char, room - size
    return "\r\n".join([*parts, current])
