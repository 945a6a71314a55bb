"""The minute: what beat asks workers to do. A systemd timer with `manage.py tick` does the same without Celery."""

from celery import shared_task

from campaigns.downloading import make_queued
from portal import ticking
from portal.lib.clock import database_now
from registry.importing.background import import_queued

LONGEST_IMPORT = 500
"""Seconds. Shorter than the time after which the broker gives a task to another worker (600)."""


@shared_task
def tick():
    """One pass of everything that is due; a second copy at the same time finds nothing left to claim."""
    ticking.tick(database_now())


@shared_task
def send():
    """Only the sending: more workers on the same rows when much is due."""
    ticking.send(database_now())


@shared_task(soft_time_limit=LONGEST_IMPORT, time_limit=LONGEST_IMPORT + 30)
def imports():
    """Sheets too long for a page, one at a time and beside the minute: the other worker goes on with that."""
    import_queued(database_now())


@shared_task(soft_time_limit=LONGEST_IMPORT, time_limit=LONGEST_IMPORT + 30)
def downloads():
    """Files too long for a page, one at a time and beside the minute."""
    make_queued(database_now())
