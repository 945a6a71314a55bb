"""The verdict on a link, a name or a phone number, from the command line; `-` reads lines from standard input."""

import json
import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.management.commands.tick import moment
from registry.verdict import judge


class Command(BaseCommand):
    help = "Trả lời một đường link, tên trang hoặc số điện thoại có chính thống không."

    def add_arguments(self, parser):
        parser.add_argument("text", help="nội dung cần kiểm tra; - đọc từng dòng từ đầu vào chuẩn")
        parser.add_argument("--at", type=moment, default=None, help="coi như lúc này (để diễn tập)")
        parser.add_argument("--json", action="store_true", help="một đối tượng JSON cho mỗi nội dung")

    def handle(self, *args, **options):
        today = timezone.localdate(options["at"])
        for text in lines_of(options["text"]):
            verdict = judge(text, today)
            answer = json.dumps(as_dict(text, verdict), ensure_ascii=False) if options["json"] else as_words(verdict)
            self.stdout.write(answer)


def lines_of(text):
    if text != "-":
        return [text]
    return [line.decode("utf-8", errors="replace").rstrip("\r\n") for line in sys.stdin.buffer]


def as_dict(text, verdict):
    """What other systems read; the public API gives the same words."""
    channel, agency, address = verdict.channel, verdict.agency, verdict.address
    return {
        "input": text,
        "verdict": verdict.verdict,
        "message": verdict.message,
        "key": address.key,
        "platform": address.platform,
        "channel": channel.name if channel else None,
        "channel_url": channel.url if channel else None,
        "agency": agency.name if agency else None,
        "confirmed_on": channel.reconfirmed_on.isoformat() if channel else None,
        "since": timezone.localdate(channel.confirmed_at).isoformat() if channel else None,
        "until": verdict.until.isoformat() if verdict.until else None,
        "reason": verdict.reason,
        "known_fake": fake_as_dict(verdict.fake),
        "differs": verdict.comparison.words if verdict.comparison else "",
        "phone_known": verdict.phone_known,
        "warnings": list(address.warnings),
        "official_channels": [
            {"name": real.name, "agency": real.agency.name, "key": real.primary_key, "url": real.url}
            for real in verdict.channels
        ],
    }


def fake_as_dict(fake):
    """What the province noted about a known fake; None for anything else."""
    if fake is None:
        return None
    imitates = fake.imitates.name if fake.imitates else None
    return {"noted_on": fake.noted_on.isoformat(), "source": fake.source, "name": fake.name, "imitates": imitates}


def as_words(verdict):
    lines = [f"{verdict.headline}. {verdict.message}"]
    lines += [f"  {channel.name} ({channel.agency.name}): {channel.url}" for channel in verdict.channels]
    return "\n".join(lines)
