"""The minute: twice, four times in parallel, and through crashes it sends what one undisturbed run sends."""

import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from campaigns.models import Period, Reminder
from portal import ticking
from portal.health import examine
from portal.ticking import tick
from registry.media.email import EmailCarrier
from registry.models import Heartbeat, OutgoingMessage
from tests import builders
from tests.builders import moment

MONDAY = moment(date(2026, 9, 28), 8)
"""The morning of T-5 of the September quota."""
AGENCIES = 24


def make_agencies(reviewer, count=AGENCIES):
    for number in range(count):
        agency = builders.make_agency(actor=reviewer)
        builders.make_contact(agency, email=f"dau-moi-{number}@xa.example", actor=reviewer)


@contextmanager
def database_for_processes(folder):
    """URL of a database with this test's rows which other processes can open, and `states()` to look into it."""
    if connection.vendor == "postgresql":
        values = connection.settings_dict
        address = f"{values['HOST']}:{values['PORT']}/{values['NAME']}"
        yield f"postgres://{values['USER']}:{values['PASSWORD']}@{address}".replace(":@", "@"), orm_states
        return
    path = folder / "rows.sqlite3"
    copy = sqlite3.connect(path)
    connection.connection.backup(copy)
    copy.execute("pragma journal_mode=wal")
    yield (
        f"sqlite:///{path}",
        lambda: Counter(state for (state,) in copy.execute("select state from registry_outgoingmessage")),
    )
    copy.close()


def orm_states():
    return Counter(OutgoingMessage.objects.values_list("state", flat=True))


@pytest.fixture
def rows(transactional_db, tmp_path, reviewer):
    """Twenty-four agencies which owe the September quota."""
    make_agencies(reviewer)
    builders.issue_monthly_campaign(actor=reviewer)
    with database_for_processes(tmp_path) as found:
        yield found


@pytest.fixture
def race(rows, tmp_path, smtp_sink):
    """`race(moment, how, count)`: that many processes tick at the same time; gives their exit codes."""
    url, _ = rows
    environment = os.environ | {"DATABASE_URL": url, "EMAIL_URL": smtp_sink.url, "PYTHONWARNINGS": "ignore"}

    def run(at, how="safe", count=1, kill_when=None):
        go = tmp_path / f"go-{at.timestamp()}-{how}"
        environment.update(RACERS=str(count), RACE_FOLDER=str(tmp_path))
        command = [sys.executable, "-m", "tests.portal.racing", str(go), at.isoformat(), how]
        runners = [
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            for _ in range(count)
        ]
        for runner in runners:
            assert runner.stdout.readline() == "ready\n"
        go.touch()
        if kill_when:
            kill_when()
            for runner in runners:
                runner.kill()
        codes = [runner.wait(90) for runner in runners]
        for runner in runners:
            runner.stdout.close()
        faults = [path.read_text() for path in tmp_path.glob(f"{go.name}.*.faults")]
        assert not any(faults), faults
        return codes

    return run


def addresses(sink):
    return Counter(address for row in sink.accepted for address in row["to"])


class TestRaces:
    def test_four_at_once_send_what_one_sends(self, race, rows, smtp_sink):
        race(MONDAY, how="plan_only")
        assert race(MONDAY, count=4) == [0, 0, 0, 0]
        assert set(addresses(smtp_sink).values()) == {1}
        assert len(smtp_sink.accepted) == AGENCIES
        assert rows[1]() == {"accepted": AGENCIES}
        assert race(MONDAY + timedelta(minutes=1)) == [0]
        assert len(smtp_sink.accepted) == AGENCIES

    def test_negative_control_without_the_claim_copies_are_sent(self, race, rows, smtp_sink):
        race(MONDAY, how="plan_only")
        race(MONDAY, how="unsafe", count=4)
        assert max(addresses(smtp_sink).values()) > 1, "the harness does not see the race"


class TestCrashes:
    def test_killed_between_claim_and_send_loses_nothing_and_copies_nothing(self, race, rows, smtp_sink):
        assert race(MONDAY, how="die_after_claim") == [137]
        assert (smtp_sink.accepted, rows[1]()) == ([], {"sending": AGENCIES})
        race(MONDAY + timedelta(minutes=2))
        assert smtp_sink.accepted == []
        race(MONDAY + timedelta(minutes=4))
        assert rows[1]() == {"accepted": AGENCIES}
        assert addresses(smtp_sink).total() == AGENCIES

    def test_killed_after_acceptance_sends_one_copy_more_under_the_same_id(self, race, rows, smtp_sink):
        assert race(MONDAY, how="die_after_send") == [137]
        for minutes in (4, 16):
            race(MONDAY + timedelta(minutes=minutes))
        assert rows[1]() == {"accepted": AGENCIES}
        assert addresses(smtp_sink).total() == AGENCIES + 1
        assert len({row["message_id"] for row in smtp_sink.accepted}) == AGENCIES

    def test_kill_9_in_the_middle_of_sending_loses_nothing(self, race, rows, smtp_sink):
        smtp_sink.gap = 0.1

        def some_are_out():
            while len(smtp_sink.accepted) < 5:
                pass

        assert race(MONDAY, kill_when=some_are_out) == [-9]
        smtp_sink.gap = 0
        for minutes in (4, 16):
            race(MONDAY + timedelta(minutes=minutes))
        assert rows[1]() == {"accepted": AGENCIES}
        assert len(addresses(smtp_sink)) == AGENCIES
        assert addresses(smtp_sink).total() <= AGENCIES + EmailCarrier.at_risk
        assert len({row["message_id"] for row in smtp_sink.accepted}) == AGENCIES


