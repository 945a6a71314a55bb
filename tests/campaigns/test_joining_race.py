"""Parallel taps on "Tôi đã tham gia", on a database with real row locks: one row, one sentence; and the race without locks."""

from datetime import timedelta
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import IntegrityError
from django.urls import reverse

from campaigns.models import Obligation, RequirementKind
from registry.models import GroupMembership, NetworkGroup
from tests import builders
from tests.campaigns.test_double_clicks import CLICKS, click_at_once

__all__ = ["click_at_once"]
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def duty(reviewer, health, health_focal):
    group = NetworkGroup.found(actor=reviewer, name="Mạng lưới", url="https://zalo.me/g/mangluoi1")
    campaign = builders.make_campaign(actor=reviewer)
    builders.nomination(campaign, kind=RequirementKind.JOIN_GROUP, contact_role="", group=group, title="Vào nhóm")
    builders.issue(campaign, actor=reviewer)
    duty = Obligation.objects.get(requirement__campaign=campaign, agency=health)
    duty.extend(actor=reviewer, until=duty.lock_day + timedelta(days=9000), reason="Thử")
    return duty


def test_parallel_taps_join_once(click_at_once, duty):
    where = click_at_once(reverse("join_group", args=[duty.pk]), {})
    assert where == [reverse("obligation", args=[duty.pk])] * CLICKS
    member = GroupMembership.objects.get()
    assert (member.status, member.history.filter(status="joined").count()) == ("joined", 1)
    duty.refresh_from_db()
    assert (duty.accepted_count, duty.met_at) == (1, member.joined_at)


def test_without_locks_the_same_taps_collide(click_at_once, duty, monkeypatch):
    together = Barrier(CLICKS)

    def ask_all_at_once(cls, *, actor, group, contacts, now):
        try:
            together.wait(10)
        except BrokenBarrierError:
            pass
        for contact in contacts:
            cls.objects.create(group=group, agency_id=contact.agency_id, contact=contact, asked_at=now, noted_by=actor)

    monkeypatch.setattr(Obligation, "lock", lambda duty: None)
    monkeypatch.setattr(GroupMembership, "ask", classmethod(ask_all_at_once))
    with pytest.raises(IntegrityError):
        click_at_once(reverse("join_group", args=[duty.pk]), {})
