"""Every URL × every person. A URL without a row fails; a wrong answer names the row."""

import importlib
import pkgutil

import pytest
from django.db import transaction
from django.urls import URLPattern, get_resolver, reverse

from tests import access
from tests.access import Row

SIGN_IN = "/dang-nhap/"
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


def answer_to(browser, row, url, data):
    """The answer, with whatever it wrote undone, so that the next person finds the same state."""
    with transaction.atomic():
        answer = browser.post(url, data) if row.method == "POST" else browser.get(url)
        transaction.set_rollback(True)
    return answer


def faults_of(person, row, url, answer):
    expected = getattr(row, person)
    allowed = expected if isinstance(expected, tuple) else (expected,)
    if answer.status_code not in allowed:
        yield f"{person} {row.method} {url}: {answer.status_code}, not {expected}"
    elif person == "visitor" and answer.status_code == 302 and not answer["Location"].startswith(SIGN_IN):
        yield f"visitor {row.method} {url}: sent to {answer['Location']}, not to sign-in"


@pytest.mark.parametrize(("name", "row"), CASES, ids=[name for name, _ in CASES])
def test_access(name, row, world, client_for, leader, administrator, other_focal):
    cast = {"visitor": None, "other": other_focal, "focal": world.focal, "leader": leader}
    cast |= {"reviewer": world.reviewer, "administrator": administrator}
    url = reverse(name, kwargs=row.kwargs(world)) + row.query
    data = row.data(world) if row.method == "POST" else {}
    browsers = {person: client_for(cast[person]) for person in PEOPLE if getattr(row, person) is not None}
    answers = {person: answer_to(browser, row, url, data) for person, browser in browsers.items()}
    assert [fault for person, answer in answers.items() for fault in faults_of(person, row, url, answer)] == []


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
