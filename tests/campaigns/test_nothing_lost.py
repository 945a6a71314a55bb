"""The question whether anything was lost sees each kind of fault, and nothing in a quiet month."""

from datetime import date, timedelta

import pytest

from campaigns import nothing_lost, reminders
from campaigns.models import Reminder
from portal.ticking import tick
from registry.models import MessageState, OutgoingMessage
from tests import builders
from tests.builders import moment

MONDAY = moment(date(2026, 9, 28), 8)
LATER = MONDAY + timedelta(minutes=16)
pytestmark = pytest.mark.django_db


@pytest.fixture
def reminded(reviewer, health_focal):
    """The reminder of T-5 left."""
    builders.issue_monthly_campaign(actor=reviewer)
    tick(MONDAY)
    return OutgoingMessage.objects.get()


def faults(now=LATER):
    return {name: count for name, count in nothing_lost.findings(now).items() if count}


def change(message, **fields):
    OutgoingMessage.objects.filter(pk=message.pk).update(**fields)


def test_all_is_well_after_a_pass(reminded, django_assert_num_queries):
    with django_assert_num_queries(11):
        assert faults() == {}


def test_a_step_without_its_row_is_missed_after_a_quarter_of_an_hour(reviewer, health_focal):
    builders.issue_monthly_campaign(actor=reviewer)
    assert faults(MONDAY) == {"reminders_missing": 1}
    reminders.plan(MONDAY)
    assert "reminders_missing" not in faults(MONDAY)


def test_what_the_quick_look_of_planning_overlooks_is_missed_all_the_same(reviewer, health_focal, monkeypatch):
    builders.issue_monthly_campaign(actor=reviewer)
    monkeypatch.setattr(reminders, "patterns_of_duties", lambda today: [])
    assert reminders.plan(MONDAY) == 0
    assert faults(MONDAY) == {"reminders_missing": 1}


def test_a_message_that_nobody_sends_is_forgotten(reminded):
    change(reminded, state="pending", accepted_at=None, next_at=MONDAY)
    assert faults() == {"forgotten": 1}
    assert faults(MONDAY + timedelta(minutes=14)) == {}


def test_a_lease_that_nobody_reaps_is_an_orphan(reminded):
    lease = {"lease_token": reminded.key, "lease_until": MONDAY}
    change(reminded, state="sending", accepted_at=None, **lease)
    assert faults() == {"orphan_leases": 1}


def test_sent_without_a_try_and_sent_twice_are_seen(reminded):
    reminded.attempts.create(number=2, started_at=MONDAY, outcome="accepted")
    assert faults() == {"accepted_twice": 1}
    reminded.attempts.all().delete()
    assert faults() == {"accepted_without_attempt": 1}


def test_a_doubt_of_more_than_a_day_is_old(reminded):
    change(reminded, state=MessageState.UNKNOWN, accepted_at=None, next_at=MONDAY)
    assert "old_unknown" in faults(MONDAY + timedelta(days=2))


def test_a_duty_that_is_done_asks_for_no_reminder(reviewer, health_focal, health):
    builders.issue_monthly_campaign(actor=reviewer)
    builders.quota_of(health).exempt(actor=reviewer, reason="Công văn 1/SYT")
    assert (faults(), Reminder.objects.count()) == ({}, 0)
