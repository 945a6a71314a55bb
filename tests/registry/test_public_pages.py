"""The public site: what it shows, what it must never show, and that visitors get no cookie."""

import re
from datetime import date, timedelta
from io import BytesIO
from urllib.parse import urlencode

import pytest
import zxingcpp
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageDraw

from portal import badges
from registry import qr as qr_codes
from registry.models import Channel, ContactPoint, ContactRole, KnownFake
from registry.verdict import VERDICTS
from registry.views import public
from tests import builders

pytestmark = pytest.mark.django_db

PUBLIC = ("home", "check", "agency_list", "channel_list", "robots", "sitemap")


def page_of(client, name, query="", **kwargs):
    return client.get(reverse(name, kwargs=kwargs) + query)


def text_of(client, name, query="", **kwargs):
    answer = page_of(client, name, query, **kwargs)
    assert answer.status_code == 200
    return answer.content.decode()


def channel_url(channel):
    return reverse("channel_detail", kwargs={"pk": channel.pk, "slug": channel.slug})


def featured(agency, reviewer, **fields):
    channel = builders.make_channel(agency, actor=reviewer, **fields)
    channel.amend(actor=reviewer, reason="Nêu ở trang chủ", is_featured=True)
    return channel


@pytest.fixture
def page(health, reviewer):
    return featured(health, reviewer, name="Trang Sở Y tế", url="https://www.facebook.com/soytetinhmau")


def test_channel_page_shows_key_agency_and_qr(client, page):
    html = client.get(channel_url(page)).content.decode()
    for words in ("Trang Sở Y tế", "facebook:soytetinhmau", "Sở Y tế", f"/q/{page.qr_code}", "07/01/2026"):
        assert words in html


def test_old_name_in_the_address_leads_to_the_new_one(client, page):
    answer = client.get(reverse("channel_detail", kwargs={"pk": page.pk, "slug": "ten-cu"}))
    assert (answer.status_code, answer["Location"]) == (302, channel_url(page))


def test_proposed_and_returned_channels_are_nowhere(client_for, health, health_focal, reviewer):
    proposed = builders.make_channel(health, actor=health_focal, name="Kênh Chưa Duyệt", confirmed=False)
    returned = builders.make_channel(health, actor=health_focal, name="Kênh Trả Lại", confirmed=False)
    returned.return_for_changes(actor=reviewer, reason="Sai tên")
    for person in (None, health_focal, reviewer):
        client = client_for(person)
        pages = [text_of(client, name) for name in PUBLIC]
        pages.append(text_of(client, "agency_detail", slug=health.slug))
        pages.append(text_of(client, "check", "?q=kenh chua duyet"))
        pages.append(text_of(client, "channel_list", "?q=kenh"))
        for channel in (proposed, returned):
            pages.append(text_of(client, "check", f"?q={channel.url}"))
            assert client.get(channel_url(channel)).status_code == 404
            assert page_of(client, "qr", code=channel.qr_code).status_code == 404
            assert page_of(client, "channel_qr_svg", pk=channel.pk).status_code == 404
            assert page_of(client, "channel_qr_png", pk=channel.pk).status_code == 404
        for html in pages:
            assert "Kênh Chưa Duyệt" not in html and "Kênh Trả Lại" not in html


def test_no_personal_phone_or_mail_is_public(client, page, health, reviewer, health_focal):
    hidden = builders.make_contact(
        health,
        "Triệu Văn Ẩn",
        "rieng.tu@hop-thu.example",
        actor=reviewer,
        phone="0911222333",
        role=ContactRole.SPOKESPERSON,
    )
    pages = [text_of(client, name) for name in PUBLIC]
    pages += [text_of(client, "agency_detail", slug=health.slug), client.get(channel_url(page)).content.decode()]
    pages += [text_of(client, "qr", code=page.qr_code), text_of(client, "check", "?q=0911222333")]
    pages += [text_of(client, "check", "?q=trieu van an"), text_of(client, "agency_list", "?q=trieu van an")]
    for html in pages:
        for secret in (hidden.full_name, hidden.email, "0911 222 333", health_focal.email, health_focal.full_name):
            assert secret not in html
    assert "0911222333" not in "".join(pages[:-3])


