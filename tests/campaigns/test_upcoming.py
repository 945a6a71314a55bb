"""Who will be reminded on a day to come, and the text for the Zalo group."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns import group_text, reminders, upcoming
from campaigns.models import Obligation, Reminder
from registry.models import CalendarDay, ContactRole, Notice, OutgoingMessage
from tests import builders
from tests.builders import moment

# The September quota is due on Monday 05/10/2026: T-5 on 28/09, T-1 on 02/10, T+1 on 06/10, T+3 on 08/10.
TODAY, T_MINUS_5, T_MINUS_1 = date(2026, 9, 25), date(2026, 9, 28), date(2026, 10, 2)
NOW = moment(TODAY)

pytestmark = pytest.mark.django_db


@pytest.fixture
def quota(health_focal, health, reviewer):
    builders.issue_monthly_campaign(actor=reviewer)
    return builders.quota_of(health)


def persons(look):
    return [(letter.person, [line.step for line in letter.lines]) for letter in look.letters]


def further_agency(quota, reviewer, email=""):
    agency = builders.make_agency(actor=reviewer)
    builders.make_contact(agency, email=email, actor=reviewer)
    return Obligation.objects.create(
        requirement=quota.requirement, period=quota.period, agency=agency, agency_name=agency.name,
        agency_kind=agency.kind, due_on=quota.due_on, locks_on=quota.locks_on,
    )  # fmt: skip


class TestLookingAhead:
    def test_every_day_shows_what_is_planned_on_it(self, quota, health, reviewer):
        """The page of a day, looked at the day before, is what `plan` writes on that day: a month of days."""
        builders.make_contact(health, email="giam.doc@yte.example", actor=reviewer, role=ContactRole.HEAD)
        CalendarDay.objects.create(day=date(2026, 10, 7), is_working=False, note="thử")
        reminders.plan(moment(TODAY - timedelta(days=1), 8))
        for offset in range(30):
            day = TODAY + timedelta(days=offset)
            look = upcoming.look_at(day, moment(day - timedelta(days=1), 20))
            seen = {(line.pk, letter.person.pk) for letter in look.letters for line in letter.lines}
            before = set(Reminder.objects.values_list("pk", flat=True))
            reminders.plan(moment(day, 8))
            told = Reminder.objects.exclude(pk__in=before).values_list("obligation_id", "person_id")
            assert (day, seen) == (day, set(told))
        steps = Reminder.objects.filter(medium="in_app", obligation=quota).order_by("due_at", "pk")
        assert [row.step for row in steps] == ["T-5", "T-1", "T+1", "T+3", "T+3"]

    def test_today_shows_what_is_still_to_come_and_not_what_was_told(self, quota, health_focal):
        look = upcoming.look_at(T_MINUS_5, moment(T_MINUS_5, 6))
        assert persons(look) == [(health_focal, ["trước hạn 5 ngày làm việc"])]
        reminders.plan(moment(T_MINUS_5, 7))
        assert upcoming.look_at(T_MINUS_5, moment(T_MINUS_5, 8)).letters == []

    def test_looking_changes_nothing(self, quota):
        upcoming.look_at(T_MINUS_1, NOW)
        assert not Reminder.objects.exists() and not OutgoingMessage.objects.exists() and not Notice.objects.exists()

    def test_an_agency_that_nobody_reaches_is_named_with_the_reason(self, quota, reviewer):
        lonely = further_agency(quota, reviewer).agency
        (row,) = upcoming.look_at(T_MINUS_5, NOW).silent
        assert (row.agency, row.reason) == (lonely, "đầu mối chưa có thư điện tử")

    def test_a_period_that_opens_before_is_named_apart(self, quota):
        (opening,) = upcoming.look_at(T_MINUS_1, NOW).opening
        assert opening == (quota.requirement, date(2026, 10, 1))
        assert upcoming.look_at(T_MINUS_5, NOW).opening == []

    @pytest.mark.parametrize(
        ("key", "words"),
        [
            ("T-5", "trước hạn 5 ngày làm việc"),
            ("T+0", "đúng ngày hạn"),
            ("T+3 16/10/2026", "quá hạn 3 ngày làm việc (đã gia hạn)"),
            ("mo-ky", "báo việc mới"),
            ("nhac-2026-09-23", "cán bộ nhắc thêm"),
        ],
    )
    def test_steps_in_words(self, key, words):
        assert upcoming.step_words(key) == words


class TestPage:
    @pytest.fixture
    def desk(self, client_for, reviewer):
        with time_machine.travel(NOW, tick=False):
            yield client_for(reviewer)

    def test_it_shows_tomorrow_unless_another_day_is_asked(self, desk, quota):
        url = reverse("reminders_upcoming")
        assert "Ai sẽ được nhắc ngày 26/09/2026" in desk.get(url).content.decode()
        page = desk.get(url, {"ngay": "2026-09-28"}).content.decode()
        assert "Vi Thị Đầu" in page and "trước hạn 5 ngày làm việc" in page and "Trên cổng, Thư điện tử" in page
        for wrong in ("2026-09-24", "2026-10-26", "ngày mai", "9" * 40):
            assert "Ai sẽ được nhắc ngày 26/09/2026" in desk.get(url, {"ngay": wrong}).content.decode()

    def test_messages_that_already_wait_for_that_day_are_told_too(self, desk, quota, health_focal):
        common = {
            "recipient": health_focal,
            "address": "a@b.example",
            "subject": "Nhắc",
            "text": "Nhắc",
            "purpose": "test",
        }
        for day in (28, 28, 29):
            OutgoingMessage.objects.create(**common, next_at=moment(date(2026, 9, day), 7))
        url = reverse("reminders_upcoming")
        assert "2 tin đã lập từ trước" in desk.get(url, {"ngay": "2026-09-28"}).content.decode()
        assert "đã lập từ trước" not in desk.get(url, {"ngay": "2026-09-30"}).content.decode()

    @pytest.mark.parametrize("name", ["reminders_upcoming", "group_text"])
    def test_more_agencies_cost_no_queries(self, desk, quota, reviewer, name):
        def cost():
            with CaptureQueriesContext(connection) as captured:
                assert desk.get(reverse(name), {"ngay": "2026-09-28"}).status_code == 200
            return len(captured)

        further_agency(quota, reviewer), further_agency(quota, reviewer, "m@xa.example")
        one = cost()
        for number in range(3):
            further_agency(quota, reviewer), further_agency(quota, reviewer, f"m{number}@xa.example")
        assert cost() == one

    def test_the_group_text_names_who_still_owes_with_deadline_and_days(self, desk, quota, health_focal, reviewer):
        other = further_agency(quota, reviewer)
        other.extend(actor=reviewer, until=date(2026, 10, 9), reason="Mưa lũ")
        page = desk.get(reverse("group_text")).content.decode()
        assert "Hạn 05/10/2026 (còn 6 ngày làm việc), còn 1 đơn vị:\n• Sở, cơ quan thuộc UBND tỉnh (1): SYT" in page
        assert (
            f"Hạn 09/10/2026 (còn 10 ngày làm việc), còn 1 đơn vị:\n• Sở, cơ quan thuộc UBND tỉnh (1): {other.agency.name}"
            in page
        )
        builders.submit_item(quota, actor=health_focal, now=NOW)
        page = desk.get(reverse("group_text"), {"dot": quota.requirement.campaign_id}).content.decode()
        assert "Hạn 05/10/2026" not in page and "Hạn 09/10/2026" in page


def test_a_long_text_is_cut_between_names_and_loses_none():
    names = [f"Ủy ban nhân dân xã Số {number}" for number in range(300)]
    parts = group_text.in_parts(["NHẮC HẠN", "", f"• UBND xã (300): {'; '.join(names)}", "", "Kính đề nghị"])
    assert len(parts) > 3 and max(map(len, parts)) <= group_text.LONGEST
    told = " ".join(parts).replace(";", " ; ").split(" ; ")
    assert [name for name in names if not any(part.strip().endswith(name) or name in part for part in told)] == []
