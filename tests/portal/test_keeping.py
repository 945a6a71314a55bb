"""Backup and restore: the same rows, the same files, a broken copy refused, and nothing sent until released."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from campaigns import reminders
from portal import keeping
from registry.models import PersonalDataAccess
from tests import builders
from tests.builders import NOW, moment
from tests.portal.test_tick import database_for_processes

ERASE_THE_LOG = (
    "from registry.models import PersonalDataAccess as Log; print(Log.objects.count(), flush=True); "
    "from django.db import connection; connection.cursor().execute('delete from registry_personaldataaccess')"
)
ROOT = Path(configured.BASE_DIR)


@pytest.fixture
def backup(transactional_db, tmp_path, settings, reviewer, health_focal):
    """A backup of one agency's duties, a planned reminder and one file."""
    note_migrations()
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "san-pham").mkdir(parents=True)
    (settings.MEDIA_ROOT / "san-pham" / "tep").write_bytes(b"noi dung")
    PersonalDataAccess.objects.create(actor=reviewer, act="Xem liên hệ", subject="Vi Thị Đầu")
    builders.issue_monthly_campaign(actor=reviewer)
    reminders.plan(moment(date(2026, 9, 28), 8))
    call_command("backup", str(tmp_path / "backup"))
    return tmp_path / "backup"


def note_migrations():
    """As in every real database: the test run makes its tables on SQLite without them."""
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    applied = recorder.applied_migrations()
    files = [
        (app.label, file.stem) for app in apps.get_app_configs() for file in Path(app.path).glob("migrations/0*.py")
    ]
    for app, name in files:
        if (app, name) not in applied:
            recorder.record_applied(app, name)


@pytest.fixture
def empty_place(tmp_path):
    """Environment of a machine with an empty database and an empty media folder."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    if connection.vendor == "sqlite":
        yield os.environ | {"VAR_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/new.sqlite3"}
        return
    with connection.cursor() as cursor:
        cursor.execute("create database restored")
    with database_for_processes(tmp_path) as (url, _):
        yield os.environ | {"VAR_DIR": str(folder), "DATABASE_URL": f"{url.rpartition('/')[0]}/restored"}
    with connection.cursor() as cursor:
        cursor.execute("drop database restored with (force)")


def manage(place, *command):
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=place, capture_output=True, text=True, check=False
    )


def test_restored_portal_has_rows_and_files_and_sends_only_when_released(backup, empty_place, smtp_sink):
    empty_place["EMAIL_URL"] = smtp_sink.url
    done = manage(empty_place, "restore", str(backup))
    assert done.returncode == 0, done.stderr
    assert (Path(empty_place["VAR_DIR"]) / "media" / "san-pham" / "tep").read_bytes() == b"noi dung"
    held = json.loads(manage(empty_place, "tick", "--at", "2026-09-28T08:01", "--json").stdout)
    assert (held["sending_paused"], held["reminded"], smtp_sink.accepted) == (True, 0, [])
    manage(empty_place, "release_sending")
    sent = json.loads(manage(empty_place, "tick", "--at", "2026-09-28T08:02", "--json").stdout)
    assert (sent["sent"], len(smtp_sink.accepted)) == ({"accepted": 1}, 1)
    changed = manage(empty_place, "shell", "-v0", "-c", ERASE_THE_LOG)
    assert "append-only log" in changed.stderr and changed.stdout.strip() == "1"
    again = manage(empty_place, "restore", str(backup))
    assert again.returncode == 1 and "đã có dữ liệu" in again.stderr


def test_changed_or_unfinished_backup_is_refused(backup):
    (backup / "media" / "san-pham" / "tep").write_bytes(b"khac")
    with pytest.raises(CommandError, match="đã bị thay đổi"):
        call_command("restore", str(backup))
    (backup / keeping.MANIFEST).unlink()
    with pytest.raises(CommandError, match="không phải một bản sao lưu hoàn chỉnh"):
        call_command("restore", str(backup))


def test_backup_never_overwrites(backup):
    with pytest.raises(keeping.Refused, match="đã có tệp"):
        keeping.back_up(backup, NOW)
