"""Figures against a plain recount; the same figures on the screen, in XLSX, CSV and JSON; constant cost."""

import csv
import json
from datetime import date, timedelta
from io import BytesIO, StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from campaigns import exports, figures, month_grid
from campaigns.models import MonthClosing, Obligation
from portal.lib.documents.table import show
from tests.builders import (
    TODAY,
    approve_item,
    draft_item,
    issue_monthly_campaign,
    make_agency,
    make_channel,
    make_contact,
    moment,
    quota_of,
    submit_item,
)
from tests.tables import tables_of

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
LATE_DAY = date(2026, 10, 7)
AFTER_DUE = date(2026, 10, 20)

pytestmark = pytest.mark.django_db


@pytest.fixture
def month(reviewer):
    """September with every outcome: two on time (one with two extra products), late, waiting, nothing, exempt, silent."""
    names = ["Sở Đúng hạn", "Sở Vượt", "Sở Trễ", "Sở Chờ", "Sở Không phát sinh", "Sở Được miễn", "Sở Chưa nộp"]
    agencies = [make_agency(name, actor=reviewer) for name in names]
    agencies.append(make_agency("Ủy ban nhân dân xã Im Lặng", kind="xa", actor=reviewer))
    issue_monthly_campaign(actor=reviewer)
    on_time, extra, late, waiting, nothing, exempt, *_ = (quota_of(agency) for agency in agencies)
    deliver(on_time, reviewer, TODAY)
    for _ in range(3):
        deliver(extra, reviewer, TODAY, days_at_province=3)
    deliver(late, reviewer, LATE_DAY)
    submit_item(waiting, actor=reviewer, now=moment(TODAY))
    draft_item(quota_of(agencies[6]), actor=reviewer)
    nothing.report_nothing(actor=reviewer, reason="Không có sự kiện", now=moment(TODAY))
    exempt.exempt(actor=reviewer, reason="Công văn số 12/SKHCN", now=moment(TODAY))
    return agencies


def deliver(obligation, actor, day, days_at_province=1):
    item = submit_item(obligation, actor=actor, now=moment(day))
    return approve_item(item, actor=actor, now=moment(day + timedelta(days=days_at_province)))


def quota():
    return Obligation.objects.quota()


def recount(rows, today):
    """The same figures in plain Python, from the instances' own words."""
    outcomes = [str(row.outcome()) for row in rows]
    met = [row for row in rows if row.met_at]
    counts = {word: outcomes.count(word) for word in ("on_time", "late", "pending", "nothing", "exempt", "missing")}
    return counts | {
        "not_due": sum(row.outcome() == "missing" and row.last_day >= today for row in rows),
        "accepted": sum(row.accepted_count for row in rows),
        "extra": sum(row.extra_count for row in rows),
        "agency_days": mean([(row.met_on - row.period.first_on).days for row in met]),
        "province_days": mean([row.province_time / timedelta(days=1) for row in met]),
    }


def mean(values):
    return round(sum(values) / len(values), 1) if values else None


def counted(line):
    return {name: getattr(line, name) for name in recount([], TODAY)}


@pytest.mark.parametrize("today", [TODAY, date(2026, 10, 5), date(2026, 10, 6), AFTER_DUE])
def test_totals_equal_a_plain_recount_on_the_days_around_the_due_date(month, today):
    rows = list(quota().select_related("period"))
    assert counted(figures.total(quota(), today)) == recount(rows, today)


def test_the_month_is_what_the_office_would_count_by_hand(month):
    line = figures.total(quota().for_month(SEPTEMBER), AFTER_DUE)
    assert counted(line) == {
        "on_time": 2,
        "late": 1,
        "pending": 1,
        "nothing": 1,
        "exempt": 1,
        "missing": 2,
        "not_due": 0,
        "accepted": 5,
        "extra": 2,
        "agency_days": 22.0,
        "province_days": 3.7,
    }
    assert (line.expected, line.done, line.overdue, line.rate, line.on_time_rate) == (7, 3, 2, 3 / 7, 2 / 7)


