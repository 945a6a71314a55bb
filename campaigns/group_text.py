"""Đoạn chữ dán vào nhóm Zalo: which agencies still owe a requirement, by when, ready to be pasted."""

from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings

from campaigns import reminder_texts as wordings
from campaigns.models import Obligation
from campaigns.reminder_texts import words_in_force
from campaigns.wording import duty_words
from portal.lib.wording import day_words, days_left_words

LONGEST = 2000
"""Characters that Zalo takes in one message; longer texts go in parts."""


@dataclass(frozen=True)
class Pending:
    """One requirement in one period with everybody who still owes it."""

    title: str
    campaign: str
    duties: list[Obligation]
    parts: list[str]

    @property
    def last_day(self):
        return min(row.last_day for row in self.duties)


def pending(user, today, exceptions, campaign=None) -> list[Pending]:
    """What is still owed, by requirement and period, nearest deadline first (two queries)."""
    rows = Obligation.objects.visible_to(user).to_remind(today)
    rows = rows.select_related("requirement__campaign", "period", "agency")
    if campaign is not None:
        rows = rows.filter(requirement__campaign=campaign)
    groups, said = defaultdict(list), words_in_force()
    for row in rows:
        groups[row.requirement_id, row.period_id].append(row)
    found = [
        Pending(
            title_of(duties[0]), duties[0].requirement.campaign.title, duties, texts(duties, today, exceptions, said)
        )
        for duties in groups.values()
    ]
    return sorted(found, key=lambda one: (one.last_day, one.title))


def title_of(row) -> str:
    return row.requirement.title if row.is_round else duty_words(row)


def texts(duties, today, exceptions, said) -> list[str]:
    """The text of one requirement, cut into messages that the group takes."""
    by_day = defaultdict(list)
    for row in duties:
        by_day[row.last_day].append(row)
    lines = [said.fill(wordings.GROUP_TITLE, viec=title_of(duties[0]))]
    for day, rows in sorted(by_day.items()):
        left = days_left_words(day, today, exceptions)
        lines += [
            "",
            said.fill(wordings.GROUP_DAY, han=day_words(day), con_lai=left, so_don_vi=len(rows)),
            *kinds_of(rows),
        ]
    values = {"dia_chi": f"{settings.SITE_URL}/viec/", "cong": settings.PORTAL_NAME}
    return in_parts([*lines, "", *said.fill(wordings.GROUP_CLOSING, **values).split("\n")])


def kinds_of(rows) -> list[str]:
    """A line per group of agencies, in the order in which reports list them."""
    groups = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.agency.sort_key):
        groups[row.agency.get_kind_display()].append(row.agency.short_name or row.agency.name)
    return [f"• {kind} ({len(names)}): {'; '.join(names)}" for kind, names in sorted(groups.items())]


def in_parts(lines, longest=LONGEST) -> list[str]:
    """Lines joined into texts of at most `longest` characters; a line that is longer is cut between names."""
    parts, current = [], ""
    for line in (piece for whole in lines for piece in pieces(whole, longest)):
        if current and len(current) + 1 + len(line) > longest:
            parts.append(current.strip())
            current = line
        else:
            current = f"{current}\n{line}" if current else line
    return [*parts, current.strip()]


def pieces(line, longest) -> list[str]:
    """A line that fits, or its names over several lines."""
    found, current = [], ""
    for name in line.split("; "):
        name = name[:longest]
        if current and len(current) + 2 + len(name) > longest:
            found.append(current + ";")
            current = name
        else:
            current = f"{current}; {name}" if current else name
    return [*found, current]
