"""Writes the quota report of a month, or with --urge the dispatch to those who are late: the same figures as the page."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns.models import Obligation
from campaigns.reporting import MEDIA_TYPES, urging_duties, write_month, write_urging
from portal.lib.periods import local_day, parse_month
from portal.lib.wording import month_words

ON_SCREEN = ("json", "csv")


def month(text: str) -> date:
    try:
        return parse_month(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"Không đọc được ngày “{text}”: cần dạng 2026-11-25.") from error


class Command(BaseCommand):
    help = (
        "Ghi báo cáo sản phẩm truyền thông của một tháng, ví dụ: monthly_report 2026-11 --format docx --output bc.docx; "
        "thêm --urge 2026-11-25 để ghi công văn đôn đốc với hạn mới"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", type=month)
        parser.add_argument("--format", choices=list(MEDIA_TYPES), default="xlsx")
        parser.add_argument("--output", type=Path, help="tệp kết quả; json và csv in ra màn hình nếu không ghi")
        parser.add_argument("--by-parent", action="store_true", help="thêm bảng theo cơ quan cấp trên")
        parser.add_argument("--urge", type=day, metavar="HẠN_MỚI", help="công văn đôn đốc (docx, pdf) thay cho báo cáo")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, output, new_due = options["format"], options["output"], options["urge"]
        if new_due and kind not in ("docx", "pdf"):
            raise CommandError("Công văn đôn đốc chỉ có dạng docx hoặc pdf.", returncode=2)
        if output is None and kind not in ON_SCREEN:
            raise CommandError("Hãy ghi tên tệp kết quả bằng --output.", returncode=2)
        today = local_day(timezone.now())
        content = (
            self.urging(kind, options["month"], new_due, today)
            if new_due
            else self.report(kind, options["month"], today, by_parent=options["by_parent"])
        )
        if output is None:
            self.stdout.write(content.decode("utf-8"))
            return
        try:
            output.write_bytes(content)
        except OSError as error:
            raise CommandError(f"Không ghi được tệp {output}.") from error
        self.stdout.write(f"Đã ghi {output}.")

    def report(self, kind: str, month: date, today: date, *, by_parent: bool) -> bytes:
        rows, stream = Obligation.objects.all(), BytesIO()
        if not rows.quota().for_month(month).exists():
            raise CommandError(f"Không có việc phải nộp nào để lập báo cáo {month_words(month)}.")
        write_month(stream, kind, rows, month, today, by_parent=by_parent)
        return stream.getvalue()

    def urging(self, kind: str, month: date, new_due: date, today: date) -> bytes:
        duties, stream = urging_duties(Obligation.objects.all(), month, today), BytesIO()
        if not duties.exists():
            raise CommandError("Không có đơn vị nào quá hạn trong tháng này, không cần công văn đôn đốc.")
        write_urging(stream, kind, duties, month, today, new_due)
        return stream.getvalue()
