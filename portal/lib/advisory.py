"""Locks of PostgreSQL on a word: `only_one` asks whether somebody is already at it, and merely saves work;
`wait_in_line` makes two rules of different tables see one another. SQLite has one writer at a time anyway."""

import zlib
from contextlib import contextmanager

from django.db import connection


@contextmanager
def only_one(name: str):
    """Yield True to one holder of `name` at a time, False to the others. On SQLite always True."""
    if connection.vendor != "postgresql":
        yield True
        return
    number = zlib.crc32(name.encode())
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [number])
        held = cursor.fetchone()[0]
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [number])


def wait_in_line(name: str, *, shared: bool = False):
    """Until the transaction ends: one holder of `name` alone, or any number of `shared` holders. Call before reading
    what the other side may have written."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"select pg_advisory_xact_lock{'_shared' if shared else ''}(%s)", [zlib.crc32(name.encode())])
