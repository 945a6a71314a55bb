"""Báo kết quả lan toả: one number with its proof, corrected until the lock, added up at the desk."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from python_calamine import CalamineWorkbook

from campaigns import outreach
from campaigns.links import make_token
from campaigns.models import Obligation, Outcome, OutreachReport, Requirement, RequirementKind
from portal.lib.fields import CountField
from tests import builders
from tests.builders import NOW
from tests.pictures import png

pytestmark = pytest.mark.django_db
LINK = "https://www.facebook.com/ytetinh/posts/1"


@pytest.fixture
def duties(reviewer, health, other_agency, health_focal, other_focal):
    """The number asked of both agencies, open far ahead of the day on which the tests run."""
    campaign = builders.make_campaign(actor=reviewer)
    builders.outreach(campaign)
    builders.issue(campaign, actor=reviewer)
    rows = Obligation.objects.select_related("requirement__campaign", "period", "agency").order_by("agency")
    found = list(rows.filter(requirement__campaign=campaign))
    for duty in found:
        duty.extend(actor=reviewer, until=duty.lock_day + timedelta(days=9000), reason="Thử")
    return found


@pytest.fixture
def duty(duties, health):
    return next(duty for duty in duties if duty.agency == health)


def report(duty, actor, number, now=NOW, **fields):
    return OutreachReport.report(actor=actor, obligation=duty, number=number, now=now, **{"link": LINK} | fields)


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def address(duty):
    return reverse("outreach_report", args=[duty.pk])


def fresh(duty):
    return Obligation.objects.get(pk=duty.pk)


def test_a_number_meets_the_duty_at_once_and_a_correction_keeps_the_day(duty, health_focal, reviewer):
    report(duty, health_focal, 1234)
    assert (fresh(duty).met_at, fresh(duty).outcome()) == (NOW, Outcome.ON_TIME)
    row = report(duty, health_focal, 1500, now=NOW + timedelta(days=3))
    assert (row.number, row.reported_at, OutreachReport.objects.count()) == (1500, NOW, 1)
    assert fresh(duty).met_at == NOW
    reasons = list(duty.history.order_by("history_id").values_list("history_change_reason", flat=True))
    assert reasons[-2:] == ["Báo 1.234 lượt quét mã QR", "Sửa 1.234 lượt quét mã QR thành 1.500 lượt quét mã QR"]


def test_neither_after_the_lock_nor_when_excused(duty, duties, health_focal, other_focal, reviewer):
    with pytest.raises(ValidationError, match="đã khoá"):
        report(duty, health_focal, 1, now=NOW + timedelta(days=9999))
    other = next(one for one in duties if one != duty)
    other.exempt(actor=reviewer, reason="Công văn 5")
    with pytest.raises(ValidationError, match="được miễn"):
        report(other, other_focal, 1)
    assert not OutreachReport.objects.exists()


def test_zero_needs_no_proof_and_any_other_number_does(duty, health_focal):
    assert report(duty, health_focal, 0, link="").number == 0
    with pytest.raises(ValidationError, match="minh chứng"):
        report(duty, health_focal, 1, link="")


@pytest.mark.parametrize(
    "fault", [{"number": 3, "link": ""}, {"picture": "lan-toa/x"}, {"picture_name": "a.png"}, {"twin": True}], ids=str
)
def test_the_database_refuses_what_cannot_be(duty, health_focal, fault):
    row = report(duty, health_focal, 3)
    with pytest.raises(IntegrityError), transaction.atomic():
        if fault.get("twin"):
            row.pk = None
            row.save(force_insert=True)
        OutreachReport.objects.update(**fault)


def test_a_requirement_without_a_measure_is_refused(duty):
    with pytest.raises(IntegrityError), transaction.atomic():
        Requirement.objects.filter(pk=duty.requirement_id).update(measure="")


@pytest.mark.parametrize(
    ("typed", "number"), [("1.234", 1234), ("1 234 567", 1234567), ("0", 0), (" 12 ", 12), ("1,000", 1000)]
)
def test_numbers_are_read_as_people_write_them(typed, number):
    assert CountField().clean(typed) == number


@pytest.mark.parametrize("typed", ["1.5", "12.34", "-3", "mười", "", "1e3", "9999999999", "1.234.5"])
def test_what_is_no_count_is_refused(typed):
    with pytest.raises(ValidationError):
        CountField().clean(typed)


def test_the_focal_point_reports_from_the_phone_and_corrects(client_for, health_focal, duty):
    browser = client_for(health_focal)
    assert address(duty) in browser.get(reverse("my_work")).content.decode()
    photo = SimpleUploadedFile("man-hinh.png", png(), "image/png")
    assert browser.post(address(duty), {"number": "1.234", "picture": photo})["Location"] == reverse(
        "obligation", args=[duty.pk]
    )
    page = browser.get(reverse("obligation", args=[duty.pk]))
    assert "1.234 lượt quét mã QR" in words(page) and address(duty) in page.content.decode()
    seen = browser.get(reverse("outreach_picture", args=[OutreachReport.objects.get().pk]))
    assert seen["Content-Type"].startswith("image/") and seen["Content-Disposition"].startswith("inline")
    assert browser.post(address(duty), {"number": "2000"}).status_code == 302  # the picture stays
    row = OutreachReport.objects.get()
    assert (row.number, row.picture_name) == (2000, "man-hinh.png")


def test_nothing_typed_is_lost_without_a_proof(client_for, health_focal, duty):
    answer = client_for(health_focal).post(address(duty), {"number": "15", "note": "Ngày hội"})
    assert "Hãy dán đường link hoặc gửi ảnh" in words(answer)
    assert 'value="15"' in answer.content.decode() and 'value="Ngày hội"' in answer.content.decode()
    assert not OutreachReport.objects.exists()


def test_a_file_that_is_no_picture_is_refused(client_for, health_focal, duty):
    fake = SimpleUploadedFile("anh.png", b"<script>alert(1)</script>", "image/png")
    answer = client_for(health_focal).post(address(duty), {"number": "15", "picture": fake})
    assert answer.status_code == 200 and not OutreachReport.objects.exists()


def test_a_signed_link_opens_the_form(client_for, health_focal, duty):
    browser = client_for(None)
    browser.post(reverse("signed_link", args=[make_token(health_focal, duty)]))
    assert browser.post(address(duty), {"number": "4", "link": LINK}).status_code == 302
    assert OutreachReport.objects.get().reported_by == health_focal


def test_another_agency_sees_neither_the_form_nor_the_picture(client_for, other_focal, health_focal, duty):
    report(duty, health_focal, 5)
    assert client_for(other_focal).get(address(duty)).status_code == 404
    assert not OutreachReport.objects.visible_to(other_focal).exists()


def test_sums_leave_out_the_excused_and_count_who_is_missing(duty, duties, health_focal, reviewer):
    report(duty, health_focal, 40)
    assert outreach.totals(Obligation.objects.all())[duty.requirement_id] == outreach.Total(40, 1, len(duties))
    other = next(one for one in duties if one != duty)
    other.exempt(actor=reviewer, reason="Công văn 5")
    assert outreach.totals(Obligation.objects.all())[duty.requirement_id] == outreach.Total(40, 1, len(duties) - 1)


def test_the_desk_reads_list_file_campaign_and_agency(client_for, leader, health, duty, health_focal):
    report(duty, health_focal, 1234, note="Ngày hội số")
    desk, url = client_for(leader), reverse("outreach", args=[duty.requirement_id])
    page = words(desk.get(url))
    assert "Sở Y tế 1.234" in page and "chưa báo" in page and "Ngày hội số" in page
    sheet = CalamineWorkbook.from_filelike(BytesIO(b"".join(desk.get(url, {"dang": "xlsx"}).streaming_content)))
    rows = sheet.get_sheet_by_index(0).to_python()
    assert ["Sở Y tế", 1234.0] in [[row[0], row[2]] for row in rows]
    for shown in (
        reverse("campaign", args=[duty.requirement.campaign_id]),
        reverse("agency_year", args=[health.pk]) + "?thang=2026-09",
        reverse("obligation_desk", args=[duty.pk]),
    ):
        assert "1.234" in words(desk.get(shown)), shown


def test_the_list_costs_the_same_with_one_report_and_with_two(
    client_for, leader, duties, health_focal, django_assert_num_queries
):
    browser, url = client_for(leader), reverse("outreach", args=[duties[0].requirement_id])
    for duty in duties:
        report(duty, health_focal, 3)
        with django_assert_num_queries(6):
            browser.get(url)


def test_a_draft_asks_for_a_number_of_what(client_for, reviewer):
    campaign = builders.make_campaign(actor=reviewer)
    browser = client_for(reviewer)
    url = reverse("requirement_new", args=[campaign.pk, "outreach"])
    form = {"title": "Chèn khung avatar", "starts_on": "2026-09-01", "due_on": "2026-09-29", "lock_after_days": "5"}
    assert browser.post(url, form).status_code == 200
    assert browser.post(url, form | {"measure": "người đã chèn khung avatar"}).status_code == 302
    row = campaign.requirements.get()
    assert (row.kind, row.measure) == (RequirementKind.OUTREACH, "người đã chèn khung avatar")
