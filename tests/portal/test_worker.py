"""A real worker with its clock over Redis and PostgreSQL: it sends, notes the heartbeat, and survives a dead broker."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from kombu import Connection
from redis import Redis as Client

from campaigns.nothing_lost import findings
from portal import tasks
from portal.celery import app
from portal.health import examine
from registry.models import Heartbeat, OutgoingMessage
from tests.portal.test_tick import database_for_processes
from tests.rig.redis import Redis, server_binary
from tests.rig.relay import Relay

pytestmark = [pytest.mark.postgres, pytest.mark.redis]


@pytest.fixture
def broker(settings):
    """A Redis of this test's own, which it may kill."""
    server = Redis(server_binary())
    settings.REDIS_URL = server.url
    yield server
    server.stop()


@contextmanager
def working(broker_url, smtp_sink, folder):
    """`celery worker --beat` in a process group of its own; its clock ticks each minute, so tests also wake it."""
    with database_for_processes(folder) as (url, _):
        own = {"DATABASE_URL": url, "REDIS_URL": broker_url, "EMAIL_URL": smtp_sink.url, "VAR_DIR": str(folder)}
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "celery", "-A", "portal", "worker", "--beat", "--concurrency", "2"],
            cwd=settings.BASE_DIR,
            env=os.environ | own,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        yield process
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


@pytest.fixture
def worker(transactional_db, broker, smtp_sink, tmp_path):
    with working(broker.url, smtp_sink, tmp_path) as process:
        yield process


@pytest.fixture
def far_worker(transactional_db, broker, smtp_sink, tmp_path):
    """A worker and the line between it and Redis."""
    with Relay(("127.0.0.1", broker.port)) as relay, working(relay.url, smtp_sink, tmp_path) as process:
        yield process, relay


@pytest.fixture
def message(transactional_db, health_focal):
    """Due now; an invitation, because those leave by day and night."""
    return OutgoingMessage.objects.create(
        recipient=health_focal, address=health_focal.email, purpose="invitation", subject="Mời", text="Kính mời"
    )


def wake(broker):
    with Connection(broker.url) as connection:
        app.send_task("portal.tasks.tick", connection=connection)


def wait_for(true, seconds=60):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.2)
    return False


def test_woken_worker_sends_once_and_notes_the_heartbeat(worker, broker, message, smtp_sink):
    for _ in range(5):
        wake(broker)
    assert wait_for(lambda: Heartbeat.objects.filter(name="tick").exists())
    assert wait_for(lambda: OutgoingMessage.objects.filter(state="accepted").exists())
    time.sleep(1)
    assert len(smtp_sink.accepted) == 1
    assert examine(timezone.now())["ok"]


def test_lost_and_strange_messages_in_the_queue_cost_nothing(worker, broker, message, smtp_sink):
    """After a deploy with old messages in the queue, FLUSHALL and three deaths of Redis: the next wake-up does the work."""
    with Connection(broker.url) as connection:
        app.send_task("portal.tasks.gone", connection=connection)
        app.send_task("portal.tasks.tick", args=("of an older release",), connection=connection)
    Client.from_url(broker.url).flushall()
    for _ in range(3):
        broker.kill()
        broker.start()
    with Connection(broker.url) as connection:
        app.send_task("portal.tasks.gone", connection=connection)
        app.send_task("portal.tasks.tick", args=("of an older release",), connection=connection)
    assert wait_for(lambda: wake(broker) or OutgoingMessage.objects.filter(state="accepted").exists())
    time.sleep(1)
    assert len(smtp_sink.accepted) == 1
    assert set(findings(timezone.now()).values()) == {0}


def test_a_line_that_hangs_half_open_is_given_up_and_opened_again(far_worker, broker, message, smtp_sink):
    """Packets vanish and nobody closes the connection: the worker must not wait on it for ever."""
    _, relay = far_worker
    OutgoingMessage.objects.update(next_at=timezone.now() + timedelta(hours=1))
    wake(broker)
    assert wait_for(lambda: Heartbeat.objects.filter(name="tick").exists())
    before = relay.opened
    relay.fall_silent()
    time.sleep(2)
    relay.speak_again()
    OutgoingMessage.objects.update(next_at=timezone.now())
    assert wait_for(lambda: wake(broker) or relay.opened > before and smtp_sink.accepted, 55)
    time.sleep(1)
    assert len(smtp_sink.accepted) == 1


def test_sigterm_lets_the_mail_in_hand_end(worker, broker, message, smtp_sink):
    """A deploy in the middle of a mail: warm shutdown, nothing in doubt."""
    smtp_sink.gap = 2
    wake(broker)
    assert wait_for(lambda: smtp_sink.accepted)
    os.kill(worker.pid, signal.SIGTERM)
    assert worker.wait(60) == 0
    message.refresh_from_db()
    assert (message.state, message.attempt, len(smtp_sink.accepted)) == ("accepted", 1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_clock_is_a_day_ahead_sends_nothing_early(smtp_sink, message, monkeypatch):
    """The database says what time it is."""
    OutgoingMessage.objects.update(next_at=timezone.now() + timedelta(hours=1))
    ahead = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: ahead)
    tasks.send()
    assert smtp_sink.accepted == []


@pytest.mark.django_db(transaction=True)
def test_with_a_dead_broker_the_timer_sends_and_health_is_red(broker, message, smtp_sink):
    broker.kill()
    call_command("tick", stdout=open(os.devnull, "w"))
    assert len(smtp_sink.accepted) == 1
    state = examine(timezone.now())
    assert (state["ok"], state["broker"], state["beat"]) == (False, False, True)


@pytest.mark.django_db(transaction=True)
def test_a_frozen_broker_costs_health_a_second_not_a_minute(broker, message):
    os.killpg(broker.process.pid, signal.SIGSTOP)
    began = time.monotonic()
    assert examine(timezone.now())["broker"] is False
    assert time.monotonic() - began < 5
    os.killpg(broker.process.pid, signal.SIGCONT)