def test_public_spokesperson_is_shown_by_choice(client, health, reviewer):
    contact = builders.make_contact(
        health, "Đỗ Thị Phát", "phat@yte.example", actor=reviewer, phone="0911222444", role=ContactRole.SPOKESPERSON
    )
    assert "Đỗ Thị Phát" not in text_of(client, "agency_detail", slug=health.slug)
    ContactPoint.objects.filter(pk=contact.pk).update(is_public=True, public_ground="Quyết định 1/QĐ-SYT")
    html = text_of(client, "agency_detail", slug=health.slug)
    assert "Đỗ Thị Phát" in html and "0911 222 444" in html


def test_visitors_get_no_cookie(client, page, health):
    answers = [page_of(client, name) for name in PUBLIC]
    answers += [page_of(client, "agency_detail", slug=health.slug), client.get(channel_url(page))]
    answers += [page_of(client, "qr", code=page.qr_code), page_of(client, "check", "?q=so y te")]
    assert [answer.cookies for answer in answers if answer.cookies] == []


@pytest.mark.parametrize("name", ["agency_list", "channel_list"])
def test_lists_cost_the_same_at_one_and_at_four_rows(client, health, reviewer, name, django_assert_num_queries):
    queries = {"agency_list": 3, "channel_list": 2}[name]
    for rows in (1, 3):
        for _ in range(rows):
            builders.make_channel(builders.make_agency(actor=reviewer), actor=reviewer)
        with django_assert_num_queries(queries):
            page_of(client, name)


@pytest.mark.parametrize("name", ["agency_list", "channel_list"])
def test_words_that_find_few_are_looked_for_once(client, reviewer, name, monkeypatch, django_assert_num_queries):
    queries = {"agency_list": 2, "channel_list": 1}[name]
    for number in range(1, 5):
        agency = builders.make_agency(f"Xã Mẫu số {number}", actor=reviewer)
        builders.make_channel(agency, actor=reviewer, name=f"Kênh số {number} của xã mẫu")
    with django_assert_num_queries(queries):
        assert text_of(client, name, "?q=xa mau").count("số ") >= 4
    monkeypatch.setattr(public, "PAGE_SIZE", 3)
    with django_assert_num_queries(queries + 1):
        assert "4 kết quả · trang 1/2" in text_of(client, name, "?q=xa mau")
    assert "4 kết quả · trang 2/2" in text_of(client, name, "?q=xa mau&page=2")
    assert "4 kết quả · trang 2/2" in text_of(client, name, "?q=xa mau&page=9")


def test_home_and_agency_page_cost_the_same_at_one_and_at_four_channels(
    client, health, reviewer, django_assert_num_queries
):
    for rows in (1, 3):
        for _ in range(rows):
            featured(health, reviewer)
        with django_assert_num_queries(3):
            page_of(client, "home")
        with django_assert_num_queries(7):
            page_of(client, "agency_detail", slug=health.slug)


def test_search_ignores_accents_and_finds_former_names(client, reviewer):
    agency = builders.make_agency("Sở Thông tin và Truyền thông", actor=reviewer, founded_on=date(2008, 1, 1))
    agency.rename(actor=reviewer, name="Sở Khoa học và Công nghệ", on=date(2025, 3, 1))
    html = text_of(client, "agency_list", "?q=so thong tin")
    assert "Sở Khoa học và Công nghệ" in html and "Sở Thông tin và Truyền thông (đến 28/02/2025)" in html
    assert "đến hết 28/02/2025" in text_of(client, "agency_detail", slug=agency.slug)


