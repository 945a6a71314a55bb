"""Backup and restore: the database and the media with a checksum each. After a restore nothing is sent until released."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from registry.models import SendingSwitch

MANIFEST = "MANIFEST.json"
BLOCK = 1024 * 1024
PAUSE_REASON = "Vừa khôi phục từ bản sao lưu: kiểm tra rồi mở lại bằng lệnh release_sending."


class Refused(Exception):
    """A backup that must not be written or a restore that must not be run, with the reason."""


def back_up(folder: Path, now) -> dict:
    """Write database, media and manifest into a new folder. The manifest comes last: without it a backup is not one."""
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"Thư mục {folder} đã có tệp. Hãy chọn thư mục mới.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = dump_database(folder)
    copy_media(settings.MEDIA_ROOT, folder / "media")
    manifest = {
        "made_at": now.isoformat(),
        "vendor": connection.vendor,
        "database": database.name,
        "files": sums(folder),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    return manifest


def restore(folder: Path, now) -> dict:
    """Put a backup in place of an empty database and an empty media folder; sending stays paused."""
    manifest = checked_manifest(folder)
    refuse_unless_empty(manifest)
    load_database(folder / manifest["database"])
    copy_media(folder / "media", settings.MEDIA_ROOT)
    call_command("migrate", interactive=False, verbosity=0)
    SendingSwitch.pause(reason=PAUSE_REASON, now=now)
    return manifest


def checked_manifest(folder: Path) -> dict:
    """The manifest, when every file is there and unchanged."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Refused(f"{folder} không phải một bản sao lưu hoàn chỉnh (thiếu {MANIFEST}).") from None
    if manifest["vendor"] != connection.vendor:
        raise Refused(f"Bản sao lưu của {manifest['vendor']}, cơ sở dữ liệu hiện nay là {connection.vendor}.")
    found = sums(folder)
    broken = sorted(name for name, mark in manifest["files"].items() if found.get(name) != mark)
    if broken:
        raise Refused(f"{len(broken)} tệp thiếu hoặc đã bị thay đổi, tệp đầu tiên: {broken[0]}")
    return manifest


def refuse_unless_empty(manifest):
    """Restoring over living data would lose it."""
    if "registry_user" in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from registry_user")
            if cursor.fetchone()[0]:
                raise Refused("Cơ sở dữ liệu đã có dữ liệu. Chỉ khôi phục vào cơ sở dữ liệu mới, trống.")
    media = Path(settings.MEDIA_ROOT)
    if media.exists() and any(media.rglob("*")):
        raise Refused(f"Thư mục {media} đã có tệp. Chỉ khôi phục vào thư mục trống.")


def sums(folder: Path) -> dict:
    """SHA-256 of every file below the folder but the manifest itself."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {str(path.relative_to(folder)): checksum(path) for path in files}


def checksum(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def copy_media(source, target):
    if Path(source).is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)


def dump_database(folder: Path) -> Path:
    """A consistent copy while the portal runs."""
    if connection.vendor == "sqlite":
        path = folder / "database.sqlite3"
        connection.ensure_connection()
        copy = sqlite3.connect(path)
        connection.connection.backup(copy)
        copy.close()
        return path
    path = folder / "database.dump"
    postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}")
    return path


def load_database(path: Path):
    """The whole dump or nothing, into the configured database."""
    if connection.vendor == "sqlite":
        source = sqlite3.connect(path)
        connection.ensure_connection()
        source.backup(connection.connection)
        source.close()
    else:
        connections.close_all()
        options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
        postgres("pg_restore", *options, f"--dbname={connection.settings_dict['NAME']}", str(path))


def postgres(program: str, *options: str):
    """Run a PostgreSQL program on the configured database; the password goes by environment, not by argument."""
    values = connection.settings_dict
    environment = os.environ | {
        "PGHOST": values["HOST"] or "",
        "PGPORT": str(values["PORT"] or ""),
        "PGUSER": values["USER"] or "",
        "PGPASSWORD": values["PASSWORD"] or "",
        "PGDATABASE": values["NAME"],
    }
    environment = {name: value for name, value in environment.items() if value or not name.startswith("PG")}
    done = subprocess.run([program, *options], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"{program}: {done.stderr.strip()[-500:]}")
