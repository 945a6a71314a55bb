"""An agency's year: the months, the accepted products with their posts and figures, and the same on paper."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from campaigns.models import ContentItem, Obligation
from campaigns.year import paper_of, year_of
from portal.lib.documents.table import Heading
from registry.models import Agency
from tests import builders
from tests.builders import NOW, TODAY, approve_item, draft_item, make_channel, make_focal, quota_of, submit_item

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
LATER = date(2026, 10, 20)


@pytest.fixture
def issued(reviewer, health, other_agency, health_focal, other_focal):
    return builders.issue_monthly_campaign(actor=reviewer, today=LATER)


@pytest.fixture
def duty(issued, health):
    return quota_of(health)


@pytest.fixture
def delivered(duty, health, health_focal, reviewer):
    """Two products of September, one of them posted twice with figures; nothing in October."""
    first = approve_item(submit_item(duty, actor=health_focal, title="Phòng sốt xuất huyết"), actor=reviewer)
    approve_item(
        submit_item(duty, actor=health_focal, title="Tiêm chủng", link="https://soyte.example/tiem", kind="video"),
        actor=reviewer,
    )
    for number, figures in ((1, {"views": 1000, "likes": 20}), (2, {"views": 500})):
        channel = make_channel(health, actor=reviewer, name=f"Kênh {number}")
        post = first.publish(actor=reviewer, channel=channel, url=f"https://www.facebook.com/k/posts/{number}", now=NOW)
        post.note_figures(actor=reviewer, measured_on=TODAY, views=1)
        post.note_figures(actor=reviewer, measured_on=TODAY + timedelta(days=1), **figures)
    return first


def report(agency, user, today=LATER, year=2026):
    return year_of(agency, year, Obligation.objects.visible_to(user), ContentItem.objects.visible_to(user), today)


def test_a_year_has_twelve_months_with_what_was_asked_and_delivered(delivered, health, health_focal, reviewer):
    found = report(health, health_focal)
    assert len(found.months) == 12
    assert {(row.month.month, row.required, row.accepted, row.extra, row.result) for row in found.months[7:]} == {
        (8, None, 0, 0, "–"),
        (9, 1, 2, 1, "đúng hạn"),
        (10, 1, 0, 0, "chưa đến hạn"),
        (11, None, 0, 0, "–"),
        (12, None, 0, 0, "–"),
    }
    quota_of(health, OCTOBER).exempt(actor=reviewer, reason="Công văn 9/SYT", now=NOW)
    month = report(health, health_focal).months[9]
    assert (month.required, month.result) == (None, "được miễn")


def test_a_missed_month_is_said_to_be_missed(duty, health, health_focal):
    assert report(health, health_focal, date(2026, 12, 1)).months[8].result == "chưa nộp"


def test_products_stand_with_their_day_their_posts_and_the_newest_figures(delivered, health, health_focal):
    found = report(health, health_focal)
    assert [(line.number, line.item.title, line.on) for line in found.lines] == [
        (1, "Phòng sốt xuất huyết", TODAY),
        (2, "Tiêm chủng", TODAY),
    ]
    first, second = found.lines
    assert (first.views, first.likes, first.comments) == (1500, 20, None)
    assert (second.views, second.links) == (None, ["https://soyte.example/tiem"])
    assert found.measures == [("Lượt xem", 1500), ("Lượt thích", 20), ("Bình luận", None), ("Chia sẻ", None)]


def test_neither_drafts_nor_other_agencies_nor_other_years_are_counted(
    delivered, duty, health, other_agency, health_focal, other_focal, reviewer
):
    draft_item(duty, actor=health_focal, title="Nháp kín")
    submit_item(duty, actor=health_focal, title="Chờ kín")
    foreign = submit_item(quota_of(other_agency), actor=other_focal, title="Của xã kín")
    approve_item(foreign, actor=reviewer)
    for user in (health_focal, reviewer):
        assert len(report(health, user).lines) == 2
    assert not report(health, health_focal, year=2025).lines
    assert report(other_agency, health_focal).lines == []


def test_a_focal_point_reads_only_the_year_of_their_own_agencies(
    client_for, delivered, health, other_agency, health_focal, other_focal, reviewer
):
    address = reverse("my_year", args=[2026])
    page = client_for(health_focal).get(address).text
    assert "Phòng sốt xuất huyết" in page and "1.500" in page
    assert "Phòng sốt xuất huyết" not in client_for(other_focal).get(address).text
    for name in ("my_year", "my_year_pdf"):
        asked = f"{reverse(name, args=[2026])}?don_vi={health.pk}"
        assert client_for(other_focal).get(asked).status_code == 404
        assert client_for(health_focal).get(asked).status_code == 200
        assert client_for(health_focal).get(f"{reverse(name, args=[2026])}?don_vi=x'").status_code == 404


def test_a_person_of_two_agencies_chooses_between_them(client_for, delivered, health, health_focal, reviewer):
    second = builders.make_agency("Bệnh viện thử", actor=reviewer)
    builders.make_contact(second, health_focal.full_name, health_focal.email, actor=reviewer)
    answer = client_for(health_focal).get(f"{reverse('my_year', args=[2026])}?don_vi={second.pk}")
    assert answer.context["report"].agency == second
    assert f"don_vi={second.pk}" in answer.context["pdf_url"]
    assert set(answer.context["agencies"]) == {health, second} == set(Agency.objects.editable_by(health_focal))


def test_the_paper_says_what_the_page_says(client_for, delivered, health, health_focal, reviewer):
    addresses = {
        health_focal: reverse("my_year_pdf", args=[2026]),
        reviewer: reverse("agency_products_pdf", args=[health.pk, 2026]),
    }
    for person, address in addresses.items():
        answer = client_for(person).get(address)
        assert answer["Content-Type"] == "application/pdf" and answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Disposition"] == 'attachment; filename="san-pham-2026-syt.pdf"'
        reader = PdfReader(BytesIO(answer.getvalue()))
        text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
        for words in (
            "UBND TỈNH LẠNG SƠN SỞ Y TẾ", "Độc lập - Tự do - Hạnh phúc", "của Sở Y tế năm 2026",
            client_for(person).get(address.removesuffix("pdf/")).context["summary"],
            "Tháng 9/2026 1 2 1 đúng hạn", "Phòng sốt xuất huyết", "Tổng cộng 1.500 20 – – Số liệu", "THỦ TRƯỞNG ĐƠN VỊ",
        ):  # fmt: skip
            assert words in text, words
        links = [note.get_object()["/A"]["/URI"] for page in reader.pages for note in page.get("/Annots", [])]
        assert "https://www.facebook.com/k/posts/1" in links


@pytest.mark.parametrize(("kind", "above"), [("so", "UBND TỈNH LẠNG SƠN"), ("dang", ""), ("xa", "")])
def test_the_letterhead_names_a_governing_body_only_where_there_is_one(kind, above, reviewer):
    agency = builders.make_agency("Cơ quan thử", kind=kind, actor=reviewer)
    assert paper_of(report(agency, reviewer)).heading == Heading(above, "CƠ QUAN THỬ")


def test_the_year_costs_the_same_with_one_product_and_with_four(
    client_for, duty, health, health_focal, reviewer, django_assert_num_queries
):
    browser, channel = client_for(health_focal), make_channel(health, actor=reviewer)
    for number in range(4):
        item = approve_item(submit_item(duty, actor=health_focal, title=f"Tin số {number}"), actor=reviewer)
        url = f"https://www.facebook.com/k/posts/{number}"
        item.publish(actor=reviewer, channel=channel, url=url, now=NOW).note_figures(
            actor=reviewer, measured_on=TODAY, views=number
        )
        if number in (0, 3):
            with django_assert_num_queries(13):
                browser.get(reverse("my_year", args=[2026]))


def test_a_person_without_an_agency_finds_no_year(client_for, reviewer, health):
    person = make_focal(health, "Người Thôi Việc", "thoi@yte.example", actor=reviewer)
    person.contact_points.get().leave(actor=reviewer, on=TODAY, reason="Chuyển việc")
    assert client_for(person).get(reverse("my_year", args=[2026])).status_code == 404
