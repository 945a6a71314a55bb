"""The life of a channel through the browser: the agency's three answers, the province's queue and acts, the public page."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import review
from registry.models import Channel, ChannelChange, ChannelKey, KnownFake, Notice
from tests import builders
from tests.builders import NOW, TODAY

pytestmark = pytest.mark.django_db
OLD, NEW = "https://www.facebook.com/ytecu", "https://www.facebook.com/ytemoi"


@pytest.fixture
def channel(health, reviewer):
    return builders.make_channel(health, actor=reviewer, name="Y tế tỉnh", url=OLD)


@pytest.fixture
def change(channel, health_focal):
    return builders.propose_change(channel, actor=health_focal, url=NEW, now=NOW)


@pytest.fixture
def focal(client_for, health_focal):
    return client_for(health_focal)


@pytest.fixture
def desk(client_for, reviewer):
    return client_for(reviewer)


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def to(name, *args):
    return reverse(name, args=args)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# --- the agency ----------------------------------------------------------------------------------------------------


def test_every_published_channel_asks_with_three_answers(focal, channel):
    page = focal.get(to("my_work")).content.decode()
    for name in ("channel_still_right", "channel_change", "channel_give_up"):
        assert to(name, channel.pk) in page


def test_all_channels_are_still_right_with_one_tap_except_those_that_change(
    focal, channel, change, health, other_agency, reviewer
):
    mine = [builders.make_channel(health, actor=reviewer) for _ in range(2)]
    paused = builders.make_channel(health, actor=reviewer)
    paused.suspend(actor=reviewer, reason="Thử")
    theirs = builders.make_channel(other_agency, actor=reviewer)
    assert "Tất cả kênh vẫn đúng" in words(focal.get(to("my_work")))
    answer = focal.post(to("channels_still_right"), {"agency": health.pk}, follow=True)
    assert "2 kênh của Sở Y tế vẫn đúng" in words(answer)
    today = timezone.localdate()
    found = {row.pk for row in Channel.objects.filter(reconfirmed_on=today, answered_at__date=today)}
    assert found == {row.pk for row in mine}
    assert theirs.reconfirmed_on != today
    assert "không có kênh nào cần xác nhận" in words(
        focal.post(to("channels_still_right"), {"agency": health.pk}, follow=True)
    )


@pytest.mark.parametrize("sent", ["", "x", "99999999999999999999", "0"])
def test_a_strange_agency_is_not_found(focal, sent):
    assert focal.post(to("channels_still_right"), {"agency": sent}).status_code == 404


def test_a_change_is_sent_seen_on_the_card_and_withdrawn(focal, channel):
    form = {"url": NEW, "keeps_old_address": "on", "name": "Y tế tỉnh", "note": "Trang cũ bị khoá"}
    page = focal.post(to("channel_change", channel.pk), form, follow=True)
    assert "Kênh giữ nguyên đến khi cán bộ tỉnh xác nhận" in words(page)
    assert f"đường link mới {NEW} (địa chỉ cũ vẫn dùng)" in words(page)
    change = ChannelChange.objects.get()
    assert (change.status, change.keeps_old_address) == ("proposed", True)
    focal.post(to("channel_change", channel.pk), form)
    assert ChannelChange.objects.count() == 1
    assert "đang chờ tỉnh xác nhận" in words(focal.get(to("channel_change", channel.pk)))
    focal.post(to("channel_change_withdraw", change.pk))
    assert (fresh(change).status, fresh(channel).url) == ("withdrawn", OLD)


def test_what_was_typed_stays_when_the_address_is_refused(focal, channel):
    form = {"url": "https://zalo.me/2222333344445555666", "name": "Tên đang gõ", "note": "Thử"}
    page = focal.post(to("channel_change", channel.pk), form)
    assert page.context["form"].errors.keys() == {"url"}
    assert 'value="Tên đang gõ"' in page.content.decode()


def test_a_returned_change_comes_back_with_the_reason_and_is_sent_again(focal, channel, change, reviewer):
    change.return_for_changes(actor=reviewer, reason="Trang chưa mở được.", now=NOW)
    page = focal.get(to("my_work"))
    assert "Trang chưa mở được." in words(page)
    url = to("channel_change_correct", change.pk)
    assert url in page.content.decode()
    assert focal.get(to("channel_change", channel.pk))["Location"] == url
    assert f'value="{NEW}"' in focal.get(url).content.decode()
    focal.post(url, {"url": NEW, "name": "Y tế tỉnh", "note": "Đã mở công khai"})
    assert fresh(change).status == "proposed"
    assert "không chờ sửa" in words(focal.get(url))


def test_giving_up_says_what_follows_pauses_at_once_and_can_be_taken_back(focal, client_for, channel):
    url = to("channel_give_up", channel.pk)
    assert "không mở lại được" in words(focal.get(url))
    assert fresh(channel).status == "confirmed"
    focal.post(url, {"reason": " "})
    assert fresh(channel).status == "confirmed"
    page = focal.post(url, {"reason": "Không còn người quản trị"}, follow=True)
    assert "đã báo bỏ, chờ tỉnh đóng" in words(page)
    assert focal.post(url, {"reason": "Bấm lần nữa"})["Location"] == to("my_work")
    public = client_for(None).get(to("channel_detail", channel.pk, channel.slug))
    assert "đang tạm dừng kênh này" in words(public) and "Không còn người quản trị" in words(public)
    focal.post(to("channel_keep", channel.pk))
    assert (fresh(channel).status, fresh(channel).given_up_at) == ("confirmed", None)


def test_another_agency_sees_nothing_of_a_change(client_for, other_focal, change):
    other = client_for(other_focal)
    for name in ("channel_change_correct", "channel_change_withdraw"):
        assert other.post(to(name, change.pk)).status_code == 404
    assert NEW not in other.get(to("my_work")).content.decode()
    assert not ChannelChange.objects.visible_to(other_focal).exists()
    assert (
        NEW not in client_for(None).get(to("channel_detail", change.channel_id, change.channel.slug)).content.decode()
    )


# --- the province --------------------------------------------------------------------------------------------------


def test_the_queue_holds_new_channels_changes_and_given_up_ones_by_waiting_time(
    desk, reviewer, health, health_focal, channel, change
):
    new = builders.make_channel(health, actor=health_focal, confirmed=False, now=NOW + timedelta(days=2))
    gone = builders.make_channel(health, actor=reviewer)
    gone.give_up(actor=health_focal, reason="Thôi dùng", now=NOW + timedelta(days=1))
    assert list(review.channels_waiting(reviewer)) == [channel, gone, new]
    queue = {tab.kind: (tab.count, tab.since) for tab in review.queues(reviewer)}
    assert queue["kenh"] == (3, NOW)
    page = desk.get(to("review_queue") + "?loai=kenh")
    for url in (to("review_change", change.pk), to("review_channel", gone.pk), to("review_channel", new.pk)):
        assert f'href="{url}"' in page.content.decode()


def test_the_page_of_a_change_shows_each_letter_the_rivals_and_the_fakes(
    desk, change, other_agency, other_focal, reviewer
):
    rival = builders.make_channel(other_agency, actor=other_focal, url=NEW, confirmed=False)
    asked = builders.make_channel(other_agency, actor=reviewer)
    builders.propose_change(asked, actor=other_focal, url=NEW)
    KnownFake.objects.create(url=NEW, key="facebook:ytemoi", noted_on=TODAY, source="Cảnh báo số 9", listed_by=reviewer)
    page = desk.get(to("review_change", change.pk))
    text = page.content.decode()
    assert "facebook.com/yte<del>cu</del>" in text and "facebook.com/yte<ins>moi</ins>" in text
    assert {row.pk for row in page.context["rivals"]} == {rival.pk, asked.pk}
    assert "Cảnh báo số 9" in text
    links = re.findall(r"<a [^>]*facebook\.com[^>]*>", text)
    assert len(links) == 2
    assert all('rel="noopener noreferrer nofollow" target="_blank"' in link for link in links)


def test_accepting_goes_on_to_what_waits_next_and_tells_whoever_asked(desk, change, health, health_focal):
    following = builders.make_channel(health, actor=health_focal, confirmed=False)
    answer = desk.post(to("review_change", change.pk), {"act": "confirm"})
    assert answer["Location"] == to("review_channel", following.pk)
    assert (fresh(change).status, fresh(change.channel).url) == ("accepted", NEW)
    assert Notice.objects.filter(recipient=health_focal, text__contains="đã được xác nhận").count() == 1


def test_a_return_needs_its_reason(desk, change):
    assert desk.post(to("review_change", change.pk), {"act": "return", "reason": " "}).status_code == 200
    assert fresh(change).status == "proposed"
    desk.post(to("review_change", change.pk), {"act": "return", "reason": "Trang chưa mở được."})
    assert (fresh(change).status, fresh(change).decision_reason) == ("returned", "Trang chưa mở được.")


def test_the_slower_reviewer_gets_a_sentence_not_a_second_decision(desk, client_for, administrator, change):
    client_for(administrator).post(to("review_change", change.pk), {"act": "return", "reason": "Chưa đúng."})
    answer = desk.post(to("review_change", change.pk), {"act": "confirm"})
    assert answer.status_code == 409
    assert f"{administrator.full_name} đã xử lý lúc" in words(answer)
    assert fresh(change.channel).url == OLD


def test_the_province_closes_a_given_up_channel_with_one_tap(desk, channel, health_focal):
    channel.give_up(actor=health_focal, reason="Không còn người quản trị")
    page = desk.get(to("review_channel", channel.pk)).content.decode()
    form = re.search(rf'<form method="post" action="{to("channel_close", channel.pk)}">.*?</form>', page, re.S).group()
    reason = re.search(r'name="reason" value="([^"]+)"', form).group(1)
    desk.post(to("channel_close", channel.pk), {"reason": reason})
    assert (fresh(channel).status, fresh(channel).status_reason) == ("closed", "Không còn người quản trị")


def test_the_province_changes_widens_and_narrows_a_channel(desk, channel, reviewer):
    desk.post(to("channel_change_now", channel.pk), {"url": NEW, "name": "Y tế", "note": "Công văn số 5"})
    assert (fresh(channel).url, fresh(channel).name) == (NEW, "Y tế")
    more = "https://www.facebook.com/yteba"
    desk.post(to("channel_add_address", channel.pk), {"url": more, "reason": "Công văn số 6"})
    row = ChannelKey.objects.get(key="facebook:yteba")
    page = words(desk.get(to("review_channel", channel.pk)))
    assert "cũng là kênh này" in page and f"đến {timezone.localdate():%d/%m/%Y}" in page
    desk.post(
        to("channel_end_address", channel.pk, row.pk),
        {"on": f"{timezone.localdate():%d/%m/%Y}", "reason": "Trang đã xoá"},
    )
    assert fresh(row).ended_on == timezone.localdate()
    assert [key.key for key in fresh(channel).current_keys] == ["facebook:ytemoi"]


def test_a_refused_address_stays_in_the_form(desk, channel, other_agency, reviewer):
    builders.make_channel(other_agency, actor=reviewer, url=NEW)
    page = desk.post(to("channel_add_address", channel.pk), {"url": NEW, "reason": "Công văn"})
    assert "Địa chỉ này đã đăng ký" in words(page)
    page = desk.post(to("channel_change_now", channel.pk), {"url": NEW, "name": "Y tế tỉnh", "note": "Công văn"})
    assert "Địa chỉ này đã đăng ký" in words(page) and NEW in page.content.decode()


def test_a_key_of_another_channel_is_not_ended_through_this_one(desk, channel, other_agency, reviewer):
    other = builders.make_channel(other_agency, actor=reviewer)
    assert desk.get(to("channel_end_address", channel.pk, other.keys.get().pk)).status_code == 404


@pytest.mark.parametrize("count", [1, 4])
def test_the_page_of_a_channel_costs_the_same_for_one_and_for_four_addresses(
    count, desk, channel, reviewer, django_assert_num_queries
):
    for number in range(count):
        url = f"https://www.facebook.com/ytethem{number}"
        ChannelKey.add(actor=reviewer, channel=channel, url=url, reason="Thử")
    with django_assert_num_queries(13):
        desk.get(to("review_channel", channel.pk))


@pytest.mark.parametrize("count", [1, 4])
def test_the_queue_costs_the_same_for_one_change_and_for_four(
    count, desk, health, health_focal, reviewer, django_assert_num_queries
):
    for _ in range(count):
        builders.propose_change(builders.make_channel(health, actor=reviewer), actor=health_focal)
        builders.make_channel(health, actor=reviewer).give_up(actor=health_focal, reason="Thôi dùng")
    with django_assert_num_queries(8):
        desk.get(to("review_queue") + "?loai=kenh")


def test_the_work_list_costs_the_same_for_one_change_and_for_four(focal, health, health_focal, reviewer):
    costs = []
    for _ in range(4):
        change = builders.propose_change(builders.make_channel(health, actor=reviewer), actor=health_focal)
        change.return_for_changes(actor=reviewer, reason="Chưa đúng.")
        builders.propose_change(builders.make_channel(health, actor=reviewer), actor=health_focal)
        with CaptureQueriesContext(connection) as queries:
            focal.get(to("my_work"))
        costs.append(len(queries))
    assert costs == costs[:1] * 4


# --- the public page -----------------------------------------------------------------------------------------------


def test_the_public_reads_every_address_the_former_ones_and_the_mandate(client_for, health, reviewer):
    channel = builders.make_channel(
        health, actor=reviewer, url=OLD, decision_number="12/QĐ-UBND", decision_on=TODAY.replace(day=1)
    )
    ChannelChange.make(actor=reviewer, channel=channel, url=NEW, reason="Công văn số 5", now=NOW)
    more = "https://www.facebook.com/yteba"
    ChannelKey.add(actor=reviewer, channel=channel, url=more, reason="Công văn số 6", now=NOW)
    page = client_for(None).get(to("channel_detail", channel.pk, channel.slug))
    text = words(page)
    assert "facebook.com/ytecu (đến 16/09/2026)" in text
    assert "Quyết định 12/QĐ-UBND ngày 01/09/2026" in text
    assert "Xác nhận gần nhất 16/09/2026" in text
    assert re.findall(r'class="identity">([^<]+)<', page.content.decode()) == [
        "facebook.com/ytemoi",
        "facebook.com/yteba",
    ]
    assert f'href="{more}"' in page.content.decode() and f'href="{OLD}"' not in page.content.decode()


def test_the_qr_code_leads_to_the_new_address(client_for, channel, change, reviewer):
    change.accept(actor=reviewer)
    page = client_for(None).get(to("qr", channel.qr_code)).content.decode()
    assert f'href="{NEW}"' in page and OLD not in page
