"""docs/reliability.md names a test or a scenario for every fault; each of them exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| (F\d\d) \| .*$", re.M)
NAME = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`|`chaos: ([^`]+)`")


def rows():
    text = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    return {match[1]: NAME.findall(match[0]) for match in ROW.finditer(text)}


def test_every_fault_has_a_test_or_a_scenario():
    found = rows()
    assert sorted(found) == [f"F{number:02d}" for number in range(1, 43)]
    assert [name for name, shown in found.items() if not shown] == []


def test_the_named_tests_exist():
    named = {(path, test) for shown in rows().values() for path, test, _ in shown if path}
    missing = []
    for path, test in sorted(named):
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        if test not in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}:
            missing.append(f"{path}::{test}")
    assert missing == []


def test_the_named_scenarios_are_in_the_plan():
    plan = (ROOT / "tests" / "chaos" / "mischief.py").read_text(encoding="utf-8")
    scenarios = {scenario for shown in rows().values() for *_, scenario in shown if scenario}
    assert [scenario for scenario in sorted(scenarios) if f'"{scenario}"' not in plan] == []
