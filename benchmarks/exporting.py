"""Files and figures of the large province beside their floors, in turns, in one process.

CSV: raw SQL and the csv writer. XLSX: xlsxwriter alone, the same cells. PDF: typst alone, the same document. Whole grid
and month by groups: the one SQL pass behind them. `python -m benchmarks.exporting 40000` writes one workbook and prints
the megabytes that its process took at most.
"""

import csv
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import django
import typst
import xlsxwriter

ROUNDS, ROWS, COLUMNS, AGENCIES_ON_PAPER = 5, 10_000, 12, 121
ROOT = Path(__file__).resolve().parent.parent
DAY = date(2026, 11, 21)
CONTACTS_SQL = """
SELECT a.code, a.name, c.full_name, c.position, c.phone, c.email, c.role, c.is_deputy
FROM registry_contactpoint c JOIN registry_agency a ON a.id = c.agency_id
WHERE c.status = 'confirmed' AND a.status = 'active' ORDER BY a.sort_key, c.sort_key, c.id
"""
OUTCOME_SQL = """
CASE WHEN o.exempt_at IS NOT NULL THEN 'exempt' WHEN o.met_on <= COALESCE(o.extended_to, o.due_on) THEN 'on_time'
WHEN o.met_at IS NOT NULL THEN 'late' WHEN o.nothing_at IS NOT NULL THEN 'nothing'
WHEN o.open_submission_at IS NOT NULL THEN 'pending' ELSE 'missing' END
"""
GRID_SQL = f"""
SELECT o.agency_id, p.month, {OUTCOME_SQL} FROM campaigns_obligation o JOIN campaigns_period p ON p.id = o.period_id
JOIN campaigns_requirement r ON r.id = o.requirement_id
WHERE r.kind = 'submit_content' AND p.month BETWEEN %s AND %s
"""  # noqa: S608 - our own words
MONTH_SQL = f"""
SELECT o.agency_kind, {OUTCOME_SQL}, count(*), sum(o.accepted_count) FROM campaigns_obligation o
JOIN campaigns_period p ON p.id = o.period_id JOIN campaigns_requirement r ON r.id = o.requirement_id
WHERE r.kind = 'submit_content' AND p.month = %s GROUP BY 1, 2
"""  # noqa: S608 - our own words


def rows() -> Iterator[dict]:
    """One row for each file and for each pass over the figures."""
    yield from files()
    yield from passes()
    small, large = (peak_of(count) for count in (ROWS, 4 * ROWS))
    yield {
        "name": f"XLSX: bộ nhớ khi nhiều dòng gấp bốn ({4 * ROWS} dòng)", "value": large, "floor": small,
        "ratio": round(large / small, 2), "target": 1.15, "unit": "MB",
    }  # fmt: skip


def files() -> Iterator[dict]:
    from registry.models import Role, User  # noqa: PLC0415  the apps are not ready when this module is imported

    staff = User.objects.get(username=f"bench-{Role.ADMINISTRATOR}")
    yield compared(f"CSV {ROWS} đầu mối", lambda: csv_by_portal(staff), csv_by_hand, 2.0)
    yield compared(f"XLSX {ROWS} × {COLUMNS}", lambda: xlsx_by_portal(ROWS), lambda: xlsx_by_hand(ROWS), 1.5)
    paper, content = paper_of_month()
    yield compared(f"PDF báo cáo {AGENCIES_ON_PAPER} đơn vị", paper, lambda: typeset(content), 1.5)


def compared(name: str, subject: Callable, floor: Callable, target: float | None) -> dict:
    """Medians of alternating rounds, seconds."""
    taken: dict[str, list[float]] = {"subject": [], "floor": []}
    for _ in range(ROUNDS):
        for side, act in (("floor", floor), ("subject", subject)):
            start = time.perf_counter()
            act()
            taken[side].append(time.perf_counter() - start)
    value, least = statistics.median(taken["subject"]), statistics.median(taken["floor"])
    return {
        "name": name, "value": round(value, 3), "floor": round(least, 3), "ratio": round(value / least, 2),
        "ratio_of_least": round(min(taken["subject"]) / min(taken["floor"]), 2), "target": target, "unit": "s",
    }  # fmt: skip


def csv_by_portal(staff) -> int:
    from portal.lib.documents.csv import csv_lines  # noqa: PLC0415
    from registry.exports import export_table  # noqa: PLC0415

    return sum(map(len, csv_lines(export_table("contacts", user=staff))))


def csv_by_hand() -> int:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerows(fetched(CONTACTS_SQL))
    return stream.tell()


