"""The calendar for the phone, read line by line as the standard says, and the secret address behind which it lies."""

import re
from datetime import date

import pytest
import time_machine
from django.urls import reverse

from campaigns.models import CalendarFeed, Obligation
from portal.lib import ics
from tests import builders
from tests.builders import moment

TODAY = date(2026, 9, 16)
NOW = moment(TODAY)
pytestmark = pytest.mark.django_db
PROPERTY = re.compile(r"([A-Z-]+)((?:;[A-Z-]+=[^;:,]+)*):(.*)", re.S)
ONCE = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "DESCRIPTION", "URL", "TRANSP")


def read(content: bytes):
    """Events of a file as RFC 5545 writes it; AssertionError for whatever a strict reader would refuse."""
    assert content.endswith(b"\r\n") and b"\n" not in content.replace(b"\r\n", b"")
    physical = content[:-2].split(b"\r\n")
    assert max(map(len, physical)) <= 75
    for line in physical:
        line.decode("utf-8")  # no letter is cut by folding
    lines = content[:-2].replace(b"\r\n ", b"").decode().split("\r\n")
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    open_parts, events = [], []
    for line in lines:
        name, parameters, value = PROPERTY.fullmatch(line).groups()
        if name == "BEGIN":
            open_parts.append((value, {}, []))
        elif name == "END":
            ended, facts, parts = open_parts.pop()
            assert ended == value
            if open_parts:
                open_parts[-1][2].append((ended, facts))
            if value == "VEVENT":
                events.append((facts, [inner for kind, inner in parts if kind == "VALARM"]))
            if value == "VCALENDAR":
                assert (
                    facts["VERSION"] == ("", "2.0")
                    and facts["PRODID"]
                    and [p[0] for p in parts].count("VTIMEZONE") == 1
                )
        else:
            assert name not in open_parts[-1][1], f"{name} twice"
            open_parts[-1][1][name] = (parameters, plain(value))
    assert not open_parts
    for facts, alarms in events:
        assert sorted(facts) == sorted(ONCE)
        assert facts["DTSTART"][0] == facts["DTEND"][0] == ";VALUE=DATE"
        assert re.fullmatch(r"\d{8}T\d{6}Z", facts["DTSTAMP"][1])
        assert [alarm["TRIGGER"][1] for alarm in alarms] == ["-PT15H", "PT8H"]
        assert all(alarm["ACTION"][1] == "DISPLAY" and alarm["DESCRIPTION"][1] for alarm in alarms)
    assert len({facts["UID"] for facts, _ in events}) == len(events)
    return [{name: value for name, (_, value) in facts.items()} for facts, _ in events]


