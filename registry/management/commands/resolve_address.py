r"""Reads addresses from standard input, one a line, and says which channel each one names.

An address that is broken over two lines fits on one: with `\n` written where it breaks, or as a JSON string.
"""

import json
import re
import sys

from django.core.management.base import BaseCommand

from registry.addresses.parser import read_address

JSON_STRING = re.compile(r'"[^"]*\\.*"')
WRITTEN_BREAK = re.compile(r"(?:\\r)?\\n|\\r|\\t")
LINE_SEPARATORS = {ord(char): f"\\u{ord(char):04x}" for char in "\x7f\x85\u2028\u2029"}


class Command(BaseCommand):
    help = (
        "Đọc mỗi dòng một địa chỉ từ đầu vào chuẩn và cho biết khoá nhận diện của kênh. "
        r"Địa chỉ bị ngắt dòng: viết \n ở chỗ ngắt, hoặc viết cả địa chỉ thành một chuỗi JSON."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="mỗi dòng một đối tượng JSON")

    def handle(self, *args, **options):
        for line in sys.stdin.buffer:
            text = from_json(line.decode("utf-8", errors="replace").removesuffix("\n").removesuffix("\r"))
            self.stdout.write(as_json(text) if options["json"] else as_words(text))


def from_json(line):
    """A JSON string with an escape in it, decoded; any other line as it is, also when it only stands in quotes."""
    if not JSON_STRING.fullmatch(line):
        return line
    try:
        return json.loads(line)
    except ValueError:
        return line


def with_breaks(text):
    r"""`\n` written out is the line break it stands for; everywhere else a backslash stays the fault it is."""
    return WRITTEN_BREAK.sub("\n", text)


def as_json(text):
    """One line of JSON, also for readers that take U+2028 for the end of a line."""
    address = read_address(with_breaks(text))
    document = {
        "input": text,
        "outcome": address.outcome,
        "platform": address.platform,
        "key": address.key,
        "kind": address.kind,
        "canonical_url": address.canonical_url,
        "warnings": list(address.warnings),
        "reason": address.reason,
    }
    line = json.dumps(document, ensure_ascii=False).translate(LINE_SEPARATORS)
    return line.encode("utf-8", "backslashreplace").decode("utf-8")


def as_words(text):
    """Tab-separated, for eyes: the address on one line whatever it holds."""
    address = read_address(with_breaks(text))
    shown = "".join(char if char.isprintable() else "?" for char in text)
    return "\t".join((shown, address.outcome, address.key or address.reason, *address.warnings))
