"""Two people take the same product for two duties of one month, on a database with real row locks; and without the lock."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from campaigns.models import ContentItem, Obligation
from tests import builders
from tests.builders import STARTS_ON, TODAY, approve_item, submit_item

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def source(reviewer, health, other_agency, health_focal, other_focal):
    for _ in range(2):
        campaign = builders.make_campaign(actor=reviewer)
        builders.monthly(campaign)
        builders.issue(campaign, actor=reviewer)
    duty = Obligation.objects.quota().filter(agency=health, period__month=STARTS_ON).first()
    return approve_item(submit_item(duty, actor=health_focal, is_shareable=True), actor=reviewer)


def take_at_once(source, agency, actor):
    """The product for both duties at the same moment; how many copies came of it."""
    duties = list(
        Obligation.objects.quota().filter(agency=agency, period__month=STARTS_ON).select_related("period", "agency")
    )
    together = Barrier(len(duties))

    def take(duty):
        together.wait(10)
        try:
            item = ContentItem.objects.get(pk=source.pk)
            item.share(actor=actor, obligation=duty, idempotency_key=uuid.uuid4(), now=builders.moment(TODAY))
        except ValidationError as error:
            assert "Mỗi tháng chỉ một lần" in str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(duties)) as pool:
        list(pool.map(take, duties))
    return ContentItem.objects.filter(shared_from=source).count(), len(duties)


def test_one_of_two_parallel_takers_is_told(source, other_agency, other_focal):
    assert take_at_once(source, other_agency, other_focal) == (1, 2)


def test_without_the_lock_both_take_it(source, other_agency, other_focal, monkeypatch):
    together = Barrier(2)
    start = ContentItem.start.__func__

    def start_together(cls, **fields):
        try:
            together.wait(10)
        except BrokenBarrierError:
            pass
        return start(cls, **fields)

    monkeypatch.setattr(ContentItem, "lock", lambda item: None)
    monkeypatch.setattr(ContentItem, "start", classmethod(start_together))
    assert take_at_once(source, other_agency, other_focal) == (2, 2)
