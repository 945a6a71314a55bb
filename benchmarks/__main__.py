"""`make bench`: every benchmark in a process and a database of its own; prints a table, writes var/bench.json.

On a throw-away PostgreSQL where its binaries are found, else on SQLite. `python -m benchmarks verdict` runs one of them.
`pages`, `exporting` and `ticking` use a large province, seeded once (minutes) and kept in var/bench/. `pages` counts
queries on a small one too, and with `--grow 20000` on a larger one. BENCH_PAGES="kênh" measures pages with that word.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks import cached
from benchmarks.serving import SECRET
from tests.rig import postgres

ALONE = ("verdict", "importing", "pictures", "sending")
"""Those that fill an empty database themselves; the others need the province."""
SERVED = ("pages", "exporting", "ticking")
LARGE, SMALL = "5000x36", "500x12"
RESULT = Path(os.environ.get("VAR_DIR", "var")) / "bench.json"


def measured(name: str, database: str) -> list[dict]:
    """The rows of one benchmark: name, value, floor, ratio, target, unit, queries."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        (Path(folder) / "static").mkdir()
        environment = os.environ | cached.QUIET | {"DATABASE_URL": database, "VAR_DIR": folder, "SECRET_KEY": SECRET}
        command = [sys.executable, "-m", "benchmarks.one", name]
        found = []
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            for said in (said for said in process.stdout if said.startswith("{")):
                found.append(json.loads(said))
                sys.stderr.write(line({"database": database.partition(":")[0], **found[-1]}) + "\n")
    if process.returncode:
        raise SystemExit(f"{name} ended with {process.returncode}")
    return found


def on_postgresql(names, size, grown) -> list[dict]:
    binaries, found = postgres.binary_folder(), []
    server = postgres.PostgreSQL(binaries)
    try:
        for name in (name for name in names if name in ALONE):
            server.psql(f"create database bench_{name}")
            found += measured(name, server.url.rpartition("/")[0] + f"/bench_{name}")
    finally:
        server.stop()
    served = [name for name in names if name in SERVED]
    if served:
        with cached.postgresql(binaries, size) as database:
            for name in served:
                found += measured(name, database)
    return found + (growth(binaries, found, [size, SMALL, *grown]) if "pages" in served else [])


def growth(binaries, found, sizes) -> list[dict]:
    """Whether every page costs the same number of queries in provinces of several sizes."""
    counts = defaultdict(dict)
    for row in found:
        if row["benchmark"] == "pages" and row.get("queries") is not None:
            counts[row["name"]][sizes[0]] = row["queries"]
    for label in sizes[1:]:
        with cached.postgresql(binaries, label) as database:
            for row in measured("pages:counts", database):
                counts[row["name"]][label] = row["queries"]
    changing = {name: sizes for name, sizes in counts.items() if len(set(sizes.values())) > 1}
    words = ", ".join(label.partition("x")[0] for label in sizes)
    return [
        {
            "benchmark": "growth",
            "name": f"trang có số truy vấn đổi theo cỡ tỉnh ({words})",
            "value": len(changing),
            "ratio": len(changing),
            "target": 0,
            "unit": "",
            "counts": counts,
            "changing": changing,
        }  # fmt: skip
    ]


def on_sqlite(names, size, *, is_all) -> list[dict]:
    """Of the province's the files, the grid and the report; `is_all`: also those that fill a database themselves."""
    found = []
    for name in (name for name in names if is_all and name in ALONE):
        with tempfile.TemporaryDirectory(prefix="bench-db-") as folder:
            found += measured(name, f"sqlite:///{folder}/bench.sqlite3")
    served = [name for name in ("exporting", "pages") if name in names]
    if served:
        with tempfile.TemporaryDirectory(prefix="bench-db-") as folder, cached.sqlite(Path(folder), size) as database:
            for name in served:
                found += measured("pages:figures" if name == "pages" else name, database)
    return found


def line(row: dict) -> str:
    """One row of the table; the mark says whether the target was met."""
    ratio, target = row.get("ratio"), row.get("target")
    is_met = row.get("is_met", None if ratio is None or target is None else ratio <= target)
    mark = "" if target is None or is_met is None else "đạt" if is_met else "CHƯA ĐẠT"
    number = "{:>10.2f}".format
    shown = [
        number(row[key]) if row.get(key) is not None else " " * 10 for key in ("value", "floor", "ratio", "target")
    ]
    return f"{row['database']:<11}{row['name']:<58}{''.join(shown)}  {row.get('unit', ''):<4}{row.get('queries', '')!s:>8}  {mark}"


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m benchmarks")
    asked.add_argument("names", nargs="*", default=[*ALONE, *SERVED], metavar="name", help=", ".join([*ALONE, *SERVED]))
    asked.add_argument("--size", default=LARGE, help="agencies x months of the province")
    asked.add_argument("--grow", type=int, nargs="*", default=[], help="agencies of further provinces, e.g. 20000")
    options = asked.parse_args()
    found, grown = [], [f"{agencies}x6" for agencies in options.grow]
    if postgres.binary_folder():
        found += [{"database": "PostgreSQL", **row} for row in on_postgresql(options.names, options.size, grown)]
    else:
        sys.stdout.write("*** PostgreSQL not found: measured on SQLite only ***\n")
    found += [{"database": "SQLite", **row} for row in on_sqlite(options.names, options.size, is_all=not found)]
    heads = f"{'':<69}{'value':>10}{'floor':>10}{'ratio':>10}{'target':>10}  unit  queries\n"
    sys.stdout.write(heads + "\n".join(map(line, found)) + "\n")
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
