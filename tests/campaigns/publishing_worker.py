"""A worker of its own for the crash test: makes passes at the given moments.

python -m tests.campaigns.publishing_worker MOMENT [MOMENT …]
"""

import os
import sys
from datetime import datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from campaigns.publishing.jobs import publish_due  # noqa: E402

if __name__ == "__main__":
    for moment in sys.argv[1:]:
        publish_due(datetime.fromisoformat(moment))
