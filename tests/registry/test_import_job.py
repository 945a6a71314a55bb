"""A long import whose worker is killed in the middle: nothing of it stays, and the next worker does all of it once."""

import json
import os
import subprocess
import sys
from datetime import timedelta

from django.utils import timezone

from registry.models import StagedImport
from registry.models.leased import LEASE
from tests.portal.test_tick import database_for_processes
from tests.registry.sheet_files import FIRST, HEADINGS, SECOND, csv


def worker(url, at, how="safe"):
    """Run one worker to its end; its exit code and what it said."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.registry.importing_process", at.isoformat(), how]
    ended = subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True, timeout=60)
    return ended.returncode, json.loads(ended.stdout)


def test_killed_in_the_middle_nothing_stays_and_the_next_worker_does_it_once(
    transactional_db, tmp_path, reviewer, health, other_agency
):
    now = timezone.now()
    staged = StagedImport.stage(
        actor=reviewer, kind="registrations", content=csv(HEADINGS, FIRST, SECOND), original_name="dai.csv", now=now
    )
    staged.queue(now=now, row_count=2)
    with database_for_processes(tmp_path) as (url, _):
        assert worker(url, now, how="die") == (137, {"written": 2})
        held_on = timedelta(seconds=30)
        assert worker(url, now + held_on) == (0, {"done": 0, "channels": 0, "tries": 1}), "the lease still stands"
        assert worker(url, now + LEASE + held_on) == (0, {"done": 1, "channels": 2, "tries": 2})
        assert worker(url, now + LEASE * 3) == (0, {"done": 0, "channels": 2, "tries": 2})
