"""The verdict comes from the published record alone, is negative by default and never says "safe"."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry import confirming
from registry.models import Channel, ContactPoint, ContactRole
from registry.verdict import judge
from registry.verdict_words import HEADLINES, NEXT_STEPS, REASONS
from tests import builders

TODAY = date(2026, 3, 2)
PAGE = "https://www.facebook.com/soytetinhmau"


@pytest.fixture
def page(health, reviewer):
    return builders.make_channel(health, actor=reviewer, name="Sở Y tế tỉnh Mẫu", url=PAGE)


@pytest.mark.parametrize(
    "text",
    [
        PAGE,
        "m.facebook.com/SoYTe.TinhMau/?fbclid=x",
        "Trang: https://www.facebook.com/soytetinhmau.",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.facebook.com%2Fsoytetinhmau",
    ],
)
def test_any_spelling_of_a_confirmed_channel_is_official(page, health, text):
    answer = judge(text, TODAY)
    assert (answer.verdict, answer.channel, answer.agency) == ("official", page, health)


def test_channel_under_review_is_not_official(health, health_focal):
    builders.make_channel(health, actor=health_focal, url=PAGE, confirmed=False)
    answer = judge(PAGE, TODAY)
    assert (answer.verdict, answer.channel) == ("no_information", None)


def test_returned_channel_is_not_official(health, health_focal, reviewer):
    channel = builders.make_channel(health, actor=health_focal, url=PAGE, confirmed=False)
    channel.return_for_changes(actor=reviewer, reason="Chưa đúng trang")
    answer = judge(PAGE, TODAY)
    assert (answer.verdict, answer.channel) == ("no_information", None)


def test_closed_channel_was_official_and_names_its_successors(page, health, reviewer):
    page.close(actor=reviewer, reason="Chuyển sang Zalo", on=date(2026, 2, 1))
    successor = builders.make_channel(health, actor=reviewer, kind="zalo_oa", url="https://zalo.me/1234567890123456789")
    answer = judge(PAGE, TODAY)
    assert (answer.verdict, answer.channel, answer.reason) == ("was_official", page, "Chuyển sang Zalo")
    assert answer.channels == [successor]


def test_channel_of_a_closed_agency_was_official(page, health, reviewer):
    health.close(actor=reviewer, on=date(2026, 2, 1), reason="Sáp nhập")
    answer = judge(PAGE, TODAY)
    assert (answer.verdict, answer.until, answer.reason) == ("was_official", date(2026, 2, 1), "Sáp nhập")
    assert judge(f"{PAGE}.official", TODAY).verdict == "no_information"


def test_official_says_the_same_as_query_and_as_question(health, other_agency, health_focal, reviewer):
    for agency in (health, other_agency):
        _confirmed, paused, closed = (builders.make_channel(agency, actor=reviewer) for _ in range(3))
        paused.suspend(actor=reviewer, reason="Tạm dừng")
        closed.close(actor=reviewer, reason="Bỏ", on=TODAY)
        builders.make_channel(agency, actor=health_focal, confirmed=False)
    other_agency.close(actor=reviewer, on=TODAY, reason="Sáp nhập")
    channels = Channel.objects.select_related("agency")
    assert {channel for channel in channels if channel.is_published} == set(Channel.objects.published())
    assert Channel.objects.published().count() == 1


def test_section_of_a_website_that_is_no_more_ours_says_so(health, reviewer):
    site = builders.make_channel(health, actor=reviewer, kind="website", url="https://soyte.tinhmau.example")
    site.close(actor=reviewer, reason="Bỏ tên miền", on=date(2026, 2, 1))
    answer = judge("https://soyte.tinhmau.example/gioi-thieu", TODAY)
    assert (answer.verdict, answer.channel, answer.until) == ("was_official", site, date(2026, 2, 1))


def test_key_of_an_official_channel_that_nobody_confirmed_proves_nothing(page):
    page.keys.create(key="youtube:@hopthumoi")
    assert judge("https://www.youtube.com/@hopthumoi", TODAY).verdict == "no_information"


def test_suspended_channel_is_not_official(page, reviewer):
    page.suspend(actor=reviewer, reason="Bị chiếm quyền")
    assert judge(PAGE, TODAY).verdict == "was_official"


def test_address_taken_over_by_a_new_channel_answers_for_the_new_one(page, other_agency, reviewer):
    page.close(actor=reviewer, reason="Bàn giao", on=date(2026, 2, 1))
    new = builders.make_channel(other_agency, actor=reviewer, url=PAGE)
    answer = judge(PAGE, TODAY)
    assert (answer.verdict, answer.channel) == ("official", new)


@pytest.mark.parametrize(
    ("kind", "url", "days"),
    [("facebook_page", PAGE, 194), ("zalo_group", "https://zalo.me/g/abcdef123", 104)],
)
def test_channel_not_confirmed_again_in_time_is_shown_as_such(health, reviewer, kind, url, days):
    channel = builders.make_channel(health, actor=reviewer, kind=kind, url=url)
    last_day = channel.reconfirmed_on + timedelta(days=days)
    assert judge(url, last_day).verdict == "official"
    assert judge(url, last_day + timedelta(days=1)).verdict == "unconfirmed"
    assert confirming.is_lapsed(channel, last_day + timedelta(days=1))


@pytest.mark.parametrize(
    "text",
    [
        "https://www.facebook.com/soytetinhmau.official",
        "https://www.facebook.com/s0ytetinhmau",
        "https://www.facebook.com/soytetinhmaau",
        "https://www.tiktok.com/@soytetinhmau",
        "https://facebook.com.evil.vn/soytetinhmau",
        "https://www.facebook.com/soytetinhm\u0430u",
        "https://www.faceb\u043eok.com/soytetinhmau",
        "https://www.facebook.com/soytetinhmau.official/posts/123",
    ],
)
def test_look_alike_is_told_apart(page, text):
    answer = judge(text, TODAY)
    assert (answer.verdict, answer.channel) == ("lookalike", None)


def test_look_alike_shows_the_real_channel(page):
    assert judge("https://www.facebook.com/soytetinhmau.official", TODAY).channels == [page]
    assert judge("https://facebook.com.evil.vn/soytetinhmau", TODAY).channels == [page]


def test_look_alike_of_a_proposal_is_unknown(health, health_focal):
    builders.make_channel(health, actor=health_focal, url=PAGE, confirmed=False)
    assert judge(f"{PAGE}.official", TODAY).verdict == "no_information"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("https://www.facebook.com/mottrangkhac", "no_information"),
        ("https://www.facebook.com/share/p/1AbC/", "unresolvable"),
        ("https://bit.ly/abc", "unresolvable"),
        ("https://www.facebook.com/so yte", "unresolvable"),
        ("https://www.facebook.com/photo.php?fbid=1", "not_a_channel"),
        ("https://www.facebook.com/login/", "not_a_channel"),
        ("http://127.0.0.1/", "not_a_channel"),
        ("vanthu@yte.example", "not_a_channel"),
        ("https://www.facebook.com/profile.php?id=100012345678901", "personal"),
        ("https://zalo.me/0900000001", "personal"),
        ("https://evil.example\\@tinhmau.gov.vn/", "lookalike"),
        ("javascript:alert(1)", "lookalike"),
        ("xyz không có gì", "no_information"),
        ("", "not_a_channel"),
    ],
)
def test_everything_else_is_not_official(page, text, verdict):
    answer = judge(text, TODAY)
    assert (answer.verdict, answer.channel) == (verdict, None)


def test_post_of_an_official_page_is_not_the_page(page):
    answer = judge(f"{PAGE}/posts/123", TODAY)
    assert (answer.verdict, answer.channel, answer.channels) == ("not_a_channel", None, [page])


def test_page_inside_an_official_site_points_to_the_site(health, reviewer):
    site = builders.make_channel(health, actor=reviewer, kind="website", url="https://soyte.tinhmau.gov.vn")
    answer = judge("https://soyte.tinhmau.gov.vn/gioi-thieu", TODAY)
    assert (answer.verdict, answer.channels) == ("not_a_channel", [site])


def test_name_of_an_agency_shows_its_real_channels(page, health):
    answer = judge("so y te", TODAY)
    assert (answer.verdict, answer.agencies, answer.channels) == ("no_information", [health], [page])


def test_unknown_page_that_names_an_agency_shows_its_real_channels(page, health):
    answer = judge("https://www.youtube.com/@TinTucSoYTe", TODAY)
    assert (answer.verdict, answer.agencies, answer.channels) == ("no_information", [health], [page])


def test_phone_number_is_answered_yes_or_no_without_a_name(health, reviewer):
    builders.make_contact(health, "Vi Thị Kín", actor=reviewer, phone="0900000001")
    known, unknown = judge("0900 000 001", TODAY), judge("+84 900 000 002", TODAY)
    assert (known.phone_known, unknown.phone_known) == (True, False)
    assert (known.channel, known.agencies, known.channels) == (None, [], [])
    assert "Vi Thị Kín" not in known.message
    assert judge("https://zalo.me/0900000001", TODAY).phone_known is True


def test_phone_of_a_person_who_left_or_is_only_proposed_is_unknown(health, health_focal, reviewer):
    left = builders.make_contact(health, actor=reviewer, phone="0900000003")
    left.leave(actor=reviewer, on=date(2026, 2, 1), reason="Chuyển công tác")
    ContactPoint.propose(
        actor=health_focal, agency=health, role=ContactRole.POLICY, full_name="Mới Cử", phone="0900000004"
    )
    assert [judge(number, TODAY).phone_known for number in ("0900000003", "0900000004")] == [False, False]


COSTS = {
    "official": (PAGE, 1),
    "look-alike": (f"{PAGE}.official", 6),
    "names an agency": ("https://www.youtube.com/@TinTucSoYTe", 7),
    "unknown": ("https://www.facebook.com/mottrangkhac", 5),
    "post of an official page": (f"{PAGE}/posts/1", 1),
    "section of a site": ("https://khongco.tinhmau.example/gioi-thieu", 5),
    "name": ("so y te", 3),
    "phone": ("0900 000 001", 1),
    "personal account": ("https://www.facebook.com/profile.php?id=100012345678901", 2),
    "disguise": ("https://facebook.com.evil.vn/soytetinhmau", 4),
    "cannot be checked": ("https://bit.ly/abc", 0),
}


@pytest.mark.parametrize(("text", "count"), COSTS.values(), ids=COSTS)
def test_verdict_costs_the_same_however_large_the_register(page, other_agency, reviewer, text, count):
    with CaptureQueriesContext(connection) as few:
        judge(text, TODAY)
    for _ in range(3):
        builders.make_channel(other_agency, actor=reviewer)
    with CaptureQueriesContext(connection) as many:
        judge(text, TODAY)
    assert (len(few), len(many)) == (count, count)


def test_no_sentence_promises_safety_or_accuses():
    sentences = [*HEADLINES.values(), *REASONS.values(), *(step for steps in NEXT_STEPS.values() for step in steps)]
    for sentence in sentences:
        assert "an toàn" not in sentence and "lừa đảo" not in sentence


def test_verify_prints_one_json_object(page, capsys):
    out = StringIO()
    call_command("verify", PAGE, "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["channel"] == "Sở Y tế tỉnh Mẫu"
    assert answer["agency"] == "Sở Y tế"
    assert answer["key"] == "facebook:soytetinhmau"
    assert answer["confirmed_on"] == "2026-01-07"
    assert answer["verdict"] in ("official", "unconfirmed")
