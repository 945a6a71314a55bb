"""Signed links: looking changes nothing, one press opens one duty for one person, and nothing beside it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from campaigns.links import make_token
from campaigns.models import ContentItem
from portal.middleware import SESSION_KEY
from tests import builders


@pytest.fixture
def phone(client_for):
    """A browser in which nobody is signed in."""
    return client_for(None)


@pytest.fixture
def link(world):
    return reverse("signed_link", args=[make_token(world.focal, world.obligation)])


def test_looking_changes_nothing(phone, link, world):
    page = phone.get(link)
    assert page.status_code == 200
    assert "Vi Thị Đầu" in page.content.decode() and "Sở Y tế" in page.content.decode()
    assert SESSION_KEY not in phone.session
    assert phone.get(reverse("obligation", args=[world.obligation.pk])).status_code == 302


def test_one_press_opens_the_duty_and_a_product_is_handed_in(phone, link, world):
    duty = reverse("obligation", args=[world.obligation.pk])
    assert phone.post(link)["Location"] == duty
    page = phone.get(duty)
    assert "Bạn đang mở bằng đường link riêng của" in page.content.decode()
    form = {
        "key": "6f3cbb9c-5d52-4d3a-9a2f-0f3a4a1b2c3d",
        "title": "Từ đường dẫn",
        "kind": "news",
        "body": "Nội dung",
        "is_declared": "on",
        "act": "submit",
    }
    answer = phone.post(reverse("item_new", args=[world.obligation.pk]), form)
    item = ContentItem.objects.get(title="Từ đường dẫn")
    assert answer["Location"] == reverse("item", args=[item.pk])
    assert item.submitted_by == world.focal
    assert phone.get(reverse("item", args=[item.pk])).status_code == 200


def test_link_reaches_no_other_duty_and_no_other_page(phone, link, world):
    elsewhere = builders.draft_item(world.obligation, actor=world.focal, now=None)
    other_campaign = builders.issue_monthly_campaign(actor=world.reviewer, today=timezone.localdate())
    other_duty = world.agency.obligations.filter(requirement__campaign=other_campaign).first()
    ContentItem.objects.filter(pk=elsewhere.pk).update(obligation=other_duty)
    phone.post(link)
    for name, pk in {
        "obligation": world.nomination.pk,
        "nominate": world.nomination.pk,
        "report_nothing": other_duty.pk,
        "item_new": other_duty.pk,
        "item": elsewhere.pk,
        "item_edit": elsewhere.pk,
        "item_withdraw": elsewhere.pk,
    }.items():
        assert (name, phone.get(reverse(name, args=[pk])).status_code) == (name, 404)
    closed = ["my_work", "notices", "channel_propose", "desk", "account_settings", "admin:index"]
    urls = [reverse(name) for name in closed]
    urls += [reverse("contact_hand_over", args=[world.contact.pk]), reverse("channel_correct", args=[world.channel.pk])]
    for url in urls:
        answer = phone.get(url)
        assert (url, answer.status_code) == (url, 302)
        assert "next=" in answer["Location"]


def test_link_corrects_a_returned_nomination_without_showing_its_phone(phone, world):
    world.nomination.extend(actor=world.reviewer, until=timezone.localdate() + timedelta(days=40), reason="Thử")
    world.proposed_contact.return_for_changes(actor=world.reviewer, reason="Thiếu chức vụ.")
    phone.post(reverse("signed_link", args=[make_token(world.focal, world.nomination)]))
    page = phone.get(reverse("nominate", args=[world.nomination.pk])).content.decode()
    assert "Triệu Thị Mới" in page and "Thiếu chức vụ." in page
    assert "0912000111" not in page


def test_leaving_ends_it(phone, link, world):
    phone.post(link)
    phone.post(reverse("signed_link_leave"))
    assert phone.get(reverse("obligation", args=[world.obligation.pk])).status_code == 302


def test_expired_link_says_what_to_do(phone, link):
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        page = phone.get(link)
        assert page.status_code == 410
        assert "Đăng nhập" in page.content.decode()
        assert phone.post(link).status_code == 410


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "abc", lambda t: t.replace(":", "", 1)]
)
def test_forged_link_is_unknown(phone, world, change):
    token = change(make_token(world.focal, world.obligation))
    assert phone.get(reverse("signed_link", args=[token])).status_code == 404


def test_link_dies_with_the_password(phone, link, world):
    phone.post(link)
    world.focal.set_password("mat-khau-khac-hoan-toan-2")
    world.focal.save()
    assert phone.get(link).status_code == 410
    assert phone.get(reverse("obligation", args=[world.obligation.pk])).status_code == 302


def test_link_dies_when_the_person_no_longer_answers_for_the_agency(phone, link, world):
    phone.post(link)
    world.focal.contact_points.get().leave(actor=world.reviewer, on=timezone.localdate(), reason="Chuyển công tác")
    assert phone.get(link).status_code == 410
    assert phone.get(reverse("obligation", args=[world.obligation.pk])).status_code == 404


def test_link_dies_with_the_account(phone, link, world):
    world.focal.is_active = False
    world.focal.save()
    assert phone.post(link).status_code == 410


def test_signed_in_person_goes_straight_to_the_duty(client_for, link, world):
    assert client_for(world.focal).get(link)["Location"] == reverse("obligation", args=[world.obligation.pk])


def test_somebody_else_signed_in_is_told_and_can_not_take_it_over(client_for, link, world, other_focal):
    browser = client_for(other_focal)
    assert "Đường link này là của người khác" in browser.get(link).content.decode()
    browser.post(link)
    assert SESSION_KEY not in browser.session
    assert browser.get(reverse("obligation", args=[world.obligation.pk])).status_code == 404
