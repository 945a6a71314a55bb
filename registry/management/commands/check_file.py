"""Says what an upload of a file would get: the same check as the page, without storing anything."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.lib.uploads import Checked, Outcome, Slot, check_file, slot_for


class Command(BaseCommand):
    help = "Kiểm tra một tệp như khi tải lên: nhận, nhận sau khi làm sạch, cảnh báo hay từ chối (mã thoát 1)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--slot", choices=[str(slot) for slot in Slot])
        parser.add_argument("--name", help="tên tệp người dùng gửi, nếu khác tên tệp trên đĩa")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"] if options["name"] is not None else options["file"].name
        try:
            with options["file"].open("rb") as file:
                checked = check_file(file, options["slot"] or slot_for(name), name)
        except OSError as error:
            raise CommandError(f"Không đọc được tệp {options['file']}.", returncode=2) from error
        self.stdout.write(_json(checked) if options["as_json"] else f"{checked.outcome}: {checked.message}")
        if checked.outcome == Outcome.REJECT:
            raise SystemExit(1)


def _json(checked: Checked) -> str:
    stored = checked.sha256 or None
    answer = {
        "outcome": str(checked.outcome),
        "message": checked.message,
        "name": checked.name,
        "stored_sha256": stored,
    }
    return json.dumps(answer, ensure_ascii=False)
