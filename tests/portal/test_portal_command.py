"""`manage.py portal`: web, worker and beat start together, stop together, and leave nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.conf import settings

from tests.rig.migrated import copy_migrated
from tests.rig.processes import free_port

ROOT = Path(settings.BASE_DIR)
PATIENCE = 90

pytestmark = pytest.mark.embedded


def wait_until(true, seconds=PATIENCE):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.2)
    return False


def command_lines(group) -> list[str]:
    """Command lines of the processes of a group that are still running."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[2]) == group and fields[0] != "Z":
                found.append((stat.parent / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def pids_of(group, word):
    listed = subprocess.run(["pgrep", "-g", str(group), "-f", word], capture_output=True, text=True, check=False)
    return [int(line) for line in listed.stdout.split()]


def embedded_in(folder):
    """Environment of an embedded portal that keeps everything in the folder."""
    own = {
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
        "REDIS_URL": "",
        "CACHE_URL": "",
    }
    return os.environ | own


class Portal:
    """A running `manage.py portal` in its own folder and process group."""

    def __init__(self, folder):
        self.port = free_port()
        environment = embedded_in(folder)
        command = [sys.executable, "manage.py", "portal", "--port", str(self.port), "--workers", "1"]
        self.log = open(folder / "log", "w+")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=self.log, stderr=self.log, start_new_session=True
        )
        self.group = self.process.pid

    def health(self):
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return json.load(answer)
        except (URLError, OSError):
            return {"ok": False}

    def all_there(self):
        """Web answers, and worker with pool process and beat run."""
        return self.health()["ok"] and len(pids_of(self.group, "celery")) >= 3

    def words(self):
        return Path(self.log.name).read_text()


@pytest.fixture
def running(tmp_path):
    copy_migrated(tmp_path)
    portal = Portal(tmp_path)
    wait_until(lambda: portal.process.poll() is not None or portal.all_there())
    assert portal.all_there(), portal.words()
    yield portal
    if command_lines(portal.group):
        os.killpg(portal.group, signal.SIGKILL)
    portal.log.close()


def test_a_taken_port_is_said_at_once_and_terminate_stops_all(running):
    second = subprocess.run(
        [sys.executable, "manage.py", "portal", "--port", str(running.port)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert f"Cổng {running.port} đang có chương trình khác dùng" in second.stderr
    assert running.all_there()
    running.process.terminate()
    assert running.process.wait(PATIENCE) == 0, running.words()
    assert command_lines(running.group) == []


@pytest.mark.parametrize("stop", ["interrupt the group", "kill -9"])
def test_stopping_it_leaves_no_process_behind(running, stop):
    if stop == "interrupt the group":
        os.killpg(running.group, signal.SIGINT)
    else:
        running.process.kill()
    code = running.process.wait(PATIENCE)
    assert code == (-9 if stop == "kill -9" else 0), running.words()
    assert wait_until(lambda: not command_lines(running.group), 40), command_lines(running.group)


@pytest.mark.parametrize("word", ["gunicorn", "celery"])
def test_death_of_one_part_stops_all_with_an_error(running, word):
    os.kill(min(pids_of(running.group, word)), signal.SIGKILL)
    assert running.process.wait(PATIENCE) == 1
    assert command_lines(running.group) == []
    assert "đã dừng bất thường" in running.words()
