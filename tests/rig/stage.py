"""The cast enters hundreds of times: verbs write its rows once, later tests of the same process get the same rows back.

A scene is what one call wrote. It is given back only where everything before it in this test came from the same scenes:
whatever else writes ends that (`improvised`), and from there on everything is played in full. Tests that really commit
always play in full.
"""

import pickle

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection

READING = ("SELECT", "SAVEPOINT", "RELEASE", "PRAGMA")


class Stage:
    """One per process: `scenes` keeps the rows, `so_far` names the scenes that this test has seen."""

    def __init__(self):
        self.scenes, self.so_far, self.is_playing = {}, None, False

    def open(self):
        """A test begins on the tables as the migrations left them, in a transaction that is undone at its end."""
        self.so_far = () if connection.in_atomic_block else None

    def watch(self, execute, sql, params, many, context):
        """A wrapper of every statement: one that writes outside a scene is improvised. Being signed in changes nothing."""
        if not self.is_playing and not sql.startswith(READING) and Session._meta.db_table not in sql:
            self.so_far = None
        return execute(sql, params, many, context)

    def play(self, name, act, *args, **kwargs):
        """What `act(…)` answers, with the rows it writes. The name stands for the act and all its arguments."""
        if self.so_far is None or self.is_playing:
            return act(*args, **kwargs)
        self.so_far += (name,)
        self.is_playing = True
        try:
            if self.so_far in self.scenes:
                write(self.scenes[self.so_far][0])
            else:
                earlier, answer = rows(), pickle.dumps(act(*args, **kwargs))
                self.scenes[self.so_far] = differences(earlier, rows()), answer
            return pickle.loads(self.scenes[self.so_far][1])
        finally:
            self.is_playing = False


def tables():
    return [model._meta for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def columns(table) -> list[str]:
    return [field.column for field in table.local_concrete_fields if not field.generated]


def quoted(names) -> list[str]:
    return [connection.ops.quote_name(name) for name in names]


def rows() -> dict:
    """{table: {primary key: row}} of the whole database."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables():
            names = columns(table)
            key = names.index(table.pk.column)
            cursor.execute(f"SELECT {', '.join(quoted(names))} FROM {quoted([table.db_table])[0]}")  # noqa: S608
            found[table] = {row[key]: row for row in cursor.fetchall()}
    return found


def differences(earlier, later) -> list[tuple]:
    """Statements with the parameters of all their rows: what is new, what has changed. Nothing in a scene is deleted."""
    found = []
    for table in later:
        assert earlier[table].keys() <= later[table].keys(), f"a scene deletes rows of {table.db_table}"
        names = columns(table)
        name, *quotes = quoted([table.db_table, *names])
        new = [row for key, row in later[table].items() if key not in earlier[table]]
        changed = [
            (*row, key) for key, row in later[table].items() if key in earlier[table] and row != earlier[table][key]
        ]
        if new:
            places = ", ".join(["%s"] * len(names))
            found.append((f"INSERT INTO {name} ({', '.join(quotes)}) VALUES ({places})", new))  # noqa: S608
        if changed:
            values = ", ".join(f"{quote} = %s" for quote in quotes)
            found.append((f"UPDATE {name} SET {values} WHERE {quoted([table.pk.column])[0]} = %s", changed))  # noqa: S608
    return found


def write(changes):
    with connection.cursor() as cursor:
        for statement, parameters in changes:
            cursor.executemany(statement, parameters)
