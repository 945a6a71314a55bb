"""The large province ready to be used: seeded once, kept below var/bench/, copied and brought up to date for every run.

The name of a copy says of what it was made: seed code, PostgreSQL, the running month, the size. Older copies of the
same size go when a new one is made; migrations that came later run on the copy.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.rig import postgres

ROOT = Path(__file__).resolve().parent.parent
KEPT = Path(os.environ.get("BENCH_DIR", ROOT / "var" / "bench"))
SEED_CODE = ("province.py", "months.py", "verdict.py", "filling.py")
QUIET = {"REDIS_URL": "", "CACHE_URL": "", "EMAIL_URL": "", "PRODUCTION": "0", "DEBUG": "0"}


@contextmanager
def postgresql(binaries: Path, label: str) -> Iterator[str]:
    """Address of a database that holds the province, gone when the block ends."""
    kept = place(
        "pg", label, subprocess.run([binaries / "postgres", "--version"], capture_output=True, check=True).stdout
    )
    if not kept.exists():
        server = postgres.PostgreSQL(binaries)
        try:
            fill(server.url, label)
            server.psql("checkpoint")
            server.process.send_signal(signal.SIGINT)
            server.process.wait(120)
            keep(server.data, kept)
        finally:
            server.stop()
    server = postgres.PostgreSQL(binaries, copied_from=kept)
    try:
        run(server.url, "manage.py", "migrate", "--verbosity", "0")
        yield server.url
    finally:
        server.stop()


@contextmanager
def sqlite(folder: Path, label: str) -> Iterator[str]:
    """The same in a file of its own inside the folder."""
    kept = place("sqlite", label)
    if not kept.exists():
        half = folder / "half.sqlite3"
        fill(f"sqlite:///{half}", label)
        keep(half, kept)
    shutil.copy(kept, folder / "bench.sqlite3")
    run(f"sqlite:///{folder}/bench.sqlite3", "manage.py", "migrate", "--verbosity", "0")
    yield f"sqlite:///{folder}/bench.sqlite3"


def place(database: str, label: str, version: bytes = b"") -> Path:
    mark = hashlib.sha256(version + f"{datetime.now(UTC):%Y-%m}".encode())
    for name in SEED_CODE:
        mark.update((ROOT / "benchmarks" / name).read_bytes())
    return KEPT / f"{database}-{label}-{mark.hexdigest()[:12]}"


def keep(made: Path, kept: Path) -> None:
    """Into its place in one step; those that it replaces go."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for former in KEPT.glob(f"{kept.name.rpartition('-')[0]}-*"):
        shutil.rmtree(former) if former.is_dir() else former.unlink()
    half = KEPT / f"half-{os.getpid()}"
    shutil.copytree(made, half) if made.is_dir() else shutil.copy(made, half)
    half.rename(kept)


def fill(database: str, label: str) -> None:
    """Migrate and seed in a process of its own."""
    sys.stderr.write(f"Seeding the province {label} once for {database.partition(':')[0]} (minutes) …\n")
    run(database, "-m", "benchmarks.filling", label)


def run(database: str, *arguments: str) -> None:
    """Python with the portal's settings on this database."""
    folder = KEPT / f"var-{os.getpid()}"
    (folder / "static").mkdir(parents=True, exist_ok=True)
    try:
        environment = os.environ | QUIET | {"DATABASE_URL": database, "VAR_DIR": str(folder)}
        subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
