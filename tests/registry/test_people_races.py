"""Two people at the same moment, on a database with real row locks: the slower one reads a sentence, never a fault."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from registry.email_change import make_token
from registry.models import User
from registry.models.people import EMAIL_TAKEN
from tests import builders

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
NEW = "moi.mong@yte.example"


def at_once(*acts):
    """Answers of acts that begin at the same moment, each with a connection of its own."""
    together = Barrier(len(acts))

    def run(act):
        together.wait(10)
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_the_unique_address_is_what_stops_two_accounts(reviewer):
    """Negative control: without the sentence the slower one meets the constraint itself."""

    def enter():
        try:
            User.objects.create(username=f"u{id(object())}", email=NEW, full_name="Mông Thị Mời")
        except Exception as fault:
            return type(fault).__name__
        return "made"

    assert sorted(at_once(enter, enter)) == ["IntegrityError", "made"]


def test_the_same_email_invited_twice_at_once_is_one_account_and_one_sentence(client_for, reviewer, health):
    data = {
        "full_name": "Mông Thị Mời", "email": NEW, "phone": "", "role": "focal_point", "agencies": [health.pk],
        "contact_role": "policy",
    }  # fmt: skip
    browsers = [client_for(reviewer) for _ in range(3)]
    answers = at_once(*(lambda b=browser: b.post(reverse("invite"), data) for browser in browsers))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 302]
    refusals = [answer.content.decode() for answer in answers if answer.status_code == 200]
    assert all("Thư điện tử này đã có tài khoản" in page for page in refusals)
    assert User.objects.filter(email=NEW).count() == 1


def test_the_same_new_email_confirmed_twice_at_once_goes_to_one_person(client_for, health, reviewer):
    people = [builders.make_focal(health, f"Người {n}", f"nguoi{n}@yte.example", actor=reviewer) for n in (1, 2)]
    pairs = [(client_for(person), reverse("email_change", args=[make_token(person, NEW)])) for person in people]
    answers = at_once(*(lambda b=browser, u=url: b.post(u, follow=True) for browser, url in pairs))
    assert User.objects.filter(email=NEW).count() == 1
    pages = [answer.content.decode() for answer in answers]
    assert sum(EMAIL_TAKEN in page for page in pages) == 1
    assert sum(f"Từ nay tài khoản dùng thư điện tử {NEW}" in page for page in pages) == 1
