"""The outbox: one message leaves once; whatever the mail server does, none is lost and one bad address stops nobody."""

from datetime import date, timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from registry import delivery
from registry.media.email import EmailCarrier
from registry.models import DeliveryAttempt, MessageState, OutgoingMessage, SendingSwitch, User
from registry.noting import RETRY_MINUTES, Hand, finish
from registry.smtp import ReusedConnection
from tests.builders import moment

MORNING = moment(date(2026, 9, 16))
NIGHT = moment(date(2026, 9, 16), 22)


def write_messages(count, *, purpose="test", now=MORNING):
    """`count` due messages to `count` people."""
    people = User.objects.bulk_create(
        User(username=f"n{number}", email=f"n{number}@xa.example", full_name=f"Người {number}")
        for number in range(count)
    )
    return OutgoingMessage.objects.bulk_create(
        OutgoingMessage(
            recipient=person, address=person.email, purpose=purpose, subject="Nhắc hạn", text="Kính gửi",
            created_at=now, next_at=now,
        )
        for person in people
    )  # fmt: skip


def states():
    return dict(OutgoingMessage.objects.order_by("pk").values_list("address", "state"))


def addresses(sink):
    return sorted(address for row in sink.accepted for address in row["to"])


@pytest.mark.django_db
class TestSending:
    def test_due_messages_leave_once_over_one_connection(self, smtp_sink):
        messages = write_messages(7)
        assert delivery.send_due(MORNING) == {"accepted": 7}
        assert delivery.send_due(MORNING) == {}
        assert addresses(smtp_sink) == sorted(message.address for message in messages)
        assert smtp_sink.connections == 1
        assert set(states().values()) == {MessageState.ACCEPTED}
        assert DeliveryAttempt.objects.filter(outcome="accepted").count() == 7

    def test_message_id_is_the_key_of_the_row(self, smtp_sink):
        (message,) = write_messages(1)
        delivery.send_due(MORNING)
        assert smtp_sink.accepted[0]["message_id"] == f"<{message.key}@localhost>"

    def test_nothing_leaves_before_its_time_and_nothing_while_paused(self, smtp_sink):
        write_messages(2, now=MORNING + timedelta(minutes=1))
        assert delivery.send_due(MORNING) == {}
        switch = SendingSwitch.objects.create(paused_at=MORNING, reason="vừa khôi phục")
        assert delivery.send_due(MORNING + timedelta(hours=1)) is None
        switch.delete()
        assert delivery.send_due(MORNING + timedelta(hours=1)) == {"accepted": 2}

    def test_night_holds_reminders_but_not_invitations(self, smtp_sink):
        write_messages(1, now=NIGHT)
        OutgoingMessage.objects.create(
            recipient=User.objects.get(), address="moi@xa.example", purpose="invitation", subject="Mời", text="Mời",
            created_at=NIGHT, next_at=NIGHT,
        )  # fmt: skip
        delivery.send_due(NIGHT)
        assert addresses(smtp_sink) == ["moi@xa.example"]
        delivery.send_due(MORNING + timedelta(days=1))
        assert addresses(smtp_sink) == ["moi@xa.example", "n0@xa.example"]

    def test_one_bad_address_stops_nobody_and_is_flagged(self, smtp_sink):
        write_messages(5)
        smtp_sink.bad = {"n2@xa.example": "550 5.1.1 No such user"}
        assert delivery.send_due(MORNING) == {"accepted": 4, "permanent": 1}
        assert states()["n2@xa.example"] == MessageState.FAILED
        assert list(User.objects.exclude(email_failed_at=None).values_list("email", flat=True)) == ["n2@xa.example"]
        assert addresses(smtp_sink) == [f"n{n}@xa.example" for n in (0, 1, 3, 4)]

    def test_broken_message_is_dead_at_once_and_the_others_go(self, smtp_sink):
        messages = write_messages(3)
        OutgoingMessage.objects.filter(pk=messages[1].pk).update(subject="Hai\ndòng")
        assert delivery.send_due(MORNING) == {"accepted": 2, "broken": 1}
        assert states()["n1@xa.example"] == MessageState.DEAD

    def test_message_past_its_meaning_is_cancelled(self, smtp_sink):
        write_messages(1)
        OutgoingMessage.objects.update(not_after=MORNING - timedelta(minutes=1))
        assert delivery.send_due(MORNING) == {"cancelled": 1}
        assert smtp_sink.accepted == []


