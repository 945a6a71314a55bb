"""Requests of agencies: more time for a duty, a second look at a refused product."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns.models import Appeal, ContentItem, ExtensionRequest, Obligation, Outcome
from campaigns.overview import further_work
from registry.models import Notice
from tests.builders import NOW, moment, submit_item

pytestmark = pytest.mark.django_db
REASON = "Cán bộ phụ trách nghỉ ốm"


@pytest.fixture
def duty(world):
    return world.obligation


@pytest.fixture
def until(duty):
    return duty.last_day + timedelta(days=7)


@pytest.fixture
def asked(duty, until, health_focal):
    return ExtensionRequest.ask(actor=health_focal, obligation=duty, until=until, reason=REASON, now=NOW)


@pytest.fixture
def refused(world, reviewer):
    world.item.reject(actor=reviewer, version=1, code="topic", note="Không đúng chủ đề.", now=NOW)
    return world.item


def test_granting_extends_the_duty_and_tells_who_asked(asked, duty, until, reviewer, health_focal):
    asked.grant(actor=reviewer, now=NOW)
    duty.refresh_from_db()
    assert (duty.extended_to, duty.exception_reason) == (until, f"Theo đề nghị của đơn vị: {REASON}")
    assert Notice.objects.filter(recipient=health_focal, text__contains="đồng ý").count() == 1


def test_the_province_may_give_another_day(asked, duty, until, reviewer):
    asked.grant(actor=reviewer, until=until - timedelta(days=3), answer="Chỉ được thêm 4 ngày", now=NOW)
    duty.refresh_from_db()
    assert (duty.extended_to, asked.until) == (until - timedelta(days=3),) * 2


def test_a_refusal_needs_words_and_leaves_the_duty_as_it_was(asked, duty, reviewer):
    with pytest.raises(ValidationError, match="Hãy ghi lý do"):
        asked.refuse(actor=reviewer, answer=" ", now=NOW)
    asked.refuse(actor=reviewer, answer="Đã gia hạn hai lần", now=NOW)
    duty.refresh_from_db()
    assert duty.extended_to is None


def test_a_slower_reviewer_gets_a_sentence(asked, reviewer, administrator):
    mine = ExtensionRequest.objects.get(pk=asked.pk)
    asked.refuse(actor=reviewer, answer="Chưa đủ lý do", now=NOW)
    with pytest.raises(ValidationError, match="đã trả lời lúc"):
        mine.grant(actor=administrator, now=NOW)


def test_the_same_request_twice_is_one_and_another_one_waits_its_turn(asked, duty, until, health_focal):
    again = ExtensionRequest.ask(actor=health_focal, obligation=duty, until=until, reason=REASON, now=NOW)
    assert again.pk == asked.pk
    with pytest.raises(ValidationError, match="đang chờ tỉnh trả lời"):
        ExtensionRequest.ask(actor=health_focal, obligation=duty, until=until, reason="Khác", now=NOW)


@pytest.mark.parametrize("days", [-1, 0, 93])
def test_the_day_asked_for_lies_after_the_last_day_and_not_too_far(days, duty, health_focal):
    with pytest.raises(ValidationError, match="Hãy chọn ngày sau"):
        ExtensionRequest.ask(
            actor=health_focal, obligation=duty, until=duty.last_day + timedelta(days=days), reason=REASON, now=NOW
        )


def test_a_locked_duty_can_be_asked_for_and_is_open_again_when_granted(duty, reviewer, health_focal):
    after_lock = moment(duty.lock_day + timedelta(days=3))
    asked = ExtensionRequest.ask(
        actor=health_focal, obligation=duty, until=after_lock.date() + timedelta(days=3), reason=REASON, now=after_lock
    )
    assert duty.is_locked(after_lock.date())
    asked.grant(actor=reviewer, now=after_lock)
    assert not Obligation.objects.get(pk=duty.pk).is_locked(after_lock.date())


def test_one_waiting_request_per_duty_holds_in_the_database(asked, duty, until, health_focal):
    with pytest.raises(IntegrityError, match="one_waiting_extension_per_duty|UNIQUE"), transaction.atomic():
        ExtensionRequest.objects.create(obligation=duty, until=until, reason="Khác", asked_by=health_focal)


@pytest.mark.parametrize(
    "facts", [{"answered_at": NOW}, {"state": "granted"}, {"state": "refused", "answered_at": NOW}]
)
def test_an_answer_is_complete_in_the_database(facts, asked, reviewer):
    if facts.get("state") == "refused":
        facts = facts | {"answered_by": reviewer}
    with pytest.raises(IntegrityError), transaction.atomic():
        ExtensionRequest.objects.filter(pk=asked.pk).update(**facts)


def test_a_granted_appeal_brings_the_version_back_as_handed_in(refused, health_focal, reviewer):
    submitted_at = refused.submitted_at
    appeal = Appeal.file(actor=health_focal, item=refused, reason="Đúng chủ đề tháng này", now=NOW)
    appeal.grant(actor=reviewer, now=NOW)
    item = ContentItem.objects.get(pk=refused.pk)
    assert (item.status, item.version, item.submitted_at) == ("submitted", 2, submitted_at)
    assert Obligation.objects.get(pk=item.obligation_id).outcome() == Outcome.PENDING
    item.approve(actor=reviewer, version=2, now=NOW + timedelta(days=90))
    assert Obligation.objects.get(pk=item.obligation_id).outcome() == Outcome.ON_TIME


def test_an_appeal_is_filed_once_for_a_decision_and_in_time(refused, health_focal, reviewer):
    with pytest.raises(ValidationError, match="Đã quá 30 ngày"):
        Appeal.file(actor=health_focal, item=refused, reason="Muộn", now=NOW + timedelta(days=31))
    appeal = Appeal.file(actor=health_focal, item=refused, reason="Đúng chủ đề", now=NOW)
    appeal.refuse(actor=reviewer, answer="Vẫn chưa đúng", now=NOW)
    with pytest.raises(ValidationError, match="đã được đề nghị xem lại"):
        Appeal.file(actor=health_focal, item=refused, reason="Đúng chủ đề", now=NOW)


def test_only_a_refused_product_can_be_appealed(world, health_focal):
    with pytest.raises(ValidationError, match="đã bị từ chối"):
        Appeal.file(actor=health_focal, item=world.item, reason="Sớm quá", now=NOW)


def test_asking_and_answering_through_the_pages(client_for, world, health_focal, reviewer, duty, until):
    page = client_for(health_focal)
    answer = page.post(reverse("extension_ask", args=[duty.pk]), {"until": "01/01/2020", "reason": REASON})
    assert answer.status_code == 200 and REASON in answer.text and "Hãy chọn ngày sau" in answer.text
    typed = {"until": f"{until:%d/%m/%Y}", "reason": REASON}
    # the clock of the page is today's: ask for a day that lies ahead of it as well
    asked = ExtensionRequest.ask(actor=health_focal, obligation=duty, until=until, reason=REASON, now=NOW)
    assert "đang chờ" in page.post(reverse("extension_ask", args=[duty.pk]), typed | {"reason": "Khác"}).text
    desk = client_for(reviewer)
    assert REASON in desk.get(reverse("request_list")).text
    done = desk.post(reverse("extension_decide", args=[asked.pk]), {"act": "grant", "until": f"{until:%d/%m/%Y}"})
    assert done.status_code == 302 and Obligation.objects.get(pk=duty.pk).extended_to == until


def test_the_desk_counts_what_waits_for_an_answer(asked, refused, health_focal, reviewer, world):
    assert further_work(NOW.date())["requests"] == 1
    Appeal.file(actor=health_focal, item=refused, reason="Đúng chủ đề", now=NOW)
    assert world.approved_item.status == "approved"
    found = further_work(NOW.date())
    assert found == {"to_publish": 1, "neglected": 0, "requests": 2}
    asked.refuse(actor=reviewer, answer="Chưa đủ lý do", now=NOW)
    assert further_work(NOW.date())["requests"] == 1


def test_the_list_costs_the_same_with_one_row_and_with_four(client_for, reviewer, world, django_assert_num_queries):
    desk, duty = client_for(reviewer), world.obligation
    until = duty.last_day + timedelta(days=5)
    ExtensionRequest.ask(actor=world.focal, obligation=duty, until=until, reason=REASON, now=NOW)
    for number in range(4):
        item = submit_item(duty, actor=world.focal, title=f"Tin số {number}")
        item.reject(actor=reviewer, version=1, code="topic", note="Không đúng chủ đề.", now=NOW)
        Appeal.file(actor=world.focal, item=item, reason="Đúng chủ đề", now=NOW)
        if number in (0, 3):
            desk.get(reverse("request_list"))
            with django_assert_num_queries(QUERIES):
                desk.get(reverse("request_list"))


QUERIES = 7
