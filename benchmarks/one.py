"""Run one benchmark on the database of the environment: `python -m benchmarks.one importing` prints JSON lines."""

import importlib
import json
import os
import sys

import django
from django.core.management import call_command


def main(name: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    for row in importlib.import_module(f"benchmarks.{name}").rows():
        sys.stdout.write(json.dumps({"benchmark": name, **row}, ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
