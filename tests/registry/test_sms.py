"""Text messages: each leaves once whatever the gateway does, and a provider that takes no more is left alone."""

import itertools
import threading
import time
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection

from portal.lib.platforms import wire
from registry import delivery, noting
from registry.media.lines import media_at_work
from registry.models import DeliveryAttempt, Medium, MessageProvider, MessageState, Notice, OutgoingMessage, User
from tests.builders import moment
from tests.rig import speedsms_api
from tests.rig.gateways import esms_for, quick, speedsms_for

MORNING = moment(date(2026, 9, 16))
pytestmark = pytest.mark.django_db


@pytest.fixture
def esms(settings):
    with esms_for(settings) as api:
        yield api


@pytest.fixture
def speedsms(settings):
    with speedsms_for(settings) as api:
        yield api


@pytest.fixture
def impatient(monkeypatch):
    """Requests end after a third of a second, for gateways that stall."""
    call = wire.call
    monkeypatch.setattr(wire, "call", lambda *args, **more: call(*args, **more | {"seconds": 0.3}))


def write_texts(count, *, now=MORNING, first=0, **fields):
    people = User.objects.bulk_create(
        User(username=f"p{number}", phone=f"09120000{number:02d}", full_name=f"Người {number}")
        for number in range(first, first + count)
    )
    values = {"medium": Medium.SMS, "purpose": "test", "subject": "Nhắc hạn", "text": "Nhac han 05/10/2026"} | fields
    return OutgoingMessage.objects.bulk_create(
        OutgoingMessage(recipient=person, address=person.phone, created_at=now, next_at=now, **values)
        for person in people
    )


def states():
    return list(OutgoingMessage.objects.order_by("pk").values_list("state", flat=True))


