"""The logs of personal data and of accounts refuse UPDATE and DELETE in the database itself; emptying a whole test
database (TRUNCATE) still works. And whoever has worked with their account since has plainly taken the work on."""

from django.db import migrations
from django.db.models import F

LOGS = ("registry_personaldataaccess", "registry_accountchange")
REFUSAL = "append-only log"
POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_change_of_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}: %', TG_TABLE_NAME; END $$;
"""


def statements(vendor):
    """Triggers that refuse UPDATE and DELETE of each log."""
    if vendor == "postgresql":
        yield POSTGRES_FUNCTION
        for table in LOGS:
            yield (
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_log()"
            )
        return
    for table in LOGS:
        for act in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )


def guard(apps, schema_editor):
    for statement in statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def unguard(apps, schema_editor):
    for table in LOGS:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        else:
            schema_editor.execute(f"DROP TRIGGER {table}_no_update")
            schema_editor.execute(f"DROP TRIGGER {table}_no_delete")


def note_accepted(apps, schema_editor):
    contacts = apps.get_model("registry", "ContactPoint").objects.filter(status="confirmed", accepted_at=None)
    at_work = contacts.filter(user__last_login__isnull=False)
    at_work.update(accepted_at=F("confirmed_at"))


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_hand_over")]

    operations = [
        migrations.RunPython(note_accepted, migrations.RunPython.noop),
        migrations.RunPython(guard, unguard),
    ]
