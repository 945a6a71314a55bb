"""Every URL × every person. A URL without a row fails; a wrong answer names the row."""

import importlib
import pkgutil

import pytest
from django.urls import URLPattern, get_resolver, reverse

from tests import access
from tests.access import Row

PEOPLE = ("visitor", "other", "focal", "leader", "reviewer", "administrator")
OUTSIDE = ("admin",)
"""Namespaces tried as a whole in `test_admin_is_for_reviewers_and_administrators`."""


def table():
    rows = {}
    for module in pkgutil.iter_modules(access.__path__):
        found = importlib.import_module(f"tests.access.{module.name}").ROWS
        assert not rows.keys() & found.keys(), f"two rows for {rows.keys() & found.keys()}"
        rows |= found
    return rows


def url_names(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name or str(pattern.pattern)
        elif pattern.namespace not in OUTSIDE:
            yield from url_names(pattern.url_patterns)


ROWS = table()
CASES = [(name, row) for name, rows in ROWS.items() for row in ([rows] if isinstance(rows, Row) else rows)]


def test_every_url_has_a_row():
    missing = set(url_names(get_resolver().url_patterns)) - ROWS.keys()
    assert not missing, f"no access row for {sorted(missing)}"


def test_no_row_without_a_url():
    stray = ROWS.keys() - set(url_names(get_resolver().url_patterns))
    assert not stray, f"rows of URLs that are gone: {sorted(stray)}"


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(("name", "row"), CASES, ids=[name for name, _ in CASES])
def test_access(name, row, person, world, client_for, leader, administrator, other_focal):
    expected = getattr(row, person)
    if expected is None:
        return
    cast = {
        "visitor": None,
        "other": other_focal,
        "focal": world.focal,
        "leader": leader,
        "reviewer": world.reviewer,
        "administrator": administrator,
    }
    browser = client_for(cast[person])
    url = reverse(name, kwargs=row.kwargs(world)) + row.query
    answer = browser.post(url, row.data(world)) if row.method == "POST" else browser.get(url)
    allowed = expected if isinstance(expected, tuple) else (expected,)
    assert answer.status_code in allowed, f"{person} {row.method} {url}: {answer.status_code}, not {expected}"
    if person == "visitor" and answer.status_code == 302:
        assert answer["Location"].startswith(reverse("account_login")), answer["Location"]


ADMIN_PAGES = [
    "/quan-tri/",
    "/quan-tri/registry/agency/",
    "/quan-tri/registry/contactpoint/",
    "/quan-tri/registry/user/",
]


@pytest.mark.parametrize("url", ADMIN_PAGES)
def test_admin_is_for_reviewers_and_administrators(url, client_for, leader, health_focal, reviewer, administrator):
    assert client_for(None).get(url).status_code == 302
    assert client_for(health_focal).get(url).status_code in (302, 403)
    assert client_for(leader).get(url).status_code in (302, 403)
    assert client_for(administrator).get(url).status_code == 200
