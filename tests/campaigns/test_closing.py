"""Chốt kỳ: a closed month says for ever what it said; what comes later is an amendment, with day, person and reason."""

import json
from datetime import date, timedelta
from io import BytesIO, StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from campaigns import closing as closings
from campaigns import exports, figures, month_grid, reorganising
from campaigns.models import ClosedDuty, MonthClosing, Obligation, Requirement
from campaigns.year import year_of
from portal.lib.documents.xlsx import write_xlsx
from registry.models import ContactPoint, Notice
from registry.plan_file import read_request
from registry.retention import erase_left
from tests.builders import (
    TODAY,
    approve_item,
    draft_item,
    issue_monthly_campaign,
    make_agency,
    make_contact,
    make_focal,
    moment,
    quota_of,
    submit_item,
)

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
CLOSED_ON = date(2026, 10, 14)
CLOSED_AT = moment(CLOSED_ON, 15)
LATER = date(2026, 10, 20)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agencies(reviewer):
    """September: one on time, one waiting, one excused, two silent communes."""
    names = ["Sở Đúng hạn", "Sở Chờ", "Sở Được miễn"]
    rows = [make_agency(name, actor=reviewer) for name in names]
    rows += [make_agency(f"Ủy ban nhân dân xã Suối {word}", kind="xa", actor=reviewer) for word in ("Một", "Hai")]
    issue_monthly_campaign(actor=reviewer, today=LATER)
    approve_item(submit_item(quota_of(rows[0]), actor=reviewer), actor=reviewer)
    submit_item(quota_of(rows[1]), actor=reviewer)
    quota_of(rows[2]).exempt(actor=reviewer, reason="Công văn số 12/SKHCN", now=moment(TODAY))
    return rows


@pytest.fixture
def closed(agencies, reviewer):
    return MonthClosing.close(actor=reviewer, month=SEPTEMBER, now=CLOSED_AT)


def report(today=LATER, month=SEPTEMBER):
    return exports.month_report(Obligation.objects.all(), month, today)


def json_text(today=LATER):
    return json.dumps(exports.json_document(report(today)), ensure_ascii=False)


def workbook(today=LATER):
    """Every value of every sheet."""
    stream, found = BytesIO(), report(today)
    write_xlsx(stream, exports.kinds_table(found), exports.monthly_report_table(found))
    book = CalamineWorkbook.from_filelike(BytesIO(stream.getvalue()))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def deliver_late(agency, actor, day=LATER):
    """The province opens the period for one agency, which hands in and is accepted."""
    duty = quota_of(agency)
    duty.reopen(actor=actor, until=day + timedelta(days=3), reason="Đơn vị thay đầu mối", now=moment(day))
    item = submit_item(quota_of(agency), actor=actor, now=moment(day))
    return approve_item(item, actor=actor, now=moment(day, 16))


