"""A look-up whose SQL is worked out once: for the one question that every visitor asks.

Building the statement costs Django ten times what the database needs to answer it. The rows become model instances as
in any queryset; `tests/registry/test_prepared.py` compares the two, so that a new Django that does it otherwise is noticed.
"""

from django.db import connections
from django.db.models.query import get_related_populators


class Prepared:
    """`Prepared(rows.filter(key="?"))("facebook:ten")` is `list(rows.filter(key="facebook:ten"))`: exactly one parameter."""

    def __init__(self, queryset):
        self.queryset = queryset
        self.sql = ""

    def __call__(self, value) -> list:
        """The rows for this value of the parameter; one query."""
        if not self.sql:
            self.prepare()
        with connections[self.queryset.db].cursor() as cursor:
            cursor.execute(self.sql, (value,))
            rows = cursor.fetchall()
        if self.converters:
            rows = self.compiler.apply_converters(rows, self.converters)
        return [self.instance(row) for row in rows]

    def prepare(self):
        """Write the statement, on first use: then the database is known. Two threads at once write the same."""
        query, alias = self.queryset.query, self.queryset.db
        self.compiler = query.get_compiler(alias)
        sql, parameters = self.compiler.as_sql()
        if len(parameters) != 1:
            raise ValueError("a prepared look-up has exactly one parameter")
        columns, info = self.compiler.select, self.compiler.klass_info
        self.first, self.last = info["select_fields"][0], info["select_fields"][-1] + 1
        self.names = [column[0].target.attname for column in columns[self.first : self.last]]
        self.converters = self.compiler.get_converters([column[0] for column in columns])
        self.populators = get_related_populators(info, columns, alias)
        self.sql = sql

    def instance(self, row):
        """One model instance with its related ones."""
        made = self.queryset.model.from_db(self.queryset.db, self.names, row[self.first : self.last])
        for populator in self.populators:
            populator.populate(row, made)
        return made
