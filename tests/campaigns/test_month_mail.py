"""The report that goes by itself: on its day, once, to those who asked for it, with their files in the download centre."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns import downloading, month_mail
from campaigns.models import ReportMailing, ReportReader, ReportSchedule
from portal.ticking import TickResult, once_a_day
from registry.models import Download, Heartbeat, Notice, OutgoingMessage
from tests.builders import STARTS_ON, approve_item, issue_monthly_campaign, moment, quota_of, submit_item

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 12)
"""A Monday."""
URL = "/dieu-hanh/gui-bao-cao/"


def letters():
    return list(OutgoingMessage.objects.filter(purpose=month_mail.PURPOSE))


@pytest.fixture
def arranged(administrator, leader, reviewer, health, other_agency):
    """On the 12th, Word and PDF, to the leader; September has one product in time and one silent commune."""
    issue_monthly_campaign(actor=reviewer)
    item = submit_item(quota_of(health), actor=reviewer)
    approve_item(item, actor=reviewer)
    ReportReader.join(leader)
    return ReportSchedule.arrange(
        actor=administrator, is_on=True, day=12, formats=["docx", "pdf"], now=moment(date(2026, 9, 20))
    )


def test_on_its_day_the_report_goes_to_its_readers_once(arranged, leader, reviewer):
    assert [month_mail.send_due(day) for day in (date(2026, 10, 11), DAY, DAY, date(2026, 10, 20))] == [0, 1, 0, 0]
    (letter,) = letters()
    assert (letter.recipient, letter.purpose) == (leader, "month_report")
    assert letter.subject == "Báo cáo sản phẩm truyền thông tháng 9/2026: hoàn thành 50 %"
    for part in (
        "Hoàn thành 1/2 đầu việc (50 %), đúng hạn 1, trễ 0, chờ duyệt 0, chưa nộp 1.",
        "Quá hạn, chưa nộp: Ủy ban nhân dân xã Suối Mơ.",
        "http://localhost:8000/dieu-hanh/bao-cao/2026-09/",
        "http://localhost:8000/dieu-hanh/tai-ve/",
    ):
        assert part in letter.text and part in letter.html
    assert letter.next_at == moment(DAY, 7)
    assert [row.title for row in Download.objects.order_by("pk")] == [
        "Báo cáo tháng 9/2026, Word",
        "Báo cáo tháng 9/2026, PDF",
    ]
    assert Notice.objects.get(recipient=leader).url == "/dieu-hanh/bao-cao/2026-09/"
    assert list(ReportMailing.objects.values_list("month", "readers")) == [(STARTS_ON, 1)]


def test_the_files_are_there_for_the_reader(arranged, leader, client_for):
    month_mail.send_due(DAY)
    assert downloading.make_queued(moment(DAY)) == 2
    starts = [row.file.read(4) for row in Download.objects.visible_to(leader).order_by("pk")]
    assert starts == [b"PK\x03\x04", b"%PDF"]


def test_a_missed_day_is_made_up_for_in_the_same_month(arranged):
    assert month_mail.send_due(date(2026, 10, 30)) == 1


def test_what_is_arranged_after_the_day_counts_from_the_next_month(arranged, administrator):
    ReportSchedule.arrange(actor=administrator, is_on=True, day=12, formats=["pdf"], now=moment(date(2026, 10, 13)))
    assert month_mail.send_due(date(2026, 10, 13)) == 0
    assert month_mail.send_due(date(2026, 11, 12)) == 1
    assert ReportMailing.objects.get().month == date(2026, 10, 1)


def test_off_or_without_readers(arranged, leader, administrator):
    ReportReader.leave(leader)
    assert month_mail.send_due(DAY) == 0 and not letters() and not ReportMailing.objects.exists()
    ReportSchedule.arrange(actor=administrator, is_on=False, day=12, formats=[], now=moment(date(2026, 9, 21)))
    assert month_mail.send_due(DAY) == 0


def test_former_staff_get_nothing(arranged, leader):
    leader.is_active = False
    leader.save()
    month_mail.send_due(DAY)
    assert not letters() and not Download.objects.exists()


def test_who_joins_an_empty_list_later_in_the_month_still_gets_the_report(arranged, leader):
    ReportReader.leave(leader)
    assert month_mail.send_due(DAY) == 0
    ReportReader.join(leader)
    assert month_mail.send_due(date(2026, 10, 20)) == 1 and letters()


def test_a_faster_run_leaves_nothing(arranged):
    ReportMailing.objects.create(month=STARTS_ON, at=moment(DAY))
    assert month_mail.send(STARTS_ON, ["pdf"], DAY) == 0
    assert not letters() and not Download.objects.exists()


def test_the_tick_sends_it_and_a_new_arrangement_wakes_a_part_that_rests(arranged, administrator):
    now = moment(DAY)
    ReportSchedule.objects.update(day=28)
    once_a_day(TickResult(at=""), now, {})
    assert Heartbeat.objects.filter(name="month_mail").exists() and not ReportMailing.objects.exists()
    ReportSchedule.arrange(actor=administrator, is_on=True, day=12, formats=["pdf"], now=now)
    once_a_day(TickResult(at=""), now + timedelta(minutes=1), {})
    assert ReportMailing.objects.get().month == STARTS_ON


@pytest.mark.parametrize(("day", "formats"), [(0, ["pdf"]), (29, ["pdf"]), (12, [])])
def test_what_cannot_be_arranged(administrator, day, formats):
    with pytest.raises(ValidationError):
        ReportSchedule.arrange(actor=administrator, is_on=True, day=day, formats=formats)


@pytest.mark.parametrize("wrong", [{"pk": 2}, {"pk": 1, "day": 0}, {"pk": 1, "day": 29}])
def test_half_arrangements_are_refused_by_the_database(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportSchedule.objects.create(**wrong)


def test_one_mailing_for_each_month(db):
    ReportMailing.objects.create(month=STARTS_ON, at=moment(DAY))
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportMailing.objects.create(month=STARTS_ON, at=moment(DAY))


def test_the_page_arranges_and_everybody_chooses_for_themselves(client_for, reviewer, leader):
    reviewing, leading = client_for(reviewer), client_for(leader)
    leading.post(URL, {"act": "join"})
    reviewing.post(URL, {"act": "arrange", "is_on": "on", "day": "5", "formats": ["xlsx", "pdf"]})
    schedule = ReportSchedule.current()
    assert (schedule.is_on, schedule.day, schedule.formats, schedule.changed_by) == (True, 5, ["xlsx", "pdf"], reviewer)
    page = leading.get(reverse("report_schedule")).content.decode()
    assert "vào ngày 5 hằng tháng" in page and "Hoàng Thị Lãnh" in page and "Lưu lịch gửi" not in page
    leading.post(URL, {"act": "leave"})
    assert not ReportReader.objects.exists()
    assert leading.post(URL, {"act": "arrange", "day": "5"}).status_code == 403
    page = reviewing.post(URL, {"act": "arrange", "is_on": "on", "day": "31"}).content.decode()
    assert "Ngày gửi:" in page and ReportSchedule.current().day == 5


def test_a_reviewer_puts_the_leader_on_the_list_who_hears_of_it(client_for, reviewer, leader, health_focal):
    browser = client_for(reviewer)
    ReportSchedule.arrange(actor=reviewer, is_on=True, day=12, formats=["pdf"])
    assert "Chưa có ai nhận" in browser.get(URL).content.decode()
    page = browser.post(URL, {"act": "add", "person": leader.pk}, follow=True).content.decode()
    assert ReportReader.objects.get().user == leader and "Chưa có ai nhận" not in page
    assert "danh sách nhận báo cáo hằng tháng" in Notice.objects.get(recipient=leader).text
    for wrong in (health_focal.pk, "9" * 30, "x", ""):
        assert browser.post(URL, {"act": "add", "person": wrong}).status_code == 404
    browser.post(URL, {"act": "remove", "person": leader.pk})
    assert not ReportReader.objects.exists()


@pytest.mark.parametrize(
    ("today", "is_sent", "expected"),
    [
        (date(2026, 10, 11), False, DAY),
        (DAY, False, DAY),
        (DAY, True, date(2026, 11, 12)),
        (date(2026, 10, 20), False, date(2026, 10, 20)),
        (date(2026, 12, 20), True, date(2027, 1, 12)),
    ],
)
def test_the_page_knows_the_day_of_the_next_report(arranged, today, is_sent, expected):
    assert arranged.next_on(today, is_sent=is_sent) == expected


def test_the_page_costs_the_same_for_one_reader_and_for_four(
    client_for, leader, reviewer, administrator, django_assert_num_queries
):
    browser = client_for(leader)
    for people in ([leader], [reviewer, administrator]):
        for person in people:
            ReportReader.join(person)
        with django_assert_num_queries(5):
            browser.get(URL)


def test_nothing_due_costs_little(arranged, django_assert_num_queries):
    month_mail.send_due(DAY)
    with django_assert_num_queries(2):
        assert month_mail.send_due(DAY) == 0
