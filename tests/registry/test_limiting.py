"""One visitor checks phones one by one; nobody reads out the list, and a broken cache stops nobody."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from registry import limiting
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(limiting, "PHONE_CHECKS", 2)
    monkeypatch.setattr(limiting, "CHECKS", 4)


def ask(client, text, **extra):
    return client.get(reverse("check"), {"q": text}, **extra)


def test_phone_checks_of_one_visitor_are_counted(client, few):
    numbers = ["0912000001", "https://zalo.me/0912000002", "+84912000003"]
    assert [ask(client, number).status_code for number in numbers] == [200, 200, 429]
    refused = ask(client, "0912000004")
    assert 0 < int(refused["Retry-After"]) <= 3600 and "Hãy thử lại sau" in refused.content.decode()


def test_links_go_on_after_the_phones_are_used_up(client, few):
    for number in ("0912000001", "0912000002", "0912000003"):
        ask(client, number)
    assert ask(client, "https://www.facebook.com/trangnaodo").status_code == 200
    assert ask(client, "https://www.facebook.com/trangnaodo").status_code == 429


def test_another_visitor_is_counted_apart(client, few):
    for _ in range(3):
        ask(client, "0912000001")
    assert ask(client, "0912000001", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_staff_are_not_counted(client_for, reviewer, few):
    client = client_for(reviewer)
    assert {ask(client, "0912000001").status_code for _ in range(6)} == {200}


def test_broken_cache_stops_nobody(client, few, monkeypatch):
    def broken(*args, **kwargs):
        raise ConnectionError("cache is away")

    monkeypatch.setattr(cache, "incr", broken, raising=False)
    assert {ask(client, "0912000001").status_code for _ in range(6)} == {200}


def test_the_counter_keeps_no_address_and_changes_every_day(rf):

    request = rf.get("/", REMOTE_ADDR="203.0.113.7")
    today = limiting.fingerprint(request, builders.NOW)
    tomorrow = limiting.fingerprint(request, builders.moment(builders.TODAY.replace(day=17)))
    assert today != tomorrow and "203.0.113.7" not in today
