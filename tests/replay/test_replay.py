"""Months replayed with a moving clock: the portal's ledger is the oracle's, reminder by reminder, to the minute.

`make replay` (two_years.py) lives through two years and writes the whole table into var/replay.tsv.
"""

from datetime import date

import pytest

from campaigns import reminders
from campaigns.opening import open_periods
from portal.lib.periods import local_day
from portal.ticking import send, tick
from tests.replay.life import Life
from tests.replay.oracle import Oracle

pytestmark = pytest.mark.django_db
WEEKS = {
    "over Tết": (date(2026, 1, 29), date(2026, 2, 23)),
    "over a worked Saturday and the National Day": (date(2026, 8, 17), date(2026, 9, 9)),
}


def wake(now):
    """The parts of a tick that reminders need."""
    open_periods(local_day(now), now=now)
    reminders.plan(now)
    send(now)


def wake_or_tick(now):
    """The whole of a tick once a day, which costs three times as much."""
    tick(now) if now.hour == 9 else wake(now)


def replay(actor, wake, first, last, *, agencies, seed):
    """The portal's ledger and the oracle's after the same life."""
    oracle = Oracle()
    life = Life(oracle, actor, wake, first=first, last=last, agencies=agencies, seed=seed)
    life.live()
    return life, life.ledger(), {key: [row[0], row[2]] for key, row in oracle.ledger.items()}


@pytest.mark.parametrize("weeks", WEEKS)
def test_everybody_gets_what_the_oracle_says(reviewer, weeks):
    first, last = WEEKS[weeks]
    _, got, expected = replay(reviewer, wake, first, last, agencies=5, seed=7)
    assert got == expected
    assert len(got) > 20
