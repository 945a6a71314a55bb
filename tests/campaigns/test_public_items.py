"""The public list of an agency's products: only what stands on channels that are official now."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.builders import NOW, approve_item, draft_item, make_channel, submit_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(health):
    return reverse("agency_items", args=[health.slug])


def publish(world, reviewer, title, channel=None, days=0):
    number = world.obligation.items.count()
    item = approve_item(submit_item(world.obligation, actor=world.focal, title=title), actor=reviewer)
    url = f"https://www.facebook.com/kenh/posts/{number}"
    moment = NOW + timedelta(days=days)
    item.publish(actor=reviewer, channel=channel or world.channel, url=url, published_at=moment, now=moment)
    return item


def test_everybody_reads_where_products_appeared(client_for, world, reviewer, address):
    publish(world, reviewer, "Phòng sốt xuất huyết")
    for person in (None, world.focal, reviewer):
        page = client_for(person).get(address).text
        assert "Phòng sốt xuất huyết" in page and 'href="https://www.facebook.com/kenh/posts/0"' in page
    assert address in client_for(None).get(reverse("agency_detail", args=[world.agency.slug])).text


def test_nothing_unpublished_and_nobody_of_the_staff_is_named(client_for, world, reviewer, address):
    publish(world, reviewer, "Tin đã đăng")
    draft_item(world.obligation, actor=world.focal, title="Bản nháp kín", responsible="Vi Thị Kín")
    submit_item(world.obligation, actor=world.focal, title="Chờ duyệt kín")
    approve_item(submit_item(world.obligation, actor=world.focal, title="Duyệt chưa đăng kín"), actor=reviewer)
    for person in (None, world.focal, reviewer):
        answer = client_for(person).get(address)
        assert [item.title for item in answer.context["page"]] == ["Tin đã đăng"]
        assert "kín" not in answer.text and "Vi Thị Kín" not in answer.text
    page = client_for(None).get(address).text
    assert reviewer.full_name not in page and world.focal.full_name not in page


def test_a_post_disappears_when_its_channel_is_no_longer_official(client_for, world, reviewer, address):
    other = make_channel(world.agency, actor=reviewer, name="Kênh thứ hai")
    item = publish(world, reviewer, "Tin một")
    item.publish(actor=reviewer, channel=other, url="https://www.facebook.com/hai/posts/1", now=NOW)
    world.channel.suspend(actor=reviewer, reason="Nghi bị chiếm")
    page = client_for(None).get(address)
    assert len(page.context["page"]) == 1
    assert "facebook.com/kenh/" not in page.text and "facebook.com/hai/" in page.text
    other.close(actor=reviewer, reason="Bỏ")
    assert "Tin một" not in client_for(None).get(address).text


def test_products_of_another_agency_stay_on_its_own_page(client_for, world, reviewer, other_agency):
    publish(world, reviewer, "Tin của Sở Y tế")
    assert "Tin của Sở Y tế" not in client_for(None).get(reverse("agency_items", args=[other_agency.slug])).text


def test_the_list_is_paged_newest_first_at_a_constant_cost(
    client_for, world, reviewer, address, django_assert_num_queries
):
    for number in range(11):
        publish(world, reviewer, f"Tin số {number}", days=-number)
        if number in (0, 3):
            with django_assert_num_queries(4):
                client_for(None).get(address)
    first = client_for(None).get(address)
    assert [item.title for item in first.context["page"]] == [f"Tin số {number}" for number in range(10)]
    assert [item.title for item in client_for(None).get(f"{address}?page=2").context["page"]] == ["Tin số 10"]
