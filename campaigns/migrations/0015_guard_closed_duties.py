"""Rows of a closed month refuse UPDATE and DELETE in the database itself, as the append-only logs do."""

from django.db import migrations

from portal.lib.append_only import allow_changes, refuse_changes

TABLE = "campaigns_closedduty"


def guard(apps, schema_editor):
    refuse_changes(schema_editor, TABLE)


def unguard(apps, schema_editor):
    allow_changes(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0014_closing_of_months"), ("registry", "0008_append_only_logs")]

    operations = [migrations.RunPython(guard, unguard)]
