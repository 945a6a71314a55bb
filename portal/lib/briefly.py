"""A small write that would rather not happen than keep anybody waiting: counters beside a page, never facts."""

from contextlib import contextmanager

from django.db import connection, transaction

LONGEST_WAIT = 200
"""Milliseconds."""


@contextmanager
def briefly(wait: int = LONGEST_WAIT):
    """A transaction that waits `wait` milliseconds at most for others; then it fails with OperationalError.

    On PostgreSQL its commit does not wait for the disk: a power cut may cost the last moment's counts.
    """
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            limits = (
                "SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true),"
                " set_config('synchronous_commit', 'off', true)"
            )
            with transaction.atomic():
                cursor.execute(limits, [f"{wait}ms", f"{2 * wait}ms"])
                yield cursor
            return
        usual = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {int(wait)}")
        try:
            with transaction.atomic():
                yield cursor
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")
