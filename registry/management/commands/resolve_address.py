"""Reads addresses from standard input, one a line, and says which channel each one names."""

import json
import sys

from django.core.management.base import BaseCommand

from registry.addresses.parser import read_address


class Command(BaseCommand):
    help = "Đọc mỗi dòng một địa chỉ từ đầu vào chuẩn và cho biết khoá nhận diện của kênh."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="mỗi dòng một đối tượng JSON")

    def handle(self, *args, **options):
        for line in sys.stdin.buffer:
            text = line.decode("utf-8", errors="replace").removesuffix("\n").removesuffix("\r")
            self.stdout.write(as_json(text) if options["json"] else as_words(text))


def as_json(text):
    address = read_address(text)
    return json.dumps(
        {
            "input": text,
            "outcome": address.outcome,
            "platform": address.platform,
            "key": address.key,
            "kind": address.kind,
            "canonical_url": address.canonical_url,
            "warnings": list(address.warnings),
            "reason": address.reason,
        },
        ensure_ascii=False,
    )


def as_words(text):
    address = read_address(text)
    return "\t".join((text, address.outcome, address.key or address.reason, *address.warnings))
