"""A reminder reaches its person by the first way that works: refused or stopped, the next one carries it, once."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import falling_over, reminders, short_links
from campaigns.models import Reminder, ShortLink
from campaigns.reachable import people_of, unreachable
from portal.lib.phones import zalo_phone
from registry import delivery
from registry.media.lines import media_at_work
from registry.models import Agency, MessageProvider, Notice, OutgoingMessage
from tests import builders
from tests.builders import moment
from tests.rig.gateways import esms_for, zbs_for

# T-5 of the September quota, which is due on Monday 05/10/2026.
MONDAY = moment(date(2026, 9, 28), 8)
pytestmark = pytest.mark.django_db


@pytest.fixture
def quota(health_focal, health, reviewer):
    """The September quota of Sở Y tế, its only agency; its focal point has a phone."""
    builders.issue_monthly_campaign(actor=reviewer)
    health_focal.phone = "0912345678"
    health_focal.save()
    return builders.quota_of(health)


@pytest.fixture
def esms(settings):
    with esms_for(settings) as api:
        yield api


@pytest.fixture
def zalo(settings):
    with zbs_for(settings, MONDAY) as api:
        yield api


def one_pass(now):
    reminders.plan(now)
    falling_over.fall_over(now)
    return delivery.send_due(now, prepare=reminders.prepare)


def ledger():
    rows = Reminder.objects.exclude(medium="in_app").order_by("pk")
    return list(rows.values_list("step", "medium", "state", "message__state"))


class TestFirstWay:
    def test_who_has_no_email_is_reminded_by_text(self, quota, health_focal, esms):
        health_focal.email = ""
        health_focal.save()
        assert one_pass(MONDAY) == {"accepted": 1}
        (body,) = esms.accepted
        assert re.fullmatch(
            r"Nhac han 05/10/2026 \(con 5 ngay lam viec\): Toi thieu 01 san pham truyen thong/thang \(thang 9/2026\) - "
            r"So Y te\. Mo: http://localhost:8000/n/[A-Za-z0-9]{11}",
            body["Content"],
        )
        assert ledger() == [("T-5", "sms", "queued", "accepted")]
        assert one_pass(MONDAY + timedelta(hours=1)) == {}

    def test_whose_account_has_no_phone_is_reached_at_the_one_of_the_post(self, quota, health_focal, esms, smtp_sink):
        health_focal.phone = ""
        health_focal.save()
        smtp_sink.mode, esms.bad = "unknown_user", {zalo_phone(quota.agency.contact_points.get().phone)}
        for minute in range(3):
            one_pass(MONDAY + timedelta(minutes=minute))
        assert ledger()[-1] == ("T-5", "sms", "unreached", "failed")
        assert unreachable(MONDAY.date(), media_at_work(MONDAY))[0].reason == "số điện thoại không nhận được tin"

    def test_a_long_name_is_cut_so_that_one_text_is_paid_for(self, quota, health_focal, esms):
        health_focal.media = "sms"
        health_focal.save()
        Agency.objects.filter(pk=quota.agency_id).update(name="Ủy ban nhân dân xã “Ngã Ba” – " + "đ\u0301" * 80)
        one_pass(MONDAY)
        (body,) = esms.accepted
        assert len(body["Content"]) <= 160 and body["Content"].isascii()
        assert re.search(r" - Uy ban nhan dan\.\.\. Mo: http://localhost:8000/n/\w{11}$", body["Content"])

    def test_the_person_chooses_the_order(self, quota, health_focal, esms, smtp_sink):
        health_focal.media = "sms,email"
        health_focal.save()
        one_pass(MONDAY)
        assert (len(esms.accepted), smtp_sink.accepted) == (1, [])

    def test_with_email_nothing_changes_and_no_medium_means_a_notice_and_a_phone_call(
        self, quota, health_focal, esms, smtp_sink
    ):
        one_pass(MONDAY)
        assert (len(esms.accepted), len(smtp_sink.accepted)) == (0, 1)
        health_focal.email = health_focal.phone = ""
        health_focal.save()
        quota.agency.contact_points.update(phone="")
        one_pass(moment(date(2026, 10, 2), 8))
        assert Notice.objects.filter(recipient=health_focal).count() == 2
        assert len(unreachable(date(2026, 10, 2), media_at_work(MONDAY))) == 1

    def test_night_and_days_off_hold_texts_too(self, quota, health_focal, esms):
        health_focal.media = "sms"
        health_focal.save()
        assert one_pass(MONDAY + timedelta(hours=13)) == {}
        assert one_pass(MONDAY + timedelta(hours=23, minutes=5)) == {"accepted": 1}

    def test_a_phone_reached_by_text_is_not_on_the_list_to_phone(self, quota, health_focal, esms):
        health_focal.email = ""
        health_focal.save()
        assert unreachable(MONDAY.date(), media_at_work(MONDAY)) == []
        health_focal.sms_refused = health_focal.phone
        health_focal.save()
        (row,) = unreachable(MONDAY.date(), media_at_work(MONDAY))
        assert row.reason == "số điện thoại không nhận được tin"


class TestFalling:
    def test_a_refused_mailbox_makes_a_text_once(self, quota, health_focal, esms, smtp_sink):
        smtp_sink.mode = "unknown_user"
        assert one_pass(MONDAY) == {"permanent": 1}
        assert one_pass(MONDAY + timedelta(minutes=1)) == {"accepted": 1}
        assert one_pass(MONDAY + timedelta(minutes=2)) == {}
        assert ledger() == [("T-5", "email", "fell", "cancelled"), ("T-5", "sms", "queued", "accepted")]
        old = OutgoingMessage.objects.get(medium="email")
        assert old.last_error == "550 5.1.1 No such user here Đã chuyển sang Tin nhắn SMS."
        assert not OutgoingMessage.objects.to_decide().exists()

    def test_when_no_way_is_left_a_person_decides(self, quota, health_focal, esms, smtp_sink):
        smtp_sink.mode, esms.bad = "unknown_user", {"84912345678"}
        for minute in range(4):
            one_pass(MONDAY + timedelta(minutes=minute))
        assert ledger() == [("T-5", "email", "fell", "cancelled"), ("T-5", "sms", "unreached", "failed")]
        assert OutgoingMessage.objects.to_decide().count() == 1
        assert [row.agency for row in unreachable(MONDAY.date(), media_at_work(MONDAY))] == [quota.agency]

    def test_work_done_meanwhile_is_told_by_no_further_medium(self, quota, health_focal, esms, smtp_sink):
        smtp_sink.mode = "unknown_user"
        one_pass(MONDAY)
        builders.submit_item(quota, actor=health_focal, now=MONDAY)
        one_pass(MONDAY + timedelta(minutes=1))
        assert ledger() == [("T-5", "email", "met", "failed")]

    def test_what_waits_for_a_stopped_provider_goes_by_the_next_medium(self, quota, health_focal, esms, smtp_sink):
        health_focal.media = "sms,email"
        health_focal.save()
        esms.money = 0
        assert one_pass(MONDAY) == {"released": 1}
        assert one_pass(MONDAY + timedelta(minutes=2)) == {"accepted": 1}
        assert ledger() == [("T-5", "sms", "fell", "cancelled"), ("T-5", "email", "queued", "accepted")]

    def test_from_mail_to_zalo_to_text_until_one_arrives(self, quota, health_focal, zalo, esms, smtp_sink):
        smtp_sink.mode, zalo.no_zalo = "unknown_user", {"84912345678"}
        for minute in range(4):
            one_pass(MONDAY + timedelta(minutes=minute))
        assert ledger() == [
            ("T-5", "email", "fell", "cancelled"),
            ("T-5", "zalo", "fell", "cancelled"),
            ("T-5", "sms", "queued", "accepted"),
        ]
        assert (len(esms.accepted), len(zalo.messages)) == (1, 0)

    def test_the_values_of_a_zalo_message_fit_its_template(self, quota, health_focal, zalo, smtp_sink):
        health_focal.media = "zalo"
        health_focal.save()
        assert one_pass(MONDAY) == {"accepted": 1}
        values = dict(zalo.messages[0]["template_data"])
        assert len(values.pop("ma")) == 11
        assert values == {
            "ten": "Vi Thị Đầu",
            "viec": "Tối thiểu 01 sản phẩm truyền thông/tháng (tháng 9/2026)",
            "don_vi": "Sở Y tế",
            "han": "05/10/2026",
            "con_lai": "còn 5 ngày làm việc",
        }

    def test_a_quota_used_up_sends_texts_until_midnight(self, quota, health_focal, zalo, esms, smtp_sink):
        health_focal.media, zalo.quota = "zalo,sms", 0
        health_focal.save()
        assert one_pass(MONDAY) == {"released": 1}
        assert one_pass(MONDAY + timedelta(minutes=2)) == {"accepted": 1}
        assert ledger() == [("T-5", "zalo", "fell", "cancelled"), ("T-5", "sms", "queued", "accepted")]
        zalo.quota = 5
        friday = moment(date(2026, 10, 2), 8)
        assert one_pass(friday) == {"accepted": 1}
        assert ledger()[-1] == ("T-1", "zalo", "queued", "accepted")

    def test_what_a_provider_may_have_stays_with_it(self, quota, health_focal, esms, smtp_sink):
        health_focal.media = "sms,email"
        health_focal.save()
        esms.order("send", "cut_after")
        one_pass(MONDAY)
        MessageProvider.of("esms").halt(reason="thử", now=MONDAY)
        one_pass(MONDAY + timedelta(minutes=5))
        assert smtp_sink.accepted == []

    def test_a_run_that_looked_earlier_writes_nothing_more(self, quota, health_focal, esms, smtp_sink, monkeypatch):
        smtp_sink.mode = "unknown_user"
        one_pass(MONDAY)
        now = MONDAY + timedelta(minutes=1)
        (stale,) = falling_over.stuck_messages(now, media_at_work(now))
        rows = list(Reminder.objects.filter(message=stale))
        assert falling_over.fall_over(now) == 1
        duties, people = {quota.pk: quota}, people_of({quota.agency_id})
        assert falling_over.move(stale, rows, duties, people, media_at_work(now), now, {}) == 0
        monkeypatch.setattr(falling_over, "leave_old", lambda *args: True)  # then the ledger's key stops it
        assert falling_over.move(stale, rows, duties, people, media_at_work(now), now, {}) == 0
        assert Reminder.objects.filter(medium="sms").count() == 1

    def test_more_stuck_messages_cost_the_same_to_find(self, quota, esms):
        with CaptureQueriesContext(connection) as captured:
            assert falling_over.fall_over(MONDAY) == 0
        assert len(captured) == 2  # the providers, and what is stuck


class TestShortLink:
    def code(self, quota, person):
        return short_links.new_code(person, quota, MONDAY)

    def test_looking_changes_nothing_and_pressing_opens_one_duty(self, world, client_for):
        code = short_links.new_code(world.focal, world.obligation, world.obligation.period.opened_at)
        ShortLink.objects.update(created_at=builders.datetime.now(builders.UTC))
        browser = client_for(None)
        page = browser.get(f"/n/{code}")
        assert page.status_code == 200 and world.focal.full_name in page.content.decode()
        assert "signed_link" not in browser.session
        assert browser.post(f"/n/{code}").url == f"/viec/{world.obligation.pk}/"
        assert browser.session["signed_link"]["obligation"] == world.obligation.pk

    def test_old_wrong_and_outlived_codes_open_nothing(self, quota, health_focal, client_for):
        browser = client_for(None)
        assert browser.get("/n/AAAAAAAAAAA").status_code == 404
        code = self.code(quota, health_focal)
        ShortLink.objects.update(created_at=builders.datetime.now(builders.UTC) - timedelta(days=15))
        assert browser.get(f"/n/{code}").status_code == 410
        ShortLink.objects.update(created_at=builders.datetime.now(builders.UTC))
        health_focal.set_password("mat-khau-moi-cua-toi")
        health_focal.save()
        assert browser.get(f"/n/{code}").status_code == 410

    def test_codes_that_ended_are_swept(self, quota, health_focal):
        self.code(quota, health_focal)
        assert short_links.sweep((MONDAY + timedelta(days=10)).date()) == 0
        assert short_links.sweep((MONDAY + timedelta(days=16)).date()) == 1
