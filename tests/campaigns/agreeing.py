"""Agreement (`make agreement`): screen = XLSX = CSV = DOCX = PDF = `monthly_report --format json` = plain SQL, cell by cell.

python -m tests.campaigns.agreeing [--seeds 1 2 3] [--months 12] [--agencies 121]: for each seed a demo province in a
database of its own, every month of it read from all six places and held against `oracle`. Prints the cells compared.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from io import StringIO
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()

import docx
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from campaigns.models import MonthClosing
from portal.lib import periods
from registry.models import Agency, AgencyKind, User
from tests.campaigns import oracle
from tests.tables import tables_of

TABLES = {"kinds": "Theo khối", "requirements": "Theo yêu cầu", "agencies": "Theo đơn vị"}
"""Tables and their sheets; asked for by the agency above, there is one more."""
BY_PARENT = {"parents": "Theo cấp trên"} | TABLES
WIDTH = len(oracle.MEASURES)
KINDS = dict(AgencyKind.choices)


def lines_of(rows):
    """{first cell: the last fifteen}, header and totals included."""
    return {str(row[0]): list(row[-WIDTH:]) for row in rows}


def from_screen(client, month, *, by_parent=False):
    """All pages of the report: by kind or by the agency above, never both."""
    found, number = {}, 1
    names = ("parents" if by_parent else "kinds", "requirements", "agencies")
    while True:
        asked = {"page": number} | ({"theo": "truc-thuoc"} if by_parent else {})
        page = client.get(reverse("month_report", args=[month]), asked)
        for name, table in zip(names, tables_of(page), strict=True):
            found.setdefault(name, {}).update(lines_of(table[1:]))
        if not page.context["page"].has_next():
            return found
        number += 1


def written(month, kind, folder, *, by_parent=False):
    path, more = Path(folder) / f"{month}.{kind}", ["--by-parent"] if by_parent else []
    call_command("monthly_report", month, "--format", kind, "--output", str(path), *more, stdout=StringIO())
    return path


def from_workbook(path, tables=TABLES):
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == list(tables.values())
    found = {}
    for name, sheet in tables.items():
        rows = book.get_sheet_by_name(sheet).to_python()
        first = next(index for index, row in enumerate(rows) if "Phải nộp" in row) + 1
        last = next(index for index, row in enumerate(rows) if row[0] == "Tổng cộng") + 1
        found[name] = lines_of(rows[first:last])
    return found


def from_csv(path):
    return {"agencies": lines_of(list(csv.reader(path.open(encoding="utf-8-sig", newline="")))[1:])}


def from_word(path, tables=TABLES):
    written = [[[cell.text for cell in row.cells] for row in table.rows] for table in docx.Document(path).tables]
    written = [table for table in written if len(table[0]) > WIDTH]
    return {name: lines_of(table[1:]) for name, table in zip(tables, written, strict=True)}


def from_json(path, tables=TABLES):
    document = json.loads(path.read_text(encoding="utf-8"))
    found = {
        name: {row["label"]: [row[measure] for measure in oracle.MEASURES] for row in document[name]} for name in tables
    }
    total = [document["total"][measure] for measure in oracle.MEASURES]
    return {name: lines | {"Tổng cộng": total} for name, lines in found.items()}


def wanted(month, tables=TABLES):
    """The oracle's tables, with the total under each; kinds under their names."""
    counted = oracle.counted(periods.parse_month(month))
    counted["kinds"] = {KINDS[kind]: line for kind, line in counted["kinds"].items()}
    return {name: counted[name] | counted["total"] for name in tables}


class Comparison:
    """Cells compared by place, and every one that differs."""

    def __init__(self):
        self.cells, self.faults = Counter(), []

    def table(self, place, month, name, lines, expected, as_is):
        """One table of one place against the oracle. `as_is`: numbers, not words."""
        if lines.keys() != expected.keys():
            self.faults.append(f"{month} {place} {name}: rows {sorted(lines.keys() ^ expected.keys())[:5]}")
        for label in lines.keys() & expected.keys():
            for measure, cell in zip(oracle.MEASURES, lines[label], strict=True):
                value = expected[label][measure]
                self.cells[place] += 1
                is_plain = place == "csv" and measure in oracle.DECIMAL and value is not None
                cell = float(cell.replace(",", ".")) if is_plain else cell
                if not same(cell, value if as_is or is_plain else oracle.in_words(measure, value)):
                    self.faults.append(f"{month} {place} {name} {label} {measure}: {cell!r}, SQL says {value!r}")

    def pdf(self, path, month, expected, above):
        """Every row as the PDF's reader takes its words out: label and cells in order. above: that of each agency."""
        pages = PdfReader(path).pages
        text = "".join("".join(page.extract_text() for page in pages).split())
        for name, lines in expected.items():
            for label, line in lines.items():
                words = "".join(oracle.in_words(measure, value) for measure, value in line.items())
                is_agency = name == "agencies" and label != "Tổng cộng"
                others = [""] if not is_agency else [above[label]] if above else KINDS.values()
                rows = ["".join(f"{label}{other}{words}".split()) for other in others]
                self.cells["pdf"] += WIDTH
                if not any(row in text for row in rows):
                    self.faults.append(f"{month} pdf {name} {label}: no row “{words}”")

    def above(self, month, paths, expected):
        """The agency above each agency, where a file has a column for it."""
        with paths["csv"].open(encoding="utf-8-sig", newline="") as lines:
            in_csv = {row["Đơn vị"]: row["Cơ quan cấp trên"] for row in csv.DictReader(lines)}
        in_json = {row["label"]: row["above"] for row in json.loads(paths["json"].read_text("utf-8"))["agencies"]}
        for place, found in (("csv", in_csv), ("json", in_json)):
            self.cells[place] += len(expected)
            wrong = [label for label, name in expected.items() if found.get(label) != name]
            self.faults += [f"{month} {place} {label}: above it {found.get(label)}" for label in wrong]