class TestClosing:
    def test_the_closed_figures_are_those_of_the_moment(self, agencies, reviewer):
        before = exports.json_document(report(CLOSED_ON)) | {"closed": None}
        closing = MonthClosing.close(actor=reviewer, month=SEPTEMBER, now=CLOSED_AT)
        after = exports.json_document(report(CLOSED_ON))
        assert after.pop("closed") == {"at": "2026-10-14T15:00:00+07:00", "checksum": closing.checksum}
        assert after == {name: value for name, value in before.items() if name != "closed"}
        assert (closing.rows.count(), closing.is_intact(), closing.amendment_count()) == (10, True, 0)

    def test_a_month_closes_once(self, closed, reviewer, administrator):
        with pytest.raises(ValidationError, match="Nông Văn Duyệt đã chốt tháng 9/2026 lúc 15:00 14/10/2026"):
            MonthClosing.close(actor=administrator, month=SEPTEMBER, now=moment(LATER))

    def test_a_month_without_duties_has_nothing_to_close(self, agencies, reviewer):
        with pytest.raises(ValidationError, match="chưa có đầu việc nào"):
            MonthClosing.close(actor=reviewer, month=date(2025, 1, 1))

    def test_a_month_that_has_not_begun_is_not_closed(self, agencies, reviewer, client_for):
        with pytest.raises(ValidationError, match="chưa bắt đầu"):
            MonthClosing.close(actor=reviewer, month=OCTOBER, now=moment(date(2026, 9, 30)))
        quota_of(agencies[3]).period.__class__.objects.update(month=date(2099, 9, 1))
        page = client_for(reviewer).get(reverse("month_close", args=["2099-09"])).content.decode()
        assert "chưa bắt đầu nên chưa chốt được" in page and "Chốt nhầm" not in page

    def test_reopening_needs_a_reason_and_keeps_the_old_closing(self, closed, agencies, reviewer):
        with pytest.raises(ValidationError, match="lý do"):
            closed.reopen(actor=reviewer, reason=" ")
        deliver_late(agencies[3], reviewer)
        closed.reopen(actor=reviewer, reason="Tính sót một đơn vị", now=moment(LATER))
        assert report().closing is None and report().total.late == 1
        again = MonthClosing.close(actor=reviewer, month=SEPTEMBER, now=moment(LATER, 17))
        assert (report().closing, report().total.late, again.amendment_count()) == (again, 1, 0)
        assert (closed.is_intact(), closed.amended().count()) == (True, 1)
        with pytest.raises(ValidationError, match="đã mở lại tháng 9/2026"):
            closed.reopen(actor=reviewer, reason="Lần nữa")

    def test_a_month_closed_before_its_due_day_stays_as_early_as_it_was(self, agencies, reviewer):
        MonthClosing.close(actor=reviewer, month=SEPTEMBER, now=moment(date(2026, 9, 30)))
        assert (report().total.missing, report().total.not_due, report(TODAY).total.not_due) == (2, 2, 2)

    def test_other_months_count_as_before(self, agencies, reviewer):
        before = exports.json_document(report(month=OCTOBER))
        MonthClosing.close(actor=reviewer, month=SEPTEMBER, now=CLOSED_AT)
        assert exports.json_document(report(month=OCTOBER)) == before


class TestByteEqual:
    """Must-show: a closed month stays byte-equal after merges, renames, deletions of people and late items."""

    def test_whatever_happens_later_the_closed_month_says_the_same(self, closed, agencies, reviewer):
        on_time, waiting, exempt, one, two = agencies
        people = make_focal(one, "Đầu Mối Thôi", "thoi@xa.example", actor=reviewer)
        before, sheets, cells = json_text(), workbook(), self.grid(agencies)
        on_time.rename(actor=reviewer, name="Ủy ban nhân dân phường An Bình", on=date(2026, 10, 16))
        Requirement.objects.first().amend(actor=reviewer, reason="Sửa chữ", title="Ít nhất một sản phẩm mỗi tháng")
        approve_item(quota_of(waiting).items.get(), actor=reviewer, now=moment(LATER))
        quota_of(exempt).take_back_exemption(actor=reviewer, reason="Miễn nhầm")
        deliver_late(one, reviewer)
        quota_of(two).extend(actor=reviewer, until=date(2026, 10, 30), reason="Mất điện")
        ContactPoint.objects.get(user=people).leave(actor=reviewer, on=date(2026, 10, 16), reason="Chuyển công tác")
        erase_left(date(2030, 1, 1))
        self.merge(one, two, reviewer)
        make_agency("Sở Mới lập", actor=reviewer)
        assert (json_text(), workbook(), self.grid(agencies)) == (before, sheets, cells)
        assert json_text(date(2031, 5, 5)) == before and closed.is_intact()
        found = {one.duty.agency_id: one for one in closings.amendments(closed)}
        assert set(found) == {waiting.pk, exempt.pk, one.pk, two.pk}
        assert found[one.pk].changes[0] == ("kết quả", "chưa nộp", "trễ")
        reasons = [event.history_change_reason for event in found[one.pk].events]
        assert reasons[0] == "Mở lại kỳ đến 23/10/2026: Đơn vị thay đầu mối" and "Nộp bản 1" in reasons[1]
        assert found[two.pk].changes == [("gia hạn đến", "–", "30/10/2026")]

    def grid(self, agencies):
        months = figures.months_of_grid(SEPTEMBER)
        lines = month_grid.lines_of(agencies, Obligation.objects.quota(), months, LATER)
        return [line.cells[-1] for line in lines]

    def merge(self, one, two, reviewer):
        """Both communes become a third; the duties of the closed month are not excused, those of October are."""
        request = read_request(
            {"kind": "merge", "on": "2026-10-18", "decision": "Nghị quyết 12/NQ-HĐND", "from": [one.slug, two.slug],
             "to": {"name": "Ủy ban nhân dân xã Suối Lớn", "kind": "xa", "code": "XSL"}}
        )  # fmt: skip
        row = reorganising.prepare(request, actor=reviewer, now=moment(LATER))
        reorganising.run(row, actor=reviewer, now=moment(LATER))
        assert quota_of(two).exempt_at is None and quota_of(two, OCTOBER).exempt_at

    def test_the_year_of_an_agency_adds_up_closed_months_as_closed(self, closed, agencies, reviewer):
        deliver_late(agencies[3], reviewer)
        duties = Obligation.objects.all()
        year = year_of(agencies[3], 2026, duties, agencies[3].items.all(), LATER)
        assert (year.total.late, year.total.accepted, year.months[8].outcomes) == (0, 0, ["missing"])

    def test_one_agency_read_alone_has_the_line_of_the_grid(self, closed, agencies, reviewer):
        deliver_late(agencies[3], reviewer)
        issue_monthly_campaign(actor=reviewer, today=LATER)
        months, quota = figures.months_of_grid(OCTOBER), Obligation.objects.quota()
        lines = month_grid.lines_of(agencies, quota, months, LATER)
        alone = [
            month_grid.line_of(agency, figures.duties_of(agency, quota, months), months, {SEPTEMBER}, LATER)
            for agency in agencies
        ]
        assert alone == lines and {cell.outcome for line in lines for cell in line.cells} >= {"missing", "pending"}

    def test_duties_added_later_are_amendments_not_figures(self, closed, agencies, reviewer):
        before = json_text()
        issue_monthly_campaign(actor=reviewer, today=LATER)
        assert json_text() == before
        assert len([one for one in closings.amendments(closed) if one.is_added]) == closed.amendment_count() == 10
        year = year_of(agencies[0], 2026, Obligation.objects.all(), agencies[0].items.all(), LATER)
        assert year.months[8].outcomes == ["on_time"]


