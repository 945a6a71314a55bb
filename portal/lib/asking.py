"""A large question that is asked every minute in the same words: built once, asked many times.

Building such SQL costs the ORM several times what the database needs for the answer.
"""

from django.db import connection


def worded(rows) -> tuple[str, tuple]:
    """The SQL of a queryset of values and its parameters, to be kept as long as what it was built from holds."""
    return rows.query.get_compiler(connection=connection).as_sql()


def answers(sql: str, parameters: tuple) -> list[tuple]:
    """The rows as they are now. As the driver gives them: for keys, texts and days, not for what a field turns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
