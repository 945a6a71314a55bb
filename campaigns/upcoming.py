"""Who will be reminded on a day to come: what the planning function would tell then, if nobody hands anything in before.

Reads only. Periods that open before that day are named apart: their duties do not exist yet.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from campaigns import overview, reminders
from campaigns.models import Requirement
from campaigns.reachable import people_of, ways_to, why
from campaigns.steps import OPENING, newest_due_step, step_time
from campaigns.wording import duty_words
from portal.lib.periods import end_of_day, local_day, start_of_day
from portal.lib.workdays import is_working_day
from registry.media.lines import media_at_work
from registry.models import ContactPoint, Medium, User

LONGEST_LOOK = timedelta(days=30)
BY_HAND = "nhac-"


@dataclass(frozen=True)
class Told:
    """One line of a letter: the duty, in words which step it is."""

    duty: str
    agency: str
    step: str
    pk: int


@dataclass(frozen=True)
class Letter:
    """What one person will be told, and by what."""

    person: User
    as_head: bool
    media: list[str]
    lines: list[Told]


@dataclass(frozen=True)
class Silent:
    """An agency whose step comes and whom no message reaches."""

    agency: object
    reason: str
    lines: list[Told]


@dataclass(frozen=True)
class Look:
    """A day looked at."""

    day: date
    is_working: bool
    letters: list[Letter]
    silent: list[Silent]
    opening: list[tuple[Requirement, date]] = field(default_factory=list)

    @property
    def duties(self) -> int:
        return len({line.pk for letter in self.letters for line in letter.lines})


def look_at(day, now) -> Look:
    """The letters of that day by person, and the agencies that nobody can reach (a handful of queries)."""
    exceptions = reminders.calendar_around(end_of_day(day))
    duties = list(reminders.remindable(day))
    steps = [(row, step) for row in duties if (step := step_on(row, day, now, exceptions))]
    people, at_work = people_of({row.agency_id for row, _ in steps}), media_at_work(now)
    letters = [shown(letter, at_work) for letter in reminders.letters_for(steps, day, duties)] if steps else []
    return Look(
        day=day,
        is_working=is_working_day(day, exceptions),
        letters=sorted(letters, key=lambda letter: (letter.person.sort_key, letter.person.pk, letter.as_head)),
        silent=silent_agencies(steps, people, at_work),
        opening=openings(day, now),
    )


def step_on(row, day, now, exceptions):
    """The step that will be told on the day. Today: also one that came earlier and is still worth telling."""
    if day == local_day(now):
        morning = step_time(day, 0, exceptions)
        return newest_due_step(row, max(now, morning), exceptions)
    step = newest_due_step(row, end_of_day(day), exceptions)
    return step if step and step.due_at >= start_of_day(day) else None


def shown(letter, at_work) -> Letter:
    media = [Medium.IN_APP.label, *(Medium(medium).label for medium in ways_to(letter.person, at_work)[:1])]
    return Letter(letter.person, letter.as_head, media, [told(row, step) for row, step in letter.steps])


def told(row, step) -> Told:
    return Told(duty_words(row), row.agency.name, step_words(step.key), row.pk)


def step_words(key: str) -> str:
    """ "T-5" as "trước hạn 5 ngày làm việc"; an extension's steps say so."""
    name, _, extended = key.partition(" ")
    if key == OPENING:
        return "báo việc mới"
    if key.startswith(BY_HAND):
        return "cán bộ nhắc thêm"
    days = int(name.removeprefix("T"))
    words = "đúng ngày hạn" if days == 0 else f"{'quá' if days > 0 else 'trước'} hạn {abs(days)} ngày làm việc"
    return f"{words} (đã gia hạn)" if extended else words


def silent_agencies(steps, people, at_work) -> list[Silent]:
    """Agencies of these steps that no message reaches, in the order of their names (one query)."""
    found = {}
    for row, step in steps:
        if not any(ways_to(person, at_work) for person in people[row.agency_id].focal):
            found.setdefault(row.agency, []).append(told(row, step))
    contacts = {}
    for contact in ContactPoint.objects.current().filter(agency__in=found):
        contacts.setdefault(contact.agency_id, []).append(contact)
    rows = [
        Silent(agency, why(people[agency.pk].focal, contacts.get(agency.pk, [])), lines)
        for agency, lines in found.items()
    ]
    return sorted(rows, key=lambda row: row.agency.sort_key)


def openings(day, now) -> list[tuple[Requirement, date]]:
    """Monthly requirements whose next period opens after today and until that day."""
    today, found = local_day(now), []
    rows = Requirement.objects.filter(campaign__status="issued", recurrence="monthly").select_related("campaign")
    for row in rows.order_by("pk"):
        window = overview.next_window(row, today)
        if window and window.first_on <= day:
            found.append((row, window.first_on))
    return found