class TestGuards:
    @pytest.mark.parametrize("act", ["update", "delete"])
    def test_the_database_refuses_to_change_frozen_rows(self, closed, act):
        rows = ClosedDuty.objects.filter(closing=closed)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(result="late") if act == "update" else rows._raw_delete(rows.db)
        assert closed.is_intact()

    def test_a_row_that_was_slipped_in_is_noticed(self, closed, agencies, reviewer):
        issue_monthly_campaign(actor=reviewer, today=LATER)
        duty = closed.added().first()
        ClosedDuty.of(duty, closed, LATER).save()
        assert not closed.is_intact()

    @pytest.mark.parametrize(
        ("fields", "name"),
        [
            ({"month": SEPTEMBER}, "one_live_closing_per_month"),
            ({"month": date(2026, 11, 2)}, "closing_month_is_a_first"),
            ({"month": OCTOBER, "reopened_at": CLOSED_AT}, "reopened_closing_says_who_and_why"),
            ({"month": OCTOBER, "reopen_reason": "Vì sao"}, "reopened_closing_says_who_and_why"),
        ],
    )
    def test_constraints_of_a_closing(self, closed, reviewer, fields, name):
        row = MonthClosing(closed_at=CLOSED_AT, closed_by=reviewer, checksum="0" * 64, **fields)
        with pytest.raises(ValidationError):
            row.validate_constraints()
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()

    @pytest.mark.parametrize("fields", [{}, {"result": "on_time", "met_on": None}, {"met_on": OCTOBER}])
    def test_constraints_of_a_frozen_row(self, closed, reviewer, fields):
        row = closed.rows.filter(result="missing").first()
        row.pk, row._state.adding = None, True
        if fields:
            row.closing = MonthClosing.close(actor=reviewer, month=OCTOBER, now=moment(LATER))
        for field, value in fields.items():
            setattr(row, field, value)
        if fields:
            row.obligation = quota_of(make_agency_with_duty(reviewer), OCTOBER)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def make_agency_with_duty(reviewer):
    agency = make_agency(actor=reviewer)
    issue_monthly_campaign(actor=reviewer, today=LATER)
    return agency


