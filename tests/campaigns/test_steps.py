"""The quick look of a minute: the patterns of days are those of the open duties, whatever was asked before."""

from datetime import timedelta

import pytest

from campaigns.models import Obligation
from campaigns.reminders import remindable
from campaigns.steps import patterns_of_duties, steps_of
from tests import builders

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def days(rows):
    return {(row.period_id, row.is_round, row.due_on, row.extended_to) for row in rows}


@pytest.fixture
def duties(reviewer, health, other_agency):
    builders.issue_monthly_campaign(actor=reviewer)
    return list(Obligation.objects.order_by("pk"))


def test_patterns_are_the_days_of_the_open_duties_and_have_the_same_steps(duties, reviewer, django_assert_num_queries):
    first, today = duties[0], min(row.due_on for row in duties)
    assert days(patterns_of_duties(today)) == days(duties)
    assert len(days(duties)) < len(duties)
    first.extend(actor=reviewer, until=first.due_on + 3 * DAY, reason="Đơn vị xin thêm ba ngày.")
    with django_assert_num_queries(2):
        patterns = list(patterns_of_duties(today))
        steps = {tuple(steps_of(pattern, {})) for pattern in patterns}
    assert days(patterns) == days(remindable(today)) == days(duties)
    assert steps == {tuple(steps_of(row, {})) for row in remindable(today)}


def test_what_was_asked_yesterday_does_not_answer_for_today(duties):
    last = max(row.locks_on for row in duties)
    assert days(patterns_of_duties(last)) == days(remindable(last)) != set()
    assert days(patterns_of_duties(last + DAY)) == days(remindable(last + DAY)) == set()
