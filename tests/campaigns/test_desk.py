"""The desk: its figures equal an independent count, its lists cost the same for one row and for many, phones stay masked."""

from collections import Counter
from datetime import date

import pytest
from django.urls import reverse

from campaigns import overview
from campaigns.models import Campaign, Obligation
from registry.models import PersonalDataAccess
from tests import builders
from tests.builders import NOW, STARTS_ON

pytestmark = pytest.mark.django_db
MONTH = "2026-09"


@pytest.fixture
def issued(reviewer, health, other_agency, health_focal, other_focal):
    builders.issue_monthly_campaign(actor=reviewer)
    return {agency: builders.quota_of(agency) for agency in (health, other_agency)}


@pytest.fixture
def mixed(issued, health, other_agency, health_focal, other_focal, reviewer):
    """Six agencies' quotas in different outcomes."""
    builders.approve_item(builders.submit_item(issued[health], actor=health_focal), actor=reviewer)
    builders.submit_item(issued[other_agency], actor=other_focal)
    return issued


def desk(browser, month=MONTH, **query):
    return browser.get(reverse("desk"), {"thang": month, **query})


def test_tiles_equal_an_independent_count(mixed, reviewer, client_for):
    page = desk(client_for(reviewer))
    counted = Counter(row.outcome() for row in Obligation.objects.filter(period__month=STARTS_ON))
    assert {tile.outcome: tile.count for tile in page.context["tiles"]} == {
        outcome: counted.get(outcome, 0) for outcome in ("on_time", "late", "pending", "nothing", "exempt", "missing")
    }
    assert sum(tile.count for tile in page.context["tiles"]) == sum(counted.values()) == 4


def test_each_tile_leads_to_exactly_its_rows(mixed, reviewer, client_for):
    browser = client_for(reviewer)
    for tile in desk(browser).context["tiles"]:
        page = browser.get(reverse("obligation_list"), {"thang": MONTH, "ket_qua": tile.outcome})
        assert page.context["page"].paginator.count == tile.count, tile.outcome
        assert {duty.outcome() for duty, _ in page.context["rows"]} <= {tile.outcome}


def test_an_exempt_duty_leaves_the_denominator(mixed, other_agency, reviewer, client_for):
    before = desk(client_for(reviewer)).context["figures"].expected
    nomination = Obligation.objects.get(agency=other_agency, requirement__kind="nominate_contact")
    nomination.exempt(actor=reviewer, reason="Công văn 5/UBND", now=NOW)
    assert desk(client_for(reviewer)).context["figures"].expected == before - 1


def test_a_month_without_duties_prints_a_dash(reviewer, client_for):
    page = desk(client_for(reviewer), "2031-01")
    assert page.context["figures"].rate is None
    assert "Đã thực hiện –" in page.content.decode()


@pytest.mark.parametrize("asked", ["", "x", "2026-13", "99999-01", "2026-11'"])
def test_a_nonsense_month_falls_back(asked, reviewer, client_for):
    assert desk(client_for(reviewer), asked).status_code == 200


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2026, 9, 16), date(2026, 9, 1)),
        (date(2026, 10, 20), date(2026, 9, 1)),
        (date(2026, 9, 21), date(2026, 9, 1)),
    ],
)
def test_the_desk_opens_at_the_nearest_due_day(today, month, issued):
    assert overview.nearest_month(today) == month


def test_without_any_period_the_desk_opens_at_this_month(db):
    assert overview.nearest_month(date(2026, 9, 16)) == STARTS_ON


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "so y te"}, {"Sở Y tế"}),
        ({"nhom": "xa"}, {"Ủy ban nhân dân xã Suối Mơ"}),
        ({"loai": "submit_content", "q": "suoi"}, {"Ủy ban nhân dân xã Suối Mơ"}),
        ({"q": "không có ai"}, set()),
    ],
)
def test_duties_are_filtered(query, expected, issued, reviewer, client_for):
    page = client_for(reviewer).get(reverse("obligation_list"), {"thang": MONTH, **query})
    assert {duty.agency_name for duty, _ in page.context["rows"]} == expected


def test_a_month_without_overdue_duties_leads_to_the_month_before(issued, reviewer, client_for):
    page = client_for(reviewer).get(reverse("obligation_list"), {"thang": "2026-12", "qua_han": "1"}).content.decode()
    assert 'href="?thang=2026-11&amp;qua_han=1">Xem việc quá hạn tháng 11/2026' in page


