"""Two clicks at the same moment, on a database with real row locks: one product, one nomination."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils import timezone

from campaigns.models import ContentItem, Obligation, OutreachReport
from registry.models import Channel, ContactPoint, PrintedCode
from tests.campaigns.test_workspace import PERSON, product

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CLICKS = 4


@pytest.fixture
def click_at_once(client_for, health_focal):
    """Send the same form from several connections, all released at the same moment; the answers' addresses."""
    browsers = [client_for(health_focal) for _ in range(CLICKS)]
    together = Barrier(CLICKS)

    def click(browser, url, data):
        together.wait(10)
        try:
            return browser.post(url, data).headers.get("Location")
        finally:
            connection.close()

    def click_all(url, data):
        with ThreadPoolExecutor(CLICKS) as pool:
            return list(pool.map(lambda browser: click(browser, url, data), browsers))

    return click_all


def test_parallel_clicks_make_one_product_submitted_once(click_at_once, world):
    where = click_at_once(reverse("item_new", args=[world.obligation.pk]), product(key=uuid.uuid4()))
    item = ContentItem.objects.get()
    assert where == [reverse("item", args=[item.pk])] * CLICKS
    assert (item.version, item.versions.count()) == (1, 1)


def test_parallel_clicks_resubmit_once(click_at_once, world):
    world.item.return_for_changes(actor=world.reviewer, version=1, code="link", note="Mở không được.")
    where = click_at_once(reverse("item_edit", args=[world.item.pk]), product(seen=1))
    world.item.refresh_from_db()
    assert where == [reverse("item", args=[world.item.pk])] * CLICKS
    assert (world.item.version, world.item.versions.count()) == (2, 2)


def test_parallel_clicks_nominate_one_person(click_at_once, world):
    duty = world.nomination
    duty.extend(actor=world.reviewer, until=duty.lock_day.replace(year=duty.lock_day.year + 1), reason="Thử")
    where = click_at_once(reverse("nominate", args=[duty.pk]), PERSON)
    assert where == [reverse("obligation", args=[duty.pk])] * CLICKS
    assert ContactPoint.objects.filter(full_name="Triệu Thị Mới").count() == 1


def test_parallel_clicks_declare_one_channel(click_at_once, world):
    form = {"url": "https://zalo.me/2222333344445555666", "kind": "", "name": "OA Sở Y tế"}
    where = click_at_once(reverse("channel_propose"), form)
    assert set(where) <= {reverse("my_work"), None}  # a slower click may read that it is declared already
    assert Channel.objects.filter(name="OA Sở Y tế").count() == 1


def test_parallel_clicks_replace_a_person_once(click_at_once, world, health_focal):
    old = health_focal.contact_points.get()
    where = click_at_once(reverse("contact_hand_over", args=[old.pk]), PERSON)
    assert where == [reverse("my_work")] * CLICKS
    assert ContactPoint.objects.filter(full_name="Triệu Thị Mới").count() == 1


def test_parallel_clicks_report_one_number(click_at_once, world):
    duty = world.outreach
    where = click_at_once(reverse("outreach_report", args=[duty.pk]), {"number": "12", "link": "https://a.example/1"})
    assert where == [reverse("obligation", args=[duty.pk])] * CLICKS
    assert (OutreachReport.objects.get().number, Obligation.objects.get(pk=duty.pk).accepted_count) == (12, 1)


def test_parallel_clicks_put_a_code_up_once(click_at_once, world):
    url, today = reverse("channel_code", args=[world.channel.pk]), timezone.localdate().isoformat()
    assert click_at_once(url, {"place": "Bến xe", "on": today}) == [url] * CLICKS
    assert PrintedCode.objects.count() == 1


def test_without_locks_the_same_clicks_collide(click_at_once, world, monkeypatch):
    together = Barrier(CLICKS)

    def all_at_once(*args, **kwargs):
        together.wait(10)

    monkeypatch.setattr(PrintedCode, "full_clean", all_at_once)
    monkeypatch.setattr(Channel, "lock", lambda channel: None)
    with pytest.raises(IntegrityError):
        click_at_once(
            reverse("channel_code", args=[world.channel.pk]),
            {"place": "Bến xe", "on": timezone.localdate().isoformat()},
        )
