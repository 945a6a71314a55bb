"""Nominations and the duties that asked for them, whatever road the person's row took."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns import catching_up, declaring, nominating
from campaigns.models import Outcome
from portal.ticking import tick
from registry.models import ContactPoint, ContactRole, Notice
from tests import builders


@pytest.fixture
def duty(world):
    world.nomination.extend(actor=world.reviewer, until=timezone.localdate() + timedelta(days=40), reason="Thử")
    return world.nomination


@pytest.fixture
def person(duty, world):
    return nominating.nominate(world.focal, duty, timezone.now(), full_name="Triệu Thị Mới", phone="0912000111")


def outcome(duty):
    duty.refresh_from_db()
    return duty.outcome()


def test_duty_waits_then_is_open_again_when_returned_then_met_when_confirmed(duty, person, world):
    assert outcome(duty) == Outcome.PENDING
    nominating.return_contact(person, world.reviewer, "Thiếu chức vụ.", timezone.now())
    assert outcome(duty) == Outcome.MISSING
    nominating.correct_contact(person, world.focal, timezone.now(), full_name="Triệu Thị Mới", phone="0912000111")
    assert outcome(duty) == Outcome.PENDING
    nominating.confirm_contact(person, world.reviewer, timezone.now())
    assert outcome(duty) == Outcome.ON_TIME
    assert duty.met_at == person.proposed_at


def test_duty_is_open_again_when_the_person_leaves_before_being_confirmed(duty, person, world):
    nominating.release_contact(person, world.reviewer, timezone.localdate(), "Chuyển công tác")
    assert outcome(duty) == Outcome.MISSING


def test_met_duty_stays_met_when_the_person_leaves_later(duty, person, world):
    nominating.confirm_contact(person, world.reviewer, timezone.now())
    nominating.release_contact(person, world.reviewer, timezone.localdate(), "Chuyển công tác")
    assert outcome(duty) == Outcome.ON_TIME


def test_person_confirmed_by_import_or_admin_meets_the_duty_at_the_next_tick(duty, person, world):
    person.confirm(actor=world.reviewer)
    assert outcome(duty) == Outcome.PENDING
    assert nominating.catch_up() == 1
    assert outcome(duty) == Outcome.ON_TIME
    assert nominating.catch_up() == 0


def test_one_question_of_the_tick_finds_the_duty_and_settles_it(duty, person, world, django_assert_num_queries):
    person.confirm(actor=world.reviewer)
    with django_assert_num_queries(1):
        assert catching_up.behind(timezone.now()) == {"nominate": [duty.pk]}
    tick(timezone.now())
    assert outcome(duty) == Outcome.ON_TIME
    assert catching_up.behind(timezone.now()) == {}


def test_person_imported_without_nomination_meets_the_duty_at_the_next_tick(duty, world):
    builders.make_contact(world.agency, actor=world.reviewer, role=ContactRole.POLICY, now=timezone.now())
    assert nominating.catch_up() == 1
    assert outcome(duty) == Outcome.ON_TIME


def test_person_proposed_elsewhere_waits_at_the_next_tick(duty, world):
    assert world.proposed_contact.role == ContactRole.POLICY
    assert nominating.catch_up() == 1
    assert outcome(duty) == Outcome.PENDING


def test_old_list_does_not_answer_a_new_duty(duty, world):
    builders.make_contact(world.agency, actor=world.reviewer, role=ContactRole.POLICY)
    assert nominating.catch_up() == 0
    assert outcome(duty) == Outcome.MISSING


def test_catching_up_costs_one_query_when_there_is_nothing_to_do(duty, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert nominating.catch_up() == 0


def test_same_person_sent_twice_is_one_row_and_a_different_phone_is_not_swallowed(duty, person, world):
    again = nominating.nominate(world.focal, duty, timezone.now(), full_name="Triệu Thị Mới", phone="0912000111")
    assert again == person
    assert ContactPoint.objects.filter(full_name="Triệu Thị Mới").count() == 1


def test_whoever_proposed_reads_the_decision_among_their_notices(duty, person, world):
    nominating.return_contact(person, world.reviewer, "Thiếu chức vụ.", timezone.now())
    declaring.return_channel(world.proposed_channel, world.reviewer, "Sai tên.", timezone.now())
    said = sorted(Notice.objects.visible_to(world.focal).values_list("text", flat=True))
    assert said == [
        f"Kênh “{world.proposed_channel.name}” cần sửa: Sai tên.",
        "Đầu mối Triệu Thị Mới cần sửa: Thiếu chức vụ.",
    ]


def test_staff_who_proposed_are_not_told_of_their_colleague(world):
    channel = builders.make_channel(world.agency, actor=world.reviewer, confirmed=False)
    declaring.confirm_channel(channel, world.reviewer, timezone.now())
    assert not Notice.objects.exists()
