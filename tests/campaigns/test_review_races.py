"""Two people at the same moment on a database with real row locks. Each race is shown with its lock off, then with it on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from campaigns.models import ContentItem, Obligation, ReasonCode
from portal.lib import periods

DONE, REFUSED, DATABASE = "done", "refused", "stopped by the database"
SECONDS = 10
real_locks = pytest.mark.postgres
with_and_without = pytest.mark.parametrize("locked", [False, True], ids=["lock off: the race shows", "as built"])


def outcome_of(act):
    try:
        act()
        return DONE
    except ValidationError:
        return REFUSED
    except IntegrityError:
        return DATABASE
    finally:
        connection.close()


def at_once(*acts):
    """What became of these acts, each on a connection of its own, released together."""
    together = Barrier(len(acts))

    def run(act):
        together.wait(SECONDS)
        return outcome_of(act)

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def take_lock_away(monkeypatch):
    """Products are not locked and read anew any more: both see the old state, then both go on."""
    both_have_read = Barrier(2)
    monkeypatch.setattr(ContentItem, "lock", lambda self: both_have_read.wait(SECONDS))


@real_locks
@pytest.mark.django_db(transaction=True)
@with_and_without
def test_a_double_click_submits_once(locked, world, monkeypatch):
    copies = [ContentItem.objects.get(pk=world.draft.pk) for _ in range(2)]
    if not locked:
        take_lock_away(monkeypatch)
    outcomes = at_once(*[lambda copy=copy: copy.submit(actor=world.focal) for copy in copies])
    assert outcomes == sorted([DONE, REFUSED if locked else DATABASE])
    assert world.draft.versions.count() == 1


@real_locks
@pytest.mark.django_db(transaction=True)
@with_and_without
def test_a_product_is_not_taken_back_and_approved_at_once(locked, world, monkeypatch):
    agency, province = [ContentItem.objects.get(pk=world.item.pk) for _ in range(2)]
    if not locked:
        take_lock_away(monkeypatch)
    outcomes = at_once(
        lambda: agency.withdraw(actor=world.focal), lambda: province.approve(actor=world.reviewer, version=1)
    )
    assert outcomes == ([DONE, REFUSED] if locked else [DONE, DONE])
    item = ContentItem.objects.get(pk=world.item.pk)
    if locked:
        assert (item.status, item.decisions.count()) in {("withdrawn", 0), ("approved", 1)}


@real_locks
@pytest.mark.django_db(transaction=True)
@with_and_without
def test_what_comes_while_the_period_is_being_closed_is_late(locked, world, monkeypatch):
    """The province closes in a transaction that is not yet through; the agency hands in meanwhile."""
    item, is_closing = ContentItem.objects.get(pk=world.draft.pk), Event()
    duty = world.obligation.pk
    if not locked:
        monkeypatch.setattr(Obligation, "lock", lambda self: self.refresh_from_db())

    @transaction.atomic
    def close():
        Obligation.objects.select_for_update().get(pk=duty)
        yesterday = periods.local_day(timezone.now()) - timedelta(days=1)
        Obligation.objects.filter(pk=duty).update(locks_on=yesterday, due_on=yesterday)
        is_closing.set()
        Event().wait(0.5)  # the other one gets as far as it can

    def hand_in():
        is_closing.wait(SECONDS)
        item.submit(actor=world.focal)

    outcomes = at_once(close, hand_in)
    assert outcomes == ([DONE, REFUSED] if locked else [DONE, DONE])
    assert world.draft.versions.count() == (0 if locked else 1)


@real_locks
@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_decides_and_the_other_reads_the_name(world, administrator, client_for):
    people = {administrator: "approve", world.reviewer: "reject"}
    browsers = {person: client_for(person) for person in people}
    together, url = Barrier(2), reverse("item_decide", args=[world.item.pk])

    def decide(person):
        form = {"act": people[person], "version": 1, "code": ReasonCode.TOPIC}
        together.wait(SECONDS)
        try:
            return person, browsers[person].post(url, form)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = dict(pool.map(decide, people))
    assert sorted(answer.status_code for answer in answers.values()) == [302, 409]
    slower = next(answer for answer in answers.values() if answer.status_code == 409)
    decision = world.item.decisions.get()
    assert answers[decision.actor].status_code == 302
    assert f"{decision.actor.full_name} đã xử lý lúc" in slower.text


@pytest.mark.django_db
@pytest.mark.parametrize("names_what_was_read", [False, True], ids=["naive: approves what is there", "as built"])
def test_what_was_read_is_what_is_approved(names_what_was_read, world, administrator):
    """Between reading and approving a colleague returned the product and the agency handed in other words."""
    item, read = world.item, world.item.version
    item.return_for_changes(actor=administrator, version=1, code=ReasonCode.SOURCE, note="Thiếu nguồn.")
    item.edit(actor=world.focal, body="Lời chưa ai đọc.")
    item.submit(actor=world.focal)
    mine = ContentItem.objects.get(pk=item.pk)
    if names_what_was_read:
        with pytest.raises(ValidationError, match="vừa nộp bản mới"):
            mine.approve(actor=world.reviewer, version=read)
        assert not item.versions.filter(is_accepted=True).exists()
    else:
        mine.approve(actor=world.reviewer, version=mine.version)
        assert item.versions.get(is_accepted=True).body == "Lời chưa ai đọc."
