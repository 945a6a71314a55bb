"""Run one benchmark on the database of the environment: `python -m benchmarks.one importing` prints JSON lines.

`pages:counts` runs another function of the module than `rows`.
"""

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
    module, _, function = name.partition(":")
    for row in getattr(importlib.import_module(f"benchmarks.{module}"), function or "rows")():
        sys.stdout.write(json.dumps({"benchmark": name, **row}, ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
