"""What every answer carries, whoever asks and however it ends; and that no form is taken from another site."""

import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

ALWAYS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
}


def addresses(patterns, before=""):
    """Every address of the portal with 1 for a number, `a` for a word and zeros for a UUID."""
    for pattern in patterns:
        route = before + str(pattern.pattern).lstrip("^").rstrip("$")
        if not isinstance(pattern, URLPattern):
            yield from addresses(pattern.url_patterns, route)
            continue
        plain = re.sub(r"<uuid:\w+>", str(UUID(int=0)), re.sub(r"<int:\w+>", "1", route))
        plain = re.sub(r"<\w+>|<(?!int|uuid)\w+:\w+>", "a", plain)
        if not re.search(r"[()<>\\]", plain):
            yield f"/{plain}"


SIGNED = ("/tai-khoan/thoi-tom-tat/a/",)
"""Taken from anywhere, as mail programs post there: the signature in the address is the permission."""
ADDRESSES = sorted(set(addresses(get_resolver().url_patterns)))


@pytest.mark.parametrize(
    "url", ["/", "/viec/", "/khong-co/", "/viec/l/sai/", "/kenh/%00", "/q/khong-co", "/dang-nhap/"]
)
def test_every_answer_carries_its_headers(url, db, client):
    answer = client.get(url)
    assert {name for name, part in ALWAYS.items() if part not in answer.headers.get(name, "")} == set()


def test_pages_seen_with_a_session_are_kept_by_nobody(client_for, health_focal):
    browser = client_for(health_focal)
    for name in ("home", "agency_list", "my_work", "account_settings", "account_change_password"):
        assert "no-store" in browser.get(reverse(name)).headers["Cache-Control"]


@pytest.mark.parametrize("name", ["home", "check", "agency_list", "channel_list", "robots", "sitemap", "healthz"])
def test_a_visitor_gets_no_cookie(name, db, client):
    assert not client.get(reverse(name)).cookies


def test_no_form_is_taken_from_another_site(administrator):
    assert len(ADDRESSES) > 60
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(administrator)
    taken = {}
    for url in set(ADDRESSES) - set(SIGNED):
        status = browser.post(url, {"a": "1"}, headers={"origin": "https://evil.example"}).status_code
        if status not in (403, 405):
            taken[url] = status
    assert not taken
