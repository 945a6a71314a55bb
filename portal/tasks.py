"""The minute: what beat asks workers to do. A systemd timer with `manage.py tick` does the same without Celery."""

from celery import shared_task

from portal import ticking
from portal.lib.clock import database_now


@shared_task
def tick():
    """One pass of everything that is due; a second copy at the same time finds nothing left to claim."""
    ticking.tick(database_now())


@shared_task
def send():
    """Only the sending: more workers on the same rows when much is due."""
    ticking.send(database_now())