def test_closed_agency_is_found_by_search_only(client, reviewer):
    agency = builders.make_agency("Xã Cũ Kỹ", kind="xa", actor=reviewer)
    agency.close(actor=reviewer, on=date(2025, 7, 1), reason="Sáp nhập vào xã Mới")
    assert "Xã Cũ Kỹ" not in text_of(client, "agency_list")
    assert "Xã Cũ Kỹ" in text_of(client, "agency_list", "?q=xa cu ky")
    assert "Sáp nhập vào xã Mới" in text_of(client, "agency_detail", slug=agency.slug)


def test_scanned_code_tells_who_this_is_and_goes_on_only_to_the_stored_address(client, page):
    answer = page_of(client, "qr", "?url=https://evil.example&next=//evil.example", code=page.qr_code.lower())
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert 'href="https://www.facebook.com/soytetinhmau"' in html and "evil.example" not in html
    assert client.get(f"/q/{page.qr_code}//evil.example").status_code == 404
    assert client.get("/q/KHONGCOMANAYDAU").status_code == 404


def test_code_of_a_closed_channel_says_so_and_leads_nowhere(client, page, health, reviewer):
    page.close(actor=reviewer, reason="Chuyển sang Zalo", on=date(2026, 2, 1))
    new = builders.make_channel(health, actor=reviewer, kind="zalo_oa", url="https://zalo.me/1234567890123456789")
    html = text_of(client, "qr", code=page.qr_code)
    assert "Chuyển sang Zalo" in html and "01/02/2026" in html
    assert "https://www.facebook.com/soytetinhmau" not in html
    assert channel_url(new) in html
    assert page_of(client, "channel_qr_svg", pk=page.pk).status_code == 404


def test_code_of_a_closed_agency_leads_nowhere_and_its_channel_leaves_the_lists(client, page, health, reviewer):
    health.close(actor=reviewer, on=date(2026, 2, 1), reason="Sáp nhập vào Sở Mới")
    html = text_of(client, "qr", code=page.qr_code)
    assert "Sáp nhập vào Sở Mới" in html and "01/02/2026" in html
    assert "https://www.facebook.com/soytetinhmau" not in html
    for name in ("home", "channel_list", "sitemap"):
        assert "Trang Sở Y tế" not in text_of(client, name)
    assert page_of(client, "channel_qr_png", pk=page.pk).status_code == 404


def test_what_was_typed_is_shown_as_text(client):
    html = text_of(client, "check", '?q="><script>alert(1)</script>')
    assert "<script>alert" not in html
    assert 'href="javascript:' not in text_of(client, "check", "?q=javascript:alert(1)")


def test_huge_numbers_and_stray_characters_are_not_found_but_never_break(client):
    assert client.get("/kenh/99999999999999999999-x/").status_code == 404
    assert client.get("/kenh/99999999999999999999/qr.svg").status_code == 404
    for query in ("?q=%00", "?q=%ff%fe", "?page=9999999999999999999999", "?kind=khong-co", "?q=" + "a" * 5000):
        for name in ("check", "agency_list", "channel_list"):
            assert page_of(client, name, query).status_code == 200


def test_printed_code_reads_back_as_our_own_address(client, page):
    png = page_of(client, "channel_qr_png", pk=page.pk)
    picture = Image.open(BytesIO(png.content))
    found = zxingcpp.read_barcodes(picture)
    expected = f"{settings.SITE_URL}/q/{page.qr_code}"
    assert [(code.text, str(code.ec_level)) for code in found] == [(expected, "Q")]
    assert zxingcpp.read_barcodes(drawn(qr_codes.matrix(expected)))[0].text == expected


def test_svg_draws_the_same_modules_and_names_the_channel(client, page):
    answer = page_of(client, "channel_qr_svg", pk=page.pk)
    svg = answer.content.decode()
    rows = qr_codes.matrix(f"{settings.SITE_URL}/q/{page.qr_code}")
    assert answer["Content-Type"] == "image/svg+xml"
    assert "Trang Sở Y tế" in svg and qr_codes.path_of(rows) in svg
    assert rows[0] == [False] * len(rows) and rows[3] == rows[0] and rows[4][4]