class TestExceptions:
    def test_an_agency_hands_in_after_lock_and_closing_only_when_its_period_is_opened(self, closed, agencies, reviewer):
        with pytest.raises(ValidationError, match="Kỳ này đã khoá từ 11/10/2026"):
            submit_item(quota_of(agencies[3]), actor=reviewer, now=moment(LATER))
        deliver_late(agencies[3], reviewer)
        assert quota_of(agencies[3]).outcome() == "late"
        with pytest.raises(ValidationError, match="Kỳ này đã khoá từ 11/10/2026"):
            submit_item(quota_of(agencies[4]), actor=reviewer, now=moment(LATER))

    def test_an_extension_given_after_lock_and_closing_counts_as_on_time(self, closed, agencies, reviewer):
        quota_of(agencies[3]).extend(actor=reviewer, until=LATER, reason="Mất điện")
        submit_item(quota_of(agencies[3]), actor=reviewer, now=moment(LATER))
        with pytest.raises(ValidationError, match="đã khoá từ 21/10/2026"):
            submit_item(quota_of(agencies[3]), actor=reviewer, now=moment(LATER + timedelta(days=1)))
        assert quota_of(agencies[3]).outcome() == "pending"

    @pytest.mark.parametrize(
        ("until", "reason", "day", "words"),
        [
            (LATER, "", LATER, "lý do"),
            (CLOSED_ON, "Mất điện", LATER, "từ 20/10/2026 trở đi"),
            (LATER, "Mất điện", date(2026, 10, 10), "còn mở đến hết ngày 10/10/2026"),
        ],
    )
    def test_opening_a_period_again_is_dated_reasoned_and_only_of_use_when_locked(
        self, agencies, reviewer, until, reason, day, words
    ):
        with pytest.raises(ValidationError, match=words):
            quota_of(agencies[3]).reopen(actor=reviewer, until=until, reason=reason, now=moment(day))

    def test_a_met_duty_needs_no_opening(self, agencies, reviewer):
        with pytest.raises(ValidationError, match="không còn phải nộp"):
            quota_of(agencies[0]).reopen(actor=reviewer, until=LATER, reason="Thử", now=moment(LATER))


class TestReminding:
    def test_reviewers_hear_once_that_a_locked_month_can_be_closed(self, agencies, reviewer):
        assert closings.remind(date(2026, 10, 10)) == 0
        assert (closings.remind(CLOSED_ON), closings.remind(LATER)) == (1, 0)
        notice = Notice.objects.get(recipient=reviewer, key="close-month:2026-09")
        assert notice.url == reverse("month_close", args=["2026-09"])

    def test_nobody_hears_of_a_closed_month(self, closed):
        assert closings.remind(LATER) == 0


class TestPages:
    def test_the_preview_lists_what_is_open_and_the_button_closes(self, client_for, reviewer, agencies):
        draft_item(quota_of(agencies[3]), actor=reviewer)
        until = timezone.localdate() + timedelta(days=5)
        quota_of(agencies[4]).reopen(actor=reviewer, until=until, reason="Mất điện", now=moment(LATER))
        client, url = client_for(reviewer), reverse("month_close", args=["2026-09"])
        page = client.get(url).content.decode()
        assert "1 sản phẩm chờ tỉnh duyệt" in page and "1 bản nháp hoặc bản cần sửa" in page
        assert "đầu việc quá hạn chưa nộp" in page and "1 đầu việc được gia hạn hoặc mở lại kỳ" in page
        answer = client.post(url)
        closing = MonthClosing.objects.get()
        assert answer["Location"] == reverse("closing", args=[closing.pk]) and closing.closed_by == reviewer
        second = client.post(url)
        assert second.status_code == 409 and "Nông Văn Duyệt đã chốt" in second.content.decode()

    def test_the_report_says_that_it_is_closed_and_leads_to_the_amendments(
        self, client_for, leader, reviewer, closed, agencies
    ):
        deliver_late(agencies[3], reviewer)
        client = client_for(leader)
        page = client.get(reverse("month_report", args=["2026-09"])).content.decode()
        assert "đã chốt tháng này lúc 15:00 14/10/2026" in page and "1 sửa đổi sau khi chốt" in page
        page = client.get(reverse("closing", args=[closed.pk])).content.decode()
        assert "Mở lại kỳ đến 23/10/2026: Đơn vị thay đầu mối" in page and "Mở lại tháng" not in page
        assert "còn nguyên như lúc chốt" in page

    def test_opening_again_through_the_pages(self, client_for, reviewer, closed, agencies):
        client, duty = client_for(reviewer), quota_of(agencies[3])
        url, until = reverse("obligation_reopen", args=[duty.pk]), timezone.localdate() + timedelta(days=5)
        assert "Tháng này đã chốt: những gì nộp thêm" in client.get(url).content.decode()
        exempt = reverse("obligation_exempt", args=[duty.pk])
        assert "Tháng này đã chốt: việc miễn" in client.get(exempt).content.decode()
        client.post(url, {"until": f"{until:%d/%m/%Y}", "reason": "Mất điện"})
        assert quota_of(agencies[3]).reopened_until == until
        client.post(reverse("closing_reopen", args=[closed.pk]), {"reason": "Tính sót"})
        closed.refresh_from_db()
        assert closed.reopen_reason == "Tính sót"
        assert "đã mở lại 1 lần" in client.get(reverse("closing_list")).content.decode()
        page, again = reverse("closing", args=[closed.pk]), reverse("month_close", args=["2026-09"])
        assert f'href="{again}">Chốt lại' in client.get(page).content.decode()
        client.post(again)
        assert "Chốt lại" not in client.get(page).content.decode()

    @pytest.mark.parametrize(("name", "queries"), [("closing", 9), ("closing_list", 4)])
    def test_pages_cost_the_same_with_one_and_with_four(
        self, client_for, leader, reviewer, closed, agencies, name, queries, django_assert_num_queries
    ):
        client = client_for(leader)
        url = reverse(name, args=[closed.pk] if name == "closing" else [])
        deliver_late(agencies[3], reviewer)
        with django_assert_num_queries(queries):
            assert client.get(url).status_code == 200
        deliver_late(agencies[4], reviewer)
        approve_item(quota_of(agencies[1]).items.get(), actor=reviewer, now=moment(LATER))
        MonthClosing.close(actor=reviewer, month=OCTOBER, now=moment(LATER))
        with django_assert_num_queries(queries):
            assert client.get(url).status_code == 200