def send_until(now, last=timedelta(hours=3)):
    """Passes at each minute until nothing waits."""
    for minute in range(int(last.total_seconds() // 60)):
        delivery.send_due(now + timedelta(minutes=minute))
        if not OutgoingMessage.objects.filter(state__in=("pending", "retry", "sending")).exists():
            return


class TestEsms:
    def test_a_text_leaves_once_with_our_key_and_its_number_is_kept(self, esms):
        (message,) = write_texts(1)
        assert delivery.send_due(MORNING) == {"accepted": 1}
        assert delivery.send_due(MORNING + timedelta(hours=1)) == {}
        (body,) = esms.accepted
        assert (body["Phone"], body["RequestId"], body["SmsType"]) == ("84912000000", str(message.key), "2")
        message.refresh_from_db()
        assert (message.state, message.provider, len(message.provider_ref)) == ("accepted", "esms", 34)

    def test_without_keys_nothing_is_claimed(self, settings):
        write_texts(1)
        assert delivery.send_due(MORNING) == {}
        assert states() == ["pending"]
        assert media_at_work(MORNING) == ["email"]

    @pytest.mark.parametrize("fault", ["cut_after", "500_after", "bad_json", "cut_before", "500", "slow", "redirect"])
    def test_a_lost_answer_is_asked_for_again_under_the_same_key(self, esms, impatient, fault):
        esms.slow_seconds = 0.5
        write_texts(1)
        esms.order("send", fault)
        assert delivery.send_due(MORNING) == {"unknown": 1}
        assert states() == ["retry"]
        send_until(MORNING + timedelta(minutes=1))
        assert states() == ["accepted"]
        assert list(esms.sent.values()) == [1]

    def test_a_worker_that_died_after_sending_sends_no_second_message(self, esms, monkeypatch):
        write_texts(1)
        finish = noting.finish
        monkeypatch.setattr(noting, "finish", lambda *args: None)
        delivery.send_due(MORNING)
        monkeypatch.setattr(noting, "finish", finish)
        assert states() == ["sending"]
        assert delivery.send_due(MORNING + timedelta(minutes=4)) == {"accepted": 1}
        assert list(esms.sent.values()) == [1]
        assert list(DeliveryAttempt.objects.values_list("outcome", flat=True)) == ["unknown", "accepted"]

    def test_negative_control_a_fresh_key_for_each_try_sends_twice(self, esms, monkeypatch):
        write_texts(1)
        ask = wire.call
        numbers = itertools.count()

        def with_fresh_key(*args, body, **more):
            return ask(*args, body=body.replace(b'"RequestId": "', b'"RequestId": "%d-' % next(numbers)), **more)

        monkeypatch.setattr(wire, "call", with_fresh_key)
        esms.order("send", "cut_after")
        send_until(MORNING)
        assert esms.sent.total() == 2, "the gateway of the rig does not see duplicates"

    def test_one_bad_number_stops_nobody_and_is_flagged(self, esms):
        write_texts(4)
        esms.bad, esms.blocked = {"84912000001"}, {"84912000002"}
        assert delivery.send_due(MORNING) == {"accepted": 2, "permanent": 2}
        assert states() == ["accepted", "failed", "failed", "accepted"]
        refused = User.objects.exclude(sms_refused="").order_by("pk")
        assert [person.sms_refused for person in refused] == ["0912000001", "0912000002"]
        assert not refused[0].is_reachable_by("sms") and refused[0].is_reachable_by("zalo")

    def test_no_money_stops_the_provider_and_tells_staff_once(self, esms, reviewer):
        write_texts(3)
        esms.money = 0
        assert delivery.send_due(MORNING) == {"released": 3}
        assert delivery.send_due(MORNING + timedelta(hours=1)) == {}
        assert esms.count("send") == 1
        row = MessageProvider.objects.get()
        assert row.halted_why == "Tài khoản eSMS không đủ tiền. Hãy nạp tiền rồi cho chạy lại."
        assert Notice.objects.filter(recipient=reviewer).count() == 1
        assert media_at_work(MORNING) == ["email"]
        esms.money = 1_000_000
        row.resume(actor=reviewer, now=MORNING + timedelta(hours=2))
        assert delivery.send_due(MORNING + timedelta(hours=2)) == {"accepted": 3}

    def test_wrong_keys_cost_one_call_not_one_each(self, esms, settings):
        settings.ESMS_SECRET_KEY = "khac"
        write_texts(5)
        assert delivery.send_due(MORNING) == {"released": 5}
        assert esms.count("send") == 1
        assert "khac" not in MessageProvider.objects.get().halted_why

    def test_told_to_wait_it_waits_as_long(self, esms):
        write_texts(2)
        esms.order("send", (429, {"Retry-After": "600"}, b""))
        assert delivery.send_due(MORNING) == {"temporary": 1, "released": 1}
        assert delivery.send_due(MORNING + timedelta(minutes=9)) == {}
        send_until(MORNING + timedelta(minutes=11))
        assert states() == ["accepted", "accepted"]
        assert esms.count("send") == 3

    def test_our_own_limit_of_the_day_waits_for_midnight(self, esms, settings):
        quick(settings, "esms", per_day=2)
        write_texts(3)
        assert delivery.send_due(MORNING) == {"accepted": 2, "released": 1}
        assert MessageProvider.objects.get().rests_until == moment(date(2026, 9, 17), 0)
        assert delivery.send_due(MORNING + timedelta(hours=2)) == {}
        assert delivery.send_due(MORNING + timedelta(days=1)) == {"accepted": 1}

    def test_never_more_than_the_limit_in_any_second(self, esms, settings):
        quick(settings, "esms", per_second=25)
        write_texts(40)
        assert delivery.send_due(MORNING) == {"accepted": 40}
        windows = [sum(at <= other < at + 1 for other in esms.times) for at in esms.times]
        assert max(windows) <= 25

    def test_accents_and_second_messages_are_never_paid_for(self, esms):
        write_texts(1, text="Nhắc hạn")
        write_texts(1, first=1, text="x" * 161)
        assert delivery.send_due(MORNING) == {"broken": 2}
        assert esms.calls == []

    def test_a_person_sends_a_failed_text_again_to_todays_number(self, esms, reviewer):
        (message,) = write_texts(1)
        esms.bad = {"84912000000"}
        delivery.send_due(MORNING)
        User.objects.filter(pk=message.recipient_id).update(phone="0912000099")
        message = OutgoingMessage.objects.select_related("recipient").get()
        message.send_again(actor=reviewer, reason="đã sửa số", now=MORNING)
        assert delivery.send_due(MORNING) == {"accepted": 1}
        assert esms.accepted[0]["Phone"] == "84912000099"
        assert User.objects.get(pk=message.recipient_id).is_reachable_by("sms")


class TestSpeedSms:
    def test_a_text_leaves_under_the_name_of_the_office(self, speedsms):
        write_texts(1)
        assert delivery.send_due(MORNING) == {"accepted": 1}
        assert speedsms.accepted == [
            {"to": ["84912000000"], "content": "Nhac han 05/10/2026", "sms_type": 3, "sender": speedsms_api.SENDER}
        ]

    def test_a_lost_answer_waits_for_a_person_because_nobody_knows_our_key(self, speedsms):
        write_texts(1)
        speedsms.order("send", "cut_after")
        assert delivery.send_due(MORNING) == {"unknown": 1}
        send_until(MORNING + timedelta(minutes=11))
        assert (states(), len(speedsms.accepted)) == ([MessageState.UNKNOWN], 1)

    def test_a_wrong_number_fails_and_no_money_stops(self, speedsms):
        write_texts(1)
        OutgoingMessage.objects.update(address="1900")
        assert delivery.send_due(MORNING) == {"permanent": 1}
        speedsms.money = 0
        write_texts(2, first=1)
        assert delivery.send_due(MORNING) == {"released": 2}
        assert MessageProvider.objects.get().halted_why.startswith("Tài khoản SpeedSMS không đủ tiền.")


class TestTwoGateways:
    def test_the_second_stands_in_while_the_first_is_stopped(self, esms, speedsms):
        write_texts(2)
        esms.money = 0
        assert delivery.send_due(MORNING) == {"released": 2}
        assert delivery.send_due(MORNING + timedelta(minutes=2)) == {"accepted": 2}
        assert (len(esms.accepted), len(speedsms.accepted)) == (0, 2)

    def test_a_text_that_the_first_may_have_never_goes_to_the_second(self, esms, speedsms):
        write_texts(1)
        esms.order("send", "cut_after")
        delivery.send_due(MORNING)
        row = MessageProvider.of("esms")
        row.halt(reason="thử", now=MORNING)
        assert delivery.send_due(MORNING + timedelta(minutes=5)) == {}
        assert speedsms.accepted == []

    def test_both_at_work_the_first_carries_everything(self, esms, speedsms):
        write_texts(3)
        delivery.send_due(MORNING)
        assert (len(esms.accepted), len(speedsms.accepted)) == (3, 0)


@pytest.mark.parametrize("facts", [{"halted_at": MORNING}, {"halted_why": "hết tiền"}])
def test_a_stopped_provider_says_why(facts):
    with pytest.raises(IntegrityError, match="provider_halted_exactly_when_it_says_why"):
        MessageProvider.objects.create(name="esms", **facts)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestTurns:
    """Several workers share one provider: their turns never coincide."""

    def turns_of_four(self, take):
        MessageProvider.of("esms")
        ready, turns = threading.Barrier(4), []

        def work():
            ready.wait()
            for _ in range(10):
                turns.append(take(MessageProvider.objects.get()))
            connection.close()

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        turns.sort()
        return min((later - sooner).total_seconds() for sooner, later in itertools.pairwise(turns))

    def test_turns_of_four_workers_are_apart(self):
        assert self.turns_of_four(lambda row: row.take_turn(MORNING, per_second=10)) >= 0.1
        assert MessageProvider.objects.get().used == 40

    def test_negative_control_without_the_lock_they_coincide(self):
        def careless(row):
            turn = row.free_at or MORNING
            time.sleep(0.002)
            MessageProvider.objects.update(free_at=turn + timedelta(seconds=0.11))
            return turn

        assert self.turns_of_four(careless) < 0.1
