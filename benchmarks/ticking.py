"""The minute with nothing due, beside an empty view; and starting the portal, beside a bare Django project.

The bare project imports the very third-party modules that the portal has loaded, and serves an empty view.
"""

import importlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.serving import environment, in_turns, served, started
from benchmarks.site_paths import EMPTY
from portal.ticking import tick

ROUNDS, STARTS, SETTLING = 60, 3, 6
TARGET, MOST_QUERIES, START_TARGET = 10, 12, 1.5
OURS = ("portal", "registry", "campaigns", "benchmarks", "tests", "manage", "__main__")


def rows() -> Iterator[dict]:
    """The tick, then time and memory of a start."""
    with tempfile.TemporaryDirectory(prefix="bench-site-") as folder:
        with served(Path(folder)) as portal:
            yield idle_tick(portal)
        yield from starts(Path(folder))


def idle_tick(portal) -> dict:
    """In the middle of a month everything of its first weeks is told: some passes settle what is left to do."""
    now = datetime.now(UTC).replace(day=21, hour=3, minute=0, second=0, microsecond=0)
    for _ in range(SETTLING):
        tick(now)
    with CaptureQueriesContext(connection) as queries:
        tick(now + timedelta(minutes=1))

    def one() -> float:
        start = time.perf_counter()
        tick(now + timedelta(minutes=1))
        return (time.perf_counter() - start) * 1000

    taken = in_turns({"floor": lambda: portal.get(EMPTY).milliseconds, "value": one}, ROUNDS)
    (floor, least_floor), (value, least) = taken["floor"], taken["value"]
    return {
        "name": "tick khi không có gì đến hạn", "value": round(value, 2), "floor": round(floor, 3),
        "ratio": round(value / floor, 1), "ratio_of_least": round(least / least_floor, 1), "target": TARGET,
        "unit": "ms", "queries": len(queries), "most_queries": MOST_QUERIES,
        "is_met": value / floor <= TARGET and len(queries) <= MOST_QUERIES,
    }  # fmt: skip


def starts(folder: Path) -> Iterator[dict]:
    """Seconds from the command to the first answer, and the memory of a worker that gave it, in turns."""
    importlib.import_module("portal.urls")
    modules = [name for name, module in sorted(sys.modules.items()) if is_library(name, module)]
    (folder / "modules.json").write_text(json.dumps(modules))
    settings = environment(folder, os.environ.get("REDIS_URL") or "redis://127.0.0.1:9/0")
    settings["BARE_MODULES"] = str(folder / "modules.json")
    taken: dict[str, list[tuple[float, float]]] = {"benchmarks.bare": [], "benchmarks.site": []}
    for _ in range(STARTS):
        for application, found in taken.items():
            found.append(one_start(settings, application))
    for name, index, unit in (
        ("khởi động đến trang đầu tiên", 0, "s"),
        ("bộ nhớ một worker sau trang đầu tiên", 1, "MB"),
    ):
        floor, value = (statistics.median(found[index] for found in sides) for sides in taken.values())
        yield {
            "name": name, "value": round(value, 2), "floor": round(floor, 2), "ratio": round(value / floor, 2),
            "target": START_TARGET, "unit": unit,
        }  # fmt: skip


def is_library(name: str, module) -> bool:
    return name.partition(".")[0] not in OURS and "site-packages" in (getattr(module, "__file__", None) or "")


def one_start(settings: dict, application: str) -> tuple[float, float]:
    start = time.perf_counter()
    portal = started(settings, application)
    seconds = time.perf_counter() - start
    megabytes = portal.megabytes()
    portal.process.terminate()
    portal.process.wait(30)
    return seconds, megabytes
