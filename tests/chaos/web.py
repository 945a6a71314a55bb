"""Somebody at the desk goes on submitting forms: what got a success answer must be in the database once (L0)."""

import re
import threading
import time
from importlib import import_module

import requests
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from campaigns.models import Campaign

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Clerk(threading.Thread):
    """Begins draft campaigns one after the other and keeps a list of those that were confirmed."""

    def __init__(self, address, person):
        super().__init__(daemon=True)
        self.address, self.confirmed, self.tried, self.slowest = address, [], 0, 0.0
        self.browser, self.is_over = requests.Session(), threading.Event()
        self.browser.cookies.set(settings.SESSION_COOKIE_NAME, signed_in(person))

    def run(self):
        while not self.is_over.is_set():
            try:
                self.submit()
            except requests.RequestException:
                time.sleep(0.3)
            time.sleep(0.1)

    def submit(self):
        url = f"{self.address}/dieu-hanh/dot/moi/"
        page = self.browser.get(url, timeout=20)
        found = TOKEN.search(page.text)
        if not found:
            return
        self.tried += 1
        title = f"Nháp {self.tried}"
        began = time.monotonic()
        values = {"csrfmiddlewaretoken": found[1], "title": title, "starts_on": "01/12/2026"}
        answer = self.browser.post(url, data=values, timeout=20, allow_redirects=False)
        self.slowest = max(self.slowest, time.monotonic() - began)
        if answer.status_code == 302:
            self.confirmed.append(title)

    def faults(self) -> list[str]:
        rows = list(Campaign.objects.filter(title__startswith="Nháp ").values_list("title", flat=True))
        lost = [title for title in self.confirmed if rows.count(title) != 1]
        return [f"confirmed but not there once: {lost[:5]}"] if lost or not self.confirmed else []


def signed_in(person) -> str:
    """The key of a session in which this person is signed in."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    return session.session_key