def test_each_grouping_adds_up_to_the_total_and_equals_its_own_recount(month):
    rows = list(quota().select_related("period"))
    kinds = figures.by_kind(quota(), AFTER_DUE)
    assert [line.kind for line in kinds] == ["so", "xa"]
    for line in kinds:
        assert counted(line) == recount([row for row in rows if row.agency_kind == line.kind], AFTER_DUE)
    agencies = list(figures.by_agency(quota(), AFTER_DUE))
    assert [line.label for line in agencies][0] == "Sở Chờ" and agencies[-1].label == "Ủy ban nhân dân xã Im Lặng"
    for line in agencies:
        assert counted(line) == recount([row for row in rows if row.agency_id == line.agency], AFTER_DUE)
    for lines in (kinds, agencies, figures.by_requirement(quota(), AFTER_DUE)):
        assert sum(line.expected for line in lines) == 7 and sum(line.accepted for line in lines) == 5


def test_nothing_expected_has_no_rate_and_prints_a_dash(month):
    line = next(line for line in figures.by_agency(quota(), AFTER_DUE) if line.label == "Sở Được miễn")
    assert (line.expected, line.rate, line.on_time_rate) == (0, None, None)
    table = exports.monthly_report_table(exports.month_report(Obligation.objects.all(), SEPTEMBER, AFTER_DUE), [line])
    shown = dict(zip([column.key for column in table.columns], next(table.values()), strict=True))
    assert (shown["rate"], shown["on_time_rate"], shown["agency_days"]) == ("–", "–", "–")


def test_extra_products_never_raise_the_rate(month):
    line = next(line for line in figures.by_agency(quota(), AFTER_DUE) if line.label == "Sở Vượt")
    assert (line.accepted, line.extra, line.rate) == (3, 2, 1.0)


def test_a_later_rename_or_closure_never_rewrites_a_past_month(month, reviewer):
    before = list(figures.by_agency(quota(), AFTER_DUE))
    month[0].rename(actor=reviewer, name="Sở Tên mới", on=date(2026, 10, 15))
    month[1].close(actor=reviewer, on=date(2026, 10, 15), reason="Sáp nhập")
    make_agency("Sở Mới lập", actor=reviewer)
    after = {line.agency: line for line in figures.by_agency(quota(), AFTER_DUE)}
    assert after == {line.agency: line for line in before}


def test_the_grid_shows_the_worst_outcome_of_each_month(month, reviewer):
    issue_monthly_campaign(actor=reviewer, required_count=2)
    months = figures.months_of_grid(OCTOBER)
    lines = {line.agency.name: line for line in month_grid.lines_of(month, quota(), months, AFTER_DUE)}
    assert [cell.month for cell in lines["Sở Trễ"].cells] == months and months[-1] == OCTOBER
    september = {name: line.cells[-2] for name, line in lines.items()}
    assert (september["Sở Trễ"].outcome, september["Sở Trễ"].count) == ("missing", 2)
    assert lines["Sở Trễ"].cells[0].outcome is None
    early = month_grid.lines_of(month[:1], quota(), figures.months_of_grid(SEPTEMBER), TODAY)[0]
    assert (early.cells[-1].outcome, early.done, early.expected) == ("not_due", 1, 2)


def sheet_rows(data, sheet):
    """Header, rows and totals of a sheet, below its letterhead and above its notes."""
    rows = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_name(sheet).to_python()
    header = next(index for index, row in enumerate(rows) if row[1:].count("Phải nộp"))
    end = next(index for index, row in enumerate(rows) if row[0] == "Tổng cộng")
    return rows[header : end + 1]


def as_words(row, columns):
    values = [int(v) if c.kind == "integer" and isinstance(v, float) else v for v, c in zip(row, columns, strict=True)]
    return [show(value, column.kind) for value, column in zip(values, columns, strict=True)]


