"""`manage.py backup DIR`: database and media with checksums, while the portal runs."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal import keeping


class Command(BaseCommand):
    help = "Sao lưu cơ sở dữ liệu và tệp vào một thư mục mới, kèm mã kiểm tra."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder, **options):
        try:
            manifest = keeping.back_up(folder, timezone.now())
        except keeping.Refused as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(f"Đã sao lưu {len(manifest['files'])} tệp vào {folder}.")
