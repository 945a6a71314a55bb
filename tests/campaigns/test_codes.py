"""Mã QR của kênh through the browser: the agency notes where it hangs, the desk reads who uses it, papers carry the year."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from registry.models import PrintedCode, ScanDay
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(health, reviewer):
    return builders.make_channel(health, actor=reviewer, name="Y tế tỉnh")


@pytest.fixture
def today():
    return timezone.localdate()


def scan(channel, day, count):
    return ScanDay.objects.create(channel=channel, day=day, count=count)


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_focal_point_notes_a_place_and_takes_it_back(client_for, health_focal, channel, today):
    browser, url = client_for(health_focal), reverse("channel_code", args=[channel.pk])
    assert url in browser.get(reverse("my_work")).content.decode()
    assert "Chưa ghi nơi nào" in words(browser.get(url))
    form = {"place": "Nhà văn hoá thôn Đông", "on": today.isoformat()}
    assert browser.post(url, form, follow=True).redirect_chain == [(url, 302)]
    page = words(browser.get(url))
    assert "Nhà văn hoá thôn Đông" in page and health_focal.full_name in page
    browser.post(reverse("printed_code_gone", args=[PrintedCode.objects.get().pk]))
    assert "gỡ " in words(browser.get(url)) and not PrintedCode.objects.hanging().exists()


def test_what_was_typed_comes_back_with_the_sentence(client_for, health_focal, channel, today):
    answer = client_for(health_focal).post(
        reverse("channel_code", args=[channel.pk]), {"place": "Chợ", "on": (today + timedelta(days=1)).isoformat()}
    )
    assert "Ngày treo không thể sau hôm nay." in words(answer) and 'value="Chợ"' in answer.content.decode()
    assert not PrintedCode.objects.exists()


def test_another_agency_neither_reads_nor_takes_down(client_for, other_focal, channel, health_focal):
    code = builders.put_up(channel, actor=health_focal)
    stranger = client_for(other_focal)
    assert stranger.get(reverse("channel_code", args=[channel.pk])).status_code == 403
    assert stranger.post(reverse("printed_code_gone", args=[code.pk])).status_code == 404
    assert PrintedCode.objects.hanging().exists()


def test_the_agency_sees_whether_its_code_is_used(client_for, health_focal, channel, today):
    scan(channel, today, 12)
    scan(channel, today - timedelta(days=200), 30)
    page = words(client_for(health_focal).get(reverse("channel_code", args=[channel.pk])))
    assert "12 lượt quét tháng này" in page and "42 lượt quét trong 12 tháng" in page
    assert "không phải số người" in page


def test_the_page_of_a_code_costs_the_same_with_one_place_and_with_four(
    client_for, health_focal, channel, today, django_assert_num_queries
):
    browser = client_for(health_focal)
    for places in (1, 4):
        for number in range(PrintedCode.objects.count(), places):
            builders.put_up(channel, actor=health_focal, place=f"Nơi {number}")
            scan(channel, today - timedelta(days=number), 1)
        with django_assert_num_queries(8):
            browser.get(reverse("channel_code", args=[channel.pk]))


def test_the_desk_notes_and_ends_a_place_too(client_for, reviewer, leader, channel, today):
    desk, page = client_for(reviewer), reverse("review_channel", args=[channel.pk])
    note = reverse("printed_code_note", args=[channel.pk])
    assert note in desk.get(page).content.decode()
    assert note not in client_for(leader).get(page).content.decode()
    assert desk.post(note, {"place": "Bến xe", "on": today.isoformat()})["Location"] == page
    assert "Bến xe" in words(desk.get(page))
    assert desk.post(reverse("printed_code_end", args=[PrintedCode.objects.get().pk]))["Location"] == page
    assert not PrintedCode.objects.hanging().exists()


def test_the_file_of_the_agency_shows_its_months(client_for, leader, channel, health, today):
    scan(channel, today, 12345)
    builders.put_up(channel, actor=leader)
    page = words(client_for(leader).get(reverse("agency_year", args=[health.pk])))
    assert "Lượt quét mã QR" in page and "(treo 1 nơi)" in page and "12.345" in page


def test_the_year_of_products_carries_the_scans_on_page_and_paper(client_for, health_focal, channel, today):
    scan(channel, today.replace(month=1, day=2), 7)
    browser = client_for(health_focal)
    assert "Lượt quét mã QR của kênh" in words(browser.get(reverse("my_year", args=[today.year])))
    paper = browser.get(reverse("my_year_pdf", args=[today.year]))
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(paper.getvalue())).pages).split())
    assert "III. Lượt quét mã QR của kênh" in text and "Y tế tỉnh 7 0 0" in text and "không phải số người" in text


def test_a_year_without_scans_leaves_the_paper_as_it_was(client_for, health_focal, channel, today):
    paper = client_for(health_focal).get(reverse("my_year_pdf", args=[today.year]))
    assert "Lượt quét" not in " ".join(page.extract_text() for page in PdfReader(BytesIO(paper.getvalue())).pages)


@pytest.fixture
def used(channel, other_agency, reviewer, today):
    other = builders.make_channel(other_agency, actor=reviewer, name="Xã Suối Mơ")
    scan(channel, today, 3)
    scan(other, today, 8)
    return channel, other


@pytest.mark.parametrize("name", ["kenh", "don-vi"])
def test_the_file_has_the_rows_of_the_screen(client_for, leader, used, name):
    browser, asked = client_for(leader), {"theo": name}
    answer = browser.get(reverse("scan_list"), asked)
    shown = [[heading, *(cell[0] for _, cell in cells)] for _, heading, cells in answer.context["rows"]]
    data = b"".join(browser.get(reverse("scan_list"), asked | {"dang": "xlsx"}).streaming_content)
    sheet = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    assert [row[2:] for row in shown] == [["8", "0"], ["3", "0"]]
    assert [
        [str(cell).removesuffix(".0") for cell in row] for row in sheet if row[0] in {row[0] for row in shown}
    ] == shown


def test_the_list_narrows_and_names_codes_that_nobody_scans(client_for, leader, used, health, reviewer):
    quiet = builders.make_channel(health, actor=reviewer, name="Kênh lặng")
    builders.put_up(quiet, actor=reviewer, place="Nhà ga")
    page = words(client_for(leader).get(reverse("scan_list"), {"q": "so y te"}))
    assert "Y tế tỉnh" in page and "Xã Suối Mơ" not in page
    assert "Kênh lặng , Sở Y tế: Nhà ga từ 10/09/2026" in page


def test_the_list_costs_the_same_with_one_channel_and_with_four(
    client_for, leader, health, reviewer, today, django_assert_num_queries
):
    browser = client_for(leader)
    for count in (1, 4):
        for _ in range(ScanDay.objects.count(), count):
            channel = builders.make_channel(health, actor=reviewer)
            scan(channel, today, 1)
            builders.put_up(channel, actor=reviewer)
        with django_assert_num_queries(5):
            browser.get(reverse("scan_list"), {"ky": "2026-09"})
