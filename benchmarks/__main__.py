"""`make bench`: every benchmark in a process and a database of its own; prints a table, writes var/bench.json.

On a throw-away PostgreSQL where its binaries are found, else on SQLite. `python -m benchmarks verdict` runs one of them.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.rig import postgres

BENCHMARKS = ("verdict", "importing", "pictures", "sending")
RESULT = Path(os.environ.get("VAR_DIR", "var")) / "bench.json"


def measured(name: str, database: str) -> list[dict]:
    """The rows of one benchmark: name, value, floor, ratio, target, unit, queries."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        (Path(folder) / "static").mkdir()
        quiet = {"DATABASE_URL": database, "VAR_DIR": folder, "REDIS_URL": "", "CACHE_URL": "", "EMAIL_URL": ""}
        environment = os.environ | quiet | {"PRODUCTION": "0", "DEBUG": "0"}
        command = [sys.executable, "-m", "benchmarks.one", name]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def on_postgresql(names) -> list[dict]:
    server = postgres.PostgreSQL(postgres.binary_folder())
    try:
        found = []
        for name in names:
            server.psql(f"create database bench_{name}")
            found += measured(name, server.url.rpartition("/")[0] + f"/bench_{name}")
        return found
    finally:
        server.stop()


def on_sqlite(names) -> list[dict]:
    found = []
    for name in names:
        with tempfile.TemporaryDirectory(prefix="bench-db-") as folder:
            found += measured(name, f"sqlite:///{folder}/bench.sqlite3")
    return found


def line(row: dict) -> str:
    """One row of the table; the mark says whether the target was met."""
    ratio, target = row.get("ratio"), row.get("target")
    mark = "" if ratio is None or target is None else "đạt" if ratio <= target else "CHƯA ĐẠT"
    number = "{:>10.2f}".format
    shown = [
        number(row[key]) if row.get(key) is not None else " " * 10 for key in ("value", "floor", "ratio", "target")
    ]
    return f"{row['database']:<11}{row['name']:<58}{''.join(shown)}  {row.get('unit', ''):<4}{row.get('queries', '')!s:>8}  {mark}"


def main(names) -> None:
    found = []
    for database, run in (("PostgreSQL", on_postgresql), ("SQLite", on_sqlite)):
        if database == "PostgreSQL" and not postgres.binary_folder():
            sys.stdout.write("*** PostgreSQL not found: measured on SQLite only ***\n")
            continue
        found += [{"database": database, **row} for row in run(names)]
    heads = f"{'':<69}{'value':>10}{'floor':>10}{'ratio':>10}{'target':>10}  unit  queries\n"
    sys.stdout.write(heads + "\n".join(map(line, found)) + "\n")
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] or BENCHMARKS)
