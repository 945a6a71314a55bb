"""Choosing a channel among those of a whole province: the likely ones are offered, any other is found by a word."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import Campaign, ContentStatus, Publication
from registry.models import Channel
from tests import builders

pytestmark = pytest.mark.django_db

TYPED = {"url": "https://www.facebook.com/bai-khac/posts/9", "published_at": "08:30 21/09/2026"}


@pytest.fixture
def approved(reviewer, health, health_focal):
    builders.issue_monthly_campaign(actor=reviewer)
    item = builders.submit_item(builders.quota_of(health), actor=health_focal)
    return builders.approve_item(item, actor=reviewer)


@pytest.fixture
def page_of(approved, reviewer, client_for):
    """The form of publishing, as asked for or as answered to what was sent."""
    browser, address = client_for(reviewer), reverse("publish_item", args=[approved.pk])

    def ask(**sent):
        return unescape((browser.post(address, sent) if sent else browser.get(address)).content.decode())

    return ask


@pytest.fixture
def campaign_page(approved, reviewer, client_for):
    """The form of the campaign's channels, likewise."""
    browser, address = client_for(reviewer), reverse("campaign_edit", args=[Campaign.objects.get().pk])

    def ask(**sent):
        return unescape((browser.post(address, sent) if sent else browser.get(address)).content.decode())

    return ask


def groups_of(page):
    """(heading, names of the channels) of the groups of the channel list, in order."""
    groups = re.findall(r'<optgroup label="([^"]*)">(.*?)</optgroup>', page, re.DOTALL)
    return [(heading, re.findall(r"– (\S+) \(", options)) for heading, options in groups]


def chosen_in(page):
    return [int(pk) for pk in re.findall(r'<option value="(\d+)" selected', page)]


def ticks_of(page):
    """Name of each offered channel and whether it is ticked."""
    boxes = re.findall(r'<input type="checkbox" name="channels"([^>]*)>\s*(?:.*?)– (\S+) \(', page, re.DOTALL)
    return {name: "checked" in attributes for attributes, name in boxes}


def test_likely_channels_are_grouped_those_of_the_province_first(page_of, health, other_agency, reviewer):
    for agency, name in ((other_agency, "Xã"), (health, "Sở"), (other_agency, "Tỉnh"), (other_agency, "Đợt")):
        builders.make_channel(agency, actor=reviewer, name=name)
    Channel.objects.filter(name="Tỉnh").update(is_featured=True)
    Campaign.objects.get().channels.set(Channel.objects.filter(name="Đợt"))
    groups = [("Kênh của tỉnh", ["Tỉnh"]), ("Kênh của đợt", ["Đợt"]), (f"Kênh của {health.name}", ["Sở"])]
    assert groups_of(page_of()) == groups


def test_the_channels_of_other_agencies_cost_nothing(page_of, health, other_agency, reviewer):
    builders.make_channel(health, actor=reviewer)
    page_of()
    seen = []
    for number in (1, 3):
        for _ in range(number):
            builders.make_channel(other_agency, actor=reviewer)
        with CaptureQueriesContext(connection) as queries:
            seen.append((len(page_of()), len(queries)))
    assert seen[0] == seen[1]
    assert seen[0][1] == 10


def test_other_channels_are_found_to_choose_from_and_what_was_typed_stays(page_of, health, other_agency, reviewer):
    own = builders.make_channel(health, actor=reviewer, name="Sở")
    for name in ("Thứ-nhất", "Thứ-hai"):
        builders.make_channel(other_agency, actor=reviewer, name=name)
    page = page_of(**TYPED, channel=own.pk, act="tim", tim="thu")
    assert groups_of(page)[0] == ("Kênh tìm thấy", ["Thứ-hai", "Thứ-nhất"])
    assert "Tìm thấy 2 kênh" in page
    assert TYPED["url"] in page and TYPED["published_at"] in page
    assert (groups_of(page)[1], chosen_in(page)) == ((f"Kênh của {health.name}", ["Sở"]), [])
    assert not Publication.objects.exists()


