"""Migrate the database of the environment and fill it: `python -m benchmarks.filling 5000x36`."""

import importlib
import os
import sys
from datetime import UTC, datetime

import django
from django.core.management import call_command


def main(label: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    province = importlib.import_module("benchmarks.province")
    agencies, months = map(int, label.split("x"))
    province.load(province.Size(agencies, months), datetime.now(UTC).date().replace(day=1))


if __name__ == "__main__":
    main(sys.argv[1])