@pytest.mark.django_db
class TestFaultsOfTheServer:
    @pytest.mark.parametrize(
        ("mode", "state"),
        [
            ("greylist", MessageState.RETRY),
            ("busy", MessageState.RETRY),
            ("stall_recipient", MessageState.RETRY),
            ("stall", MessageState.UNKNOWN),
            ("reset_after_accept", MessageState.UNKNOWN),
            ("unknown_user", MessageState.FAILED),
            ("mailbox_full", MessageState.FAILED),
        ],
    )
    def test_each_fault_has_its_state(self, smtp_sink, settings, mode, state):
        settings.EMAIL_TIMEOUT = 0.5
        write_messages(1)
        smtp_sink.mode, smtp_sink.stall_seconds = mode, 2
        delivery.send_due(MORNING)
        assert states() == {"n0@xa.example": state}

    def test_closed_server_is_tried_on_the_ladder_then_the_message_goes(self, smtp_sink):
        write_messages(1)
        smtp_sink.close()
        now = MORNING
        for minutes in RETRY_MINUTES[:3]:
            assert delivery.send_due(now) == {"temporary": 1}
            row = OutgoingMessage.objects.get()
            assert 0.8 * minutes <= (row.next_at - now).total_seconds() / 60 <= 1.2 * minutes + 0.1
            assert delivery.send_due(now) == {}
            now = row.next_at
        smtp_sink.reopen()
        assert delivery.send_due(now) == {"accepted": 1}
        assert len(smtp_sink.accepted) == 1

    def test_a_server_that_is_down_ends_the_batch_instead_of_timing_out_for_each(self, smtp_sink, settings):
        settings.EMAIL_TIMEOUT = 0.3
        write_messages(10)
        smtp_sink.mode, smtp_sink.stall_seconds = "stall_recipient", 1
        assert delivery.send_due(MORNING) == {"temporary": 2, "released": 8}
        smtp_sink.mode = "ok"
        assert delivery.send_due(MORNING + timedelta(minutes=2)) == {"accepted": 10}

    def test_when_the_time_of_a_pass_is_over_no_more_are_begun(self, smtp_sink):
        """A pass that ran into the limits of its task would leave its last mails in doubt."""
        write_messages(12)
        batch = delivery.claim(MORNING)
        assert delivery.send_batch(batch, MORNING, {}, None, seconds=0) == {"released": 12}
        assert (smtp_sink.accepted, DeliveryAttempt.objects.count()) == ([], 0)
        assert delivery.send_due(MORNING + timedelta(seconds=9)) == {"accepted": 12}
        assert set(OutgoingMessage.objects.values_list("attempt", flat=True)) == {1}

    def test_a_task_that_is_ended_leaves_its_mails_to_the_lease(self, smtp_sink, monkeypatch):
        def end(*args):
            raise SoftTimeLimitExceeded

        write_messages(12)
        with monkeypatch.context() as ended, pytest.raises(SoftTimeLimitExceeded):
            ended.setattr(ReusedConnection, "send_messages", end)
            delivery.send_due(MORNING)
        assert delivery.send_due(MORNING + timedelta(minutes=4)) == {"accepted": 2}
        assert delivery.send_due(MORNING + timedelta(minutes=15)) == {"accepted": 10}
        assert len(smtp_sink.accepted) == 12

    def test_temporary_fault_for_a_day_becomes_a_failure(self, smtp_sink):
        write_messages(1)
        smtp_sink.mode = "greylist"
        OutgoingMessage.objects.update(created_at=MORNING - timedelta(hours=25))
        delivery.send_due(MORNING)
        assert states() == {"n0@xa.example": MessageState.FAILED}

    def test_unknown_is_sent_once_more_as_itself_then_waits_for_a_person(self, smtp_sink):
        write_messages(1)
        smtp_sink.mode = "reset_after_accept"
        delivery.send_due(MORNING)
        assert delivery.send_due(MORNING + timedelta(minutes=5)) == {}
        assert delivery.send_due(MORNING + timedelta(minutes=11)) == {"unknown": 1}
        assert delivery.send_due(MORNING + timedelta(hours=3)) == {}
        assert len({row["message_id"] for row in smtp_sink.accepted}) == 1
        assert len(smtp_sink.accepted) == 2


