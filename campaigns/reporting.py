"""The month's report as a file, in every format the same figures: for the page, the command, the download centre."""

import json
from dataclasses import replace
from datetime import date
from io import TextIOWrapper
from typing import Any, BinaryIO

from campaigns import exports
from campaigns.models.obligation import ObligationQuerySet
from campaigns.narrowing import BY_PARENT, Narrowing
from campaigns.papers import annex_heading, month_paper, urging_paper
from portal.lib.documents.csv import write_csv
from portal.lib.documents.paper import DOCX_TYPE, Paper
from portal.lib.documents.pdf import PDF_TYPE, write_pdf
from portal.lib.documents.xlsx import XLSX_TYPE, write_xlsx
from portal.lib.later import Later
from portal.lib.periods import month_label
from portal.lib.wording import month_words

word = Later("portal.lib.documents.docx")
MEDIA_TYPES = {
    "xlsx": XLSX_TYPE, "csv": "text/csv; charset=utf-8", "docx": DOCX_TYPE, "pdf": PDF_TYPE,
    "json": "application/json",
}  # fmt: skip
REPORT_FORMATS = (("xlsx", "Excel"), ("csv", "CSV"), ("docx", "Word"), ("pdf", "PDF"))
PAPER_FORMATS = (("docx", "Word"), ("pdf", "PDF"))


def write_month(
    stream: BinaryIO,
    kind: str,
    rows: ObligationQuerySet,
    month: date,
    today: date,
    scope: str = "",
    *,
    by_parent: bool = False,
) -> None:
    """The report of the month over these rows, as a file of this kind. by_parent: also by the agency above."""
    if kind in ("docx", "pdf"):
        return write_paper(stream, kind, month_paper(rows, month, today, scope, by_parent=by_parent))
    report = exports.month_report(rows, month, today, by_parent=by_parent)
    if kind == "xlsx":
        return write_workbook(stream, report)
    text = TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    if kind == "csv":
        write_csv(exports.monthly_report_table(report), text)
    else:
        json.dump(exports.json_document(report), text, ensure_ascii=False, indent=2)
    text.detach()
    return None


def write_workbook(stream: BinaryIO, report: exports.MonthReport) -> None:
    """The annexes of the report as a workbook, with the office's letterhead."""
    heading = annex_heading()
    write_xlsx(stream, *(replace(table, heading=heading) for table in exports.report_tables(report)))


def write_urging(
    stream: BinaryIO, kind: str, duties: ObligationQuerySet, month: date, today: date, new_due: date
) -> None:
    """Công văn đôn đốc over these overdue duties."""
    write_paper(stream, kind, urging_paper(duties, month, today, new_due))


def write_paper(stream: BinaryIO, kind: str, paper: Paper) -> None:
    (word.write_docx if kind == "docx" else write_pdf)(stream, paper)


def month_download(kind: str, month: date, narrowing: Narrowing, *, by_parent: bool = False) -> dict[str, Any]:
    """What `Download.ask` wants to know of a report that the background writes."""
    scope = f" ({narrowing.words_of_scope})" if narrowing else ""
    grouped = " theo cơ quan cấp trên" if by_parent else ""
    asked = {"month": month_label(month), "format": kind, "q": narrowing.words, "loai": narrowing.kind}
    return {
        "kind": "month",
        "request": asked | {"theo": BY_PARENT if by_parent else ""},
        "title": f"Báo cáo {month_words(month)}{grouped}{scope}, {dict(REPORT_FORMATS)[kind]}",
        "name": exports.file_name(month, kind, by_parent=by_parent),
        "media_type": MEDIA_TYPES[kind],
    }


def urging_duties(
    rows: ObligationQuerySet, month: date, today: date, *, everything: bool = False
) -> ObligationQuerySet:
    """What the công văn is about: overdue products of the month, or everything overdue until the end of that month."""
    rows = rows.overdue(today)
    return rows.of_months().filter(period__month__lte=month) if everything else rows.quota().for_month(month)


def urging_name(month: date, extension: str) -> str:
    return f"cong-van-don-doc-{month_label(month)}.{extension}"