class TestCommand:
    def run(self, *arguments, **options):
        out = StringIO()
        call_command("close_month", *arguments, "--json", stdout=out, **options)
        return json.loads(out.getvalue())

    def test_it_closes_reopens_and_says_what_it_did(self, agencies, reviewer):
        seen = self.run("2026-09", "--by", "xet-duyet", "--dry-run", "--at", "2026-10-14T15:00")
        assert (seen["outcome"], seen["figures"]["missing"]) == ("planned", 7) and not MonthClosing.objects.exists()
        made = self.run("2026-09", "--by", "xet-duyet", "--at", "2026-10-14T15:00")
        assert (made["outcome"], made["rows"], made["amendments"], made["errors"]) == ("closed", 10, 0, [])
        assert self.run("2026-09", "--by", "xet-duyet")["outcome"] == "unchanged"
        with pytest.raises(CommandError) as refusal:
            self.run("2026-09", "--by", "xet-duyet", "--reopen")
        assert refusal.value.returncode == 1
        back = self.run("2026-09", "--by", "xet-duyet", "--reopen", "--reason", "Tính sót")
        assert (back["outcome"], MonthClosing.objects.live().exists()) == ("reopened", False)

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (["2026-13"], None),
            (["2026-09", "--by", "khong-co"], 1),
            (["2025-01"], 1),
            (["2026-09", "--reason", "x"], 2),
        ],
    )
    def test_it_refuses_with_the_right_exit_code(self, agencies, arguments, code):
        with pytest.raises(CommandError) as refusal:
            call_command("close_month", *arguments, stdout=StringIO())
        assert code is None or refusal.value.returncode == code


def test_an_agency_page_shows_what_was_closed_beside_today(client_for, leader, reviewer, closed, agencies):
    make_contact(agencies[3], actor=reviewer)
    deliver_late(agencies[3], reviewer)
    page = client_for(leader).get(reverse("agency_year", args=[agencies[3].pk]) + "?thang=2026-09").content.decode()
    assert "(đã chốt; hiện nay" in page


def test_the_desk_of_a_closed_month_shows_what_was_closed_and_lists_what_is_owed_today(
    client_for, leader, reviewer, closed, agencies
):
    deliver_late(agencies[3], reviewer)
    page = client_for(leader).get(reverse("desk"), {"thang": "2026-09"})
    rows = Obligation.objects.for_month(SEPTEMBER)
    assert page.context["figures"] == figures.total(rows, LATER, days=())
    assert page.context["page"].paginator.count == rows.open_work().count() < page.context["figures"].missing


def test_the_desk_of_an_open_month_counts_what_is_owed_once(client_for, leader, agencies):
    page = client_for(leader).get(reverse("desk"), {"thang": "2026-09"})
    rows = Obligation.objects.for_month(SEPTEMBER)
    assert page.context["page"].paginator.count == rows.open_work().count() == page.context["figures"].missing > 0
