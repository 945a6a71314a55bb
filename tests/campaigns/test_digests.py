"""The morning digest: on working mornings, once per person, what waits and who is late; left by one press."""

import re
from datetime import date, timedelta

import pytest
from django.core import signing
from django.db import IntegrityError, transaction
from django.test import Client

from campaigns import digests
from portal.ticking import tick
from registry import delivery
from registry.models import Notice, OutgoingMessage
from tests import builders
from tests.builders import moment

# The nomination was due on 21/09; the September quota is due on Monday 05/10/2026, locks on 10/10, T+5 on 12/10.
MORNING = moment(date(2026, 9, 30), 7)
pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(reviewer):
    return reader(reviewer)


@pytest.fixture
def leader(leader):
    return reader(leader)


def reader(person):
    """Somebody who gets the digest, as everybody does who has not switched it off."""
    person.gets_digest = True
    person.save()
    return person


@pytest.fixture
def quota(health_focal, health, reviewer, leader):
    builders.issue_monthly_campaign(actor=reviewer)
    return builders.quota_of(health)


def written(now=MORNING):
    digests.write(now)
    return list(OutgoingMessage.objects.filter(purpose="digest").order_by("recipient__username"))


class TestWriting:
    def test_every_officer_gets_one_a_day_and_nobody_else(self, quota, reviewer, leader, health_focal):
        assert [row.recipient for row in written()] == [leader, reviewer]
        assert digests.write(MORNING + timedelta(hours=3)) == 0
        assert digests.write(MORNING + timedelta(days=1)) == 2

    def test_a_second_one_of_a_day_is_refused_by_the_database(self, quota, leader):
        row = written()[0]
        row.pk, row._state.adding = None, True
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()

    @pytest.mark.parametrize(
        ("at", "count"),
        [
            (moment(date(2026, 9, 30), 6, 59), 0),
            (moment(date(2026, 9, 30), 7), 2),
            (moment(date(2026, 9, 30), 15), 2),
            (moment(date(2026, 9, 30), 21), 0),
            (moment(date(2026, 10, 3), 9), 0),
        ],
    )
    def test_the_minute_writes_it_on_working_days_from_the_morning_on(self, quota, at, count):
        for _ in range(3):
            tick(at)
        assert OutgoingMessage.objects.filter(purpose="digest").count() == count

    def test_who_switched_it_off_or_has_no_address_gets_none(self, quota, reviewer, leader):
        leader.stop_digest()
        assert [row.recipient for row in written()] == [reviewer]

    def test_nothing_to_tell_is_not_told(self, reviewer):
        assert written() == []

    def test_a_digest_that_could_not_leave_is_not_sent_on_another_day(self, quota, smtp_sink):
        written()
        assert delivery.send_due(MORNING + timedelta(days=1)) == {"cancelled": 2}

    def test_its_cost_does_not_grow(self, quota, reviewer, health_focal, django_assert_num_queries):
        for count in (1, 4):
            for _ in range(count):
                agency = builders.make_agency(actor=reviewer)
                builders.make_contact(agency, actor=reviewer)
            builders.submit_item(quota, actor=health_focal, now=moment(date(2026, 9, 10)))
            builders.issue_monthly_campaign(actor=reviewer)
            OutgoingMessage.objects.all().delete()
            with django_assert_num_queries(17):
                digests.write(MORNING)


