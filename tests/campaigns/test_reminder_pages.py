"""The desk sees every message, decides on those that did not arrive, knows whom to phone, and reminds at once."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import Reminder
from registry import delivery
from registry.models import MessageState, Notice, OutgoingMessage, SendingSwitch
from tests import builders
from tests.builders import moment

NOW = moment(date(2026, 9, 16))
pytestmark = pytest.mark.django_db


def make_message(person, **fields):
    values = {"subject": "Nhắc hạn tháng 9", "text": "Kính gửi", "purpose": "test", "address": person.email} | fields
    return OutgoingMessage.objects.create(recipient=person, created_at=NOW, next_at=NOW, **values)


def cost_of(browser, url):
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


class TestMessages:
    def test_it_says_who_what_and_how_it_ended_without_the_address_or_the_link(
        self, client_for, reviewer, health_focal
    ):
        make_message(
            health_focal, state=MessageState.FAILED, last_error="550 5.1.1 No such user", text="/viec/l/secret/"
        )
        page = client_for(reviewer).get(reverse("messages")).content.decode()
        assert "Vi Thị Đầu" in page and "Nhắc hạn tháng 9" in page and "550 5.1.1 No such user" in page
        assert health_focal.email not in page and "secret" not in page

    def test_more_messages_cost_no_more_queries(self, client_for, reviewer, health_focal):
        browser = client_for(reviewer)
        make_message(health_focal)
        one = cost_of(browser, reverse("messages"))
        for _ in range(3):
            make_message(health_focal, state=MessageState.FAILED)
        assert cost_of(browser, reverse("messages")) == one

    def test_filter_shows_exactly_the_undecided(self, client_for, reviewer, health_focal):
        make_message(health_focal, subject="Đã đi", state=MessageState.ACCEPTED, accepted_at=NOW)
        make_message(health_focal, subject="Chưa rõ", state=MessageState.UNKNOWN)
        answer = client_for(reviewer).get(reverse("messages"), {"can_xem": "1"})
        assert [row.subject for row in answer.context["page"]] == ["Chưa rõ"]


class TestDecision:
    def decide(self, browser, *chosen, **data):
        rows = {"message": [row.pk for row in chosen]}
        return browser.post(reverse("messages_decide"), rows | data, follow=True).content.decode()

    def test_send_again_goes_to_todays_address_and_is_recorded(self, client_for, reviewer, health_focal, smtp_sink):
        message = make_message(health_focal, state=MessageState.FAILED, address="cu@yte.example", attempt=1)
        self.decide(client_for(reviewer), message, act="again", reason="đã sửa địa chỉ")
        OutgoingMessage.objects.update(next_at=NOW)
        delivery.send_due(NOW)
        assert [row["to"] for row in smtp_sink.accepted] == [[health_focal.email]]
        assert [(row.outcome, row.detail) for row in message.attempts.all()] == [
            ("again", "Nông Văn Duyệt: đã sửa địa chỉ"),
            ("accepted", ""),
        ]

    def test_drop_needs_a_reason(self, client_for, reviewer, health_focal):
        message = make_message(health_focal, state=MessageState.UNKNOWN)
        self.decide(client_for(reviewer), message, act="drop", reason=" ")
        message.refresh_from_db()
        assert message.state == MessageState.UNKNOWN
        self.decide(client_for(reviewer), message, act="drop", reason="đã gọi điện")
        message.refresh_from_db()
        assert message.state == MessageState.CANCELLED

    def test_many_are_decided_at_once_and_a_refusal_stops_no_other(self, client_for, reviewer, health_focal):
        rows = [make_message(health_focal, state=MessageState.FAILED, key=uuid.uuid4()) for _ in range(2)]
        arrived = make_message(health_focal, state=MessageState.ACCEPTED, accepted_at=NOW)
        page = self.decide(client_for(reviewer), rows[0], arrived, rows[1], act="drop", reason="đã gọi điện")
        assert "Đã bỏ 2 tin." in page and "Vi Thị Đầu: Tin này vừa được xử lý" in page
        states = OutgoingMessage.objects.order_by("pk").values_list("state", flat=True)
        assert list(states) == ["cancelled", "cancelled", "accepted"]

    def test_nothing_ticked_is_said_and_hostile_numbers_change_nothing(self, client_for, reviewer):
        browser = client_for(reviewer)
        assert "Hãy chọn ít nhất một tin." in self.decide(browser, reason="thử")
        answer = browser.post(reverse("messages_decide"), {"message": ["9" * 30, "-1", "x"]}, follow=True)
        assert "Hãy chọn ít nhất một tin." in answer.content.decode()


class TestLog:
    @pytest.fixture
    def rows(self, health_focal, other_focal):
        make_message(health_focal, subject="Thư của Sở", state=MessageState.ACCEPTED, accepted_at=NOW)
        other = make_message(other_focal, subject="Thư của xã")
        OutgoingMessage.objects.filter(pk=other.pk).update(created_at=NOW + timedelta(days=1))

    @pytest.mark.parametrize(
        ("query", "subjects"),
        [
            ({"co_quan": "so y te"}, ["Thư của Sở"]),
            ({"q": "khac"}, ["Thư của xã"]),
            ({"ngay": "2026-09-17"}, ["Thư của xã"]),
            ({"ket_qua": "accepted"}, ["Thư của Sở"]),
            ({"phuong_tien": "in_app"}, []),
            ({"phuong_tien": "email", "ngay": "2026-09-16"}, ["Thư của Sở"]),
        ],
    )
    def test_it_is_narrowed_by_agency_person_day_state_and_medium(self, client_for, reviewer, rows, query, subjects):
        answer = client_for(reviewer).get(reverse("messages"), query)
        assert [row.subject for row in answer.context["page"]] == subjects

    def test_every_try_is_shown_with_how_it_ended(self, client_for, reviewer, health_focal):
        message = make_message(health_focal, attempt=1)
        message.attempts.create(number=1, started_at=NOW, ended_at=NOW, outcome="temporary", detail="421 bận")
        page = client_for(reviewer).get(reverse("messages")).content.decode()
        assert "1 lần thử" in page and "tạm chưa gửi được" in page and "421 bận" in page


class TestPause:
    def test_pausing_holds_every_message_and_says_who_why_and_when(
        self, client_for, reviewer, health_focal, smtp_sink, django_assert_num_queries
    ):
        browser = client_for(reviewer)
        browser.post(reverse("sending_switch"), {"act": "pause", "reason": "Máy chủ thư hỏng"})
        make_message(health_focal)
        assert delivery.send_due(NOW) is None and smtp_sink.accepted == []
        for name in ("desk", "messages", "reminders_upcoming"):
            assert "Việc gửi tin đang tạm dừng" in browser.get(reverse(name)).content.decode()
        page = browser.get(reverse("sending")).content.decode()
        assert "Nông Văn Duyệt: Máy chủ thư hỏng" in page
        browser.post(reverse("sending_switch"), {"act": "resume"})
        assert delivery.send_due(NOW) == {"accepted": 1}
        with django_assert_num_queries(6):
            page = browser.get(reverse("sending")).content.decode()
        assert "Tạm dừng gửi: Máy chủ thư hỏng" in page and "Mở lại việc gửi" in page

    def test_a_pause_needs_a_reason_and_only_a_pause_is_resumed(self, client_for, reviewer):
        browser = client_for(reviewer)
        answer = browser.post(reverse("sending_switch"), {"act": "pause", "reason": " "}, follow=True)
        assert "Hãy ghi lý do tạm dừng." in answer.content.decode() and not SendingSwitch.is_paused()
        answer = browser.post(reverse("sending_switch"), {"act": "resume"}, follow=True)
        assert "đang không tạm dừng" in answer.content.decode()


class TestMessageToMyself:
    def test_it_goes_the_way_of_every_message_also_at_night(self, client_for, leader, smtp_sink):
        browser = client_for(leader)
        for _ in range(2):
            browser.post(reverse("message_test"))
        message = OutgoingMessage.objects.get(recipient=leader)
        night = moment(date(2030, 1, 6), 3)
        assert delivery.send_due(night) == {"accepted": 1}
        assert message.subject in smtp_sink.accepted[0]["subject"]

    def test_while_sending_is_held_nobody_is_told_to_wait_a_minute(self, client_for, reviewer):
        SendingSwitch.pause(actor=reviewer, reason="Máy chủ thư hỏng", now=NOW)
        page = client_for(reviewer).post(reverse("message_test"), follow=True).content.decode()
        assert "tin chỉ đi sau khi mở lại" in page and "khoảng một phút" not in page

    def test_without_an_address_it_says_what_to_do(self, client_for, leader):
        leader.email = ""
        leader.save()
        answer = client_for(leader).post(reverse("message_test"), follow=True)
        assert "chưa có thư điện tử" in answer.content.decode()


class TestUnreachable:
    def test_list_names_the_agency_the_reason_and_masks_the_phone(self, client_for, world):
        assert world.obligation
        world.focal.email_failed_at = NOW
        world.focal.save()
        page = client_for(world.reviewer).get(reverse("unreachable")).content.decode()
        assert "Sở Y tế" in page and "thư bị trả lại" in page
        assert world.agency.contact_points.get().phone not in page.replace(" ", "")

    def test_more_agencies_cost_no_more_queries(self, client_for, world):
        def more():
            agency = builders.make_agency(actor=world.reviewer)
            builders.make_contact(agency, actor=world.reviewer)

        more()
        assert world.obligation
        browser = client_for(world.reviewer)
        one = cost_of(browser, reverse("unreachable"))
        world.focal.email_failed_at = NOW
        world.focal.save()
        assert cost_of(browser, reverse("unreachable")) == one


class TestRemindNow:
    def test_ticked_duties_are_reminded_once_a_day(self, client_for, world):
        browser, data = client_for(world.reviewer), {"obligation": [world.obligation.pk]}
        browser.post(reverse("remind_now"), data)
        browser.post(reverse("remind_now"), data)
        assert Reminder.objects.filter(medium="email", person=world.focal).count() == 1
        assert Notice.objects.filter(recipient=world.focal).count() == 1

    def test_nothing_ticked_is_said(self, client_for, reviewer):
        answer = client_for(reviewer).post(reverse("remind_now"), {"next": reverse("messages")}, follow=True)
        assert "Hãy chọn ít nhất một đầu việc" in answer.content.decode()
