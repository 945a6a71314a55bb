"""`manage.py export_registry --kind … --output FILE`: the same columns that import reads: out, edit, in again."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict

from portal.lib.documents.csv import write_csv
from portal.lib.documents.xlsx import write_xlsx
from registry.exports import export_table, log_export
from registry.operators import operator
from registry.sheets import KINDS


class Command(BaseCommand):
    help = "Xuất danh bạ ra .xlsx hoặc .csv để sửa rồi nhập lại. Lượt xuất dữ liệu cá nhân được ghi nhật ký."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--kind", choices=KINDS, required=True)
        parser.add_argument("--output", type=Path, required=True)
        parser.add_argument("--filter", default="", help="như trên thanh địa chỉ của trang danh sách: q=…&kind=…")
        parser.add_argument("--by", default="", help="tên đăng nhập của người xuất")

    def handle(self, *, kind, output, by, **options):
        if output.suffix.lower() not in (".xlsx", ".csv"):
            raise CommandError("Tệp ra phải có đuôi .xlsx hoặc .csv.", returncode=2)
        try:
            actor = operator(by)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=1) from error
        params = QueryDict(options["filter"]).dict()
        if kind in ("contacts", "registrations"):
            log_export(actor=actor, kind=kind, reason="Lệnh export_registry", params=params)
        table = export_table(kind, user=actor, params=params, reveal=True)
        try:
            self.write(table, output)
        except OSError as error:
            raise CommandError(f"Không ghi được tệp: {output}", returncode=1) from error
        self.stdout.write(f"Đã ghi {output}")

    def write(self, table, output):
        if output.suffix.lower() == ".csv":
            with output.open("w", encoding="utf-8", newline="") as stream:
                write_csv(table, stream)
            return
        with output.open("wb") as stream:
            write_xlsx(stream, table)
