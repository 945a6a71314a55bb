"""Reminders: each step once, only the newest, one letter per person, nothing at night, nothing about work that is done."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import reminders, wording
from campaigns.models import Obligation, Reminder
from campaigns.reachable import unreachable
from registry import delivery
from registry.models import CalendarDay, ContactRole, MessageState, Notice, OutgoingMessage
from tests import builders
from tests.builders import moment

# The September quota is due on Monday 05/10/2026: T-5 on 28/09, T-1 on 02/10, T+1 on 06/10, T+3 on 08/10.
T_MINUS_5, T_MINUS_1, DUE = date(2026, 9, 28), date(2026, 10, 2), date(2026, 10, 5)
T_PLUS_1, T_PLUS_3 = date(2026, 10, 6), date(2026, 10, 8)

pytestmark = pytest.mark.django_db


@pytest.fixture
def quota(health_focal, health, reviewer):
    """The September quota of Sở Y tế, its only agency."""
    builders.issue_monthly_campaign(actor=reviewer)
    return builders.quota_of(health)


def steps_told(person):
    return list(
        Reminder.objects.filter(person=person, medium="email").order_by("due_at").values_list("step", flat=True)
    )


def send(now):
    return delivery.send_due(now, prepare=reminders.prepare)


class TestPlanning:
    def test_a_step_comes_in_the_morning_of_its_working_day(self, quota, health_focal):
        assert reminders.plan(moment(T_MINUS_5, 6, 59)) == 0
        assert reminders.plan(moment(T_MINUS_5, 7)) == 1
        assert steps_told(health_focal) == ["T-5"]

    def test_planning_twice_adds_nothing(self, quota, health_focal):
        reminders.plan(moment(T_MINUS_5, 7))
        assert reminders.plan(moment(T_MINUS_5, 7)) == 0
        assert reminders.plan(moment(T_MINUS_5, 9)) == 0
        assert (Reminder.objects.count(), OutgoingMessage.objects.count(), Notice.objects.count()) == (2, 1, 1)

    def test_each_step_is_told_once_over_the_whole_time(self, quota, health_focal):
        day = date(2026, 9, 27)
        while day < date(2026, 10, 20):
            for hour in (7, 12, 19):
                reminders.plan(moment(day, hour))
            day += timedelta(days=1)
        assert steps_told(health_focal) == ["T-5", "T-1", "T+1", "T+3"]

    def test_after_days_of_silence_only_the_newest_step_goes(self, quota, health_focal):
        reminders.plan(moment(T_MINUS_1, 8))
        assert steps_told(health_focal) == ["T-1"]

    def test_a_step_more_than_48_hours_late_gives_way_to_the_next(self, quota, health_focal):
        assert reminders.plan(moment(date(2026, 9, 30), 7)) == 1
        Reminder.objects.all().delete()
        assert reminders.plan(moment(date(2026, 9, 30), 7, 1)) == 0

    def test_a_holiday_moves_the_steps(self, quota, health_focal):
        CalendarDay.objects.create(day=T_MINUS_1, is_working=False, note="thử")
        assert reminders.plan(moment(date(2026, 10, 1), 7)) == 1
        assert steps_told(health_focal) == ["T-1"]

    def test_an_extension_begins_its_own_steps(self, quota, health_focal, reviewer):
        reminders.plan(moment(T_MINUS_1, 8))
        quota.extend(actor=reviewer, until=date(2026, 10, 16), reason="bão lũ")
        assert reminders.plan(moment(T_PLUS_1, 8)) == 0
        reminders.plan(moment(date(2026, 10, 15), 8))
        assert steps_told(health_focal) == ["T-1", "T-1 16/10/2026"]

    def test_work_that_waits_at_the_province_is_not_reminded(self, quota, health_focal):
        builders.submit_item(quota, actor=health_focal, now=moment(date(2026, 9, 20)))
        assert reminders.plan(moment(T_MINUS_5, 8)) == 0

    def test_locked_periods_and_closed_campaigns_are_not_reminded(self, quota, health_focal, reviewer):
        quota.requirement.campaign.close(actor=reviewer, reason="xong")
        assert reminders.plan(moment(T_MINUS_5, 8)) == 0

    def test_issuing_tells_the_focal_points_at_once(self, health_focal, health, reviewer):
        builders.issue_monthly_campaign(actor=reviewer, today=builders.STARTS_ON)
        assert reminders.plan(moment(builders.STARTS_ON, 9, 1)) == 1
        assert steps_told(health_focal) == ["mo-ky", "mo-ky"]
        assert OutgoingMessage.objects.count() == 1

    def test_three_days_late_the_head_hears_of_it_too(self, quota, health_focal, health, reviewer):
        head = builders.make_contact(health, email="giam.doc@yte.example", actor=reviewer, role=ContactRole.HEAD).user
        reminders.plan(moment(T_PLUS_1, 8))
        assert steps_told(head) == []
        reminders.plan(moment(T_PLUS_3, 8))
        assert steps_told(head) == ["T+3"]
        letter = OutgoingMessage.objects.get(recipient=head)
        assert "chỉ đạo đầu mối" in letter.text

    def test_the_head_hears_of_one_deadline_once_and_again_only_after_an_extension(
        self, quota, health_focal, health, reviewer
    ):
        head = builders.make_contact(health, email="giam.doc@yte.example", actor=reviewer, role=ContactRole.HEAD).user
        quota.requirement.reminder_steps = [-1, 3, 4, 8]
        quota.requirement.save()
        Obligation.objects.update(locks_on=date(2026, 12, 1))
        for offset in range(20):
            reminders.plan(moment(DUE + timedelta(days=offset), 8))
        assert steps_told(health_focal) == ["T+3", "T+4", "T+8"]
        assert steps_told(head) == ["T+3"]
        quota.refresh_from_db()
        quota.extend(actor=reviewer, until=date(2026, 10, 30), reason="Mưa lũ")
        for offset in range(25, 40):
            reminders.plan(moment(DUE + timedelta(days=offset), 8))
        assert steps_told(head) == ["T+3", "T+3 30/10/2026"]

    def test_agencies_cost_no_queries(self, quota, reviewer):
        def cost():
            with CaptureQueriesContext(connection) as captured:
                reminders.plan(moment(T_MINUS_5, 8))
            Reminder.objects.all().delete()
            OutgoingMessage.objects.all().delete()
            return len(captured)

        one = cost()
        for number in range(3):
            agency = builders.make_agency(actor=reviewer)
            builders.make_contact(agency, email=f"m{number}@xa.example", actor=reviewer)
            Obligation.objects.create(
                requirement=quota.requirement, period=quota.period, agency=agency, agency_name=agency.name,
                agency_kind=agency.kind, due_on=quota.due_on, locks_on=quota.locks_on,
            )  # fmt: skip
        assert cost() == one

    def test_nothing_due_costs_three_queries(self, quota, django_assert_num_queries):
        with django_assert_num_queries(3):
            reminders.plan(moment(date(2026, 9, 27), 8))


class TestLetter:
    def test_one_letter_lists_all_duties_of_all_agencies(self, quota, health_focal, other_agency, reviewer):
        Obligation.objects.create(
            requirement=quota.requirement, period=quota.period, agency=other_agency, agency_name=other_agency.name,
            agency_kind=other_agency.kind, due_on=quota.due_on, locks_on=quota.locks_on,
        )  # fmt: skip
        builders.make_contact(other_agency, email=health_focal.email, actor=reviewer)
        assert reminders.plan(moment(T_MINUS_5, 8)) == 1
        (letter,) = OutgoingMessage.objects.all()
        assert letter.subject == "Nhắc hạn: 2 việc cần làm, hạn gần nhất 05/10/2026 (còn 5 ngày làm việc)"
        assert "Sở Y tế" in letter.text and "Ủy ban nhân dân xã Suối Mơ" in letter.text

    def test_it_says_date_working_days_and_carries_a_working_link(self, quota, health_focal, client_for):
        reminders.plan(moment(T_MINUS_1, 8))
        letter = OutgoingMessage.objects.get()
        assert letter.subject == (
            "Nhắc hạn 05/10/2026 (còn 1 ngày làm việc): Tối thiểu 01 sản phẩm truyền thông/tháng (tháng 9/2026) – Sở Y tế"
        )
        assert "Hạn: 05/10/2026 (còn 1 ngày làm việc) · đã được duyệt 0/1 sản phẩm" in letter.text
        (link,) = re.findall(r"http://localhost:8000(/viec/l/\S+)", letter.text)
        assert link in letter.html
        assert str(health_focal.pk) not in link.split("/")

    def test_names_from_outside_stay_text(self, health_focal, reviewer, quota):
        health = quota.agency
        health.name = "Sở {{ settings.SECRET_KEY }} <b>%(x)s</b>"
        health.save()
        reminders.plan(moment(T_MINUS_1, 8))
        letter = OutgoingMessage.objects.get()
        assert "Sở {{ settings.SECRET_KEY }} <b>%(x)s</b>" in letter.text
        assert "&lt;b&gt;%(x)s&lt;/b&gt;" in letter.html

    def test_a_letter_that_cannot_be_composed_is_dead_and_the_others_go(
        self, quota, health_focal, other_focal, other_agency, monkeypatch
    ):
        Obligation.objects.create(
            requirement=quota.requirement, period=quota.period, agency=other_agency, agency_name=other_agency.name,
            agency_kind=other_agency.kind, due_on=quota.due_on, locks_on=quota.locks_on,
        )  # fmt: skip
        compose = wording.letter

        def poisoned(person, *args, **kwargs):
            if person == other_focal:
                raise ValueError("poison")
            return compose(person, *args, **kwargs)

        monkeypatch.setattr(wording, "letter", poisoned)
        reminders.plan(moment(T_MINUS_1, 8))
        assert send(moment(T_MINUS_1, 8)) == {"accepted": 1}
        assert OutgoingMessage.objects.get(recipient=other_focal).state == MessageState.DEAD
        assert reminders.plan(moment(T_MINUS_1, 9)) == 0


class TestSendingTime:
    def test_the_evening_waits_for_the_morning_and_friday_for_monday(self, quota, health_focal):
        reminders.plan(moment(T_MINUS_1, 20, 30))
        assert OutgoingMessage.objects.get().next_at == moment(DUE, 7)
        assert Notice.objects.get().recipient == health_focal
        assert send(moment(T_MINUS_1, 20, 30)) == {}
        assert send(moment(DUE, 7)) == {"accepted": 1}

    def test_a_letter_sent_on_a_later_day_is_worded_for_that_day(self, quota, smtp_sink):
        reminders.plan(moment(T_MINUS_1, 20, 30))
        send(moment(DUE, 7))
        assert "hạn hôm nay" in smtp_sink.accepted[0]["subject"]

    def test_work_done_before_sending_is_not_reminded(self, quota, health_focal, smtp_sink):
        reminders.plan(moment(T_MINUS_1, 20, 30))
        builders.submit_item(quota, actor=health_focal, now=moment(T_MINUS_1, 22))
        assert send(moment(DUE, 7)) == {"cancelled": 1}
        assert smtp_sink.accepted == []
        assert Reminder.objects.get(medium="email").state == "met"

    def test_an_unsent_step_gives_way_to_a_newer_one(self, quota, smtp_sink):
        smtp_sink.mode = "greylist"
        reminders.plan(moment(T_MINUS_5, 8))
        send(moment(T_MINUS_5, 8))
        smtp_sink.mode = "ok"
        reminders.plan(moment(T_MINUS_1, 8))
        assert send(moment(T_MINUS_1, 8)) == {"cancelled": 1, "accepted": 1}
        assert len(smtp_sink.accepted) == 1

    def test_who_left_the_agency_before_sending_gets_nothing(self, quota, health, reviewer, smtp_sink):
        reminders.plan(moment(T_MINUS_1, 20, 30))
        health.contact_points.get().leave(actor=reviewer, on=T_MINUS_1, reason="chuyển công tác")
        assert send(moment(DUE, 7)) == {"cancelled": 1}


class TestRemindNow:
    def test_once_per_day_and_duty(self, quota, health_focal, reviewer):
        now = moment(date(2026, 9, 23), 10)
        assert reminders.remind_now(actor=reviewer, obligations=[quota], now=now) == 1
        assert reminders.remind_now(actor=reviewer, obligations=[quota], now=now + timedelta(hours=1)) == 0
        assert reminders.remind_now(actor=reviewer, obligations=[quota], now=now + timedelta(days=1)) == 1

    def test_duties_that_are_done_are_left_out(self, quota, health_focal, reviewer):
        builders.submit_item(quota, actor=health_focal)
        assert reminders.remind_now(actor=reviewer, obligations=[quota], now=moment(date(2026, 9, 23), 10)) == 0


class TestUnreachable:
    def test_agency_without_contact_is_on_the_list_to_phone(self, quota, reviewer):
        assert unreachable(T_MINUS_5) == []
        quota.agency.contact_points.get().leave(actor=reviewer, on=T_MINUS_5, reason="nghỉ hưu")
        (row,) = unreachable(T_MINUS_5)
        assert (row.agency, row.reason, row.duties) == (quota.agency, "chưa có đầu mối được xác nhận", [quota])

    def test_person_without_email_gets_the_notice_and_is_on_the_list(self, quota, health_focal):
        health_focal.email = ""
        health_focal.save()
        assert reminders.plan(moment(T_MINUS_5, 8)) == 1
        assert (OutgoingMessage.objects.count(), Notice.objects.count()) == (0, 1)
        assert [row.reason for row in unreachable(T_MINUS_5)] == ["đầu mối chưa có thư điện tử"]

    def test_refused_address_brings_the_agency_onto_the_list(self, quota, health_focal, smtp_sink):
        smtp_sink.mode = "unknown_user"
        reminders.plan(moment(T_MINUS_5, 8))
        send(moment(T_MINUS_5, 8))
        assert [row.reason for row in unreachable(T_MINUS_5)] == ["thư bị trả lại"]
