"""The leader's page, quality of agencies, and two spans side by side, also across a merger."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from campaigns import exports, figures, quality, reorganising, spans
from campaigns.models import MonthClosing, Obligation, RequirementKind
from campaigns.overview import is_due, trend_of
from registry.models import Agency, PrintedCode
from registry.plan_file import read_request
from tests.builders import (
    approve_item,
    issue_monthly_campaign,
    make_agency,
    make_channel,
    make_contact,
    moment,
    put_up,
    quota_of,
    submit_item,
)

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
TODAY = date(2026, 11, 16)
pytestmark = pytest.mark.django_db


@pytest.fixture
def communes(reviewer):
    """Two communes: the first delivers in September and October, the second in October only."""
    rows = [
        make_agency(f"Ủy ban nhân dân xã Suối {name}", kind="xa", code=f"S{name}", actor=reviewer)
        for name in ("Một", "Hai")
    ]
    issue_monthly_campaign(actor=reviewer, today=TODAY)
    for agency, month, day in ((0, SEPTEMBER, 20), (0, OCTOBER, 20), (1, OCTOBER, 21)):
        at = moment(month.replace(day=day))
        approve_item(submit_item(quota_of(rows[agency], month), actor=reviewer, now=at), actor=reviewer, now=at)
    return rows


def quota():
    return Obligation.objects.quota()


class TestSpans:
    @pytest.mark.parametrize(
        ("label", "first", "last", "words"),
        [
            ("2026-11", date(2026, 11, 1), date(2026, 11, 1), "tháng 11/2026"),
            ("2026-Q4", OCTOBER, date(2026, 12, 1), "quý IV/2026"),
            ("2026-H1", date(2026, 1, 1), date(2026, 6, 1), "6 tháng đầu năm 2026"),
            ("2026", date(2026, 1, 1), date(2026, 12, 1), "năm 2026"),
        ],
    )
    def test_a_label_is_a_span_and_back(self, label, first, last, words):
        span = spans.parse_span(label)
        assert (span.first, span.last, span.label, span.words) == (first, last, label, words)

    @pytest.mark.parametrize("label", ["2026-Q5", "2026-13", "26", "", "1999", "9999-Q1"])
    def test_what_is_no_span_is_refused_with_a_sentence(self, label):
        with pytest.raises(ValueError, match="phải"):
            spans.parse_span(label)

    def test_the_span_before_has_the_same_length(self):
        assert spans.parse_span("2026-Q1").before().label == "2025-Q4"
        assert spans.parse_span("2026-H1").year_before().label == "2025-H1"

    def test_every_span_around_a_month_is_offered(self):
        assert [span.label for span in spans.spans_of([OCTOBER])] == ["2026", "2026-H2", "2026-Q4", "2026-10"]

    def test_months_of_a_quarter_add_up_closed_or_not(self, communes, reviewer):
        quarter = spans.parse_span("2026-Q3")
        open_line = figures.total(quarter.rows(quota()), TODAY)
        MonthClosing.close(actor=reviewer, month=SEPTEMBER, now=moment(date(2026, 10, 14)))
        assert figures.total(quarter.rows(quota()), TODAY) == open_line
        assert (open_line.on_time, open_line.missing) == (1, 1)
        year = figures.by_month(spans.parse_span("2026").rows(quota()), TODAY)
        assert {month: (line.done, line.expected) for month, line in year.items()} == {
            SEPTEMBER: (1, 2), OCTOBER: (2, 2), date(2026, 11, 1): (0, 2),
        }  # fmt: skip


class TestComparing:
    def merge(self, communes, reviewer):
        request = read_request(
            {"kind": "merge", "on": "2026-11-15", "decision": "Nghị quyết 12/NQ-HĐND",
             "from": [row.slug for row in communes], "to": {"name": "Ủy ban nhân dân xã Suối Lớn", "kind": "xa", "code": "SL"}}
        )  # fmt: skip
        row = reorganising.prepare(request, actor=reviewer, now=moment(TODAY))
        reorganising.run(row, actor=reviewer, now=moment(TODAY))
        return Agency.objects.get(code="SL")

    def compare(self, by):
        return spans.compare(quota(), spans.parse_span("2026-10"), spans.parse_span("2026-09"), TODAY, by)

    def test_then_agencies_stay_apart_and_successors_add_up(self, communes, reviewer):
        heir = self.merge(communes, reviewer)
        then = {pair.agency: (pair.now.done, pair.then.done, pair.points) for pair in self.compare(spans.THEN)}
        assert then == {communes[0].pk: (1, 1, 0.0), communes[1].pk: (1, 0, 100.0)}
        (pair,) = self.compare(spans.NOW)
        assert (pair.agency, pair.label) == (heir.pk, "Ủy ban nhân dân xã Suối Lớn")
        assert (pair.now.done, pair.now.expected, pair.then.done, pair.points) == (2, 2, 1, 50.0)

    def test_an_agency_of_one_span_only_has_nothing_to_compare(self, communes):
        pairs = spans.compare(quota(), spans.parse_span("2026-10"), spans.parse_span("2026-01"), TODAY)
        assert [(pair.then, pair.points) for pair in pairs] == [(None, None)] * 2

    def test_the_page_and_its_file(self, client_for, leader, communes):
        client = client_for(leader)
        page = client.get(reverse("comparison"), {"ky": "2026-10", "voi": "2026-09", "q": "suoi hai"}).content.decode()
        assert "So sánh tháng 10/2026 với tháng 9/2026" in page and "+100</td>" in page and "Suối Một" not in page
        answer = client.get(reverse("comparison"), {"ky": "2026-10", "dang": "xlsx"})
        assert answer["Content-Disposition"] == 'attachment; filename="so-sanh-2026-10-2026-09.xlsx"'
        assert client.get(reverse("comparison"), {"ky": "xx", "voi": "2026-Q9"}).status_code == 200


class TestQuality:
    def test_points_come_with_their_reasons(self, communes, reviewer):
        assert sum(one.points for one in quality.QUESTIONS) == 100
        first, second = communes
        make_channel(
            first, actor=reviewer, kind="zalo_oa", url="https://zalo.me/1234567890123456789", now=moment(OCTOBER)
        )
        make_contact(first, actor=reviewer, email="a@xa.example")
        make_contact(first, actor=reviewer, is_deputy=True)
        rows = quality.scored(Agency.objects.filter(pk__in=[row.pk for row in communes]), TODAY)
        scores = {row.pk: quality.score_of(row) for row in rows}
        missing = ["chưa ghi nơi treo mã QR (−5)", "chưa có người phát ngôn (−5)"]
        assert (scores[first.pk].points, scores[first.pk].reasons) == (90, missing)
        assert scores[second.pk].points == 10
        assert scores[second.pk].reasons[0] == "còn nợ sản phẩm trong 3 tháng trước (−20)"

    def test_a_printed_code_counts_while_it_hangs_on_an_official_channel(self, communes, reviewer):
        def has_points():
            rows = quality.scored(Agency.objects.filter(pk=communes[0].pk), TODAY)
            return "chưa ghi nơi treo mã QR (−5)" not in quality.score_of(rows.get()).reasons

        channel = make_channel(communes[0], actor=reviewer)
        assert not has_points()
        code = put_up(channel, actor=reviewer)
        assert has_points()
        channel.suspend(actor=reviewer, reason="Mất quyền quản trị")
        assert not has_points()
        channel.resume(actor=reviewer)
        code.take_down(actor=reviewer, now=moment(OCTOBER))
        assert not has_points()

    def test_rows_and_query_answer_alike(self, communes, reviewer):
        """Each question once with yes and once with no, also on the last day of a channel's rest and on the next."""
        first, second = communes
        address, at = "https://zalo.me/1234567890123456789", moment(TODAY)
        put_up(make_channel(first, actor=reviewer, kind="zalo_oa", url=address, now=at), actor=reviewer)
        make_channel(second, actor=reviewer, confirmed=False)
        make_contact(first, actor=reviewer, email="a@xa.example")
        make_contact(first, actor=reviewer, role="spokesperson")
        make_contact(second, actor=reviewer, is_deputy=True)
        at = moment(date(2026, 10, 8))
        approve_item(submit_item(quota_of(second, SEPTEMBER), actor=reviewer, now=at), actor=reviewer, now=at)
        found = set()
        for today in (TODAY, date(2026, 12, 20), TODAY + timedelta(days=179), TODAY + timedelta(days=180)):
            for row in quality.scored(Agency.objects.filter(kind="xa"), today):
                duties = row.obligations.select_related("requirement", "period")
                codes = PrintedCode.objects.hanging().filter(channel__agency=row).values_list("channel", flat=True)
                answered = quality.answers(row.channels.all(), codes, row.contact_points.all(), duties, today)
                assert quality.score(row, answered) == quality.score_of(row)
                assert quality.score_of(row).points == row.points
                found |= set(answered.items())
        assert found == {(one.key, answer) for one in quality.QUESTIONS for answer in (True, False)}

    def test_sorting_by_points_or_name(self, communes, reviewer):
        make_contact(communes[0], actor=reviewer)
        rows = quality.scored(Agency.objects.filter(kind="xa"), TODAY)
        order = {sort: [row.pk for row in quality.sorted_by(rows, sort)] for sort in quality.SORTS}
        first, second = (row.pk for row in communes)
        assert order == {"diem": [second, first], "-diem": [first, second], "ten": [second, first]}

    def test_the_file_says_what_the_page_says(self, client_for, leader, communes):
        answer = client_for(leader).get(reverse("agency_quality"), {"dang": "xlsx"})
        assert answer["Content-Disposition"] == 'attachment; filename="chat-luong-don-vi.xlsx"'