def fetched(sql: str, parameters=()) -> list[tuple]:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def cells(count: int) -> Iterator[list]:
    """Rows like those of a list: texts, numbers, a share, a day."""
    for number in range(count):
        texts = [f"Đơn vị {number}", "UBND xã", f"Nội dung số {number % 97}", "Đã duyệt", f"Ghi chú {number % 13}"]
        yield [number, *texts, number % 7, number % 11, number % 3 / 3, number / 8, DAY, f"M{number}"]


KINDS = ("integer", *["text"] * 5, "integer", "integer", "percent", "decimal", "date", "text")


def xlsx_by_portal(count: int) -> None:
    from portal.lib.documents.table import Column, Table  # noqa: PLC0415
    from portal.lib.documents.xlsx import write_xlsx  # noqa: PLC0415

    columns = tuple(Column(f"c{index}", f"Cột {index}", kind) for index, kind in enumerate(KINDS))
    with tempfile.TemporaryFile() as stream:
        write_xlsx(stream, Table("Đo tốc độ", columns, cells(count)))


def xlsx_by_hand(count: int) -> None:
    with tempfile.TemporaryFile() as stream:
        book = xlsxwriter.Workbook(stream, {"constant_memory": True})
        page, text = book.add_worksheet(), book.add_format({"font_name": "Times New Roman", "border": 1})
        styles = {
            "percent": book.add_format({"num_format": "0.0%", "border": 1}), "text": text, "integer": text,
            "decimal": text, "date": book.add_format({"num_format": "dd/mm/yyyy", "border": 1}),
        }  # fmt: skip
        writers = {"text": page.write_string, "date": page.write_datetime}
        plan = [(writers.get(kind, page.write_number), styles[kind]) for kind in KINDS]
        for number, row in enumerate(cells(count)):
            for index, (value, (write, style)) in enumerate(zip(row, plan, strict=True)):
                write(number, index, value, style)
        book.close()


def peak_of(count: int) -> int:
    """Most megabytes of a process that writes one workbook."""
    command = [sys.executable, "-m", "benchmarks.exporting", str(count)]
    return int(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def paper_of_month() -> tuple[Callable, str]:
    """The report of the newest month narrowed to some agencies, and its content as typst gets it."""
    from benchmarks.province import last_period  # noqa: PLC0415
    from campaigns.models import Obligation  # noqa: PLC0415
    from campaigns.papers import month_paper  # noqa: PLC0415
    from portal.lib.documents.paper import content_of  # noqa: PLC0415
    from portal.lib.documents.pdf import write_pdf  # noqa: PLC0415
    from registry.models import Agency  # noqa: PLC0415

    month = last_period().month
    agencies = list(Agency.objects.order_by("pk").values_list("pk", flat=True)[:AGENCIES_ON_PAPER])
    duties = Obligation.objects.filter(agency__in=agencies)
    content = json.dumps(content_of(month_paper(duties, month, DAY)), ensure_ascii=False)
    return lambda: write_pdf(io.BytesIO(), month_paper(duties, month, DAY)), content


def typeset(content: str) -> None:
    from portal.lib.documents import pdf  # noqa: PLC0415

    typst.compile(
        pdf.LAYOUT, root=pdf.HERE, font_paths=[pdf.FONTS], ignore_system_fonts=True, format="pdf",
        pdf_standards="a-2b", sys_inputs={"paper": content},
    )  # fmt: skip


def passes() -> Iterator[dict]:
    """The whole grid and one month by kind of agency, beside one SQL pass over the same rows."""
    from benchmarks.province import last_period  # noqa: PLC0415
    from campaigns import figures, month_grid  # noqa: PLC0415
    from campaigns.models import Obligation  # noqa: PLC0415
    from registry.models import Agency  # noqa: PLC0415

    month, agencies = last_period().month, list(Agency.objects.order_by("sort_key", "pk"))
    months, duties = figures.months_of_grid(month), Obligation.objects.quota()
    span = [months[0], months[-1]]
    yield compared(
        f"bảng theo dõi cả {len(agencies)} đơn vị × 12", lambda: month_grid.lines_of(agencies, duties, months, DAY),
        lambda: fetched(GRID_SQL, span), None,
    )  # fmt: skip
    yield compared(
        "báo cáo tháng theo khối", lambda: figures.summary(duties.for_month(month), DAY),
        lambda: fetched(MONTH_SQL, [month]), None,
    )  # fmt: skip


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    xlsx_by_portal(int(sys.argv[1]))
    sys.stdout.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))
