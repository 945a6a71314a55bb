"""The desk sees every message, decides on those that did not arrive, knows whom to phone, and reminds at once."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import Reminder
from registry import delivery
from registry.models import MessageState, Notice, OutgoingMessage
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
    def decide(self, browser, message, **data):
        return browser.post(reverse("message_decide", args=[message.pk]), data, follow=True)

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

    def test_a_message_that_arrived_cannot_be_sent_again(self, client_for, reviewer, health_focal):
        message = make_message(health_focal, state=MessageState.ACCEPTED, accepted_at=NOW)
        answer = self.decide(client_for(reviewer), message, act="again", reason="thử")
        assert "Tin này vừa được xử lý" in answer.content.decode()


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