@pytest.mark.parametrize("query", ["", "?loai=so", "?q=tre", "?q=im+lang&loai=xa"])
def test_screen_and_workbook_agree_cell_by_cell(client_for, leader, month, query):
    client = client_for(leader)
    _, requirements, screen = tables_of(client.get(reverse("month_report", args=["2026-09"]) + query))
    kinds = tables_of(client.get(reverse("month_report", args=["2026-09"]) + query))[0]
    data = client.get(reverse("month_report_xlsx", args=["2026-09"]) + query).getvalue()
    report = exports.month_report(Obligation.objects.all(), SEPTEMBER, AFTER_DUE)
    columns = exports.monthly_report_table(report).columns
    header, *rows = sheet_rows(data, "Theo đơn vị")
    assert screen == [header, *[as_words(row, columns) for row in rows]]
    header, *rows = sheet_rows(data, "Theo khối")
    assert kinds == [header, *[as_words(row, exports.kinds_table(report).columns) for row in rows]]
    assert requirements[-1][1:] == kinds[-1][1:]


def test_a_workbook_is_a_download_that_nobody_keeps(client_for, leader, month):
    response = client_for(leader).get(reverse("month_report_xlsx", args=["2026-09"]))
    assert response["Content-Disposition"] == 'attachment; filename="bao-cao-san-pham-2026-09.xlsx"'
    assert response["Cache-Control"] == "private, no-store"


def test_the_command_writes_the_same_figures_in_every_format(month, tmp_path, capsys):
    paths = {kind: tmp_path / f"bc.{kind}" for kind in ("xlsx", "json", "csv")}
    for kind, path in paths.items():
        call_command("monthly_report", "2026-09", "--format", kind, "--output", str(path))
    document = json.loads(paths["json"].read_text())
    assert document["total"] == {
        "label": "Tổng cộng",
        "expected": 7,
        "submitted": 4,
        "on_time": 2,
        "late": 1,
        "pending": 1,
        "nothing": 1,
        "missing": 2,
        "not_due": 0,
        "exempt": 1,
        "rate": 3 / 7,
        "on_time_rate": 2 / 7,
        "accepted": 5,
        "extra": 2,
        "agency_days": 22.0,
        "province_days": 3.7,
    }
    by_name = {row["label"]: row for row in document["agencies"]}
    rows = list(csv.DictReader(StringIO(paths["csv"].read_text(encoding="utf-8-sig"))))
    assert {row["Đơn vị"]: row["Đúng hạn"] for row in rows[:-1]} == {n: str(r["on_time"]) for n, r in by_name.items()}
    book = sheet_rows(paths["xlsx"].read_bytes(), "Theo đơn vị")
    assert [row[0] for row in book[1:-1]] == list(by_name)
    capsys.readouterr()
    call_command("monthly_report", "2026-09", "--format", "json")
    assert json.loads(capsys.readouterr().out) == document


@pytest.mark.parametrize("arguments", [["2026-9"], ["2026-09", "--format", "docx"], ["2026-09", "--format", "xlsx"]])
def test_the_command_refuses_what_it_cannot_do(arguments):
    with pytest.raises(CommandError):
        call_command("monthly_report", *arguments)


def test_the_grid_names_each_outcome_in_words(client_for, leader, month):
    page = tables_of(client_for(leader).get(reverse("grid") + "?thang=2026-09"))[0]
    words = {row[0]: row[-3] for row in page[1:]}
    assert words["Sở Đúng hạn"] == "đúng hạn" and words["Sở Trễ"] == "trễ" and words["Sở Chờ"] == "chờ duyệt"
    assert words["Sở Được miễn"] == "được miễn" and words["Sở Không phát sinh"] == "không phát sinh"
    assert page[0][-3] == "09/2026" and page[1][1] == "–không có việc"


def test_a_cell_of_the_grid_names_its_month_for_phones_that_show_no_head(client_for, leader, month):
    page = client_for(leader).get(reverse("grid") + "?thang=2026-09").text
    assert page.count('<td data-label="09/2026" class="heat heat-') == page.count('<td data-label="Hoàn thành">') == 8


def test_filters_and_pages_of_the_grid(client_for, leader, month, reviewer):
    for _ in range(50):
        make_agency(actor=reviewer)
    client = client_for(leader)
    assert len(tables_of(client.get(reverse("grid")))[0]) == 51
    assert len(tables_of(client.get(reverse("grid") + "?page=2"))[0]) == 9
    found = tables_of(client.get(reverse("grid") + "?q=IM+LANG&loai=xa"))[0]
    assert [row[0] for row in found[1:]] == ["Ủy ban nhân dân xã Im Lặng"]
    assert tables_of(client.get(reverse("grid") + "?q=khong-co-dau")) == []


