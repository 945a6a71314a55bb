"""A worker of its own for the crash test of imports.

python -m tests.registry.importing_process MOMENT HOW, where HOW is `safe` or `die`: killed when all rows are written
and nothing is committed. Says how many sheets it imported, and how many channels and tries there are then.
"""

import json
import os
import sys
from datetime import datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from registry.importing.background import import_queued  # noqa: E402
from registry.importing.plan import Plan  # noqa: E402
from registry.models import Channel, StagedImport  # noqa: E402


def die(*args, **kwargs):
    found = {"written": Channel.objects.count()}
    sys.stdout.write(json.dumps(found))
    sys.stdout.flush()
    os._exit(137)


def main(moment, how):
    if how == "die":
        Plan._change = die
    done = import_queued(datetime.fromisoformat(moment))
    staged = StagedImport.objects.get()
    found = {"done": done, "channels": Channel.objects.count(), "tries": staged.attempt}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