@pytest.mark.django_db
class TestLease:
    def test_killed_between_claim_and_send_goes_exactly_once_after_the_lease(self, smtp_sink):
        write_messages(1)
        assert len(delivery.claim(MORNING)) == 1
        assert delivery.send_due(MORNING + timedelta(minutes=2)) == {}
        assert delivery.send_due(MORNING + timedelta(minutes=4)) == {"accepted": 1}
        assert len(smtp_sink.accepted) == 1
        assert [(row.number, row.outcome) for row in DeliveryAttempt.objects.all()] == [(1, "accepted")]

    def test_what_a_dead_worker_had_begun_is_in_doubt_and_rests_first(self, smtp_sink):
        write_messages(3)
        batch = delivery.claim(MORNING)
        Hand(MORNING, {}).begin(batch[:1])
        assert delivery.send_due(MORNING + timedelta(minutes=4)) == {"accepted": 2}
        assert states()["n0@xa.example"] == MessageState.UNKNOWN
        assert delivery.send_due(MORNING + timedelta(minutes=15)) == {"accepted": 1}
        assert len(smtp_sink.accepted) == 3

    def test_late_worker_changes_nothing(self, smtp_sink):
        write_messages(2)
        hand, batch = Hand(MORNING, {}), delivery.claim(MORNING)
        slow, slower = hand.begin(batch)
        delivery.reap(MORNING + timedelta(minutes=4))
        finish(slow, delivery.Ending(delivery.PERMANENT, "550"), MORNING + timedelta(minutes=5), {})
        hand.note(slower, delivery.Ending(delivery.ACCEPTED))
        hand.write_down()
        assert set(states().values()) == {MessageState.UNKNOWN}
        assert set(DeliveryAttempt.objects.values_list("outcome", flat=True)) == {"unknown"}

    def test_a_worker_sends_nothing_that_was_taken_from_it(self, smtp_sink):
        write_messages(3)
        batch = delivery.claim(MORNING)
        delivery.reap(MORNING + timedelta(minutes=4))
        assert delivery.claim(MORNING + timedelta(minutes=4), limit=2) == batch[:2]
        assert Hand(MORNING, {}).begin(batch) == []

    def test_each_few_are_noted_before_the_next_few_leave(self, smtp_sink, django_assert_num_queries):
        write_messages(2 * EmailCarrier.at_risk)
        batch = delivery.claim(MORNING)
        first, second = batch[: EmailCarrier.at_risk], batch[EmailCarrier.at_risk :]
        hand = Hand(MORNING, {})
        hand.begin(first)
        for message in first:
            hand.note(message, delivery.Ending(delivery.ACCEPTED))
        with django_assert_num_queries(6):
            hand.begin(second)
        assert [states()[message.address] for message in (first[0], second[0])] == ["accepted", "sending"]

    def test_claimed_rows_are_nobody_elses(self, smtp_sink):
        write_messages(3)
        first, second = delivery.claim(MORNING, limit=2), delivery.claim(MORNING)
        assert (len(first), len(second), delivery.claim(MORNING)) == (2, 1, [])
        assert {m.pk for m in first} & {m.pk for m in second} == set()