class TestLeaderPage:
    def test_it_holds_the_month_against_the_one_before(self, client_for, leader, communes):
        page = client_for(leader).get(reverse("leader_page"), {"thang": "2026-10"}).content.decode()
        assert ">+50<" in page and "so với tháng trước (50 %)" in page and page.count('<svg class="bar"') == 13
        assert "Suối Hai</a>" in page and "1 chưa nộp" in page

    def test_no_rate_no_trend(self, communes):
        months = figures.by_month(quota(), TODAY)
        assert trend_of("tháng trước", months[SEPTEMBER], months, date(2026, 8, 1), is_due=True).points is None

    @pytest.mark.parametrize(("day", "points"), [(date(2026, 11, 5), None), (date(2026, 11, 6), 50.0)])
    def test_a_month_seems_neither_to_rise_nor_to_fall_until_its_last_day_is_over(self, communes, day, points):
        assert {row.due_on for row in quota().for_month(OCTOBER)} == {date(2026, 11, 5)}
        months = figures.by_month(quota(), day)
        over = is_due(OCTOBER, RequirementKind.SUBMIT_CONTENT, day)
        assert trend_of("tháng trước", months[OCTOBER], months, SEPTEMBER, is_due=over).points == points

    @pytest.mark.parametrize(
        ("day", "trend", "words"),
        [
            (date(2026, 12, 5), "–", "mức tăng, giảm sẽ hiện khi hết hạn nộp"),
            (date(2026, 12, 6), "−100", "nên mức tăng, giảm chưa phải kết quả cả tháng"),
        ],
    )
    def test_the_page_says_why_there_is_no_trend_yet(self, client_for, leader, reviewer, communes, day, trend, words):
        quota_of(communes[0], date(2026, 11, 1)).extend(actor=reviewer, until=date(2026, 12, 20), reason="Bão")
        with time_machine.travel(moment(day), tick=False):
            page = client_for(leader).get(reverse("leader_page"), {"thang": "2026-11"}).content.decode()
        assert f'<span class="stat-number">{trend}</span><span class="stat-words">điểm % so với tháng trước' in page
        assert words in page

    def test_those_who_owe_most_stand_first_over_closed_and_open_months(self, communes, reviewer):
        MonthClosing.close(actor=reviewer, month=SEPTEMBER, now=moment(date(2026, 10, 14)))
        lines = figures.most_owing(quota(), date(2027, 1, 1), 5)
        assert [(line.label[-3:], line.missing) for line in lines] == [("Hai", 2), ("Một", 1)]


