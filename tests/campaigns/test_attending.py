"""What reviewers do with a waiting product besides deciding: give it to somebody, set it aside, write a note."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from campaigns import review
from campaigns.models import ContentItem
from tests.builders import NOW, approve_item, moment, submit_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(world):
    return world.item


def test_a_product_is_given_to_a_reviewer_and_found_by_the_filter(client_for, item, reviewer, administrator):
    desk = client_for(reviewer)
    desk.post(reverse("item_assign", args=[item.pk]), {"reviewer": administrator.pk})
    assert ContentItem.objects.get(pk=item.pk).reviewer == administrator
    assert list(client_for(administrator).get(reverse("review_queue"), {"giao": "toi"}).context["page"]) == [item]
    assert list(desk.get(reverse("review_queue"), {"giao": "toi"}).context["page"]) == []
    assert desk.get(reverse("review_queue"), {"giao": "chua"}).context["page"].paginator.count == 0


def test_a_product_is_given_to_nobody_but_reviewers(item, reviewer, leader):
    with pytest.raises(ValidationError, match="cán bộ xét duyệt"):
        item.assign(actor=reviewer, reviewer=leader)


def test_a_held_product_goes_to_the_end_of_the_queue_and_is_skipped(world, item, reviewer):
    later = submit_item(
        world.obligation, actor=world.focal, title="Nộp sau", now=item.submitted_at + timedelta(hours=1)
    )
    assert list(review.items_waiting(reviewer)) == [item, later]
    item.hold(actor=reviewer, reason="Chờ số liệu", now=NOW)
    assert list(review.items_waiting(reviewer)) == [later, item]
    assert review.next_waiting(later, reviewer) is None
    item.release(actor=reviewer)
    assert review.next_waiting(later, reviewer) == item


def test_holding_needs_a_reason_and_a_waiting_product_and_ends_with_the_decision(item, reviewer):
    with pytest.raises(ValidationError, match="Hãy ghi lý do"):
        item.hold(actor=reviewer, reason=" ", now=NOW)
    item.hold(actor=reviewer, reason="Chờ số liệu", now=NOW)
    with pytest.raises(ValidationError, match="Chỉ tạm giữ"):
        item.hold(actor=reviewer, reason="Lần nữa", now=NOW)
    approve_item(item, actor=reviewer)
    fresh = ContentItem.objects.get(pk=item.pk)
    assert (fresh.held_at, fresh.held_reason) == (None, "")
    for act in (lambda: fresh.hold(actor=reviewer, reason="Muộn"), lambda: fresh.release(actor=reviewer)):
        with pytest.raises(ValidationError):
            act()


def test_the_agency_never_sees_notes_or_that_its_product_is_held(client_for, world, item, reviewer, leader):
    item.hold(actor=reviewer, reason="Chờ số liệu của Sở", now=NOW)
    client_for(reviewer).post(reverse("item_note", args=[item.pk]), {"text": "Gọi xã hỏi lại số hộ"})
    desk_page = client_for(leader).get(reverse("review_item", args=[item.pk])).text
    own_page = client_for(world.focal).get(reverse("item", args=[item.pk])).text
    for secret in ("Gọi xã hỏi lại số hộ", "Chờ số liệu của Sở"):
        assert secret in desk_page and secret not in own_page


def test_turnaround_counts_decisions_of_each_reviewer(world, item, reviewer, administrator):
    approve_item(item, actor=reviewer, now=NOW + timedelta(days=2))
    late = submit_item(world.obligation, actor=world.focal, title="Tin hai")
    approve_item(late, actor=administrator, now=NOW + timedelta(days=5))
    since = moment(NOW.date())
    assert [(name, count) for name, count, _ in review.turnaround(reviewer, since)] == [
        (administrator.full_name, 1),
        (reviewer.full_name, 1),
    ]


def test_how_long_decisions_took_is_told_on_demand(world, item, reviewer, client_for):
    browser, page = client_for(reviewer), reverse("review_queue")
    assert "30 ngày qua chưa có quyết định nào" in browser.get(page, {"xu_ly": "1"}).text
    approve_item(item, actor=reviewer, now=timezone.now())
    asked = browser.get(page, {"xu_ly": "1"})
    assert [(name, count) for name, count, _ in asked.context["turnaround"]] == [(reviewer.full_name, 1)]
    usual = browser.get(page)
    assert (usual.context["turnaround"], 'href="?xu_ly=1#xu-ly"' in usual.text) == (None, True)
