"""Báo cáo tháng and công văn đôn đốc: what they say, that they say the same as the screen, and who may have them."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import docx
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from pypdf import PdfReader

from campaigns import exports, opening, papers, reporting, texts
from campaigns.models import ContentItem, MonthClosing, Obligation
from portal.lib.documents.docx import write_docx
from portal.lib.documents.paper import Title
from portal.lib.documents.table import show
from registry.models import TextTemplate
from tests.builders import TODAY, approve_item, issue_monthly_campaign, make_agency, moment, quota_of, submit_item

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
AFTER = date(2026, 10, 20)
pytestmark = pytest.mark.django_db


@pytest.fixture
def month(reviewer):
    """September: one on time, one late, one waiting, one nothing, one exempt; a sở and a xã silent."""
    names = ["Sở Đúng hạn", "Sở Trễ", "Sở Chờ", "Sở Không phát sinh", "Sở Được miễn", "Sở Chưa nộp"]
    agencies = [make_agency(name, actor=reviewer) for name in names]
    agencies.append(make_agency("Ủy ban nhân dân xã Im Lặng", kind="xa", actor=reviewer))
    issue_monthly_campaign(actor=reviewer)
    on_time, late, waiting, nothing, exempt, *_ = (quota_of(agency) for agency in agencies)
    for duty, day in ((on_time, TODAY), (late, date(2026, 10, 7))):
        approve_item(submit_item(duty, actor=reviewer, now=moment(day)), actor=reviewer, now=moment(day))
    submit_item(waiting, actor=reviewer, now=moment(TODAY))
    nothing.report_nothing(actor=reviewer, reason="Không có sự kiện", now=moment(TODAY))
    exempt.exempt(actor=reviewer, reason="Công văn số 12/SKHCN", now=moment(TODAY))
    return agencies


def report(rows=None, scope=""):
    return papers.month_paper(Obligation.objects.all() if rows is None else rows, SEPTEMBER, AFTER, scope)


def words_of(paper):
    return [part.text if isinstance(part, Title) else part for part in paper.parts]


def urging(duties=None):
    duties = reporting.urging_duties(Obligation.objects.all(), SEPTEMBER, AFTER) if duties is None else duties
    return papers.urging_paper(duties, SEPTEMBER, AFTER, date(2026, 10, 27))


def test_the_report_says_what_the_office_would_write_by_hand(month):
    paper = report()
    assert (paper.title, paper.summary) == ("BÁO CÁO", "Kết quả xây dựng sản phẩm truyền thông tháng 9/2026")
    assert paper.addressees == ["Ủy ban nhân dân tỉnh Lạng Sơn"] and paper.on is None
    assert words_of(paper)[1:] == [
        "I. KẾT QUẢ CHUNG",
        "Có 7 cơ quan, đơn vị, địa phương được giao chỉ tiêu với 6 đầu việc phải nộp; hoàn thành 2 đầu việc, đạt 33,3 %, "
        "trong đó đúng hạn 1 (16,7 %), trễ hạn 1.",
        "Đã nộp, chờ duyệt: 1; báo không phát sinh: 1; được miễn: 1; chưa nộp: 2.",
        "Có 2 sản phẩm truyền thông được duyệt.",
        "II. TÌNH HÌNH CỦA CÁC ĐƠN VỊ",
        "Quá hạn, chưa nộp: Sở Chưa nộp; Ủy ban nhân dân xã Im Lặng.",
        "Nộp trễ hạn: Sở Trễ.",
        "Đã nộp, chờ duyệt: Sở Chờ.",
        "Báo không phát sinh: Sở Không phát sinh.",
        "Được miễn: Sở Được miễn.",
        "Kết quả theo khối và của từng đơn vị tại các Phụ lục kèm theo.",
        "III. ĐỀ XUẤT",
        "Đề nghị Ủy ban nhân dân tỉnh Lạng Sơn xem xét, chỉ đạo các đơn vị chưa hoàn thành khẩn trương thực hiện.",
        "Trên đây là báo cáo kết quả xây dựng sản phẩm truyền thông tháng 9/2026, Sở Khoa học và Công nghệ kính báo cáo./.",
    ]
    assert [annex.title for annex in paper.annexes] == [
        "KẾT QUẢ THÁNG 9/2026 THEO KHỐI CƠ QUAN",
        "KẾT QUẢ THÁNG 9/2026 THEO YÊU CẦU",
        "KẾT QUẢ THÁNG 9/2026 CỦA TỪNG ĐƠN VỊ",
    ]


def test_a_month_is_compared_with_the_one_before(month):
    september = exports.month_report(Obligation.objects.all(), SEPTEMBER, AFTER).total
    assert papers.compared(september, september, SEPTEMBER) == "bằng tháng 9/2026 (33,3 %)"
    empty = exports.month_report(Obligation.objects.none(), OCTOBER, AFTER).total
    assert papers.compared(september, empty, OCTOBER) == papers.compared(empty, september, OCTOBER) == ""
    kinds = exports.month_report(Obligation.objects.filter(agency_kind="so"), SEPTEMBER, AFTER).total
    assert papers.compared(kinds, september, SEPTEMBER) == "tăng 6,7 điểm phần trăm so với tháng 9/2026 (33,3 %)"
    assert papers.compared(september, kinds, SEPTEMBER) == "giảm 6,7 điểm phần trăm so với tháng 9/2026 (40 %)"


def test_a_closed_month_is_reported_as_of_the_day_it_was_closed(month, reviewer):
    """Late deliveries and another day of writing change neither the words nor the annexes: byte for byte."""
    MonthClosing.close(actor=reviewer, month=SEPTEMBER, now=moment(date(2026, 10, 14)))
    before = BytesIO()
    write_docx(before, report())
    approve_item(ContentItem.objects.get(agency=month[2]), actor=reviewer, now=moment(date(2026, 10, 21)))
    after = BytesIO()
    write_docx(
        after, replace(papers.month_paper(Obligation.objects.all(), SEPTEMBER, date(2026, 11, 3)), drafted_on=AFTER)
    )
    assert after.getvalue() == before.getvalue()
    assert "(số liệu đến hết ngày 14/10/2026)" in report().parts[0]
    assert report().annexes[0].tables[0].notes[0].startswith("Số liệu đã chốt lúc 09:00 14/10/2026, mã kiểm tra ")


def test_the_words_of_the_office_are_used(month, reviewer):
    for known, text in ((texts.REPORT_BODY, "I. MỘT\nII. HAI\nĐạt {ty_le}./."), (texts.SIGNER, "GIÁM ĐỐC")):
        TextTemplate.write(actor=reviewer, known=known, text=text)
    paper = report()
    assert paper.parts == [Title("II. HAI"), "Đạt 33,3 %./."] and paper.signer == ["GIÁM ĐỐC"]


def test_many_names_go_to_the_annex(month, monkeypatch):
    monkeypatch.setattr(papers, "MOST_NAMES", 1)
    assert "Quá hạn, chưa nộp: 2 đơn vị (tên tại Phụ lục kèm theo)." in words_of(report())


def test_word_and_pdf_say_the_same_as_the_screen_cell_by_cell(month, client_for, leader):
    """Tables of the annexes against those of the figures; the PDF row by row as its reader takes the words out."""
    found = exports.month_report(Obligation.objects.all(), SEPTEMBER, AFTER)
    tables = [exports.kinds_table(found), exports.requirements_table(found), exports.monthly_report_table(found)]
    wanted = [
        [[column.label for column in table.columns]]
        + [
            [show(value, column.kind) for value, column in zip(row, table.columns, strict=True)]
            for row in table.values()
        ]
        for table in tables
    ]
    url = reverse("month_report_file", args=["2026-09"])
    client = client_for(leader)
    document = docx.Document(BytesIO(client.get(url, {"dang": "docx"}).getvalue()))
    written = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables[2:]]
    assert [table[:-1] for table in written] == wanted
    totals = [show(getattr(found.total, column.key), column.kind) for column in exports.MEASURES]
    assert all(table[-1][-len(totals) :] == totals and table[-1][0] == "Tổng cộng" for table in written)
    pages = PdfReader(BytesIO(client.get(url, {"dang": "pdf"}).getvalue())).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for row in (row for table in written for row in table[1:]):
        assert " ".join(" ".join(cell for cell in row if cell).split()) in text


def test_files_keep_the_filter_of_the_screen(month, client_for, leader):
    answer = client_for(leader).get(
        reverse("month_report_file", args=["2026-09"]), {"dang": "docx", "loai": "xa", "q": "im lang"}
    )
    assert answer["Content-Disposition"] == 'attachment; filename="bao-cao-san-pham-2026-09.docx"'
    assert answer["Cache-Control"] == "private, no-store"
    document = docx.Document(BytesIO(answer.getvalue()))
    assert [row.cells[0].text for row in document.tables[4].rows] == [
        "Đơn vị",
        "Ủy ban nhân dân xã Im Lặng",
        "Tổng cộng",
    ]
    summaries = [line.text for line in document.paragraphs if "sản phẩm truyền thông tháng 9/2026 (" in line.text]
    assert summaries == [
        "Kết quả xây dựng sản phẩm truyền thông tháng 9/2026 (khối UBND xã, đơn vị có “im lang” trong tên)"
    ]


def test_a_dispatch_names_the_late_and_what_each_owes(month):
    paper = urging()
    assert paper.title == "" and paper.about == "V/v đôn đốc xây dựng sản phẩm truyền thông tháng 9/2026"
    assert paper.number == "Số:\xa0\xa0\xa0\xa0\xa0\xa0/SKHCN-CĐS"
    assert paper.addressees == ["Sở Chưa nộp", "Ủy ban nhân dân xã Im Lặng"]
    assert "đến hết ngày 20/10/2026 còn 2 cơ quan, đơn vị, địa phương với 2 đầu việc" in paper.parts[0]
    assert any("chậm nhất ngày 27/10/2026" in part for part in paper.parts) and not any(
        "liên hệ" in p for p in paper.parts
    )
    assert paper.recipients[0] == "Như trên;" and paper.recipients[-1] == "Lưu: VT, CĐS."
    (table,) = paper.annexes[0].tables
    duty = "Tối thiểu 01 sản phẩm truyền thông/tháng (tháng 9/2026)"
    assert list(table.values()) == [
        [1, "Sở Chưa nộp", duty, date(2026, 10, 5), 1],
        [2, "Ủy ban nhân dân xã Im Lặng", duty, date(2026, 10, 5), 1],
    ]


def test_an_agency_that_owes_several_things_stands_once(month):
    everything = reporting.urging_duties(Obligation.objects.all(), SEPTEMBER, AFTER, everything=True)
    paper = urging(everything)
    assert paper.about == "V/v đôn đốc hoàn thành các đầu việc quá hạn"
    rows = list(paper.annexes[0].tables[0].values())
    assert [row[0] for row in rows if row[1] == "Sở Chưa nộp"] == [2] and len(rows) == 9
    after = rows[[row[1] for row in rows].index("Sở Chưa nộp") + 1]
    assert after[:2] == ["", ""] and after[2].startswith("Tối thiểu 01")


def test_months_of_one_duty_stand_in_one_line_of_the_annex(month):
    opening.open_periods(date(2026, 11, 2))
    everything = Obligation.objects.overdue(date(2026, 12, 20)).filter(agency__name="Sở Chưa nộp").quota()
    (line,) = urging(everything).annexes[0].tables[0].values()
    duty = "Tối thiểu 01 sản phẩm truyền thông/tháng (tháng 9, 10, 11/2026)"
    assert line == [1, "Sở Chưa nộp", duty, "05/10/2026 đến 05/12/2026", 3]


def test_many_late_agencies_are_addressed_by_their_kind(month, monkeypatch):
    monkeypatch.setattr(papers, "MOST_ADDRESSEES", 1)
    assert urging().addressees == [
        "Các sở, cơ quan thuộc Ủy ban nhân dân tỉnh (theo danh sách kèm theo)",
        "Ủy ban nhân dân các xã (theo danh sách kèm theo)",
    ]


def test_every_kind_of_agency_has_its_words():
    assert list(papers.ADDRESSED) == papers.KINDS or set(papers.ADDRESSED) == set(papers.KINDS)


def test_the_page_asks_for_the_new_day_and_gives_the_dispatch(month, client_for, leader):
    client, url = client_for(leader), reverse("urging", args=["2026-09"])
    page = client.get(url).content.decode()
    assert "Công văn đôn đốc tháng 9/2026" in page and "2 đơn vị" in page
    answer = client.get(url, {"new_due": "01/01/2099", "about": "month", "kind": "docx"})
    assert answer["Content-Disposition"] == 'attachment; filename="cong-van-don-doc-2026-09.docx"'
    text = "\n".join(line.text for line in docx.Document(BytesIO(answer.getvalue())).paragraphs)
    assert "chậm nhất ngày 01/01/2099" in text
    assert client.get(url, {"new_due": "01/01/2099", "about": "all", "kind": "pdf"}).getvalue().startswith(b"%PDF")
    page = client.get(url, {"new_due": "01/01/2020", "about": "month", "kind": "pdf"}).content.decode()
    assert "Hạn mới không được trước hôm nay." in page


def test_nobody_late_needs_no_dispatch(client_for, leader):
    client, url = client_for(leader), reverse("urging", args=["2026-09"])
    assert "Không đơn vị nào quá hạn." in client.get(url).content.decode()
    answer = client.get(url, {"new_due": "01/01/2099", "about": "month", "kind": "pdf"})
    assert answer["Content-Type"].startswith("text/html")


def test_the_command_writes_both_papers(month, tmp_path):
    for kind, start, options in (("docx", b"PK", []), ("pdf", b"%PDF", ["--urge", "2026-10-27"])):
        path = tmp_path / kind
        call_command("monthly_report", "2026-09", "--format", kind, "--output", str(path), *options)
        assert path.read_bytes().startswith(start)


@pytest.mark.parametrize(
    "options", [["--format", "xlsx", "--urge", "2026-10-27"], ["--format", "pdf"], ["--format", "pdf", "--urge", "mai"]]
)
def test_the_command_refuses_what_it_cannot_write(options):
    with pytest.raises(CommandError):
        call_command("monthly_report", "2026-09", *options)


def test_a_dispatch_to_nobody_is_refused(tmp_path):
    path = tmp_path / "cv.docx"
    with pytest.raises(CommandError, match="Không có đơn vị nào quá hạn"):
        call_command("monthly_report", "2026-09", "--format", "docx", "--output", str(path), "--urge", "2026-10-27")


def test_papers_cost_the_same_for_one_agency_and_for_many(month, django_assert_num_queries):
    few = Obligation.objects.filter(agency=month[5])
    for rows in (few, Obligation.objects.all()):
        with django_assert_num_queries(5):
            report(rows)
        with django_assert_num_queries(2):
            urging(reporting.urging_duties(rows, SEPTEMBER, AFTER))


def test_an_endless_summary_still_makes_a_word_file(month, reviewer):
    long = "V/v đôn đốc " + "rất dài " * 60
    TextTemplate.write(actor=reviewer, known=texts.URGE_ABOUT, text=long.strip())
    stream = BytesIO()
    write_docx(stream, urging())
    assert docx.Document(stream).core_properties.title == long[:255]
