"""People choose how they are told; staff see which providers work, stop them and let them go on."""

from datetime import date

import pytest
from django.urls import reverse

from portal.health import rows_state
from registry import delivery
from registry.media.lines import halted_providers
from registry.models import Medium, MessageProvider, Notice, OutgoingMessage, User
from tests.builders import moment
from tests.rig.gateways import esms_for, zbs_for

NOW = moment(date(2026, 9, 16))
CHOICE = {"first": "zalo", "second": "email", "third": ""}
pytestmark = pytest.mark.django_db


class TestPerson:
    def test_the_order_is_kept_and_shown_again(self, client_for, health_focal):
        browser = client_for(health_focal)
        browser.post(reverse("message_settings"), CHOICE)
        health_focal.refresh_from_db()
        assert health_focal.media_in_order == ["zalo", "email"]
        page = browser.get(reverse("message_settings"))
        assert page.context["form"].initial == {"first": "zalo", "second": "email"}

    @pytest.mark.parametrize("wrong", [{"first": ""}, {"second": "zalo"}, {"third": "email"}, {"third": "fax"}])
    def test_no_medium_one_twice_and_unknown_ones_are_refused(self, client_for, health_focal, wrong):
        answer = client_for(health_focal).post(reverse("message_settings"), CHOICE | wrong)
        assert answer.context["form"].errors
        assert User.objects.get(pk=health_focal.pk).media == "email,zalo,sms"

    def test_whoever_chooses_only_what_does_not_work_is_warned(self, client_for, health_focal):
        browser, warning = client_for(health_focal), "hiện chưa dùng được"
        only_sms = {"first": "sms", "second": "", "third": ""}
        assert warning in browser.post(reverse("message_settings"), only_sms, follow=True).content.decode()
        assert warning not in browser.post(reverse("message_settings"), CHOICE, follow=True).content.decode()

    def test_the_phone_is_masked_and_what_does_not_work_is_said(self, client_for, health_focal):
        health_focal.phone = health_focal.zalo_refused = "0912345678"
        health_focal.save()
        page = client_for(health_focal).get(reverse("message_settings")).content.decode()
        assert "0912•••678" in page and "0912345678" not in page and "0912 345 678" not in page
        assert "không đến được địa chỉ này, hãy cập nhật" in page and "tỉnh chưa dùng" in page
        assert "cần cập nhật" in client_for(health_focal).get(reverse("account_settings")).content.decode()

    def test_whose_address_is_refused_finds_a_notice_once(self, health_focal, smtp_sink):
        smtp_sink.mode = "unknown_user"
        common = {"recipient": health_focal, "address": health_focal.email, "subject": "Nhắc", "text": "Nhắc"}
        for _ in range(2):
            OutgoingMessage.objects.create(**common, purpose="test", created_at=NOW, next_at=NOW)
        assert delivery.send_due(NOW) == {"permanent": 2}
        assert [notice.url for notice in Notice.objects.filter(recipient=health_focal)] == [reverse("account_settings")]


class TestDesk:
    def test_a_provider_is_stopped_with_a_reason_and_let_go_on(self, client_for, reviewer, settings):
        settings.ESMS_API_KEY = settings.ESMS_SECRET_KEY = settings.ESMS_BRANDNAME = "x"
        browser = client_for(reviewer)
        browser.post(reverse("media_act", args=["esms"]), {"act": "halt", "reason": " "})
        assert not halted_providers()
        browser.post(reverse("media_act", args=["esms"]), {"act": "halt", "reason": "Đối soát cước"})
        for name in ("media_list", "desk", "messages"):
            assert "Đối soát cước" in browser.get(reverse(name)).content.decode()
        assert rows_state(NOW)["providers_stopped"] == ["esms"]
        browser.post(reverse("media_act", args=["esms"]), {"act": "resume"})
        assert rows_state(NOW)["providers_stopped"] == []
        assert MessageProvider.objects.get().changed_by == reviewer

    def test_limits_and_todays_number_are_shown(self, client_for, reviewer, settings, django_assert_num_queries):
        settings.ESMS_API_KEY = settings.ESMS_SECRET_KEY = settings.ESMS_BRANDNAME = "x"
        settings.MESSAGE_LIMITS = settings.MESSAGE_LIMITS | {"esms": {"per_second": 2.5, "per_day": 300}}
        browser = client_for(reviewer)
        page = " ".join(browser.get(reverse("media_list")).content.decode().split())
        assert "0/300 tin" in page and "2,5 tin/giây" in page and "máy chủ chưa khai báo khoá" in page

    def test_staff_try_a_text_and_a_zalo_message_on_themselves(self, client_for, leader, settings):
        leader.phone = "0912345678"
        leader.save()
        browser = client_for(leader)
        with esms_for(settings) as esms, zbs_for(settings, NOW) as zalo:
            assert "Tin nhắn SMS" in browser.get(reverse("sending")).content.decode()
            for medium in ("sms", "zalo"):
                browser.post(reverse("message_test"), {"medium": medium})
                assert delivery.send_due(moment(date(2030, 1, 6), 3)) == {"accepted": 1}
        assert esms.accepted[0]["Content"].startswith("Cong Kenh Chinh thong: Tin thu luc ")
        assert zalo.messages[0]["template_data"]["viec"] == "Tin thử"

    def test_messages_by_phone_show_their_way_their_arrival_and_no_number(self, client_for, reviewer, health_focal):
        common = {"recipient": health_focal, "address": "0912345678", "subject": "Nhắc", "text": "Nhac"}
        OutgoingMessage.objects.create(
            **common, medium=Medium.SMS, provider="esms", state="accepted", accepted_at=NOW, delivered_at=NOW,
            purpose="test",
        )  # fmt: skip
        page = client_for(reviewer).get(reverse("messages"), {"phuong_tien": "sms"}).content.decode()
        assert "tin nhắn SMS" in page and "eSMS" in page and "đã đến máy" in page and "0912•••678" in page
        assert "0912345678" not in page
