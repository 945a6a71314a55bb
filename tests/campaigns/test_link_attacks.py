"""What somebody tries who holds one signed link, or the phone in which it was opened: nothing but its one duty."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.links import make_token
from campaigns.models import CalendarFeed, ContentItem, Obligation
from campaigns.opening import open_periods
from portal.middleware import SESSION_KEY
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_duty(world):
    """Another duty of the same person in the same agency, with a draft and a product handed in."""
    campaign = builders.issue_monthly_campaign(actor=world.reviewer, today=timezone.localdate())
    return Obligation.objects.quota().filter(agency=world.agency, requirement__campaign=campaign).latest("due_on")


@pytest.fixture
def phone(client_for, world):
    """A phone in which the link of one duty was opened."""
    browser = client_for(None)
    browser.post(reverse("signed_link", args=[make_token(world.focal, world.obligation)]))
    return browser


FORM = {"title": "Ghi đè", "kind": "news", "body": "Ghi đè", "is_declared": "on", "act": "submit"}


def test_the_key_of_a_draft_of_another_duty_opens_it_not(phone, world, other_duty):
    draft = builders.draft_item(other_duty, actor=world.focal, now=timezone.now(), title="Của việc khác")
    for name in ("item_new", "draft_save"):
        answer = phone.post(reverse(name, args=[world.obligation.pk]), FORM | {"key": str(draft.idempotency_key)})
        assert "Của việc khác" not in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.title, draft.status, draft.obligation_id) == ("Của việc khác", "draft", other_duty.pk)


def test_nor_the_key_of_a_draft_of_another_month_of_the_same_requirement(phone, world):
    later = timezone.localdate() + timedelta(days=40)
    open_periods(later, campaign=world.campaign, now=timezone.now())
    next_month = Obligation.objects.filter(requirement=world.obligation.requirement, agency=world.agency).latest(
        "due_on"
    )
    draft = builders.draft_item(next_month, actor=world.focal, now=timezone.now(), title="Của tháng sau")
    for name in ("item_new", "draft_save"):
        phone.post(reverse(name, args=[world.obligation.pk]), FORM | {"key": str(draft.idempotency_key)})
    draft.refresh_from_db()
    assert next_month != world.obligation
    assert (draft.title, draft.status, draft.obligation_id) == ("Của tháng sau", "draft", next_month.pk)


def test_a_product_can_not_be_carried_to_another_duty_or_month(phone, world, other_duty):
    data = FORM | {"key": str(uuid.uuid4()), "month": other_duty.pk}
    phone.post(reverse("item_new", args=[world.obligation.pk]), data)
    assert not ContentItem.objects.filter(obligation=other_duty).exists()


def test_files_and_pages_of_another_duty_stay_closed(phone, world, other_duty):
    item = builders.submit_item(other_duty, actor=world.focal, now=timezone.now())
    for name in ("item", "item_edit", "item_withdraw", "item_appeal", "upload_start"):
        answers = [phone.get(reverse(name, args=[item.pk])), phone.post(reverse(name, args=[item.pk]), FORM)]
        assert (name, {answer.status_code for answer in answers} <= {404, 405}) == (name, True)
    assert phone.post(reverse("extension_ask", args=[other_duty.pk]), {"until": "2030-01-01"}).status_code == 404


def test_the_page_of_a_link_names_no_phone_no_email_and_no_other_duty(phone, world, other_duty):
    other_duty.requirement.title = "Việc bí mật khác"
    other_duty.requirement.save()
    page = phone.get(reverse("obligation", args=[world.obligation.pk])).content.decode()
    contact = world.agency.contact_points.get()
    assert contact.phone not in page.replace(" ", "") and contact.email not in page
    assert "Việc bí mật khác" not in page


def test_an_old_link_after_the_duty_is_met_shows_and_changes_nothing_more(phone, world):
    builders.approve_item(world.item, actor=world.reviewer, now=timezone.now())
    link = reverse("signed_link", args=[make_token(world.focal, world.obligation)])
    assert phone.post(link).status_code == 302
    count = ContentItem.objects.count()
    phone.post(reverse("report_nothing", args=[world.obligation.pk]), {"reason": "Phá"})
    world.obligation.refresh_from_db()
    assert world.obligation.met_at and not world.obligation.nothing_at
    assert ContentItem.objects.count() == count


def test_an_excused_duty_takes_nothing_through_its_link(phone, world):
    world.obligation.exempt(actor=world.reviewer, reason="Công văn 1")
    phone.post(reverse("report_nothing", args=[world.obligation.pk]), {"reason": "Phá"})
    world.obligation.refresh_from_db()
    assert world.obligation.exempt_at and not world.obligation.nothing_at


def test_the_link_makes_no_calendar_and_reads_no_notices(phone, world):
    for name in ("calendar_settings", "notices", "library", "my_work"):
        assert phone.post(reverse(name), {"act": "renew"})["Location"].startswith("/dang-nhap/")
    assert not CalendarFeed.objects.exists()


def test_a_second_link_on_the_same_phone_replaces_the_first(phone, world, other_focal, other_agency):
    theirs = Obligation.objects.quota().get(agency=other_agency, requirement__campaign=world.campaign)
    phone.post(reverse("signed_link", args=[make_token(other_focal, theirs)]))
    assert phone.get(reverse("obligation", args=[theirs.pk])).status_code == 200
    assert phone.get(reverse("obligation", args=[world.obligation.pk])).status_code == 404
    assert phone.session[SESSION_KEY]["person"] == other_focal.pk


def test_a_link_of_one_duty_can_not_be_turned_into_one_of_another(client_for, world, other_duty, other_focal):
    """Person and duty are inside the signature; a token made for a pair that does not belong together opens nothing."""
    browser = client_for(None)
    link = reverse("signed_link", args=[make_token(other_focal, world.obligation)])
    assert browser.get(link).status_code == 410 and browser.post(link).status_code == 410
    assert SESSION_KEY not in browser.session


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_no_other_method_opens_it(client_for, world, method):
    browser = client_for(None)
    link = reverse("signed_link", args=[make_token(world.focal, world.obligation)])
    assert getattr(browser, method)(link).status_code == 405
    assert SESSION_KEY not in browser.session
