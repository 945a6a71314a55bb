"""Three communes become one while everything is in motion: changes, addresses, rounds, groups, hand-overs, fakes, requests."""

import hashlib
import json
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse

from campaigns import reconfirming, reorganising
from campaigns.models import Appeal, ExtensionRequest, Obligation, RoundChannel
from registry.models import (
    Agency,
    ChannelChange,
    ChannelKey,
    ContactPoint,
    GroupMembership,
    KnownFake,
    NetworkGroup,
    ScanDay,
)
from registry.verdict import judge
from tests import builders
from tests.campaigns import test_reorganising as three
from tests.campaigns.test_reorganising import MERGED_ON, NOW, TODAY, changing, communes, month_figures

__all__ = ["changing", "communes"]
pytestmark = pytest.mark.django_db
TOUCHED = (*three.TOUCHED, GroupMembership, KnownFake, ExtensionRequest, Appeal, RoundChannel)
FAKE = "https://www.facebook.com/xanabangia"


def dump():
    """Every row and column of the touched tables."""
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in TOUCHED}


def digest(rows):
    return hashlib.sha256(json.dumps(rows, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()


class Life:
    """What is under way in the three communes."""

    def __init__(self, communes):
        actor, self.communes = communes.actor, communes
        self.people = [person.contact_points.get() for person in communes.people]
        reconfirming.ask_agencies(NOW - timedelta(days=1))
        self.group = NetworkGroup.found(actor=actor, name="Mạng lưới", url="https://zalo.me/g/mangluoi1", now=NOW)
        GroupMembership.ask(actor=actor, group=self.group, contacts=self.people, now=NOW)
        for member in self.group.memberships.all()[:2]:
            member.join(actor=actor, now=NOW)
        self.waiting = ContactPoint.propose(
            actor=communes.people[2], agency=communes.rows[2], role=self.people[2].role, full_name="Hà Thị Thay",
            phone="0912000999", email="thay@xa.example", replaces=self.people[2], now=NOW,
        )  # fmt: skip
        facts = {"noted_on": TODAY, "source": "Công văn 1/CAT", "imitates": communes.rows[1], "now": NOW}
        self.fake = KnownFake.enlist(actor=actor, url=FAKE, **facts)
        duty = builders.quota_of(communes.rows[1], date(2026, 11, 1))
        until = duty.last_day + timedelta(days=5)
        ExtensionRequest.ask(actor=communes.people[1], obligation=duty, until=until, reason="Mưa lũ", now=NOW)
        third = builders.quota_of(communes.rows[2], date(2026, 11, 1))
        item = builders.submit_item(third, actor=communes.people[2], now=NOW)
        item.reject(actor=actor, version=1, code="topic", note="Không đúng chủ đề.", now=NOW)
        Appeal.file(actor=communes.people[2], item=item, reason="Đúng chủ đề", now=NOW)


@pytest.fixture
def life(communes, changing):
    return Life(communes)


def test_the_dry_run_names_all_that_is_under_way(life):
    before = dump()
    text = "\n".join(reorganising.plan_of(life.communes.plan(), TODAY).lines)
    for words in (
        "Thay đổi của kênh đang chờ (2)", "Nhóm mạng lưới (3)", "đã tham gia, giữ nguyên với", "đã mời, giữ nguyên với",
        "Trang giả mạo đã biết (1)", "người tra cứu được chỉ kênh của Ủy ban nhân dân xã Suối Lạnh",
        "Đề nghị đang chờ trả lời (2)", "đầu việc được miễn nên không cần gia hạn nữa", "Đề nghị xem lại: ",
        "Hà Thị Thay (quản trị kênh của Ủy ban nhân dân xã Pò Lung, chờ xác nhận): làm đầu mối của",
        "Xác nhận lại kênh định kỳ",
    ):  # fmt: skip
        assert words in text, words
    assert dump() == before


def test_undo_gives_back_every_row_of_all_of_it(life):
    before = dump()
    act = life.communes.merge()
    assert digest(dump()) != digest(before)
    reorganising.undo(act, actor=life.communes.actor, now=NOW)
    after = dump()
    assert {label: len(rows) for label, rows in after.items()} == {label: len(rows) for label, rows in before.items()}
    assert after == before
    assert digest(after) == digest(before)


def test_people_stay_in_the_group_for_the_commune_that_takes_over(life):
    life.communes.merge()
    new = Agency.objects.get(founded_on=MERGED_ON)
    members = life.group.memberships.all()
    assert {(row.agency, row.contact.agency) for row in members} == {(new, new)}
    assert sorted(row.status for row in members) == ["asked", "joined", "joined"]
    assert not members.to_remove().exists()
    assert members.inside().count() == 2


def test_who_works_there_already_keeps_one_place_in_the_group(life, health):
    """The person of the first commune is a contact point of Sở Y tế too, and on the list of the group there."""
    there = builders.make_contact(health, "Đầu Mối 0", "dau.moi0@xa.example", actor=life.communes.actor)
    GroupMembership.ask(actor=life.communes.actor, group=life.group, contacts=[there], now=NOW)
    life.group.memberships.get(contact=there).join(actor=life.communes.actor, now=NOW)
    before = dump()
    act = life.communes.merge(to=health.slug)
    assert not life.group.memberships.to_remove().exists()
    reorganising.undo(act, actor=life.communes.actor, now=NOW)
    assert dump() == before


def test_people_who_end_with_their_commune_are_to_be_taken_out_of_the_group(life):
    act = life.communes.merge(contacts="leave")
    assert life.group.memberships.to_remove().count() == 2
    assert reorganising.obstacles_to_undo(act) == []


def test_a_hand_over_that_waits_goes_along_and_still_ends_the_old_person(life):
    life.communes.merge()
    new = Agency.objects.get(founded_on=MERGED_ON)
    waiting = new.contact_points.get(full_name="Hà Thị Thay")
    assert (waiting.status, waiting.replaces.agency, waiting.replaces.full_name) == ("proposed", new, "Đầu Mối 2")
    waiting.confirm(actor=life.communes.actor, now=NOW)
    waiting.replaces.refresh_from_db()
    assert waiting.replaces.status == "left"


def test_what_imitated_an_old_commune_leads_to_the_channels_of_the_new_one(life):
    life.communes.merge()
    new = Agency.objects.get(founded_on=MERGED_ON)
    verdict = judge(FAKE, TODAY)
    assert (verdict.fake, verdict.agencies) == (life.fake, [new])
    assert verdict.channels and {channel.agency for channel in verdict.channels} == {new}


def test_rounds_of_the_old_communes_are_excused_and_their_channels_asked_again(life):
    life.communes.merge()
    rounds = Obligation.objects.filter(is_round=True, agency__in=life.communes.rows)
    assert rounds and {row.outcome() for row in rounds} == {"exempt"}
    reconfirming.ask_agencies(NOW + timedelta(days=1))
    new = Agency.objects.get(founded_on=MERGED_ON)
    asked = Obligation.objects.get(is_round=True, agency=new)
    assert asked.round_channels.exclude(channel__agency=new).count() == 0


def test_figures_of_locked_months_and_printed_codes_stay(life, client_for):
    months = [date(2026, 9, 1), date(2026, 10, 1)]
    before = [month_figures(month) for month in months]
    codes = [row.qr_code for row in life.communes.channels[:2]]
    act = life.communes.merge()
    assert [month_figures(month) for month in months] == before
    browser = client_for(None)
    for code in codes:
        assert browser.get(reverse("qr", args=[code]), follow=True).status_code == 200
    for old in life.communes.rows:
        assert "Đã sáp nhập vào" in browser.get(reverse("agency_detail", args=[old.slug])).content.decode()
    reorganising.undo(act, actor=life.communes.actor, now=NOW)
    assert [month_figures(month) for month in months] == before


def test_scans_go_along_with_the_channel_and_are_no_reason_against_undo(communes):
    """People scan posters all day: that is nothing which anybody wrote on the channel."""
    channel = communes.channels[0]
    ScanDay.add(channel, TODAY - timedelta(days=60))
    act = communes.merge()
    ScanDay.add(channel, TODAY)
    reorganising.undo(act, actor=communes.actor, now=NOW)
    assert ScanDay.objects.filter(channel__agency=communes.rows[0]).count() == 2


def test_an_address_listed_as_fake_since_does_not_come_back_by_undo(communes, changing):
    """The commune was closed, its pages ended; somebody else took the address and the police listed it."""
    row, channel = communes.rows[0], communes.channels[0]
    url = channel.changes.first().channel.url
    act = communes.merge(kind="close", **{"from": row.slug, "to": None})
    key = ChannelKey.objects.filter(channel=channel, is_live=False, ended_on=None).first()
    fake = KnownFake.enlist(actor=communes.actor, url=url, noted_on=TODAY, source="Công văn 2/CAT", now=NOW)
    assert key is not None and ChannelChange.objects.filter(channel=channel).exists()
    with pytest.raises(ValidationError, match="nằm trong danh sách trang giả mạo"):
        reorganising.undo(act, actor=communes.actor, now=NOW)
    fake.remove(actor=communes.actor, reason="Ghi nhầm", now=NOW)
    reorganising.undo(act, actor=communes.actor, now=NOW)
