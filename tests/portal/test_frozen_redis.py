"""Must-show: pages don't wait for Redis. Real gunicorn; the Redis of broker and cache is frozen (SIGSTOP)."""

import os
import re
import signal
import statistics
import subprocess
import sys
import time
from importlib import import_module

import pytest
import requests
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from campaigns.models import Campaign
from tests.rig.processes import free_port
from tests.rig.redis import Redis, server_binary

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.django_db(transaction=True)]

SUBMITS = 60
ALLOWED = 0.3
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture
def own_redis():
    server = Redis(server_binary())
    yield server
    os.killpg(server.process.pid, signal.SIGCONT)
    server.stop()


@pytest.fixture
def site(transactional_db, own_redis, tmp_path):
    """Address of a gunicorn with two workers on this test's database."""
    values, port = connection.settings_dict, free_port()
    url = f"postgres://{values['USER']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"
    (tmp_path / "static").mkdir()
    own = {"DATABASE_URL": url, "REDIS_URL": own_redis.url, "CACHE_URL": own_redis.url, "VAR_DIR": str(tmp_path)}
    command = [sys.executable, "-W", "ignore", "-m", "gunicorn", "portal.wsgi", "-w", "2", "-b", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=os.environ | own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


def browser_of(person):
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    browser = requests.Session()
    browser.cookies.set(settings.SESSION_COOKIE_NAME, session.session_key)
    return browser


def wait_for(site, seconds=90):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            return requests.get(f"{site}/dang-nhap/", timeout=20)
        except requests.RequestException:
            time.sleep(0.2)
    raise AssertionError("gunicorn did not start")


def seconds_of(act):
    taken = []
    for number in range(SUBMITS):
        began = time.perf_counter()
        act(number)
        taken.append(time.perf_counter() - began)
    return statistics.quantiles(taken, n=20)[-1]


def test_submits_and_checks_stay_quick_while_redis_is_frozen(site, own_redis, reviewer, record_property):
    wait_for(site)
    clerk, visitor, url = browser_of(reviewer), requests.Session(), f"{site}/dieu-hanh/dot/moi/"
    token = TOKEN.search(clerk.get(url, timeout=60).text)[1]

    def submit(number):
        values = {"csrfmiddlewaretoken": token, "title": f"Đợt {number}", "starts_on": "01/12/2026"}
        assert clerk.post(url, data=values, timeout=60, allow_redirects=False).status_code == 302

    def check(number):
        assert visitor.get(f"{site}/", params={"q": f"facebook.com/thu{number}"}, timeout=60).status_code == 200

    acts = {"submit": submit, "check": check}
    before = {name: seconds_of(act) for name, act in acts.items()}
    os.killpg(own_redis.process.pid, signal.SIGSTOP)
    frozen = {name: seconds_of(act) for name, act in acts.items()}
    for name in acts:
        sys.stdout.write(f"p95 of {name}: {before[name] * 1000:.0f} ms, Redis frozen {frozen[name] * 1000:.0f} ms\n")
        assert frozen[name] < max(ALLOWED, 2 * before[name]), f"{name} waits for Redis"
    assert Campaign.objects.count() == 2 * SUBMITS
