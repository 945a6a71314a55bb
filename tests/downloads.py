"""Files of the download centre for tests."""

from django.utils import timezone

from campaigns import downloading
from registry.models import Download


def asked(owner, *, now=None, kind="agencies", **fields):
    """A list of the registry that waits for the background."""
    request = {"kind": kind, "params": {}, "reveal": False}
    values = {"title": "Cơ quan", "name": "co-quan.xlsx", "media_type": "application/xlsx", "row_count": 3} | fields
    return Download.ask(owner=owner, kind="registry", request=request, now=now or timezone.now(), **values)


def made(owner, *, now=None, **fields):
    """The same, written."""
    now = now or timezone.now()
    row = asked(owner, now=now, **fields)
    downloading.make_queued(now)
    row.refresh_from_db()
    return row
