"""Scans of QR codes: what counts as one, that none is lost between two people, and that the page never waits for the count."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from portal.ticking import DAILY
from registry import scans
from registry.models import ScanDay
from tests import builders

PHONE = (
    "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 Zalo android/241"
)
CUBOT = "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"
TOGETHER, EACH = 4, 5


@pytest.fixture
def channel(health, reviewer):
    return builders.make_channel(health, actor=reviewer, name="Trang Sở Y tế")


def address(channel):
    return reverse("qr", args=[channel.qr_code])


def opened(client, channel, agent=PHONE, **headers):
    return client.get(address(channel), headers={"User-Agent": agent} | headers)


def total():
    return sum(ScanDay.objects.values_list("count", flat=True))


@pytest.mark.django_db
class TestWhatCounts:
    def test_each_opening_by_a_person_is_one(self, client, channel):
        for agent in (PHONE, CUBOT, PHONE):
            assert opened(client, channel, agent).status_code == 200
        row = ScanDay.objects.get()
        assert (row.channel, row.day, row.count) == (channel, timezone.localdate(), 3)

    def test_nothing_but_channel_day_and_number_is_kept(self, client, channel):
        answer = opened(client, channel)
        assert [field.name for field in ScanDay._meta.get_fields()] == ["id", "channel", "day", "count"]
        assert not answer.cookies and "no-store" in answer["Cache-Control"]

    @pytest.mark.parametrize(
        "headers",
        [
            {"Cache-Control": "max-age=0"},
            {"Sec-Purpose": "prefetch;prerender"},
            {"Purpose": "prefetch"},
            {"X-Moz": "prefetch"},
            {"Sec-Fetch-Dest": "image"},
            {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
            {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/130.0"},
            {"User-Agent": "facebookexternalhit/1.1"},
            {"User-Agent": "curl/8.5.0"},
            {"User-Agent": ""},
        ],
        ids=str,
    )
    def test_reloads_programs_and_what_is_fetched_ahead_do_not_count(self, client, channel, headers):
        assert opened(client, channel, **headers).status_code == 200
        assert total() == 0

    def test_a_navigation_of_a_new_browser_counts(self, client, channel):
        opened(client, channel, **{"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"})
        assert total() == 1

    def test_asking_for_the_head_does_not_count(self, client, channel):
        assert client.head(address(channel), headers={"User-Agent": PHONE}).status_code == 200
        assert total() == 0

    def test_our_own_people_do_not_count(self, client_for, channel, health_focal, reviewer):
        for person in (health_focal, reviewer):
            assert opened(client_for(person), channel).status_code == 200
        assert total() == 0

    def test_a_code_that_outlived_its_channel_is_still_counted(self, client, channel, reviewer):
        channel.close(actor=reviewer, reason="Chuyển sang kênh mới")
        opened(client, channel)
        assert total() == 1

    def test_a_code_that_does_not_exist_is_not(self, client, channel):
        assert client.get(reverse("qr", args=["KHONGCO"]), headers={"User-Agent": PHONE}).status_code == 404
        assert total() == 0

    @pytest.mark.parametrize(
        ("moment", "day"),
        [
            (datetime(2026, 9, 30, 16, 59, 59, tzinfo=UTC), date(2026, 9, 30)),
            (datetime(2026, 9, 30, 17, 0, tzinfo=UTC), date(2026, 10, 1)),
        ],
    )
    def test_the_day_is_that_of_the_office(self, rf, channel, moment, day):
        request = rf.get("/", headers={"User-Agent": PHONE})
        request.user = type("Visitor", (), {"is_authenticated": False})()
        scans.note(request, channel, moment)
        assert ScanDay.objects.get().day == day


@pytest.mark.django_db
class TestWhoSees:
    def test_rows_of_the_own_channels_only(self, channel, health_focal, other_focal, reviewer):
        ScanDay.add(channel, date(2026, 9, 1))
        assert [ScanDay.objects.visible_to(one).count() for one in (health_focal, other_focal, reviewer)] == [1, 0, 1]


@pytest.mark.django_db
class TestRows:
    def test_a_second_row_of_the_day_is_refused(self, channel):
        ScanDay.add(channel, date(2026, 9, 1))
        with pytest.raises(IntegrityError), transaction.atomic():
            ScanDay.objects.create(channel=channel, day=date(2026, 9, 1))

    def test_a_row_without_a_scan_is_refused(self, channel):
        with pytest.raises(IntegrityError), transaction.atomic():
            ScanDay.objects.create(channel=channel, day=date(2026, 9, 1), count=0)

    def test_whole_years_go_once_three_are_full(self, channel):
        for day in (date(2022, 12, 31), date(2023, 1, 1), date(2026, 9, 1)):
            ScanDay.add(channel, day)
        assert DAILY["scans"](date(2026, 9, 1)) == 1
        assert DAILY["scans"](date(2026, 12, 31)) == 0
        assert DAILY["scans"](date(2027, 1, 1)) == 1
        assert list(ScanDay.objects.values_list("day", flat=True)) == [date(2026, 9, 1)]


@pytest.fixture
def open_anew(transactional_db, channel, tmp_path):
    """Gives a connection of its own to a database with the channel; on SQLite to a file, as in production."""
    main = connections["default"]
    if connection.vendor != "sqlite":
        return main.copy
    path = tmp_path / "scans.sqlite3"
    copy = sqlite3.connect(path)
    connection.connection.backup(copy)
    copy.close()

    def fresh():
        found = main.copy()
        found.settings_dict["NAME"] = str(path)
        return found

    return fresh


@pytest.fixture
def at_once(open_anew):
    """What `act` gives in so many threads, each with a connection of its own."""

    def run(act):
        connections["default"] = mine = open_anew()
        try:
            return act()
        finally:
            mine.close()

    def run_all(act, times=TOGETHER):
        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(run, [act] * times))

    return run_all


def test_reading_before_writing_loses_scans(at_once, channel):
    """Negative control: what the one statement is for."""
    at_once(lambda: ScanDay.add(channel, date(2026, 9, 1)), 1)
    together = Barrier(TOGETHER)

    def read_then_write():
        row = ScanDay.objects.get()
        together.wait(10)
        ScanDay.objects.filter(pk=row.pk).update(count=row.count + 1)

    at_once(read_then_write)
    assert at_once(total, 1) == [2]


def test_people_at_the_same_moment_are_all_counted(at_once, channel, client_class):
    together = Barrier(TOGETHER)

    def scan():
        together.wait(10)
        return [opened(client_class(), channel).status_code for _ in range(EACH)]

    assert at_once(scan) == [[200] * EACH] * TOGETHER
    assert at_once(total, 1) == [TOGETHER * EACH]


def test_a_busy_database_still_shows_the_page_at_once(at_once, open_anew, channel, client):
    at_once(lambda: ScanDay.add(channel, timezone.localdate()), 1)
    other = open_anew()  # somebody who is writing the same row and does not end
    other.set_autocommit(False)
    other.cursor().execute("UPDATE registry_scanday SET count = count + 1")
    began = time.monotonic()
    assert at_once(lambda: opened(client, channel).status_code, 1) == [200]
    assert time.monotonic() - began < 2
    other.rollback()
    other.close()
    assert at_once(total, 1) == [1]


def test_a_database_that_takes_no_writes_still_shows_the_page(at_once, channel, client):
    read_only = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET default_transaction_read_only = on"}

    def look():
        with connection.cursor() as cursor:
            cursor.execute(read_only[connection.vendor])
        return opened(client, channel).status_code, total()

    assert at_once(look, 1) == [(200, 0)]


def test_the_patience_of_the_connection_comes_back(at_once, channel):
    asked = {"sqlite": "PRAGMA busy_timeout", "postgresql": "SHOW lock_timeout"}

    def patience():
        with connection.cursor() as cursor:
            cursor.execute(asked[connection.vendor])
            return cursor.fetchone()[0]

    def look():
        before = patience()
        ScanDay.add(channel, date(2026, 9, 1))
        return before == patience()

    assert at_once(look, 1) == [True]
