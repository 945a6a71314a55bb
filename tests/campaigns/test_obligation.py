"""The duty: which date counts, which outcome a row has, and that both forms of each derived word agree."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from campaigns.models import Obligation, Outcome
from tests import builders
from tests.builders import moment

DUE = date(2026, 10, 5)
LOCKS = date(2026, 10, 10)


@pytest.fixture
def duty(health, health_focal, reviewer):
    builders.issue_monthly_campaign(actor=reviewer)
    return builders.quota_of(health)


def fresh(duty):
    return Obligation.objects.select_related("requirement", "period", "agency").get(pk=duty.pk)


def outcome(duty):
    """The outcome of the row, which must be the same as of the queryset."""
    row = fresh(duty)
    assert Obligation.objects.with_outcome().get(pk=duty.pk).result == row.outcome()
    return row.outcome()


def test_a_new_duty_is_missing(duty):
    assert outcome(duty) == Outcome.MISSING


def test_a_submission_waits_at_the_province(duty, health_focal):
    builders.submit_item(duty, actor=health_focal)
    assert outcome(duty) == Outcome.PENDING


def test_a_draft_counts_for_nothing(duty, health_focal):
    builders.draft_item(duty, actor=health_focal)
    assert outcome(duty) == Outcome.MISSING


def test_an_item_waiting_at_the_province_past_the_due_date_never_makes_the_agency_late(duty, health_focal, reviewer):
    item = builders.submit_item(duty, actor=health_focal, now=moment(DUE, 23, 59))
    builders.approve_item(item, actor=reviewer, now=moment(DUE + timedelta(days=4)))
    assert outcome(duty) == Outcome.ON_TIME
    assert fresh(duty).province_time == timedelta(days=3, hours=9, minutes=1)


@pytest.mark.parametrize(
    ("submitted", "expected"),
    [
        (moment(DUE, 23, 59) + timedelta(seconds=59), Outcome.ON_TIME),
        (moment(DUE + timedelta(days=1), 0), Outcome.LATE),
        (moment(LOCKS, 23, 59), Outcome.LATE),
    ],
)
def test_the_day_ends_at_midnight_in_the_office(duty, health_focal, reviewer, submitted, expected):
    item = builders.submit_item(duty, actor=health_focal, now=submitted)
    builders.approve_item(item, actor=reviewer, now=submitted + timedelta(hours=1))
    assert outcome(duty) == expected


def test_after_the_lock_nothing_is_accepted_and_nothing_is_lost(duty, health_focal):
    item = builders.draft_item(duty, actor=health_focal)
    with pytest.raises(ValidationError, match="đã khoá từ 11/10/2026"):
        item.submit(actor=health_focal, now=moment(LOCKS + timedelta(days=1), 0))
    assert fresh(duty).items.get().title == item.title


def test_what_counts_is_the_submission_that_was_accepted(duty, health_focal, reviewer):
    item = builders.submit_item(duty, actor=health_focal, now=moment(DUE))
    item.return_for_changes(actor=reviewer, version=1, code="source", note="Ghi rõ nguồn.", now=moment(DUE, 15))
    assert outcome(duty) == Outcome.MISSING
    item.submit(actor=health_focal, now=moment(DUE + timedelta(days=1)))
    assert outcome(duty) == Outcome.PENDING
    item.approve(actor=reviewer, version=2, now=moment(DUE + timedelta(days=2)))
    assert outcome(duty) == Outcome.LATE
    assert fresh(duty).first_submitted_at == moment(DUE)


def test_the_first_accepted_of_several_counts(duty, health_focal, reviewer):
    early = builders.submit_item(duty, actor=health_focal, now=moment(DUE - timedelta(days=9)))
    late = builders.submit_item(duty, actor=health_focal, now=moment(DUE + timedelta(days=1)))
    builders.approve_item(late, actor=reviewer, now=moment(DUE + timedelta(days=1), 15))
    assert outcome(duty) == Outcome.LATE
    builders.approve_item(early, actor=reviewer, now=moment(DUE + timedelta(days=2)))
    assert outcome(duty) == Outcome.ON_TIME
    assert fresh(duty).extra_count == 1


def test_a_quota_of_two_is_met_by_the_second(health, health_focal, reviewer):
    builders.issue_monthly_campaign(actor=reviewer, required_count=2)
    duty = builders.quota_of(health)
    first = builders.submit_item(duty, actor=health_focal, now=moment(DUE))
    builders.approve_item(first, actor=reviewer, now=moment(DUE, 15))
    assert outcome(duty) == Outcome.MISSING
    second = builders.submit_item(duty, actor=health_focal, now=moment(DUE + timedelta(days=1)))
    builders.approve_item(second, actor=reviewer, now=moment(DUE + timedelta(days=1), 15))
    assert outcome(duty) == Outcome.LATE


def test_rejected_and_withdrawn_items_count_for_nothing(duty, health_focal, reviewer):
    rejected = builders.submit_item(duty, actor=health_focal)
    rejected.reject(actor=reviewer, version=1, code="topic", note="Không đúng chủ đề.", now=builders.NOW)
    withdrawn = builders.submit_item(duty, actor=health_focal)
    withdrawn.withdraw(actor=health_focal, now=builders.NOW)
    assert outcome(duty) == Outcome.MISSING
    assert fresh(duty).accepted_count == 0


def test_nothing_to_report_needs_a_reason(duty, health_focal):
    with pytest.raises(ValidationError, match="lý do"):
        duty.report_nothing(actor=health_focal, reason=" ", now=builders.NOW)
    duty.report_nothing(actor=health_focal, reason="Không phát sinh.", now=builders.NOW)
    assert outcome(duty) == Outcome.NOTHING


def test_a_product_takes_nothing_to_report_back(duty, health_focal):
    duty.report_nothing(actor=health_focal, reason="Không phát sinh.", now=builders.NOW)
    builders.submit_item(fresh(duty), actor=health_focal)
    assert outcome(duty) == Outcome.PENDING
    assert fresh(duty).nothing_reason == ""


def test_an_exemption_wins_over_a_waiting_item(duty, health_focal, reviewer):
    builders.submit_item(duty, actor=health_focal)
    duty.exempt(actor=reviewer, reason="Công văn 5/SKHCN cho miễn.")
    assert outcome(duty) == Outcome.EXEMPT


def test_an_extension_moves_the_last_day_and_the_lock(duty, health_focal, reviewer):
    duty.extend(actor=reviewer, until=date(2026, 10, 20), reason="Thiên tai.")
    item = builders.submit_item(fresh(duty), actor=health_focal, now=moment(date(2026, 10, 20), 23))
    builders.approve_item(item, actor=reviewer, now=moment(date(2026, 10, 21)))
    assert outcome(duty) == Outcome.ON_TIME


@pytest.mark.parametrize("shift", range(-2, 3))
@pytest.mark.parametrize("extended", [None, date(2026, 10, 8)])
def test_overdue_is_the_same_word_in_both_forms(duty, reviewer, shift, extended):
    if extended:
        duty.extend(actor=reviewer, until=extended, reason="Thiên tai.")
    day = (extended or DUE) + timedelta(days=shift)
    row = fresh(duty)
    assert Obligation.objects.quota().overdue(day).filter(pk=row.pk).exists() == row.is_overdue(day) == (shift > 0)


def test_a_nomination_counts_from_its_proposal_and_only_in_the_asked_role(health, health_focal, reviewer):
    builders.issue_monthly_campaign(actor=reviewer)
    duty = Obligation.objects.get(agency=health, requirement__kind="nominate_contact")
    assert duty.due_on == date(2026, 9, 21)
    builders.make_contact(health, actor=reviewer, role="spokesperson", now=builders.NOW)
    duty.settle(actor=reviewer, reason="thử")
    assert duty.outcome() == Outcome.MISSING
    builders.make_contact(health, actor=reviewer, role="policy", now=moment(date(2026, 9, 21), 23))
    duty.settle(actor=reviewer, reason="thử")
    assert duty.outcome() == Outcome.ON_TIME


def test_an_old_list_does_not_answer_a_new_request_until_it_is_confirmed_again(health, health_focal, reviewer):
    old = builders.make_contact(health, actor=reviewer, role="policy", now=moment(date(2026, 1, 5)))
    builders.issue_monthly_campaign(actor=reviewer)
    duty = Obligation.objects.get(agency=health, requirement__kind="nominate_contact")
    duty.settle(actor=reviewer, reason="thử")
    assert duty.outcome() == Outcome.MISSING
    old.reconfirm(actor=health_focal, now=builders.NOW)
    duty.settle(actor=reviewer, reason="thử")
    assert duty.outcome() == Outcome.ON_TIME


BROKEN_ROWS = {
    "obligation_met_with_all_its_dates": {"met_at": builders.NOW, "accepted_count": 1},
    "obligation_met_only_with_enough": {
        "met_at": builders.NOW,
        "met_on": builders.TODAY,
        "accepted_at": builders.NOW,
        "accepted_count": 0,
    },
    "nothing_to_report_says_who_and_why": {"nothing_at": builders.NOW},
    "exemption_says_who_and_why": {"exempt_at": builders.NOW},
    "exception_says_why": {"extended_to": DUE},
}


@pytest.mark.parametrize(("constraint", "values"), BROKEN_ROWS.items(), ids=BROKEN_ROWS)
def test_the_database_refuses(duty, constraint, values):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Obligation.objects.filter(pk=duty.pk).update(**values)


def test_the_database_refuses_a_second_row(duty):
    with pytest.raises(IntegrityError), transaction.atomic():
        Obligation.objects.create(
            requirement=duty.requirement,
            period=duty.period,
            agency=duty.agency,
            agency_name="x",
            agency_kind="so",
            due_on=DUE,
            locks_on=LOCKS,
        )
