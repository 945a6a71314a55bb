"""Ask PostgreSQL whether somebody is already at it. Saves work; correctness comes from unique keys and claims."""

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
