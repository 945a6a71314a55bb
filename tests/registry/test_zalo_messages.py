"""Zalo template messages: each at most once, the token exchanged once, and a provider that cannot go on is left alone."""

from datetime import date, timedelta

import pytest

from registry import delivery
from registry.models import Medium, MessageProvider, OutgoingMessage, User
from tests.builders import moment
from tests.rig.gateways import zbs_for

MORNING = moment(date(2026, 9, 16))
DATA = {"ten": "Người 0", "viec": "Nộp", "don_vi": "Sở", "han": "05/10/2026", "con_lai": "còn 5 ngày", "ma": "Ab1"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def zalo(settings):
    with zbs_for(settings, MORNING) as api:
        yield api


def write(count):
    people = User.objects.bulk_create(
        User(username=f"z{number}", phone=f"09120000{number:02d}", full_name=f"Người {number}")
        for number in range(count)
    )
    common = {"medium": Medium.ZALO, "purpose": "test", "subject": "Nhắc hạn", "text": "Nhắc hạn", "data": DATA}
    return OutgoingMessage.objects.bulk_create(
        OutgoingMessage(recipient=person, address=person.phone, created_at=MORNING, next_at=MORNING, **common)
        for person in people
    )


def test_messages_leave_once_with_one_exchange_of_tokens(zalo):
    messages = write(3)
    assert delivery.send_due(MORNING) == {"accepted": 3}
    assert delivery.send_due(MORNING + timedelta(hours=1)) == {}
    assert zalo.sent == {str(message.key): 1 for message in messages}
    assert (zalo.count("token"), zalo.messages[0]["phone"], "mode" in zalo.messages[0]) == (1, "84912000000", False)
    assert len(OutgoingMessage.objects.first().provider_ref) == 20


def test_tokens_are_kept_sealed_and_go_on_rotating(zalo):
    write(1)
    delivery.send_due(MORNING)
    row = MessageProvider.objects.get()
    assert not any(token in row.sealed_refresh_token + row.sealed_access_token for token in zalo.refresh)
    zalo.expire()
    OutgoingMessage.objects.update(state="retry", accepted_at=None)
    assert delivery.send_due(MORNING + timedelta(minutes=1)) == {"accepted": 1}
    assert zalo.count("token") == 2


def test_a_token_that_stays_refused_costs_three_calls_not_one_each(zalo, settings):
    write(20)
    zalo.order("template", *[(200, {}, {"error": -124, "message": "Access token is invalid"})] * 40)
    MessageProvider.of("zbs").plant(settings.ZBS_REFRESH_TOKEN)
    assert delivery.send_due(MORNING) == {"released": 20}
    assert len(zalo.calls) == 4  # the first exchange, refused, exchanged again, refused
    assert delivery.send_due(MORNING + timedelta(hours=1)) == {}
    assert MessageProvider.objects.get().halted_why


def test_a_new_consent_is_taken_from_the_settings(zalo, settings, reviewer):
    write(1)
    zalo.refresh = dict.fromkeys(zalo.refresh, True)  # spent elsewhere
    assert delivery.send_due(MORNING) == {"released": 1}
    assert "Hãy cấp quyền lại" in MessageProvider.objects.get().halted_why
    settings.ZBS_REFRESH_TOKEN = zalo.grant()[1]
    MessageProvider.objects.get().resume(actor=reviewer, now=MORNING)
    assert delivery.send_due(MORNING + timedelta(minutes=2)) == {"accepted": 1}


@pytest.mark.parametrize("fault", ["cut_after", "cut_before", "500_after", "bad_json"])
def test_a_lost_answer_is_never_sent_again_by_itself(zalo, fault):
    write(1)
    zalo.order("template", fault)
    assert delivery.send_due(MORNING) == {"unknown": 1}
    for minute in (11, 30, 200):
        assert delivery.send_due(MORNING + timedelta(minutes=minute)) == {}
    assert OutgoingMessage.objects.get().state == "unknown"
    assert zalo.sent.total() <= 1


def test_who_has_no_zalo_is_flagged_and_the_others_get_theirs(zalo):
    write(3)
    zalo.no_zalo = {"84912000001"}
    assert delivery.send_due(MORNING) == {"accepted": 2, "permanent": 1}
    (person,) = User.objects.exclude(zalo_refused="")
    assert not person.is_reachable_by("zalo") and person.is_reachable_by("sms")


def test_quota_waits_for_midnight_and_money_for_a_person(zalo, reviewer):
    write(2)
    zalo.quota = 1
    assert delivery.send_due(MORNING) == {"accepted": 1, "released": 1}
    row = MessageProvider.objects.get()
    assert (row.rests_until, row.halted_at) == (moment(date(2026, 9, 17), 0), None)
    zalo.quota, zalo.money, zalo.now = 10, 0, MORNING + timedelta(days=1)
    assert delivery.send_due(zalo.now) == {"released": 1}
    assert MessageProvider.objects.get().halted_why.startswith("Tài khoản Zalo Cloud")


def test_too_fast_waits_as_told_and_values_that_do_not_fit_are_our_fault(zalo):
    write(2)
    zalo.order("template", (429, {"Retry-After": "90"}, b""))
    assert delivery.send_due(MORNING) == {"temporary": 1, "released": 1}
    assert delivery.send_due(MORNING + timedelta(seconds=80)) == {}
    OutgoingMessage.objects.update(data={"ten": "x"})
    assert delivery.send_due(MORNING + timedelta(minutes=3)) == {"broken": 2}


def test_in_development_only_administrators_get_messages(zalo, settings):
    settings.ZBS_MODE, zalo.admins = "development", {"84912000000"}
    write(2)
    assert delivery.send_due(MORNING) == {"accepted": 1, "permanent": 1}
    assert not User.objects.exclude(zalo_refused="").exists()
