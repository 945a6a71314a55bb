"""Receipts: only the provider's own, each once, never back from better to worse, none lost because it came early."""

import hashlib
import json
import random
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError
from django.test import Client

from registry import receipts
from registry.models import Medium, OutgoingMessage, Receipt, ReceiptState, Stage, User

APP, SECRET = "1234567890", "khoa-bi-mat-cua-oa-thu"
ESMS_SECRET = "duong-rieng-cua-esms-thu"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def agreed(settings):
    settings.ZBS_APP_ID, settings.ZBS_WEBHOOK_SECRET, settings.ESMS_CALLBACK_SECRET = APP, SECRET, ESMS_SECRET


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def message(now):
    return make(now)


def make(now, **fields):
    person = User.objects.create(username=f"u{User.objects.count()}", phone="0912000000", full_name="Người nhận")
    values = {"medium": Medium.ZALO, "provider": "zbs", "provider_ref": "abc123", "state": "accepted"} | fields
    accepted_at = now if values["state"] == "accepted" else None
    common = {"recipient": person, "address": person.phone, "subject": "Nhắc", "text": "Nhắc", "purpose": "test"}
    return OutgoingMessage.objects.create(**common, **{"accepted_at": accepted_at} | values)


def event(now, **changes):
    values = {"app_id": APP, "event_name": "user_received_message", "timestamp": str(int(now.timestamp() * 1000))}
    return values | changes


def arrived(message, now, **changes):
    told = {"msg_id": message.provider_ref, "tracking_id": str(message.key), "delivery_time": "1"}
    return event(now, message=told, **changes)


