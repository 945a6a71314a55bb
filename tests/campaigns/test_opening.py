"""Opening periods: one frozen row per addressed agency, however often it runs."""

from datetime import date

from campaigns.models import Obligation, Period
from campaigns.opening import Opened, open_periods
from tests import builders


def test_opening_twice_adds_nothing(health, other_agency, reviewer):
    campaign = builders.make_campaign(actor=reviewer)
    builders.monthly(campaign)
    campaign.issue(actor=reviewer)
    assert open_periods(date(2026, 9, 16)) == Opened(1, 2)
    assert open_periods(date(2026, 9, 16)) == Opened()
    assert Obligation.objects.count() == 2


def test_a_missed_night_heals_itself(health, reviewer):
    campaign = builders.make_campaign(actor=reviewer)
    builders.monthly(campaign)
    campaign.issue(actor=reviewer)
    assert open_periods(date(2026, 12, 2)) == Opened(4, 4)
    assert [str(period) for period in Period.objects.order_by("first_on")] == [
        "2026-09",
        "2026-10",
        "2026-11",
        "2026-12",
    ]


def test_an_agency_founded_inside_a_period_is_expected_from_the_next_one(health, reviewer):
    campaign = builders.make_campaign(actor=reviewer)
    builders.monthly(campaign)
    campaign.issue(actor=reviewer)
    builders.make_agency("Sở mới", actor=reviewer, founded_on=date(2026, 9, 10))
    open_periods(date(2026, 10, 1))
    months = Obligation.objects.filter(agency__name="Sở mới").values_list("period__month", flat=True)
    assert list(months) == [date(2026, 10, 1)]


def test_a_row_keeps_the_name_of_its_time(health, reviewer):
    builders.issue_monthly_campaign(actor=reviewer)
    health.rename(actor=reviewer, name="Sở Y tế và Dân số", on=date(2026, 9, 20))
    assert builders.quota_of(health).agency_name == "Sở Y tế"


def test_dates_of_the_quota(health, reviewer):
    builders.issue_monthly_campaign(actor=reviewer)
    row = builders.quota_of(health)
    assert (row.due_on, row.locks_on) == (date(2026, 10, 5), date(2026, 10, 10))


def test_only_addressed_kinds_owe(health, other_agency, reviewer):
    builders.issue_monthly_campaign(actor=reviewer, addressed_kinds=["xa"])
    assert [row.agency for row in Obligation.objects.quota()] == [other_agency]


def test_a_draft_asks_nothing(health, reviewer):
    builders.monthly(builders.make_campaign(actor=reviewer))
    assert open_periods(date(2026, 12, 1)) == Opened()