class TestWords:
    def test_it_says_what_is_due_this_week_and_who_is_late(self, quota):
        text = written()[0].text
        assert written()[0].subject == "Tóm tắt sáng 30/09/2026: 1 việc đến hạn trong tuần"
        assert (
            "ĐẾN HẠN TRONG TUẦN\n- Tối thiểu 01 sản phẩm truyền thông/tháng (tháng 9/2026): hạn 05/10/2026 (còn 3 ngày"
            in text
        )
        late = written(moment(date(2026, 10, 6), 7))[-1].text
        assert (
            "QUÁ HẠN\n- Tối thiểu 01 sản phẩm truyền thông/tháng (tháng 9/2026): hạn 05/10/2026 (quá hạn 1 ngày" in late
        )
        assert "1 đơn vị: Sở Y tế" in late and "ĐẾN HẠN" not in late

    def test_it_says_what_waits_for_review_since_when_and_what_too_long(self, quota, health_focal, reviewer, leader):
        builders.submit_item(quota, actor=health_focal, now=moment(date(2026, 9, 24)), title="Bài chờ lâu")
        builders.submit_item(quota, actor=health_focal, now=moment(date(2026, 9, 25)), title="Bài mới")
        text = written()[0].text
        assert "- Sản phẩm: 2, lâu nhất từ 09:00 24/09/2026" in text
        assert "CHỜ DUYỆT QUÁ 3 NGÀY LÀM VIỆC\n- Bài chờ lâu – Sở Y tế, nộp 09:00 24/09/2026\n" in text
        assert "- Bài mới" not in text
        notices = Notice.objects.filter(key="slow:2026-09-30")
        assert [(row.recipient, row.text) for row in notices] == [
            (reviewer, "1 sản phẩm chờ duyệt quá 3 ngày làm việc, lâu nhất từ 09:00 24/09/2026.")
        ]

    @pytest.mark.parametrize(("day", "told"), [(9, False), (12, True)])
    def test_five_working_days_late_the_province_is_asked_to_act_once(self, quota, day, told):
        text = written(moment(date(2026, 10, day), 8))[0].text
        assert ("- Sở Y tế: Tối thiểu 01 sản phẩm truyền thông/tháng, hạn 05/10/2026" in text) == told

    def test_it_counts_whom_nothing_reaches_and_what_needs_a_decision(self, quota, health_focal):
        health_focal.email_failed_at = MORNING
        health_focal.save()
        OutgoingMessage.objects.create(
            recipient=health_focal, address="a@b.example", subject="x", text="x", state="unknown"
        )
        text = written()[0].text
        assert "- 1 đơn vị không liên lạc được qua thư" in text and "- 1 tin chưa đến nơi hoặc chưa rõ" in text

    def test_names_from_outside_stay_text_in_html(self, quota):
        quota.agency.rename(actor=None, name="Sở <b>{{ 7 }}</b>", on=date(2026, 9, 2))
        assert "Sở &lt;b&gt;{{ 7 }}&lt;/b&gt;" in written(moment(date(2026, 10, 6), 7))[0].html


class TestLeaving:
    @pytest.fixture
    def sent(self, quota, leader, smtp_sink):
        written()
        delivery.send_due(MORNING)
        return next(row for row in smtp_sink.accepted if row["to"] == [leader.email])

    def test_the_letter_carries_the_headers_of_one_press(self, sent):
        header = sent["list"]["List-Unsubscribe"]
        assert re.fullmatch(r"<http://localhost:8000/tai-khoan/thoi-tom-tat/\S+/>", header)
        assert sent["list"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert header.strip("<>") in sent["text"]

    def test_looking_changes_nothing_and_a_press_without_cookie_ends_it(self, quota, leader, reviewer):
        path = digests.stop_link(leader).removeprefix("http://localhost:8000")
        browser = Client(enforce_csrf_checks=True)
        assert "Thôi nhận bản tóm tắt" in browser.get(path).content.decode()
        leader.refresh_from_db()
        assert leader.gets_digest
        for _ in range(2):
            answer = browser.post(path, {"List-Unsubscribe": "One-Click"})
            assert "không còn nhận" in answer.content.decode()
        assert [row.recipient for row in written()] == [reviewer]

    def test_a_token_for_something_else_ends_nothing(self, leader):
        for token in ("abc", signing.dumps(leader.pk), digests.stop_link(leader).rstrip("/").rpartition("/")[2] + "x"):
            assert Client().post(f"/tai-khoan/thoi-tom-tat/{token}/").status_code == 404

    def test_letters_about_ones_own_duties_have_no_such_header(self, quota, health_focal, smtp_sink):
        OutgoingMessage.objects.create(
            recipient=health_focal, address="a@b.example", subject="x", text="x", next_at=MORNING
        )
        delivery.send_due(MORNING)
        assert smtp_sink.accepted[0]["list"] == {}

    def test_the_settings_switch_it_on_again_for_staff_only(self, client_for, leader, health_focal):
        leader.stop_digest()
        form = {"full_name": leader.full_name, "email": leader.email, "gets_digest": "on"}
        client_for(leader).post("/tai-khoan/", form)
        leader.refresh_from_db()
        assert leader.gets_digest
        assert "gets_digest" not in client_for(health_focal).get("/tai-khoan/").content.decode()
