"""Opening periods: every ask of an issued campaign becomes one frozen row per addressed agency. Safe to run twice."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from campaigns.models import Obligation, Period, Recurrence, Requirement


@dataclass(frozen=True)
class Opened:
    """How many periods and duties a run added."""

    periods: int = 0
    obligations: int = 0

    def __add__(self, other):
        return Opened(self.periods + other.periods, self.obligations + other.obligations)


def open_periods(today, *, campaign=None, now=None) -> Opened:
    """Open every period that has begun by `today`; a missed night heals itself, an open period stays as it is."""
    requirements = Requirement.objects.binding(today).exclude(recurrence=Recurrence.ROLLING)
    requirements = requirements.annotate(known_on=F("periods__first_on"))
    if campaign is not None:
        requirements = requirements.filter(campaign=campaign)
    rows, known = {}, defaultdict(set)  # one query: a requirement comes once for each of its periods
    for row in requirements:
        rows.setdefault(row.pk, row)
        known[row.pk].add(row.known_on)
    return sum((open_requirement(row, known[pk], today, now or timezone.now()) for pk, row in rows.items()), Opened())


def open_requirement(requirement, known, today, now) -> Opened:
    """Open the begun periods of one requirement that have no row yet (`known`: first days of those that have)."""
    windows = [window for window in requirement.windows_opened_by(today) if window.first_on not in known]
    return sum((open_window(requirement, window, now) for window in windows), Opened())


@transaction.atomic
def open_window(requirement, window, now) -> Opened:
    """Write one period with its obligations; a parallel run that was faster leaves nothing to do."""
    due_on = requirement.due_of(window)
    period, is_new = Period.objects.get_or_create(
        requirement=requirement,
        first_on=window.first_on,
        defaults={
            "month": window.last_on.replace(day=1) if requirement.recurrence == "monthly" else due_on.replace(day=1),
            "last_on": window.last_on,
            "due_on": due_on,
            "locks_on": due_on + timedelta(days=requirement.lock_after_days),
            "opened_at": now,
        },
    )
    if not is_new:
        return Opened()
    rows = [owed(requirement, period, agency) for agency in requirement.addressed_agencies(window.first_on)]
    Obligation.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return Opened(1, len(rows))


def owed(requirement, period, agency) -> Obligation:
    """The frozen row of one agency: its name and kind as they are on the first day of the period."""
    return Obligation(
        requirement=requirement,
        period=period,
        agency=agency,
        agency_name=agency.name,
        agency_kind=agency.kind,
        required_count=requirement.required_count,
        due_on=period.due_on,
        locks_on=period.locks_on,
    )
