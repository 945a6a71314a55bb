"""`make faults`: runs what docs/reliability.md names for each fault, prints id and result, writes var/faults.tsv.

Tests run on SQLite and again on PostgreSQL with Redis, each where it belongs. Scenarios are read from the last
`make chaos` (var/chaos.jsonl). Ends with 1 when a fault is not shown.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from collections import Counter
from pathlib import Path

from tests.test_faults import ROOT, rows

CHAOS, TABLE = ROOT / "var" / "chaos.jsonl", ROOT / "var" / "faults.tsv"
NOT_IN_PLAN = ("child", "worker", "clock")
"""Scenarios that `kills` counts; the others stand in `hurts`."""


def main() -> int:
    faults = rows()
    tests = sorted({(path, test) for shown in faults.values() for path, test, _ in shown if path})
    passed, failed = Counter(), Counter()
    for services in ("", "1"):
        for name, is_good in outcomes(tests, services):
            (passed if is_good else failed)[name] += 1
    plays = scenarios()
    lines = [line_of(fault, shown, passed, failed, plays) for fault, shown in faults.items()]
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text("".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")
    for line in lines:
        sys.stdout.write("  ".join(line) + "\n")
    good = sum(line[1] == "shown" for line in lines)
    sys.stdout.write(f"{good} of {len(lines)} faults shown\n")
    return int(good < len(lines))


def outcomes(tests: list[tuple[str, str]], services: str):
    """((path, test), whether it passed) for each run of a test, of all its parameters."""
    files, names = sorted({path for path, _ in tests}), sorted({test for _, test in tests})
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", "-p", "no:cacheprovider"]
        command += [*files, "-k", " or ".join(names)]
        subprocess.run(command, cwd=ROOT, env=os.environ | {"TEST_SERVICES": services}, check=False)
        for case in xml.parse(report).getroot().iter("testcase"):
            module = re.sub(r"\.Test\w+$", "", case.get("classname"))
            is_good = not any(child.tag in ("failure", "error", "skipped") for child in case)
            yield (module.replace(".", "/") + ".py", case.get("name").partition("[")[0]), is_good


def scenarios() -> dict[str, str]:
    """What befell the portal in the last `make chaos`, and whether every promise was kept."""
    found: dict[str, list[bool]] = {}
    plays = [json.loads(line) for line in CHAOS.read_text().splitlines()] if CHAOS.exists() else []
    for play in (play for play in plays if play["name"].startswith("seed")):
        for name in {*play["hurts"], *(kind for kind in NOT_IN_PLAN if play["kills"][kind])}:
            found.setdefault(name, []).append(not play["faults"])
    return {name: f"{sum(kept)}/{len(kept)} seeds" if all(kept) else "" for name, kept in found.items()}


def line_of(fault, shown, passed, failed, plays) -> tuple[str, str, str]:
    """Its id, `shown` or what is missing, and by what."""
    told, is_shown = [], True
    for path, test, scenario in shown:
        name = (path, test)
        if scenario:
            result = plays.get(scenario, "")
            told.append(f"chaos {scenario}: {result or 'not kept or not run'}")
        else:
            result = passed[name] and not failed[name]
            told.append(f"{test}: {passed[name]} passed" + (f", {failed[name]} failed" if failed[name] else ""))
        is_shown = is_shown and bool(result)
    return fault, "shown" if is_shown else "NOT SHOWN", "; ".join(told)


if __name__ == "__main__":
    sys.exit(main())