@pytest.mark.django_db
class TestPass:
    def test_a_missed_month_heals_in_one_pass(self, reviewer, health_focal):
        campaign = builders.make_campaign(actor=reviewer)
        builders.monthly(campaign)
        campaign.issue(actor=reviewer, now=moment(builders.STARTS_ON))
        result = tick(moment(date(2026, 10, 2), 8))
        assert (result.opened, result.reminded, result.sent, result.faults) == (2, 1, {"accepted": 1}, [])
        assert Period.objects.count() == 2
        again = tick(moment(date(2026, 10, 2), 8))
        assert (again.opened, again.reminded, again.sent) == (0, 0, {})

    def test_nothing_due_costs_at_most_twelve_queries(self, reviewer, health_focal, django_assert_num_queries):
        builders.issue_monthly_campaign(actor=reviewer)
        sunday = moment(date(2026, 9, 27), 8)
        tick(sunday)
        advisory_lock = 2 if connection.vendor == "postgresql" else 0
        with django_assert_num_queries(10 + advisory_lock):
            tick(sunday + timedelta(minutes=1))

    def test_a_part_of_the_day_runs_once_a_day_and_after_a_long_silence(self, monkeypatch):
        days = []
        monkeypatch.setitem(ticking.DAILY, "retention", lambda today: days.append(today) or 0)
        for moment_ in (MONDAY, MONDAY + timedelta(minutes=1), MONDAY + timedelta(days=1), MONDAY + timedelta(days=40)):
            tick(moment_)
        assert days == [date(2026, 9, 28), date(2026, 9, 29), date(2026, 11, 7)]

    def test_a_part_of_the_day_goes_on_while_it_finds_work_or_fails(self, monkeypatch):
        left, days = [1 / 2, 200, 5, 0, "never asked for"], []

        def part(today):
            days.append(today)
            found = left.pop(0)
            if found == 1 / 2:
                raise RuntimeError("hỏng")
            return found

        monkeypatch.setitem(ticking.DAILY, "retention", part)
        faults = [tick(MONDAY + timedelta(minutes=minute)).faults for minute in range(6)]
        assert faults == [["RuntimeError: hỏng"], [], [], [], [], []]
        assert (left, len(days)) == (["never asked for"], 4)

    def test_a_clock_that_goes_back_two_hours_sends_nothing_again(self, reviewer, health_focal):
        builders.issue_monthly_campaign(actor=reviewer)
        assert tick(MONDAY + timedelta(hours=2)).sent == {"accepted": 1}
        assert [tick(MONDAY + timedelta(minutes=30 * step)).sent for step in range(6)] == [{}] * 6

    def test_without_a_beat_health_is_red_after_five_minutes(self):
        tick(MONDAY)
        assert [examine(MONDAY + timedelta(minutes=minutes))["beat"] for minutes in (4, 6)] == [True, False]

    def test_it_notes_the_heartbeat(self):
        tick(MONDAY)
        assert Heartbeat.objects.get(name="tick").at == MONDAY

    def test_a_part_that_fails_is_reported_and_the_rest_still_runs(self, reviewer, health_focal, monkeypatch):
        def broken(today, now):
            raise RuntimeError("hỏng")

        builders.issue_monthly_campaign(actor=reviewer)
        monkeypatch.setattr("portal.ticking.open_periods", broken)
        result = tick(MONDAY)
        assert (result.faults, result.reminded, result.sent) == (["RuntimeError: hỏng"], 1, {"accepted": 1})


@pytest.mark.django_db
class TestCommand:
    def test_json_is_the_only_thing_on_stdout(self, reviewer, health_focal):
        builders.issue_monthly_campaign(actor=reviewer)
        out = StringIO()
        call_command("tick", "--at", "2026-09-28T08:00", "--json", stdout=out)
        answer = json.loads(out.getvalue())
        assert (answer["at"], answer["reminded"]) == ("2026-09-28T08:00:00+07:00", 1)
        assert Reminder.objects.count() == 2

    def test_a_moment_that_cannot_be_read_is_wrong_usage(self):
        with pytest.raises(CommandError) as refusal:
            call_command("tick", "--at", "hôm qua")
        assert refusal.value.returncode == 2