def test_channel_name_cannot_break_out_of_the_svg(client, health, reviewer):
    channel = builders.make_channel(health, actor=reviewer, name='"><script>alert(1)</script>')
    svg = page_of(client, "channel_qr_svg", pk=channel.pk).content.decode()
    assert "<script>" not in svg
    assert page_of(client, "channel_qr_png", pk=channel.pk).status_code == 200


def drawn(rows, scale=6):
    """The modules as a picture, drawn without the code under test."""
    picture = Image.new("L", (len(rows) * scale, len(rows) * scale), 255)
    draw = ImageDraw.Draw(picture)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                draw.rectangle((x * scale, y * scale, (x + 1) * scale - 1, (y + 1) * scale - 1), fill=0)
    return picture


@pytest.mark.parametrize(("hotline", "words"), [("", "Sở Thử."), ("0912000555", 'Sở Thử: <a href="tel:0912000555">')])
def test_who_doubts_asks_the_office_of_the_province(client, db, settings, hotline, words):
    settings.PROVINCE_OFFICE, settings.HOTLINE = "Sở Thử", hotline
    page = client.get("/kiem-tra/", {"q": "https://www.facebook.com/trangla.thu"}).content.decode()
    assert f"hãy liên hệ {words}" in page
    assert "số điện thoại công khai" not in page


# --- all nine verdicts as pages --------------------------------------------------------------------------------------

QUESTIONS = {
    "official": ("m.facebook.com/SoYTeTinhMau?fbclid=1", "Đây là kênh chính thống"),
    "unconfirmed": ("https://soyte.tinhmau.example", "lâu chưa được xác nhận lại"),
    "was_official": ("https://www.youtube.com/@soytecu", "Từng là kênh chính thống"),
    "known_fake": ("https://www.facebook.com/khamchuabenhmienphi", "giả mạo"),
    "lookalike": ("https://www.facebook.com/s0ytetinhmau", "Trông giống, nhưng không phải"),
    "personal": ("https://www.facebook.com/profile.php?id=100012345678901", "cá nhân"),
    "unresolvable": ("https://bit.ly/abc", "Chưa kiểm tra được"),
    "not_a_channel": ("https://www.facebook.com/login/", "không phải địa chỉ của một kênh"),
    "no_information": ("https://www.facebook.com/mottrangkhac", "Chưa có trong danh bạ"),
}


@pytest.fixture
def register(page, health, reviewer):
    """One record for each verdict that needs one."""
    today = timezone.localdate()
    page.reconfirm(actor=reviewer, on=today)
    stale = builders.make_channel(health, actor=reviewer, kind="website", url=QUESTIONS["unconfirmed"][0])
    Channel.objects.filter(pk=stale.pk).update(reconfirmed_on=today - timedelta(days=400))
    closed = builders.make_channel(health, actor=reviewer, kind="youtube", url=QUESTIONS["was_official"][0])
    closed.close(actor=reviewer, reason="Bỏ kênh", on=today)
    fake = QUESTIONS["known_fake"][0]
    KnownFake.enlist(actor=reviewer, url=fake, noted_on=today, source="Công văn 12/CAT", imitates=health)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_is_a_page_in_plain_words(client, register, verdict):
    asked, headline = QUESTIONS[verdict]
    answer = page_of(client, "check", f"?{urlencode({'q': asked})}")
    html = answer.content.decode()
    assert (answer.status_code, answer.context["answer"].verdict) == (200, verdict)
    (heading,) = re.findall(r"<h1[^>]*>(.*?)</h1>", html)
    assert headline in heading
    assert badges.look_of(verdict)[2].casefold() in html.casefold()
    assert "Nên làm gì" in html and "khoá nhận diện" not in html.casefold()