def test_the_only_channel_found_is_chosen_and_can_be_recorded(page_of, approved, other_agency, reviewer):
    channel = builders.make_channel(other_agency, actor=reviewer, name="Xã")
    assert chosen_in(page_of(**TYPED, channel="", act="tim", tim=other_agency.name)) == [channel.pk]
    page_of(**TYPED, channel=channel.pk, tim=other_agency.name, da_tim=other_agency.name, is_sure="on")
    approved.refresh_from_db()
    assert (approved.status, Publication.objects.get().channel) == (ContentStatus.PUBLISHED, channel)


def test_a_chosen_channel_stays_in_the_list_when_something_else_is_wrong(page_of, other_agency, reviewer):
    channel = builders.make_channel(other_agency, actor=reviewer, name="Xã")
    page = page_of(channel=channel.pk, url="", published_at="")
    assert (groups_of(page), chosen_in(page)) == ([("Kênh đang chọn", ["Xã"])], [channel.pk])


def test_enter_in_the_search_field_searches_and_records_nothing(page_of, health, reviewer):
    channel = builders.make_channel(health, actor=reviewer)
    assert "Không có kênh chính thức nào như vậy" in page_of(**TYPED, channel=channel.pk, tim="không đâu", is_sure="on")
    assert "Hãy ghi tên kênh" in page_of(**TYPED, channel=channel.pk, tim=" ", act="tim", is_sure="on")
    assert not Publication.objects.exists()


def test_a_channel_is_found_by_the_address_of_its_page(page_of, other_agency, reviewer):
    builders.make_channel(other_agency, actor=reviewer, url="https://www.facebook.com/xa.khac", name="Xã")
    assert groups_of(page_of(**TYPED, act="tim", tim="m.facebook.com/xa.khac/posts/1")) == [("Kênh tìm thấy", ["Xã"])]


def test_the_channel_on_which_a_post_really_is_can_be_chosen_at_once(page_of, health, other_agency, reviewer):
    ours = builders.make_channel(health, actor=reviewer, url="https://www.facebook.com/soyte.dung", name="Sở")
    builders.make_channel(other_agency, actor=reviewer, url="https://www.facebook.com/xa.khac", name="Xã")
    page = page_of(channel=ours.pk, url="https://www.facebook.com/xa.khac/posts/1", published_at="08:30 21/09/2026")
    assert "Bài này nằm trên kênh “Xã”" in page
    assert groups_of(page)[-1] == ("Kênh có trong đường link", ["Xã"])


def test_unofficial_channels_are_never_found(page_of, other_agency, reviewer):
    channel = builders.make_channel(other_agency, actor=reviewer, name="Xã")
    channel.suspend(actor=reviewer, reason="Bị chiếm quyền")
    assert "Không có kênh chính thức nào như vậy" in page_of(**TYPED, act="tim", tim="xã")


def test_a_campaign_offers_its_own_channels_and_those_of_the_province(campaign_page, health, other_agency, reviewer):
    for agency, name in ((health, "Đợt"), (other_agency, "Tỉnh"), (other_agency, "Xã")):
        builders.make_channel(agency, actor=reviewer, name=name)
    Channel.objects.filter(name="Tỉnh").update(is_featured=True)
    Campaign.objects.get().channels.set(Channel.objects.filter(name="Đợt"))
    assert ticks_of(campaign_page()) == {"Đợt": True, "Tỉnh": False}


def test_searching_for_a_campaigns_channel_keeps_ticks_and_words_and_saves_nothing(
    campaign_page, health, other_agency, reviewer
):
    old, new, _ = (builders.make_channel(health, actor=reviewer, name=name) for name in ("Cũ", "Mới", "Thôi"))
    builders.make_channel(other_agency, actor=reviewer, name="Xã")
    campaign = Campaign.objects.get()
    campaign.channels.set([old])
    page = campaign_page(purpose="Lời mới", channels=[old.pk, new.pk], act="tim", tim="Xã")
    assert ticks_of(page) == {"Xã": False, "Cũ": True, "Mới": True}
    assert "Lời mới" in page and "Tìm thấy 1 kênh" in page
    campaign.refresh_from_db()
    assert (campaign.purpose == "Lời mới", [*campaign.channels.all()]) == (False, [old])


def test_a_found_channel_is_saved_with_the_campaign(campaign_page, other_agency, reviewer):
    found = builders.make_channel(other_agency, actor=reviewer, name="Xã")
    campaign_page(purpose="Lời mới", channels=[found.pk], tim="xã", da_tim="xã")
    assert [*Campaign.objects.get().channels.all()] == [found]
