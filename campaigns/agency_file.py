"""Hồ sơ đơn vị: what the desk sees of one agency on one page. One query per question, the year's duties read once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from campaigns import figures
from campaigns.models import Obligation
from campaigns.month_grid import Cell, Owed, cell_of
from registry.confirming import asks_on, is_asking
from registry.models import Channel


@dataclass(frozen=True)
class RequirementYear:
    """One requirement over the months; a requirement that was issued anew counts as one under its title."""

    title: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class ChannelLine:
    """A channel with the day from which it asks to be confirmed again; None while it is not official."""

    channel: Channel
    asks_on: date | None
    is_asking: bool


def by_requirement(duties: Iterable[Obligation], months: Sequence[date], today: date) -> list[RequirementYear]:
    """The duties of `figures.duties_of` as lines of months, each as it counts."""
    found: dict[str, dict[date, list[Owed]]] = defaultdict(lambda: defaultdict(list))
    for duty in duties:
        outcome = figures.cell_outcome(figures.as_counted(duty), today)
        found[duty.requirement.title][duty.period.month].append((outcome, duty.pk))
    return [
        RequirementYear(title, [cell_of(month, owed.get(month, ())) for month in months])
        for title, owed in sorted(found.items())
    ]


def channel_lines(channels: Iterable[Channel], today: date) -> list[ChannelLine]:
    """Official channels first, each with when it asks again."""
    lines = [
        ChannelLine(channel, asks_on(channel), is_asking(channel, today))
        if channel.status == "confirmed"
        else ChannelLine(channel, None, False)
        for channel in channels
    ]
    return sorted(lines, key=lambda line: line.asks_on is None)
