"""A SQLite file as the first start of the portal leaves it: made once in a test run, copied by every test that starts one."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def migrated_database() -> Path:
    """The file. The first worker that asks makes it by the real migrations; the others wait for it."""
    folder = Path(os.environ["RIG_TEMPLATES"])
    target, half = folder / "migrated.sqlite3", folder / "half.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            own = {"VAR_DIR": str(folder), "DATABASE_URL": f"sqlite:///{half}", "REDIS_URL": "", "CACHE_URL": ""}
            command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(command, cwd=ROOT, env=os.environ | own, check=True)
            half.rename(target)
    return target


def copy_migrated(folder) -> Path:
    """`portal.sqlite3` in the folder, ready to be used."""
    return Path(shutil.copy(migrated_database(), Path(folder) / "portal.sqlite3"))