def test_a_closed_agency_stays_in_the_months_in_which_it_owed(client_for, leader, month, reviewer):
    month[0].close(actor=reviewer, on=date(2026, 10, 15), reason="Sáp nhập")
    client = client_for(leader)
    names = {row[0] for row in tables_of(client.get(reverse("grid") + "?thang=2026-09"))[0]}
    assert "Sở Đúng hạn" in names
    assert "Sở Đúng hạn" not in {row[0] for row in tables_of(client.get(reverse("grid") + "?thang=2025-09"))[0]}


@pytest.mark.parametrize("label", ["2026-13", "thang-9", "2026-9", "9999-01"])
def test_a_month_that_is_none_is_not_found(client_for, leader, label):
    client = client_for(leader)
    assert client.get(reverse("month_report", args=[label])).status_code == 404
    assert client.get(reverse("month_report_xlsx", args=[label])).status_code == 404
    assert client.get(reverse("grid") + f"?thang={label}").status_code == 404


def test_a_month_without_duties_says_what_to_do(client_for, leader):
    page = client_for(leader).get(reverse("month_report")).content.decode()
    assert "Tháng này chưa có việc phải nộp." in page


def test_a_month_beyond_all_that_was_asked_says_so_and_makes_no_file(client_for, leader, month, tmp_path):
    client, url = client_for(leader), reverse("month_report", args=["2031-03"])
    page = client.get(url, {"q": "im lang", "theo": "truc-thuoc"}).text
    last = figures.last_month_asked(Obligation.objects.all())
    assert (
        "Chưa có việc phải nộp nào cho tháng 3/2031." in page and "hoàn thành" not in page and "Tải báo cáo" not in page
    )
    assert f"Việc đã giao mới đến tháng {last.month}/{last.year}." in page
    assert reverse("month_report", args=[f"{last:%Y-%m}"]) in page
    for name in ("month_report_file", "month_report_xlsx"):
        answer = client.get(reverse(name, args=["2031-03"]), {"dang": "pdf", "theo": "truc-thuoc"}, follow=True)
        assert answer.redirect_chain[0][0].startswith(f"{url}?dang=pdf&theo=truc-thuoc")
        assert "Không có việc phải nộp nào để lập báo cáo tháng 3/2031." in answer.text
    with pytest.raises(CommandError, match="tháng 3/2031"):
        call_command("monthly_report", "2031-03", "--output", str(tmp_path / "bc.xlsx"))


def test_a_report_without_a_match_is_no_file_either(client_for, leader, month):
    client, asked = client_for(leader), {"q": "khong-co-dau", "dang": "docx"}
    assert "Không có đơn vị nào khớp." in client.get(reverse("month_report", args=["2026-09"]), asked).text
    answer = client.get(reverse("month_report_file", args=["2026-09"]), asked, follow=True)
    assert answer.redirect_chain and "Không có việc phải nộp nào để lập báo cáo tháng 9/2026." in answer.text


def test_the_filter_keeps_month_order_and_grouping(client_for, leader, month):
    client = client_for(leader)
    grid = client.get(reverse("grid"), {"thang": "2026-09", "sap": "no", "q": "x"}).text
    report = client.get(reverse("month_report", args=["2026-09"]), {"theo": "truc-thuoc", "q": "x"}).text
    assert '<input type="hidden" name="thang" value="2026-09"><input type="hidden" name="sap" value="no">' in grid
    assert '<a class="btn btn-link" href="?thang=2026-09&amp;sap=no">Bỏ lọc</a>' in grid
    assert (
        '<input type="hidden" name="theo" value="truc-thuoc">' in report and 'href="?theo=truc-thuoc">Bỏ lọc' in report
    )


def test_an_agency_page_masks_phones_and_hides_drafts(client_for, leader, month, reviewer):
    make_contact(month[0], "Lý Thị Thử", actor=reviewer, phone="0912345678")
    make_channel(month[0], actor=reviewer, name="Trang Sở Đúng hạn")
    draft_item(quota_of(month[0]), actor=reviewer, title="Bản nháp chưa nộp")
    page = client_for(leader).get(reverse("agency_year", args=[month[0].pk]) + "?thang=2026-09").content.decode()
    assert "0912•••678" in page and "0912345678" not in page and "0912 345 678" not in page
    assert "Trang Sở Đúng hạn" in page and "Bản nháp chưa nộp" not in page and "Sở Trễ" not in page