def test_figures_by_the_agency_above(communes, reviewer):
    communes[1].amend(actor=reviewer, reason="Đổi", parent=communes[0])
    lines = figures.by_parent(quota().for_month(OCTOBER), TODAY)
    assert [(line.label, line.done) for line in lines] == [("Trực thuộc tỉnh", 1), (communes[0].name, 1)]


def test_the_report_groups_by_the_agency_above_when_asked(client_for, leader, communes, reviewer):
    communes[1].amend(actor=reviewer, reason="Đổi", parent=communes[0])
    url = reverse("month_report", args=["2026-10"])
    page = client_for(leader).get(url, {"theo": "truc-thuoc"})
    assert [row[1] for row in page.context["by_group"]["rows"]] == ["Trực thuộc tỉnh", communes[0].name]
    assert [row[1] for row in client_for(leader).get(url).context["by_group"]["rows"]] == ["UBND xã"]
    file = client_for(leader).get(reverse("month_report_file", args=["2026-10"]), {"theo": "truc-thuoc", "dang": "csv"})
    assert file["Content-Disposition"] == 'attachment; filename="bao-cao-san-pham-2026-10-theo-cap-tren.csv"'
    assert f"{communes[1].name},{communes[0].name}," in file.getvalue().decode()
    assert f'action="{file.request["PATH_INFO"]}"' in page.text and 'name="theo" value="truc-thuoc"' in page.text


