"""A worker killed while the platform has done the work and not yet answered: one post, and its proof."""

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.db import connection, connections

from campaigns.models import PublicationJob
from campaigns.publishing import jobs
from tests import builders
from tests.builders import NOW
from tests.campaigns.connecting import connect_facebook, plan
from tests.rig.facebook_api import VERSION, FacebookApi

pytestmark = pytest.mark.django_db(transaction=True)
KEY = Fernet.generate_key().decode()


@contextmanager
def database_for_workers(folder):
    """URL of a database with this test's rows which a worker can open, and `rows()` to look into it."""
    if connection.vendor == "postgresql":
        values = connection.settings_dict
        address = f"{values['HOST']}:{values['PORT']}/{values['NAME']}"
        user = f"{values['USER']}:{values['PASSWORD']}@".replace(":@", "@")
        yield f"postgres://{user}{address}", lambda: list(PublicationJob.objects.values_list("state", "remote_id"))
        return
    path = folder / "rows.sqlite3"
    copy = sqlite3.connect(path)
    connection.connection.backup(copy)
    copy.execute("pragma journal_mode=wal")
    yield f"sqlite:///{path}", lambda: copy.execute("select state, remote_id from campaigns_publicationjob").fetchall()
    copy.close()


def worker(url, api, *minutes):
    moments = [(NOW + timedelta(minutes=minute)).isoformat() for minute in minutes]
    environment = os.environ | {"DATABASE_URL": url, "FACEBOOK_API": f"{api.url}{VERSION}", "CONNECTOR_KEY": KEY}
    return subprocess.Popen([sys.executable, "-m", "tests.campaigns.publishing_worker", *moments], env=environment)


@pytest.fixture
def planned(settings, reviewer, health, health_focal):
    """A job on a page, and the platform."""
    settings.CONNECTOR_KEYS = [KEY]
    builders.issue_monthly_campaign(actor=reviewer)
    item = builders.submit_item(builders.quota_of(health), actor=health_focal)
    with FacebookApi(NOW) as api:
        settings.FACEBOOK_API = f"{api.url}{VERSION}"
        builders.approve_item(item, actor=reviewer)
        plan(item, connect_facebook(api, health, actor=reviewer), actor=reviewer)
        yield api


def test_kill_9_between_the_post_and_the_note_leaves_one_post(planned, tmp_path):
    planned.order("feed", "hold")
    with database_for_workers(tmp_path) as (url, rows):
        first = worker(url, planned, 0)
        assert planned.reached.wait(60)
        first.kill()
        assert first.wait(30) == -9
        assert rows() == [("publishing", "")]
        planned.go_on.set()
        assert worker(url, planned, 1, 4, 7).wait(60) == 0
        assert rows() == [("done", planned.posts[0]["id"])]
    assert (len(planned.posts), planned.count("feed")) == (1, 1)


@pytest.mark.postgres
@pytest.mark.parametrize("how", ["as built", "without the claim: the fault shows"])
def test_four_workers_at_the_same_moment(how, planned, monkeypatch):
    """All four see the job as due, meet at a barrier, then claim."""
    barrier, real = threading.Barrier(4, timeout=20), jobs.claim

    def claim(job, now):
        barrier.wait()
        return real(job, now) if how == "as built" else bool(job.hold(None)) or True

    monkeypatch.setattr(jobs, "claim", claim)

    def pass_once():
        try:
            jobs.publish_due(NOW)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=pass_once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if how == "as built":
        assert (len(planned.posts), PublicationJob.objects.get().state) == (1, "done")
    else:
        assert len(planned.posts) > 1, "the harness does not see the race"
