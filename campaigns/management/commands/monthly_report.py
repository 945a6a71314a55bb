"""Writes the quota report of a month: the same figures as the page."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns.exports import MonthReport, json_document, kinds_table, month_report, monthly_report_table
from campaigns.models import Obligation
from portal.lib.documents.csv import write_csv
from portal.lib.documents.xlsx import write_xlsx
from portal.lib.periods import local_day, parse_month


def month(text: str) -> date:
    try:
        return parse_month(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


class Command(BaseCommand):
    help = (
        "Ghi báo cáo sản phẩm truyền thông của một tháng, ví dụ: monthly_report 2026-11 --format xlsx --output bc.xlsx"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", type=month)
        parser.add_argument("--format", choices=["xlsx", "json", "csv"], default="xlsx")
        parser.add_argument("--output", type=Path, help="tệp kết quả; json và csv in ra màn hình nếu không ghi")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, output = options["format"], options["output"]
        if output is None and kind == "xlsx":
            raise CommandError("Hãy ghi tên tệp kết quả bằng --output.", returncode=2)
        report = month_report(Obligation.objects.all(), options["month"], local_day(timezone.now()))
        try:
            self.write(report, kind, output)
        except OSError as error:
            raise CommandError(f"Không ghi được tệp {output}.") from error
        if output is not None:
            self.stdout.write(f"Đã ghi {output}.")

    def write(self, report: MonthReport, kind: str, output: Path | None) -> None:
        if kind == "xlsx":
            with output.open("wb") as file:
                write_xlsx(file, kinds_table(report), monthly_report_table(report))
        elif output is None:
            self.write_text(report, kind, self.stdout)
        else:
            with output.open("w", encoding="utf-8", newline="") as file:
                self.write_text(report, kind, file)

    def write_text(self, report: MonthReport, kind: str, stream: Any) -> None:
        if kind == "csv":
            write_csv(monthly_report_table(report), stream)
        else:
            stream.write(json.dumps(json_document(report), ensure_ascii=False, indent=2))
