"""Addresses and forms that nobody types by accident: huge numbers, NUL, half a row. Never a broken page."""

import pytest
from django.urls import reverse

from campaigns import links

HUGE = "9" * 25
FAR_TOO_LONG = "x" * 60_000


@pytest.mark.parametrize("ticked", [":5", f"{HUGE}:1", f"1:{HUGE}", "9" * 5000, "²:1", "1:", "a:b", "\0:1"])
def test_bulk_approval_takes_only_whole_rows(ticked, world, client_for):
    answer = client_for(world.reviewer).post(reverse("review_bulk"), {"chon": [ticked]})
    assert answer.status_code == 302
    world.item.refresh_from_db()
    assert world.item.status == "submitted"


@pytest.mark.parametrize("ticked", [HUGE, "9" * 5000, "²", "-1", "\0"])
def test_reminding_a_duty_that_cannot_exist_reminds_nobody(ticked, world, client_for):
    answer = client_for(world.reviewer).post(reverse("remind_now"), {"obligation": [ticked]})
    assert answer.status_code == 302


@pytest.mark.parametrize("asked", ["abc", "0", HUGE, "1e400", "-1e999999999", "NaN", "\0"])
def test_a_requirement_that_cannot_exist_filters_nothing_badly(asked, world, client_for):
    answer = client_for(world.reviewer).get(reverse("obligation_list"), {"yeu_cau": asked, "page": HUGE})
    assert answer.status_code == 200


@pytest.mark.parametrize("month", ["2000-01", "2199-12"])
def test_the_first_and_the_last_month_have_their_pages(month, world, client_for):
    browser = client_for(world.reviewer)
    assert browser.get(reverse("month_report", args=[month])).status_code == 200
    for name in ("desk", "obligation_list", "grid"):
        assert browser.get(reverse(name), {"thang": month}).status_code == 200


@pytest.mark.parametrize(
    "name", ["agency_list", "channel_list", "obligation_list", "review_queue", "messages", "people"]
)
def test_a_search_of_any_length_is_answered(name, world, client_for):
    answer = client_for(world.reviewer).get(reverse(name), {"q": FAR_TOO_LONG})
    assert answer.status_code == 200


def test_filters_of_an_export_take_no_control_characters(world, client_for):
    query = {"dang": "xlsx", "q": "a\0b", "agency": "\0", "kind": "\0"}
    for kind in ("agencies", "contacts", "channels", "registrations"):
        answer = client_for(world.reviewer).get(reverse("export_registry", args=[kind]), query)
        assert answer.status_code == 200


def test_a_signed_link_ends_when_its_person_joins_the_province(world, client_for):
    browser = client_for()
    browser.post(reverse("signed_link", args=[links.make_token(world.focal, world.obligation)]))
    here = reverse("obligation", args=[world.obligation.pk])
    assert browser.get(here).status_code == 200
    world.focal.role = "reviewer"
    world.focal.save()
    assert browser.get(here).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("moment", ["00:00 01/01/0001", "23:59 31/12/9999", "abc", "\0"])
def test_a_day_of_publication_that_cannot_be_is_refused(moment, world, client_for):
    world.item.approve(actor=world.reviewer, version=1)
    form = {"channel": world.channel.pk, "url": "https://a.example/bai", "published_at": moment, "is_sure": "1"}
    answer = client_for(world.reviewer).post(reverse("publish_item", args=[world.item.pk]), form)
    assert answer.status_code == 200
    world.item.refresh_from_db()
    assert world.item.status == "approved"
