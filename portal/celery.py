"""Celery only wakes workers up: every task is a claim on rows, safe to run twice, late or not at all.

`celery -A portal worker` · `celery -A portal beat`
"""

import os
from pathlib import Path

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def make_broker_folders(options: dict):
    """Folders of the embedded file broker; a Redis broker has none."""
    for name in ("data_folder_in", "data_folder_out", "control_folder"):
        if name in options:
            Path(options[name]).mkdir(parents=True, exist_ok=True)


make_broker_folders(app.conf.broker_transport_options)
