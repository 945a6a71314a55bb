"""`manage.py health`: what /healthz says, and whether the ledger and the outbox keep their promise, for monitors with a shell."""

import json
import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from campaigns.nothing_lost import findings
from portal.health import examine


class Command(BaseCommand):
    help = "Tình trạng: cơ sở dữ liệu, hàng đợi, lần chạy nền gần nhất, tin còn đọng."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, as_json, **options):
        state = examine(timezone.now())
        if state["database"]:
            state["lost"] = findings(timezone.now())
            state["ok"] = state["ok"] and not any(state["lost"].values())
        if as_json:
            self.stdout.write(json.dumps(state, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(f"{name:<16} {value}" for name, value in state.items()))
        if not state["ok"]:
            sys.exit(1)