def plain(value):
    """A text value without its escapes; a bare comma, semicolon or quote of another kind is refused by eye elsewhere."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


@pytest.fixture
def quota(health_focal, health, reviewer):
    builders.issue_monthly_campaign(actor=reviewer)
    return builders.quota_of(health)


@pytest.fixture
def phone(client_for):
    """A phone in which nobody is signed in, on the day of the test."""
    with time_machine.travel(NOW, tick=False):
        yield client_for(None)


def address(person):
    return reverse("calendar_feed", args=[CalendarFeed.renew(person, NOW).token])


class TestFile:
    def test_each_open_duty_is_a_day_with_its_own_lasting_name(self, phone, quota, health_focal):
        answer = phone.get(address(health_focal))
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        events = read(answer.content)
        assert [(event["DTSTART"], event["DTEND"]) for event in events] == [
            ("20260921", "20260922"),
            ("20261005", "20261006"),
        ]
        assert events[1]["UID"] == f"viec-{quota.pk}@localhost"
        assert events[1]["SUMMARY"] == "Hạn: Tối thiểu 01 sản phẩm truyền thông/tháng (tháng 9/2026) – Sở Y tế"
        assert events[1]["URL"].endswith(reverse("obligation", args=[quota.pk]))

    def test_an_extension_moves_the_day_and_keeps_the_name(self, phone, quota, health_focal, reviewer):
        url = address(health_focal)
        before = read(phone.get(url).content)[1]
        quota.extend(actor=reviewer, until=date(2026, 10, 16), reason="Mưa lũ")
        after = read(phone.get(url).content)[1]
        assert after["UID"] == before["UID"] and after["DTSTART"] == "20261016"
        assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])

    def test_finished_work_and_other_agencies_stand_in_it_never(self, phone, other_focal, quota, health_focal):
        builders.submit_item(quota, actor=health_focal, now=NOW)
        events = read(phone.get(address(health_focal)).content)
        assert [event["DTSTART"] for event in events] == ["20260921"]
        theirs = phone.get(address(other_focal)).content.decode()
        assert "Suối Mơ" in theirs.replace("\r\n ", "") and "Sở Y tế" not in theirs.replace("\r\n ", "")

    def test_no_link_in_it_opens_work_without_a_sign_in(self, phone, quota, health_focal):
        assert "/viec/l/" not in phone.get(address(health_focal)).content.decode().replace("\r\n ", "")

    def test_staff_have_due_and_locking_days_of_all_campaigns(self, phone, quota, leader):
        events = read(phone.get(address(leader)).content)
        assert [event["DTSTART"] for event in events] == ["20260921", "20260926", "20261005", "20261010"]
        assert "Còn 1 đơn vị chưa xong." in events[2]["DESCRIPTION"]

    def test_duties_cost_no_queries(self, phone, quota, health_focal, leader, django_assert_num_queries):
        feeds = [address(health_focal), address(leader)]
        for count in (1, 4):
            while Obligation.objects.count() < count * 2:
                builders.issue_monthly_campaign(actor=leader)
            for url in feeds:
                with django_assert_num_queries(2):
                    phone.get(url)

    def test_hostile_words_stay_words(self):
        words = "a,b;c\\d\r\nEND:VEVENT\r\nX:\x07 ệ" * 9
        event = ics.Event("x@y", TODAY, words, words, "https://a.example/")
        (told,) = read(ics.calendar(words, [event], NOW).encode())
        assert told["SUMMARY"] == words.replace("\r\n", "\n").replace("\x07", "")


class TestSecret:
    def test_renewing_ends_the_old_address_and_ending_ends_all(self, phone, quota, health_focal):
        old, new = address(health_focal), address(health_focal)
        assert [phone.get(url).status_code for url in (old, new)] == [404, 200]
        assert CalendarFeed.revoke(health_focal) and not CalendarFeed.revoke(health_focal)
        assert phone.get(new).status_code == 404

    def test_a_locked_account_has_no_calendar_and_who_left_an_empty_one(self, phone, quota, health_focal, reviewer):
        url = address(health_focal)
        health_focal.contact_points.get().leave(actor=reviewer, on=TODAY, reason="Chuyển công tác")
        assert read(phone.get(url).content) == []
        health_focal.deactivate(actor=reviewer)
        assert phone.get(url).status_code == 404

    @pytest.mark.parametrize("wrong", ["{0}x", "0{0}", "9999999999999999999-a", "١-a", "-"])
    def test_a_guessed_address_opens_nothing(self, phone, quota, health_focal, wrong):
        token = CalendarFeed.renew(health_focal, NOW).token
        assert phone.get(reverse("calendar_feed", args=[wrong.format(token)])).status_code == 404

    def test_the_page_makes_renews_and_ends_it(self, client_for, health_focal):
        browser, page = client_for(health_focal), reverse("calendar_settings")
        assert "Tạo đường link lịch" in browser.get(page).content.decode()
        browser.post(page, {"act": "renew"})
        first = CalendarFeed.objects.get().token
        shown = browser.get(page).content.decode()
        assert (
            f"http://localhost:8000/viec/lich/{first}.ics" in shown
            and f"webcal://localhost:8000/viec/lich/{first}.ics" in shown
        )
        browser.post(page, {"act": "renew"})
        assert CalendarFeed.objects.get().token != first
        browser.post(page, {"act": "end"})
        assert not CalendarFeed.objects.exists()

    def test_looking_twice_changes_nothing(self, client_for, health_focal):
        browser = client_for(health_focal)
        browser.get(reverse("calendar_settings"))
        assert not CalendarFeed.objects.exists()