def test_filtering_by_campaign_and_requirement(issued, health, reviewer, client_for):
    other = builders.make_campaign(actor=reviewer)
    builders.monthly(other)
    builders.issue(other, actor=reviewer)
    browser = client_for(reviewer)
    page = browser.get(reverse("obligation_list"), {"thang": MONTH, "dot": other.pk})
    assert {duty.requirement.campaign for duty, _ in page.context["rows"]} == {other}
    requirement = issued[health].requirement
    page = browser.get(reverse("obligation_list"), {"thang": MONTH, "yeu_cau": requirement.pk})
    assert {duty.requirement for duty, _ in page.context["rows"]} == {requirement}


def test_phones_are_masked_and_opening_one_is_logged(issued, health, reviewer, client_for):
    contact = builders.make_contact(health, "Bế Văn Gọi", actor=reviewer, role="policy", phone="0912345678")
    browser = client_for(reviewer)
    page = desk(browser).content.decode()
    assert "0912•••678" in page
    assert "0912345678" not in page
    assert "0912 345 678" not in page
    assert not PersonalDataAccess.objects.exists()
    shown = browser.post(reverse("contact_reveal", args=[contact.pk]), {"next": "https://evil.example/"})
    assert "0912 345 678" in shown.content.decode()
    assert "evil.example" not in shown.content.decode()
    row = PersonalDataAccess.objects.get()
    assert (row.actor, "Bế Văn Gọi" in row.subject) == (reviewer, True)


def test_a_leader_sees_no_act_and_no_phone(issued, leader, client_for):
    page = desk(client_for(leader)).content.decode()
    assert "Nhắc ngay" not in page
    assert "Xem số" not in page
    duty = Obligation.objects.first()
    shown = client_for(leader).get(reverse("obligation_desk", args=[duty.pk])).content.decode()
    assert "Gia hạn" not in shown
    assert "Xem đầy đủ" not in shown


def test_extending_and_exempting_a_duty(issued, health, reviewer, client_for):
    browser, duty = client_for(reviewer), issued[health]
    browser.post(reverse("obligation_extend", args=[duty.pk]), {"until": "15/10/2026", "reason": "Mưa lũ"})
    duty.refresh_from_db()
    assert (duty.extended_to, duty.exception_reason) == (date(2026, 10, 15), "Mưa lũ")
    answer = browser.post(reverse("obligation_extend", args=[duty.pk]), {"until": "01/10/2026", "reason": "Nhầm"})
    assert "Ngày gia hạn phải sau hạn hiện nay (15/10/2026)" in answer.content.decode()
    browser.post(reverse("obligation_exempt", args=[duty.pk]), {"reason": "Công văn 7/UBND"})
    duty.refresh_from_db()
    assert (duty.exempt_by, duty.exempt_reason) == (reviewer, "Công văn 7/UBND")
    browser.post(reverse("obligation_unexempt", args=[duty.pk]), {"reason": "Miễn nhầm"})
    duty.refresh_from_db()
    assert (duty.exempt_at, duty.exempt_by, duty.exempt_reason) == (None, None, "")


def test_stalled_items_are_those_nobody_touched_for_days(issued, health, health_focal, reviewer):
    item = builders.submit_item(issued[health], actor=health_focal)
    builders.approve_item(item, actor=reviewer)
    calendar = {}
    assert list(overview.stalled_items(reviewer, date(2026, 9, 18), calendar)) == []
    assert list(overview.stalled_items(reviewer, date(2026, 9, 22), calendar)) == [item]


def test_coming_dates_name_due_lock_and_opening(issued):
    found = [(one.day, one.words) for one in overview.coming_dates(date(2026, 9, 30))]
    assert found == [
        (date(2026, 10, 1), "mở kỳ tháng 10/2026"),
        (date(2026, 10, 5), "hạn nộp kỳ tháng 09/2026"),
        (date(2026, 10, 10), "khoá kỳ tháng 09/2026"),
    ]


def test_running_campaigns_count_their_open_duties(mixed, reviewer):
    campaign = overview.running_campaigns(reviewer, date(2026, 9, 16))[0]
    assert (campaign.duties, campaign.open_duties) == (4, 2)
    assert campaign == Campaign.objects.get()


def rows(count, reviewer):
    for _ in range(count):
        agency = builders.make_agency(actor=reviewer)
        builders.make_contact(agency, actor=reviewer, role="policy")


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize(
    ("name", "queries"),
    [("desk", 17), ("obligation_list", 8), ("campaign_list", 4), ("publish_list", 7)],
)
def test_a_list_costs_the_same_for_one_row_and_for_four(
    name, queries, count, reviewer, client_for, django_assert_num_queries
):
    rows(count, reviewer)
    for _ in range(count):
        builders.issue_monthly_campaign(actor=reviewer)
    for duty in Obligation.objects.quota():
        item = builders.submit_item(duty, actor=reviewer)
        builders.approve_item(item, actor=reviewer)
    browser = client_for(reviewer)
    with django_assert_num_queries(queries):
        browser.get(reverse(name), {"thang": MONTH})