def post(body, *, secret=SECRET, client=None, signature=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = body.get("timestamp", "") if isinstance(body, dict) else ""
    signed = (
        signature or "mac=" + hashlib.sha256(APP.encode() + raw + str(stamp).encode() + secret.encode()).hexdigest()
    )
    browser = client or Client(enforce_csrf_checks=True)
    headers = {"X-ZEvent-Signature": signed}
    return browser.post("/nhan-bao/zalo/", raw, content_type="application/json", headers=headers)


def esms(message, **changes):
    facts = {"SMSID": "s1", "SendFailed": "0", "SendStatus": "5", "SendSuccess": "1", "TotalReceiver": "1"}
    facts |= {"RequestId": str(message.key), "TypeId": "2", "phonenumber": "0912000000"}
    return Client().get(f"/nhan-bao/esms/{ESMS_SECRET}/?{urlencode(facts | changes)}")


def now_of(message):
    message.refresh_from_db()
    return message.result


class TestZalo:
    def test_a_signed_event_marks_the_message_and_twice_changes_nothing(self, message, now):
        body = arrived(message, now)
        assert [post(body).status_code for _ in range(3)] == [200, 200, 200]
        assert now_of(message) == "delivered"
        receipt = Receipt.objects.get()
        assert (receipt.state, json.loads(receipt.body)) == (ReceiptState.APPLIED, body)

    @pytest.mark.parametrize(
        "forge",
        [
            lambda body: post(body, secret="mot-khoa-khac-hoan-toan"),
            lambda body: post(body, signature="mac="),
            lambda body: post(json.dumps(body | {"app_id": "999"}).encode()),
            lambda body: post(body | {"app_id": "999"}),
            lambda body: post(b"[1]"),
            lambda body: post(b"{"),
            lambda body: post(b"{" + b'"a":' * 9000),
            lambda body: post(b" " * 70_000),
            lambda body: post(body | {"timestamp": "x"}),
            lambda body: post(body | {"timestamp": str(int(body["timestamp"]) - 2 * 24 * 3600 * 1000)}),
        ],
    )
    def test_forged_foreign_old_and_broken_events_are_refused(self, message, now, forge):
        assert forge(arrived(message, now)).status_code == 403
        assert (now_of(message), Receipt.objects.count()) == ("accepted", 0)

    def test_without_a_secret_nothing_is_believed(self, message, now, settings):
        settings.ZBS_WEBHOOK_SECRET = ""
        assert post(arrived(message, now), secret="").status_code == 403

    def test_only_post(self):
        assert Client().get("/nhan-bao/zalo/").status_code == 405

    def test_seen_marks_several_messages_by_the_numbers_of_zalo(self, now):
        messages = [make(now, provider_ref=f"m{number}") for number in range(2)]
        assert post(event(now, event_name="user_seen_message", message={"msg_ids": ["m0", "m1"]})).status_code == 200
        assert [now_of(message) for message in messages] == ["read", "read"]

    def test_events_of_other_kinds_are_kept_and_change_nothing(self, message, now):
        assert post(event(now, event_name="follow")).status_code == 200
        assert list(Receipt.objects.values_list("stage", "state")) == [("other", "ignored")]


class TestEsms:
    def test_success_and_failure_are_told_apart(self, now):
        good, bad = [make(now, medium=Medium.SMS, provider="esms", provider_ref=ref) for ref in ("a", "b")]
        assert esms(good).status_code == 200
        assert esms(bad, SendSuccess="0", SendFailed="1").status_code == 200
        assert (now_of(good), now_of(bad)) == ("delivered", "failed")
        assert bad.last_error == "Nhà cung cấp báo tin không đến được máy người nhận."

    def test_a_wrong_or_missing_secret_is_refused(self, message, settings):
        assert Client().get("/nhan-bao/esms/khac/").status_code == 403
        settings.ESMS_CALLBACK_SECRET = ""
        assert esms(message).status_code == 403
        assert Client().post(f"/nhan-bao/esms/{ESMS_SECRET}/").status_code == 405


class TestOrder:
    @pytest.mark.parametrize("seed", range(3))
    def test_whatever_the_order_the_best_news_stays(self, now, seed):
        message = make(now)
        stages = [Stage.DELIVERED, Stage.READ, Stage.FAILED, Stage.DELIVERED, Stage.OTHER]
        random.Random(seed).shuffle(stages)
        for number, stage in enumerate(stages):
            receipt = Receipt(provider="zbs", event_id=f"{number}", body="", key=message.key, stage=stage)
            receipts.take([receipt], now)
        assert now_of(message) == "read"
        assert message.state == "accepted"

    def test_a_receipt_that_comes_while_we_still_send_is_applied_afterwards(self, now):
        message = make(now, state="sending", lease_token="0" * 32, lease_until=now + timedelta(minutes=3))
        assert post(arrived(message, now)).status_code == 200
        assert now_of(message) == "sending"
        OutgoingMessage.objects.update(state="accepted", accepted_at=now, lease_token=None)
        assert receipts.apply_new(now + timedelta(minutes=1)) == 1
        assert now_of(message) == "delivered"
        assert receipts.apply_new(now + timedelta(minutes=2)) == 0

    def test_news_of_a_doubtful_message_ends_the_doubt(self, now):
        message = make(now, state="unknown", provider_ref="")
        post(arrived(message, now))
        assert (now_of(message), message.state) == ("delivered", "accepted")

    def test_a_reference_nobody_knows_is_tried_for_five_minutes_then_kept(self, now):
        stranger = make(now)
        body = arrived(stranger, now)
        OutgoingMessage.objects.all().delete()
        assert post(body).status_code == 200
        assert receipts.apply_new(now + timedelta(minutes=4)) == 0
        assert receipts.apply_new(now + timedelta(minutes=6)) == 1
        assert Receipt.objects.get().state == ReceiptState.IGNORED

    def test_receipts_are_removed_after_some_months(self, message, now):
        post(arrived(message, now))
        assert receipts.sweep(now.date() + timedelta(days=80)) == 0
        assert receipts.sweep(now.date() + timedelta(days=95)) == 1

    def test_the_database_keeps_each_event_once(self, now):
        Receipt.objects.create(provider="zbs", event_id="1", body="", stage=Stage.READ)
        with pytest.raises(IntegrityError):
            Receipt.objects.create(provider="zbs", event_id="1", body="", stage=Stage.READ)
