"""Who lacks what: the table, its filters in the address, the file, and the draft campaign that asks for it."""

from io import StringIO

import pytest
from django.urls import reverse

from campaigns.models import Campaign
from registry.lacking import agencies_with, flags_of, things
from registry.models import ContactRole, GroupMembership, NetworkGroup
from tests import builders

pytestmark = pytest.mark.django_db


def flags(agency, group=None):
    asked = things(group)
    found = agencies_with(asked).get(pk=agency.pk)
    return {thing.key for thing, there in flags_of(found, asked) if there}


def rows(client, **params):
    return [agency.name for agency, _ in client.get(reverse("lacking"), params).context["rows"]]


@pytest.fixture
def browser(client_for, reviewer):
    return client_for(reviewer)


def test_each_thing_is_seen_when_it_is_confirmed(health, reviewer):
    assert flags(health) == set()
    channel = builders.make_channel(health, actor=reviewer, kind="facebook_page", confirmed=False)
    assert flags(health) == set()
    channel.confirm(actor=reviewer)
    assert flags(health) == {"facebook", "kenh"}
    builders.make_contact(health, actor=reviewer, role=ContactRole.SPOKESPERSON, is_deputy=True)
    assert flags(health) == {"facebook", "kenh", "nguoi-phat-ngon", "thay-the"}
    contact = builders.make_contact(health, "", "co.thu@yte.example", actor=reviewer, role=ContactRole.POLICY)
    assert flags(health) == {"facebook", "kenh", "nguoi-phat-ngon", "thay-the", "chinh-sach", "thu"}
    contact.leave(actor=reviewer, on=builders.TODAY, reason="Chuyển công tác")
    channel.suspend(actor=reviewer, reason="Bị chiếm quyền")
    assert flags(health) == {"nguoi-phat-ngon", "thay-the"}


def test_a_group_is_one_more_thing(health, reviewer):
    group = NetworkGroup.found(actor=reviewer, name="Mạng lưới", url="https://zalo.me/g/abc123")
    contact = builders.make_contact(health, actor=reviewer)
    GroupMembership.ask(actor=reviewer, group=group, contacts=[contact], now=builders.NOW)
    assert "trong-nhom" not in flags(health, group)
    group.memberships.get().join(actor=reviewer, now=builders.NOW)
    assert "trong-nhom" in flags(health, group)
    contact.leave(actor=reviewer, on=builders.TODAY, reason="Chuyển công tác")
    assert "trong-nhom" not in flags(health, group)


def test_filters_stand_in_the_address(browser, health, other_agency, reviewer):
    builders.make_channel(health, actor=reviewer, kind="facebook_page")
    assert rows(browser) == ["Sở Y tế", "Ủy ban nhân dân xã Suối Mơ"]
    assert rows(browser, thieu="facebook") == ["Ủy ban nhân dân xã Suối Mơ"]
    assert rows(browser, thieu=["zalo-oa", "website"]) == ["Sở Y tế", "Ủy ban nhân dân xã Suối Mơ"]
    assert rows(browser, q="so y te") == ["Sở Y tế"]
    assert rows(browser, nhom="xa") == ["Ủy ban nhân dân xã Suối Mơ"]
    assert rows(browser, sap="thieu-nhieu") == ["Ủy ban nhân dân xã Suối Mơ", "Sở Y tế"]
    assert rows(browser, thieu="bua", nhom="bua", nhom_zalo="bua", sap="bua") == [
        "Sở Y tế", "Ủy ban nhân dân xã Suối Mơ",
    ]  # fmt: skip


def test_closed_agencies_are_not_listed(browser, health, other_agency, reviewer):
    other_agency.close(actor=reviewer, on=builders.TODAY, reason="Sáp nhập")
    assert rows(browser) == ["Sở Y tế"]


def test_the_file_holds_exactly_what_is_filtered(browser, health, other_agency, reviewer):
    builders.make_channel(health, actor=reviewer, kind="facebook_page")
    url = reverse("lacking_export")
    text = b"".join(browser.get(url, {"dang": "csv", "thieu": "facebook"})).decode()
    lines = StringIO(text).readlines()
    assert len(lines) == 2 and "Suối Mơ" in lines[1] and "thiếu" in lines[1]
    assert browser.get(url, {"dang": "xlsx"}).content[:2] == b"PK"


def test_the_table_costs_the_same_for_many(browser, reviewer, django_assert_num_queries):
    for number in (1, 2, 3, 4):
        agency = builders.make_agency(actor=reviewer)
        builders.make_channel(agency, actor=reviewer)
        if number in (1, 4):
            with django_assert_num_queries(6):
                browser.get(reverse("lacking"))


def test_a_draft_asks_exactly_the_filtered_agencies(browser, health, other_agency, reviewer):
    builders.make_channel(health, actor=reviewer, kind="facebook_page")
    assert "Lập bản nháp" in browser.get(reverse("lacking"), {"thieu": "facebook"}).content.decode()
    answer = browser.post(reverse("lacking_ask"), {"address": "thieu=facebook&page=1"}, follow=True)
    campaign = Campaign.objects.get()
    asked = campaign.requirements.get()
    assert (asked.kind, asked.channel_kind, list(asked.agencies.all())) == (
        "register_channel", "facebook_page", [other_agency],
    )  # fmt: skip
    assert campaign.is_draft
    assert answer.redirect_chain[-1][0] == reverse("requirement_edit", args=[asked.pk])


@pytest.mark.parametrize(("what", "kind"), [("nguoi-phat-ngon", "nominate_contact"), ("trong-nhom", "join_group")])
def test_people_and_groups_are_asked_for_too(browser, health, reviewer, what, kind):
    group = NetworkGroup.found(actor=reviewer, name="Mạng lưới", url="https://zalo.me/g/abc123")
    browser.post(reverse("lacking_ask"), {"address": f"thieu={what}&nhom_zalo={group.pk}"})
    asked = Campaign.objects.get().requirements.get()
    assert (asked.kind, asked.group) == (kind, group if kind == "join_group" else None)


@pytest.mark.parametrize("address", ["", "thieu=facebook&thieu=website", "thieu=thu", "thieu=facebook&q=khong-co"])
def test_what_cannot_be_asked_makes_no_draft(browser, health, address):
    answer = browser.post(reverse("lacking_ask"), {"address": address}, follow=True)
    assert not Campaign.objects.exists()
    assert answer.status_code == 200
