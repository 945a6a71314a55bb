"""Đôn đốc beyond the letter: periods opened again for everybody it asks, the numbers to phone, and why nobody is told."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from campaigns import reporting, urging
from campaigns.models import Obligation
from registry.models import PersonalDataAccess
from tests.builders import issue_monthly_campaign, make_agency, make_contact, moment, quota_of

SEPTEMBER, LOCKED, UNTIL = date(2026, 9, 1), date(2026, 10, 20), date(2099, 10, 27)
URL = ["2026-09"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def late(reviewer):
    """Two agencies that owe September, whose period is locked long ago; the first has somebody to phone."""
    agencies = [make_agency(name, actor=reviewer) for name in ("Sở Chưa nộp", 'Sở "=Im" <Lặng>')]
    make_contact(agencies[0], actor=reviewer, phone="0912345678", full_name="Lò Thị Gọi")
    issue_monthly_campaign(actor=reviewer)
    return agencies


def shut():
    duties = reporting.urging_duties(Obligation.objects.all(), SEPTEMBER, LOCKED)
    return urging.locked(duties, LOCKED)


def test_all_late_agencies_can_hand_in_again_until_the_new_day(late, reviewer):
    assert shut().count() == 2
    now = moment(LOCKED)
    assert urging.reopen_all(actor=reviewer, duties=shut(), until=UNTIL, reason="Theo công văn đôn đốc", now=now) == 2
    assert {quota_of(agency).lock_day for agency in late} == {UNTIL}
    assert quota_of(late[0]).last_day == date(2026, 10, 5), "what comes now is late"
    assert quota_of(late[0]).history.first().history_user == reviewer
    with pytest.raises(ValidationError, match="không cần mở lại"):
        urging.reopen_all(actor=reviewer, duties=shut(), until=UNTIL, reason="lần nữa", now=now)


def test_one_that_cannot_be_opened_leaves_all_as_they_were(late, reviewer):
    with pytest.raises(ValidationError):
        urging.reopen_all(actor=reviewer, duties=shut(), until=date(2026, 10, 1), reason="x", now=moment(LOCKED))
    assert shut().count() == 2


def test_too_many_at_once_are_refused(late, reviewer, monkeypatch):
    monkeypatch.setattr(urging, "MOST_AT_ONCE", 1)
    with pytest.raises(ValidationError, match="lọc báo cáo"):
        urging.reopen_all(actor=reviewer, duties=shut(), until=UNTIL, reason="x", now=moment(LOCKED))
    assert shut().count() == 2


def test_the_dispatch_page_says_what_is_locked_and_opens_it(late, client_for, reviewer, leader):
    browser, page = client_for(reviewer), reverse("urging", args=URL)
    assert "Mở lại kỳ cho 2 đầu việc của tháng" in browser.get(page).content.decode()
    assert "Mở lại kỳ" not in client_for(leader).get(page).content.decode()
    act = reverse("urging_reopen", args=URL) + "?about=month"
    assert "Theo công văn đôn đốc tháng 9/2026" in browser.get(act).content.decode()
    assert "Hãy điền mục này" in browser.post(act, {"until": "27/10/2099", "reason": ""}).content.decode()
    answer = browser.post(act, {"until": "27/10/2099", "reason": "Theo công văn"}, follow=True).content.decode()
    assert "Đã mở lại kỳ cho 2 đầu việc của 2 đơn vị." in answer and "của tháng</a>" not in answer
    assert {quota_of(agency).lock_day for agency in late} == {UNTIL}


def test_the_filter_of_the_report_narrows_what_is_opened(late, client_for, reviewer):
    act = reverse("urging_reopen", args=URL) + "?about=month&q=chua+nop"
    client_for(reviewer).post(act, {"until": "27/10/2099", "reason": "Theo công văn"})
    assert [quota_of(agency).reopened_until for agency in late] == [UNTIL, None]


def test_a_closed_month_is_told_before_its_duties_are_opened(late, client_for, reviewer):
    browser = client_for(reviewer)
    browser.post(reverse("month_close", args=URL))
    page = browser.get(reverse("urging_reopen", args=URL) + "?about=month").content.decode()
    assert "Đã chốt tháng 9/2026" in page


def test_the_list_to_phone_has_full_numbers_and_is_written_down(late, client_for, reviewer):
    table = urging.phone_table(reporting.urging_duties(Obligation.objects.all(), SEPTEMBER, LOCKED), "Gọi")
    first, second = table.rows
    assert first[1:4] == ["Sở Chưa nộp", "Tối thiểu 01 sản phẩm truyền thông/tháng (tháng 9/2026)", "Lò Thị Gọi"]
    assert first[5] == "0912 345 678" and second[3] == "chưa có đầu mối có số điện thoại"
    answer = client_for(reviewer).post(reverse("urging_phones", args=URL) + "?about=month")
    assert answer["Content-Disposition"] == 'attachment; filename="goi-dien-don-doc-2026-09.xlsx"'
    noted = PersonalDataAccess.objects.get(act="Xuất danh sách")
    assert (noted.actor, noted.subject) == (reviewer, "Danh sách gọi điện đôn đốc tháng 9/2026 (2 đơn vị)")


def test_the_list_to_phone_costs_the_same_for_one_and_for_four(late, reviewer, django_assert_num_queries):
    everything = reporting.urging_duties(Obligation.objects.all(), SEPTEMBER, LOCKED)
    for duties in (everything.filter(agency=late[0]), everything):
        with django_assert_num_queries(2):
            urging.phone_table(duties, "Gọi")


def test_reminding_a_locked_duty_says_why_nobody_is_told(late, client_for, reviewer):
    data = {"obligation": [quota_of(late[0]).pk]}
    answer = client_for(reviewer).post(reverse("remind_now"), data, follow=True).content.decode()
    assert "1 đầu việc đã khoá kỳ nên không nhắc" in answer and "Không có ai được nhắc" not in answer
