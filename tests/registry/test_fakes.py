"""Known fakes: what may be listed, what the list does to verdicts and confirmations, its pages at the desk."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from registry.models import ChannelKey, KnownFake
from registry.models.entering import enter_channels
from registry.verdict import judge
from tests import builders

TODAY = date(2026, 3, 2)
NOW = builders.moment(TODAY)
FAKE = "https://www.facebook.com/khamchuabenhmienphi"
PAGE = "https://www.facebook.com/soytetinhmau"


def enlist(actor, url=FAKE, **facts):
    facts = {"noted_on": date(2026, 3, 1), "source": "Công văn 12/CAT-PA05", "now": NOW} | facts
    return KnownFake.enlist(actor=actor, url=url, **facts)


@pytest.fixture
def page(health, reviewer):
    return builders.make_channel(health, actor=reviewer, name="Trang Sở Y tế", url=PAGE)


@pytest.mark.parametrize(
    "asked",
    [FAKE, "m.facebook.com/KhamChuaBenhMienPhi?fbclid=1", f"{FAKE}/posts/123"],
)
def test_any_spelling_and_any_post_of_a_known_fake_is_told(page, health, reviewer, asked):
    fake = enlist(reviewer, imitates=health)
    answer = judge(asked, TODAY)
    assert (answer.verdict, answer.fake, answer.agencies, answer.channels) == ("known_fake", fake, [health], [page])
    for words in ("mạo danh Sở Y tế", "01/03/2026", "Công văn 12/CAT-PA05"):
        assert words in answer.message


@pytest.mark.parametrize("url", ["https://soyte-tinhmau-gov.vn/dang-ky", "https://facebook.com.evil.vn/soyte"])
def test_disguised_host_can_be_listed(health, reviewer, url):
    enlist(reviewer, url=url, imitates=health)
    assert judge(url, TODAY).verdict == "known_fake"


@pytest.mark.parametrize(
    "url", ["", "Sở Y tế", "0912 345 678", "https://zalo.me/0912345678", f"{FAKE}/posts/1", "https://bit.ly/x"]
)
def test_what_is_no_page_is_not_listed(reviewer, url):
    with pytest.raises(ValidationError):
        enlist(reviewer, url=url)
    assert not KnownFake.objects.exists()


def test_address_of_an_official_channel_is_not_listed(page, reviewer):
    with pytest.raises(ValidationError, match="Trang Sở Y tế"):
        enlist(reviewer, url=PAGE)
    page.close(actor=reviewer, reason="Bị chiếm quyền", on=date(2026, 2, 1))
    enlist(reviewer, url=PAGE)
    assert judge(PAGE, TODAY).verdict == "known_fake"


def test_the_official_record_wins_over_the_list(page, reviewer):
    fake = enlist(reviewer)
    KnownFake.objects.filter(pk=fake.pk).update(key="facebook:soytetinhmau")
    assert judge(PAGE, TODAY).verdict == "official"


def test_known_fake_is_not_confirmed_until_it_is_taken_off_the_list(health, reviewer):
    fake = enlist(reviewer)
    channel = builders.make_channel(health, actor=reviewer, url=FAKE, confirmed=False)
    with pytest.raises(ValidationError, match="danh sách trang giả mạo"):
        channel.confirm(actor=reviewer)
    draft = {"agency": health, "kind": "facebook_page", "name": "X", "url": FAKE, "key": fake.key}
    with pytest.raises(ValidationError, match="danh sách trang giả mạo"):
        enter_channels(actor=reviewer, drafts=[draft])
    fake.remove(actor=reviewer, reason="Ghi nhầm", now=NOW)
    channel.confirm(actor=reviewer)
    assert judge(FAKE, TODAY).channel == channel


def test_entry_is_listed_once_and_again_after_its_removal(reviewer):
    first = enlist(reviewer)
    with pytest.raises(ValidationError, match="đã có trong danh sách"):
        enlist(reviewer)
    first.remove(actor=reviewer, reason="Trang đã bị gỡ", now=NOW)
    assert judge(FAKE, TODAY).verdict == "no_information"
    assert enlist(reviewer).pk != first.pk


def test_removed_entry_is_neither_corrected_nor_removed_again(reviewer):
    fake = enlist(reviewer)
    fake.correct(actor=reviewer, noted_on=TODAY, source="Công văn 13", name="Trang X", now=NOW)
    assert (fake.source, fake.name, fake.key) == ("Công văn 13", "Trang X", "facebook:khamchuabenhmienphi")
    fake.remove(actor=reviewer, reason="Ghi nhầm", now=NOW)
    with pytest.raises(ValidationError, match="đã được đưa ra"):
        fake.remove(actor=reviewer, reason="Ghi nhầm", now=NOW)
    with pytest.raises(ValidationError, match="đã được đưa ra"):
        fake.correct(actor=reviewer, noted_on=TODAY, source="Công văn 14", now=NOW)
    reasons = list(fake.history.order_by("pk").values_list("history_change_reason", flat=True))
    assert reasons[-1] == "Đưa ra khỏi danh sách: Ghi nhầm"


def test_nothing_is_noted_in_the_future_or_removed_without_a_reason(reviewer):
    with pytest.raises(ValidationError, match="sau hôm nay"):
        enlist(reviewer, noted_on=TODAY + timedelta(days=1))
    with pytest.raises(ValidationError, match="lý do"):
        enlist(reviewer).remove(actor=reviewer, reason=" ", now=NOW)


@pytest.mark.parametrize(
    "broken",
    [{"source": ""}, {"key": ""}, {"status": "removed"}, {"removed_reason": "Chưa đưa ra"}, {"removed_at": NOW}],
)
def test_database_refuses_half_entries(reviewer, broken):
    fake = enlist(reviewer)
    with pytest.raises(IntegrityError), transaction.atomic():
        KnownFake.objects.filter(pk=fake.pk).update(**broken)


def test_database_refuses_an_address_twice(reviewer):
    enlist(reviewer)
    other = enlist(reviewer, url=f"{FAKE}2")
    with pytest.raises(IntegrityError), transaction.atomic():
        KnownFake.objects.filter(pk=other.pk).update(key="facebook:khamchuabenhmienphi")


def test_address_that_a_channel_gave_up_answers_with_the_new_one(page, reviewer):
    ChannelKey.objects.filter(key="facebook:soytetinhmau").update(is_live=False, ended_on=date(2026, 2, 3))
    page.keys.create(key="facebook:soytemoi", is_live=True)
    page.amend(actor=reviewer, reason="Chuyển", url="https://www.facebook.com/soytemoi")
    answer = judge(PAGE, TODAY)
    assert (answer.verdict, answer.until, answer.headline_of) == ("was_official", date(2026, 2, 3), "moved")
    assert "03/02/2026" in answer.message and "https://www.facebook.com/soytemoi" in answer.message
    assert judge("https://www.facebook.com/soytemoi", TODAY).verdict == "official"


def test_verify_prints_what_is_known_of_a_fake(health, reviewer):
    enlist(reviewer, imitates=health, name="Khám miễn phí")
    out = StringIO()
    call_command("verify", FAKE, "--json", stdout=out)
    assert json.loads(out.getvalue())["known_fake"] == {
        "noted_on": "2026-03-01", "source": "Công văn 12/CAT-PA05", "name": "Khám miễn phí", "imitates": "Sở Y tế",
    }  # fmt: skip


def test_public_page_of_a_known_fake_shows_date_source_and_real_channels(client, page, health, reviewer):
    enlist(reviewer, imitates=health)
    html = client.get(reverse("check"), {"q": FAKE}).content.decode()
    for words in ("đã được ghi nhận là giả mạo", "01/03/2026", "Công văn 12/CAT-PA05", "Trang Sở Y tế"):
        assert words in html


def test_letters_that_differ_are_marked_and_said(client, page):
    html = client.get(reverse("check"), {"q": "https://www.facebook.com/s0ytetinhmau"}).content.decode()
    assert '<mark><span class="visually-hidden">(khác: </span>0<span class="visually-hidden">)</span></mark>' in html
    assert "“0” thay cho “o”" in html and "khoá nhận diện" not in html


def test_many_addresses_are_added_at_once_with_a_result_for_each(client_for, health, reviewer, page):
    lines = "\n".join([FAKE, PAGE, "https://www.tiktok.com/@soyte.giamao"])
    facts = {"urls": lines, "noted_on": "2026-03-01", "source": "Công văn 12", "imitates": health.pk}
    answer = client_for(reviewer).post(reverse("fake_new"), facts)
    html = answer.content.decode()
    assert KnownFake.objects.listed().count() == 2
    assert html.count("đã ghi</span>") + html.count("đã ghi\n") >= 1 and "Trang Sở Y tế" in html


def test_list_is_searched_and_shows_removed_entries_apart(client_for, reviewer, health):
    enlist(reviewer, name="Khám miễn phí", imitates=health)
    enlist(reviewer, url=f"{FAKE}2", name="Đã gỡ").remove(actor=reviewer, reason="Ghi nhầm")
    client = client_for(reviewer)
    listed, found, removed = (
        client.get(reverse("fake_list") + query).content.decode()
        for query in ("", "?q=kham mien phi", "?state=removed")
    )
    assert "Khám miễn phí" in listed and "Khám miễn phí" in found and "Đã gỡ" not in listed
    assert "Đã gỡ" in removed and "Ghi nhầm" in removed


def test_list_costs_the_same_at_one_and_at_four_rows(client_for, leader, reviewer, health, django_assert_num_queries):
    client, number = client_for(leader), 0
    client.get(reverse("fake_list"))
    for rows in (1, 3):
        for _ in range(rows):
            number += 1
            enlist(reviewer, url=f"{FAKE}{number}", imitates=health)
        with django_assert_num_queries(4):
            client.get(reverse("fake_list"))
