"""`manage.py import_registry FILE`: spreadsheet or CSV → registry; the same plan as the import page."""

import json
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from portal.lib.clock import database_now
from registry.importing import Plan, plan_import
from registry.operators import moment, operator
from registry.sheets import KINDS, MAX_BYTES, guess_kind, read_sheet

REFUSED, WRONG_USAGE = 1, 2


class Command(BaseCommand):
    help = "Nhập bảng tính (.xlsx, .xls, .csv) vào danh bạ. Có dòng sai thì không nhập dòng nào."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", choices=KINDS, help="loại bảng; không ghi thì đoán theo tiêu đề cột")
        parser.add_argument("--dry-run", action="store_true", help="chỉ xem trước, không ghi gì")
        parser.add_argument("--json", action="store_true", dest="as_json")
        parser.add_argument("--at", type=moment, default=None, help="coi như lúc này (để diễn tập)")
        parser.add_argument("--by", default="", help="tên đăng nhập của người nhập")

    def handle(self, *, file, kind, dry_run, as_json, by, at, **options):
        try:
            with file.open("rb") as stream:
                content = stream.read(MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(f"Không mở được tệp: {file}", returncode=WRONG_USAGE) from error
        kind = kind or guess_kind(content, file.name)
        plan = plan_import(read_sheet(content, kind=kind, name=file.name))
        fault = "" if dry_run else self.run(plan, by, at or database_now())
        self.stdout.write(json.dumps(as_document(plan, fault, dry_run), ensure_ascii=False) if as_json else words(plan))
        if fault or plan.outcome.startswith("reject"):
            raise CommandError(fault or "Chưa nhập: bảng còn lỗi.", returncode=REFUSED)

    def run(self, plan, by, now) -> str:
        """Do it; the sentence of the refusal when it can't be done."""
        if plan.outcome.startswith("reject"):
            return ""
        try:
            plan.run(operator(by), now)
        except ValidationError as error:
            return " ".join(error.messages)
        return ""


def as_document(plan: Plan, fault: str, dry_run: bool) -> dict:
    """The JSON document of commands.md; `rows` only when nothing was to be written."""
    sheet = plan.sheet
    errors = [{"row": None, "column": None, "message": message} for message in sheet.errors]
    errors += [
        {"row": row.number, "column": problem.column, "message": problem.message}
        for row in sheet.rows
        for problem in row.problems
    ]
    if fault:
        errors.append({"row": None, "column": None, "message": fault})
    document = {
        "outcome": "reject_file" if fault else str(sheet.outcome),
        "kind": plan.kind,
        "rows_ok": len(sheet.good_rows),
        "rows_bad": len(sheet.bad_rows),
        "errors": errors,
        "warnings": sheet.warnings,
        "counts": {str(state): count for state, count in plan.counts.items()},
    }
    if dry_run:
        document["rows"] = [{key: plain(value) for key, value in row.values.items()} for row in sheet.good_rows]
    return document


def plain(value):
    return value.isoformat() if isinstance(value, date) else value


def words(plan: Plan) -> str:
    sheet = plan.sheet
    lines = [*sheet.errors, *sheet.warnings]
    for row in sheet.rows:
        lines += [f"Dòng {row.line}, cột {problem.column}: {problem.message}" for problem in row.problems]
    return "\n".join([*lines, f"Kết quả: {sheet.outcome}. {plan.sentence}"])
