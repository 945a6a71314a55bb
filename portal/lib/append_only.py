"""Tables whose rows refuse UPDATE and DELETE in the database itself; emptying a whole test database still works.

For migrations. A SQLite table that a later migration rebuilds loses its triggers and needs `refuse_changes` again.
"""

REFUSAL = "append-only log"
POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_change_of_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}: %', TG_TABLE_NAME; END $$;
"""


def refuse_changes(schema_editor, *tables: str) -> None:
    """Put triggers on the tables."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    if is_postgresql:
        schema_editor.execute(POSTGRES_FUNCTION, params=None)
    for table in tables:
        for statement in (postgresql_triggers if is_postgresql else sqlite_triggers)(table):
            schema_editor.execute(statement, params=None)


def allow_changes(schema_editor, *tables: str) -> None:
    """Take the triggers away again."""
    for table in tables:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        else:
            schema_editor.execute(f"DROP TRIGGER {table}_no_update")
            schema_editor.execute(f"DROP TRIGGER {table}_no_delete")


def postgresql_triggers(table):
    yield (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_log()"
    )


def sqlite_triggers(table):
    for act in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
