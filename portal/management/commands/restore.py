"""`manage.py restore DIR`: into an empty database and media folder. Sending stays paused until `release_sending`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal import keeping


class Command(BaseCommand):
    help = "Khôi phục một bản sao lưu vào cơ sở dữ liệu trống; việc gửi tin tạm dừng cho đến khi mở lại."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder, **options):
        try:
            manifest = keeping.restore(folder, timezone.now())
        except keeping.Refused as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(
            f"Đã khôi phục {len(manifest['files'])} tệp, bản lúc {manifest['made_at']}.\n"
            "Việc gửi tin đang tạm dừng. Kiểm tra xong, mở lại bằng: python manage.py release_sending"
        )
