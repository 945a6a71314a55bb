"""Thousands of rows into a table in a few statements: the values as the driver takes them, no row-by-row compiling.

For rows that the caller made, derived and checked. Constraints of the database have the last word (IntegrityError).
"""

from collections.abc import Callable, Iterable
from operator import attrgetter

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils import timezone

ROWS_IN_A_STATEMENT = 500
PLAIN = (str, int, bool, type(None))


def insert(objects: list) -> None:
    """Insert new rows of one model and give them their keys, in order. Inside the caller's transaction."""
    if not objects:
        return
    model = type(objects[0])
    for key, row in zip(free_keys(model, len(objects)), objects, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias
    fields = model._meta.concrete_fields
    created = [field for field in fields if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False)]
    for row in objects if created else ():
        for field in created:
            field.pre_save(row, True)
    values = attrgetter(*(field.attname for field in fields))
    _write(model, fields, map(values, objects))


def insert_history(objects: list, *, actor, reason: str) -> None:
    """One "+" row of history for each, as saving it would write."""
    if not objects:
        return
    history = type(objects[0]).history.model
    tracked = history.tracked_fields
    values = attrgetter(*(field.attname for field in tracked))
    fields = [history._meta.get_field(field.name) for field in tracked]
    fields += [
        history._meta.get_field(n) for n in ("history_date", "history_user", "history_change_reason", "history_type")
    ]
    tail = (timezone.now(), actor.pk, reason, "+")
    _write(history, fields, (values(row) + tail for row in objects))


def check_fields(objects: list, *, exclude=()) -> None:
    """What `clean_fields` of every row checks, each distinct value of a column once. Raises the same ValidationError."""
    if not objects:
        return
    faults: dict[str, list] = {}
    for field in type(objects[0])._meta.fields:
        if field.name in exclude or field.generated:
            continue
        distinct = dict.fromkeys(map(attrgetter(field.attname), objects))
        for value in distinct:
            if field.blank and value in field.empty_values:
                continue
            try:
                field.clean(value, objects[0])
            except ValidationError as error:
                faults.setdefault(field.name, error.error_list)
    if faults:
        raise ValidationError(faults)


def free_keys(model, count: int) -> Iterable[int]:
    """Keys that nobody else gets: from the sequence; on SQLite the writing transaction is alone."""
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sequence, [f'"{table}"', column, count])
            return sorted(key for (key,) in cursor.fetchall())
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        first = (cursor.fetchone() or (0,))[0] + 1
    return range(first, first + count)


def _write(model, fields, rows: Iterable[tuple]) -> None:
    """INSERT in batches; days and moments are turned once for each distinct value."""
    ready = _prepared(fields, rows)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    into = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES "  # noqa: S608 - names of our own tables
    one = "(" + ", ".join(["%s"] * len(fields)) + ")"
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.executemany(into + one, ready)
            return
        for start in range(0, len(ready), ROWS_IN_A_STATEMENT):
            batch = ready[start : start + ROWS_IN_A_STATEMENT]
            cursor.execute(into + ", ".join([one] * len(batch)), [value for row in batch for value in row])


def _prepared(fields, rows: Iterable[tuple]) -> list[tuple]:
    """Columns of plain texts and numbers stay as they are; the others go through the field, each value once."""
    columns = list(zip(*rows, strict=True))
    for index, (field, column) in enumerate(zip(fields, columns, strict=True)):
        if type(column[0]) in (dict, list):
            columns[index] = tuple(field.get_db_prep_save(value, connection) for value in column)
        elif any(type(value) not in PLAIN for value in dict.fromkeys(column)):
            turn = _turner(field)
            columns[index] = tuple(map(turn, column))
    return list(zip(*columns, strict=True))


def _turner(field: models.Field) -> Callable:
    known: dict = {}

    def turn(value):
        if value not in known:
            known[value] = field.get_db_prep_save(value, connection)
        return known[value]

    return turn
