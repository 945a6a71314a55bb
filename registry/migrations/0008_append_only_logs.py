"""The logs of personal data and of accounts refuse UPDATE and DELETE. And whoever has worked with their account since
has plainly taken the work on."""

from django.db import migrations
from django.db.models import F

from portal.lib.append_only import allow_changes, refuse_changes

LOGS = ("registry_personaldataaccess", "registry_accountchange")


def guard(apps, schema_editor):
    refuse_changes(schema_editor, *LOGS)


def unguard(apps, schema_editor):
    allow_changes(schema_editor, *LOGS)


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