def grow_tree():
    """Demo provinces are flat: every third agency comes under the one before it."""
    actor = User.objects.get(username="quan-tri")
    agencies = list(Agency.objects.active().order_by("pk"))
    for place in range(2, len(agencies), 3):
        agencies[place].amend(actor=actor, reason="Đổi", parent=agencies[place - 1])


def same(cell, value):
    if isinstance(value, float) and isinstance(cell, (int, float)):
        return abs(cell - value) < 1e-9
    return ("–" if value is None and isinstance(cell, str) else value) == cell


def compare(month, client, folder, comparison, *, by_parent=False):
    """One month from all places, as it comes or by the agency above."""
    tables = BY_PARENT if by_parent else TABLES
    expected = wanted(month, tables)
    paths = {kind: written(month, kind, folder, by_parent=by_parent) for kind in ("xlsx", "csv", "docx", "json", "pdf")}
    places = {
        "screen": (from_screen(client, month, by_parent=by_parent), False),
        "xlsx": (from_workbook(paths["xlsx"], tables), True),
        "csv": (from_csv(paths["csv"]), False),
        "docx": (from_word(paths["docx"], tables), False),
        "json": (from_json(paths["json"], tables), True),
    }
    for place, (found, as_is) in places.items():
        for name, lines in found.items():
            comparison.table(place, month, name, lines, expected[name], as_is)
    above = oracle.above_of(periods.parse_month(month)) if by_parent else {}
    comparison.pdf(paths["pdf"], month, expected, above)
    if by_parent:
        comparison.above(month, paths, above)


def months_back_from_today(count):
    today = timezone.localdate()
    return [periods.month_label(periods.months_back(today, back)) for back in range(count)]


def run_seed(seed, months, agencies):
    """One province in the database of this process; how it went as one line of JSON."""
    call_command("migrate", verbosity=0)
    call_command("seed_demo", seed=seed, months=months, agencies=agencies, stage="published", verbosity=0)
    setup_test_environment()
    client, comparison = Client(), Comparison()
    client.force_login(User.objects.get(username="lanh-dao"))
    grow_tree()
    with tempfile.TemporaryDirectory() as folder:
        for month in months_back_from_today(months):
            compare(month, client, folder, comparison)
            compare(month, client, folder, comparison, by_parent=True)
    closed = MonthClosing.objects.live().count()
    return {"seed": seed, "closed": closed, "cells": comparison.cells, "faults": comparison.faults}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--agencies", type=int, default=121)
    parser.add_argument("--only", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only is not None:
        sys.stdout.write(json.dumps(run_seed(options.only, options.months, options.agencies)))
        return 0
    found = [in_own_database(seed, options) for seed in options.seeds]
    for one in found:
        sys.stdout.write(f"seed {one['seed']}: {one['closed']} closed months, {one['cells']}\n")
        sys.stdout.writelines(f"  {fault}\n" for fault in one["faults"][:20])
    total, faults = sum(sum(one["cells"].values()) for one in found), sum(len(one["faults"]) for one in found)
    sys.stdout.write(f"{total} cells compared, {faults} differ\n")
    return 1 if faults else 0


def in_own_database(seed, options):
    with tempfile.TemporaryDirectory() as folder:
        own = {"VAR_DIR": folder, "DATABASE_URL": f"sqlite:///{folder}/p.sqlite3", "REDIS_URL": "", "CACHE_URL": ""}
        command = [sys.executable, "-m", "tests.campaigns.agreeing", "--only", str(seed)]
        command += ["--months", str(options.months), "--agencies", str(options.agencies)]
        answer = subprocess.run(command, env=os.environ | own, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(answer.stdout)


if __name__ == "__main__":
    sys.exit(main())
