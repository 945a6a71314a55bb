"""Closing a month and handing in for it at the same moment (F54): the product is in the closed figures, or it is an
amendment that says who and when. With the lock of the duties off it is neither: the fault that the lock prevents."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier, Event

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from campaigns import closing as closings
from campaigns.models import ContentItem, MonthClosing, Obligation
from campaigns.models.obligation import ObligationQuerySet
from tests.builders import TODAY, draft_item, issue_monthly_campaign, moment, quota_of

SEPTEMBER = date(2026, 9, 1)
LAST_DAY = date(2026, 10, 10)
NOW = moment(LAST_DAY, 16)
SECONDS = 10

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def on_own_connection(act):
    try:
        return act()
    except ValidationError:
        return None
    finally:
        connection.close()


@pytest.mark.parametrize("locked", [False, True], ids=["lock off: told nowhere", "as built"])
def test_a_product_handed_in_while_the_month_closes_is_told_once(
    locked, reviewer, health, health_focal, other_agency, other_focal, monkeypatch
):
    issue_monthly_campaign(actor=reviewer, today=TODAY)
    item = draft_item(quota_of(health), actor=health_focal)
    handed_in, closed = Event(), Event()
    record = Obligation.record

    def record_and_wait(duty, actor, reason):
        """The duty is written, not committed yet; the closing comes in between as far as the lock lets it."""
        record(duty, actor, reason)
        if duty.agency_id == health.pk:
            handed_in.set()
            closed.wait(SECONDS if not locked else 1)

    def submit():
        ContentItem.objects.get(pk=item.pk).submit(actor=health_focal, now=NOW - timedelta(minutes=1))

    def close():
        handed_in.wait(SECONDS)
        quota_of(other_agency).report_nothing(actor=other_focal, reason="Không có sự kiện", now=NOW)
        if not locked:
            monkeypatch.setattr(ObligationQuerySet, "select_for_update", lambda rows, **options: rows, raising=False)
        return MonthClosing.close(actor=reviewer, month=SEPTEMBER, now=NOW)

    def copied(closing, rows):
        closed.set()
        return checksum_of(closing, rows)

    checksum_of = MonthClosing.checksum_of
    monkeypatch.setattr(MonthClosing, "checksum_of", copied)
    monkeypatch.setattr(Obligation, "record", record_and_wait)
    with ThreadPoolExecutor(2) as pool:
        handing_in, closing = [pool.submit(on_own_connection, act) for act in (submit, close)]
        handing_in.result(SECONDS * 2)
        closing = closing.result(SECONDS * 2)
    monkeypatch.undo()
    assert quota_of(health).outcome() == "pending"
    is_in = closing.rows.get(obligation=quota_of(health)).result == "pending"
    told = [event.history_change_reason for one in closings.amendments(closing) for event in one.events]
    assert (is_in, len(told)) == ((True, 0) if locked else (False, 0))


def test_one_of_two_who_close_at_once_is_told(reviewer, administrator, health):
    issue_monthly_campaign(actor=reviewer, today=TODAY)
    together = Barrier(2)

    def close(actor):
        together.wait(SECONDS)
        return MonthClosing.close(actor=actor, month=SEPTEMBER, now=NOW)

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda actor: on_own_connection(lambda: close(actor)), (reviewer, administrator)))
    assert sorted(row is None for row in made) == [False, True] and MonthClosing.objects.count() == 1
