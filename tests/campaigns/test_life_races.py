"""The life of channels and people, done by several at the same moment, on a database with real row locks."""

from datetime import timedelta
from threading import Barrier, BrokenBarrierError

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from campaigns import declaring, joining, reconfirming
from campaigns.models import Obligation, RequirementKind
from registry import history
from registry.models import Channel, ContactPoint, GroupMembership, NetworkGroup
from tests import builders
from tests.registry.test_people_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def told(act):
    """Do it; "made", or the class of what it raised."""

    def said():
        try:
            act()
        except (ValidationError, OperationalError) as fault:
            return type(fault).__name__
        return "made"

    return said


def asking_channel(agency, reviewer):
    channel = builders.make_channel(agency, actor=reviewer)
    Channel.objects.filter(pk=channel.pk).update(reconfirmed_on=timezone.localdate() - timedelta(days=190))
    return channel


def test_a_hand_over_confirmed_twice_ends_the_old_person_once(client_for, world, reviewer, administrator):
    old = world.focal.contact_points.get()
    facts = {"full_name": "Triệu Thị Mới", "phone": "0912000111", "email": "moi@yte.example"}
    new = ContactPoint.propose(actor=world.focal, agency=world.agency, role=old.role, replaces=old, **facts)
    url, form = reverse("review_contact", args=[new.pk]), {"act": "confirm"}
    browsers = [client_for(person) for person in (reviewer, administrator)]
    answers = at_once(*(lambda b=browser: b.post(url, form) for browser in browsers))
    assert sorted(answer.status_code for answer in answers)[-1] < 500
    old.refresh_from_db()
    assert (old.status, old.history.filter(status="left").count()) == ("left", 1)
    assert new.history.filter(history_change_reason="Xác nhận").count() == 1


def test_all_still_right_never_revives_what_the_province_suspends(health, health_focal, reviewer):
    rows = [asking_channel(health, reviewer) for _ in range(3)]
    answers = at_once(
        told(lambda: declaring.all_still_right(health, health_focal, timezone.now())),
        told(lambda: rows[1].suspend(actor=reviewer, reason="Đang kiểm tra")),
    )
    rows[1].refresh_from_db()
    assert (answers, rows[1].status) == (["made", "made"], "suspended")
    assert health.channels.published().count() == 2


def test_two_ticks_open_one_round(health, reviewer):
    asking_channel(health, reviewer)
    opened = at_once(*(lambda: reconfirming.ask_agencies(timezone.now()) for _ in range(3)))
    assert sum(opened) == Obligation.objects.filter(is_round=True, agency=health).count() == 1


def test_restoring_a_value_beside_an_edit_loses_neither(health, reviewer):
    channel = builders.make_channel(health, actor=reviewer, name="Tên đúng")
    channel.amend(actor=reviewer, reason="Sửa", name="Tên sai")
    what = history.restoring(channel, channel.history.first().pk, "name")
    edited = Channel.objects.get(pk=channel.pk)
    today = timezone.localdate()
    answers = at_once(
        told(lambda: history.restore(what, actor=reviewer, today=today)),
        told(lambda: edited.amend(actor=reviewer, reason="Sửa", description="Giới thiệu mới")),
    )
    channel.refresh_from_db()
    assert (answers, channel.name, channel.description) == (["made", "made"], "Tên đúng", "Giới thiệu mới")


@pytest.mark.parametrize("is_ordered", [False, True])
def test_a_tap_and_the_desk_note_the_same_person(health, health_focal, reviewer, monkeypatch, is_ordered):
    """Negative control: with the duty locked before the person, as it was, each waits for what the other holds."""
    group = NetworkGroup.found(actor=reviewer, name="Mạng lưới", url="https://zalo.me/g/mangluoi1")
    contact = health_focal.contact_points.get()
    GroupMembership.ask(actor=reviewer, group=group, contacts=[contact], now=timezone.now())
    campaign = builders.make_campaign(actor=reviewer)
    builders.nomination(campaign, kind=RequirementKind.JOIN_GROUP, contact_role="", group=group, title="Vào nhóm")
    builders.issue(campaign, actor=reviewer)
    duty = Obligation.objects.get(requirement__campaign=campaign, agency=health)
    duty.extend(actor=reviewer, until=duty.lock_day + timedelta(days=9000), reason="Thử")
    together, advance, lock = Barrier(2), GroupMembership.advance, Obligation.lock
    mine, theirs = Obligation.objects.get(pk=duty.pk), GroupMembership.objects.select_related("contact", "group").get()

    def meet():
        try:
            together.wait(1)
        except BrokenBarrierError:
            pass

    def advance_and_meet(row, *args):
        advance(row, *args)
        if row is theirs:
            meet()

    def lock_and_meet(row):
        lock(row)
        if row is mine:
            meet()

    def tap():
        if not is_ordered:
            mine.lock()
        joining.join(health_focal, mine, timezone.now())

    monkeypatch.setattr(GroupMembership, "advance", advance_and_meet)
    monkeypatch.setattr(Obligation, "lock", lock_and_meet)
    tap = told(joining.transaction.atomic(tap))
    answers = at_once(tap, told(lambda: joining.note_joined(theirs, reviewer, "", timezone.now())))
    assert ("OperationalError" in answers) is not is_ordered
    assert GroupMembership.objects.get().status == "joined"