@pytest.mark.parametrize(("name", "arguments", "queries"), [("grid", [], 7), ("month_report", ["2026-09"], 7)])
def test_pages_cost_the_same_with_one_and_with_four_agencies(client_for, leader, reviewer, name, arguments, queries):
    make_agency(actor=reviewer)
    issue_monthly_campaign(actor=reviewer)
    client = client_for(leader)
    assert cost(client, reverse(name, args=arguments)) == queries
    for _ in range(3):
        make_agency(actor=reviewer)
    issue_monthly_campaign(actor=reviewer)
    assert cost(client, reverse(name, args=arguments)) == queries


@time_machine.travel(moment(TODAY), tick=False)
def test_an_agency_page_costs_the_same_with_one_and_with_four_of_everything(client_for, leader, month, reviewer):
    client, url = client_for(leader), reverse("agency_year", args=[month[0].pk]) + "?thang=2026-09"
    make_contact(month[0], actor=reviewer)
    make_channel(month[0], actor=reviewer)
    once = cost(client, url)
    for _ in range(3):
        make_contact(month[0], actor=reviewer)
        make_channel(month[0], actor=reviewer)
        deliver(quota_of(month[0]), reviewer, TODAY)
    for number in range(3):
        issue_monthly_campaign(actor=reviewer, title=f"Thêm một yêu cầu {number}")
    assert cost(client, url) == once == 13


def cost(client, url):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_a_cell_leads_straight_to_its_duty_also_of_a_closed_month(client_for, leader, month, reviewer):
    cell = f'heat-good"><a href="{reverse("obligation_desk", args=[quota_of(month[0]).pk])}"'
    urls = [reverse("grid") + "?thang=2026-09", reverse("agency_year", args=[month[0].pk]) + "?thang=2026-09"]
    assert [cell in client_for(leader).get(url).text for url in urls] == [True, True]
    MonthClosing.close(actor=reviewer, month=SEPTEMBER, now=moment(date(2026, 10, 14)))
    assert [cell in client_for(leader).get(url).text for url in urls] == [True, True]


def test_a_cell_of_several_duties_leads_to_that_month_of_the_agency(client_for, leader, month, reviewer):
    issue_monthly_campaign(actor=reviewer, title="Thêm một yêu cầu")
    page = client_for(leader).get(reverse("grid") + "?thang=2026-10").text
    agency_url = reverse("agency_year", args=[month[0].pk]) + "?thang=2026-10"
    assert f'href="{agency_url}#thang-2026-09"' in page
    assert 'id="thang-2026-09"' in client_for(leader).get(agency_url).text


@time_machine.travel(moment(AFTER_DUE), tick=False)
def test_an_agency_page_says_what_is_open_when_channels_were_confirmed_and_why_points_are_missing(
    client_for, reviewer, leader, month
):
    agency = month[6]
    contact = make_contact(agency, "Lý Thị Thử", actor=reviewer, phone="0912345678")
    channel = make_channel(agency, actor=reviewer, name="Trang thử")
    duty = quota_of(agency)
    duty.extend(actor=reviewer, until=date(2026, 10, 23), reason="Xin gia hạn")
    url = reverse("agency_year", args=[agency.pk])
    answer = client_for(reviewer).get(url)
    assert duty.pk in [row.pk for row in answer.context["open_duties"]] and "còn 3 ngày làm việc" in answer.text
    assert f"xác nhận gần nhất {channel.reconfirmed_on:%d/%m/%Y}" in answer.text and "cần xác nhận lại" in answer.text
    assert (
        "Chưa có Zalo OA (−10)" in answer.text and reverse("agency_products_pdf", args=[agency.pk, 2026]) in answer.text
    )
    assert reverse("contact_reveal", args=[contact.pk]) in answer.text and "Xem đầy đủ" in answer.text
    assert "Xem đầy đủ" not in client_for(leader).get(url).text
