"""Issuing a campaign: first the consequences (who will owe what by when), then the act."""

from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.models import Recurrence, Requirement
from campaigns.opening import open_periods
from campaigns.overview import next_window
from portal.lib import periods


@dataclass(frozen=True)
class PlannedPeriod:
    """A period that issuing opens, at once or on its first day."""

    requirement: Requirement
    first_on: date
    last_on: date
    due_on: date
    locks_on: date
    agencies: int
    opens_now: bool

    @property
    def month(self):
        """First day of the month under which the period is counted."""
        monthly = self.requirement.recurrence == Recurrence.MONTHLY
        return (self.last_on if monthly else self.due_on).replace(day=1)


def plan(campaign, today) -> list[PlannedPeriod]:
    """Every period that would be open right after issuing; for a requirement without one its first period."""
    return [row for requirement in campaign.requirements.all() for row in plan_of(requirement, today)]


def plan_of(requirement, today) -> list[PlannedPeriod]:
    windows = requirement.windows_opened_by(today)
    return [planned(requirement, window, today) for window in windows or first_windows(requirement, today)]


def first_windows(requirement, today):
    """The window that will open first when none has begun."""
    if requirement.recurrence == Recurrence.ONCE:
        return [periods.Window(requirement.starts_on, max(requirement.due_on, requirement.starts_on))]
    window = next_window(requirement, today)
    return [window] if window else []


def planned(requirement, window, today) -> PlannedPeriod:
    due_on = requirement.due_of(window)
    return PlannedPeriod(
        requirement=requirement,
        first_on=window.first_on,
        last_on=window.last_on,
        due_on=due_on,
        locks_on=due_on + timedelta(days=requirement.lock_after_days),
        agencies=requirement.addressed_agencies(window.first_on).count(),
        opens_now=max(window.first_on, requirement.starts_on) <= today,
    )


def issue(campaign, *, actor, now):
    """Make the campaign binding and open what has begun. Returns how many periods and duties that wrote."""
    campaign.issue(actor=actor, now=now)
    return open_periods(periods.local_day(now), campaign=campaign, now=now)