def test_a_closed_month_keeps_the_tree_and_the_names_above_as_they_were(communes, reviewer):
    communes[1].amend(actor=reviewer, reason="Đổi", parent=communes[0])
    MonthClosing.close(actor=reviewer, month=SEPTEMBER, now=moment(date(2026, 10, 14)))

    def document():
        return exports.json_document(exports.month_report(quota(), SEPTEMBER, TODAY, by_parent=True))

    before = document()
    assert [line["label"] for line in before["parents"]] == ["Trực thuộc tỉnh", communes[0].name]
    communes[0].rename(actor=reviewer, name="Ủy ban nhân dân xã Tên Mới", short_name="", on=TODAY, decision="1/QĐ")
    communes[1].amend(actor=reviewer, reason="Đổi", parent=None)
    assert document() == before


@pytest.mark.parametrize(("name", "queries"), [("leader_page", 7), ("agency_quality", 5), ("comparison", 8)])
def test_pages_cost_the_same_with_two_agencies_and_with_six(
    client_for, leader, reviewer, communes, name, queries, django_assert_num_queries
):
    client = client_for(leader)
    for _ in range(2):
        with django_assert_num_queries(queries):
            assert client.get(reverse(name), {"thang": "2026-10", "ky": "2026-10"}).status_code == 200
        for _ in range(4):
            make_contact(make_agency(actor=reviewer), actor=reviewer)
        issue_monthly_campaign(actor=reviewer, today=TODAY)


def test_the_grid_puts_those_who_owe_most_first_with_whom_to_phone(client_for, leader, reviewer, communes):
    make_contact(communes[1], "Lý Thị Gọi", actor=reviewer, phone="0912345678")
    MonthClosing.close(actor=reviewer, month=SEPTEMBER, now=moment(date(2026, 10, 14)))
    page = client_for(leader).get(reverse("grid"), {"thang": "2026-10", "sap": "no"})
    assert [line.agency for line, _ in page.context["lines"]] == [communes[1]]
    words = page.content.decode()
    assert "Lý Thị Gọi" in words and "0912•••678" in words and words.count('aria-label="đã chốt"') == 1
