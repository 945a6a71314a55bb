"""`manage.py tick`: one pass of everything that is due. What beat calls each minute; a timer may call it too."""

import dataclasses
import json
from datetime import datetime
from functools import partial

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from campaigns.downloading import make_queued
from portal.lib.clock import database_now
from portal.ticking import attempt, tick
from registry.importing.background import import_queued


def moment(text: str) -> datetime:
    """An ISO moment, local time when it has no offset."""
    try:
        found = parse_datetime(text) or datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"Không đọc được thời điểm “{text}”: cần dạng 2026-11-21T08:00.", returncode=2) from None
    return found if timezone.is_aware(found) else timezone.make_aware(found)


class Command(BaseCommand):
    help = "Làm một lượt mọi việc đã đến giờ: mở kỳ, lập lời nhắc, gửi tin. Chạy lại hay chạy song song đều an toàn."

    def add_arguments(self, parser):
        parser.add_argument("--at", type=moment, default=None, help="coi như lúc này (để diễn tập)")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, at, as_json, **options):
        now = at or database_now()
        result = tick(now)
        result.imported = attempt(result, partial(import_queued, now)) or 0
        result.downloads = attempt(result, partial(make_queued, now)) or 0
        if as_json:
            self.stdout.write(json.dumps(dataclasses.asdict(result), ensure_ascii=False))
        else:
            self.stdout.write(str(result))
