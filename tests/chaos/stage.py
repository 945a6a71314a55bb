"""The stage: PostgreSQL, Redis, mail server, eSMS gateway, web, workers and clocks, each a process that can be killed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.rig import postgres, redis
from tests.rig.esms_api import BRANDNAME, KEY, SECRET
from tests.rig.processes import free_port
from tests.rig.smtp import SinkProcess

ROOT = Path(__file__).resolve().parent.parent.parent
WORKERS, CHILDREN, CLOCKS = 4, 2, 2
QUICK = {
    "TICK_SECONDS": "1", "SEND_SECONDS": "0.5", "SENDING_LEASE_SECONDS": "10", "SENDING_REST_SECONDS": "4",
    "QUIET_FROM_HOUR": "0", "QUIET_TO_HOUR": "0", "ESMS_PER_SECOND": "400", "LOG_LEVEL": "ERROR", "PRODUCTION": "0",
    "ESMS_API_KEY": KEY, "ESMS_SECRET_KEY": SECRET, "ESMS_BRANDNAME": BRANDNAME, "CONN_MAX_AGE": "60",
    "SITE_URL": "http://localhost:8000", "PYTHONWARNINGS": "ignore", "DEBUG": "0",
}  # fmt: skip
"""Minutes become seconds, and no hour is quiet."""


class Services:
    """PostgreSQL, Redis and the two sinks. The sinks write down each acceptance before they answer, and are never killed."""

    def __init__(self, gap: float):
        self.folder = Path(tempfile.mkdtemp(prefix="chaos-"))
        (self.folder / "static").mkdir()
        self.database = postgres.PostgreSQL(postgres.binary_folder(), keeps_promises=True)
        self.database.psql("create database play")
        self.redis = redis.Redis(redis.server_binary())
        self.mail = SinkProcess(self.folder, gap)
        self.texts = self.folder / "texts.jsonl"
        command = [sys.executable, "-m", "tests.rig.esms_api", "0", str(self.texts), str(gap / 5)]
        self.gateway = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.web_port = free_port()
        self.hands = ThreadPoolExecutor(8)
        """Threads that stay: a server that one of them started again would die with it (PR_SET_PDEATHSIG)."""
        self.environment = os.environ | QUICK | {
            "DATABASE_URL": self.database.url.replace("/postgres", "/play"), "REDIS_URL": self.redis.url, "CACHE_URL": self.redis.url,
            "EMAIL_URL": self.mail.url, "ESMS_API": self.gateway.stdout.readline().strip(), "VAR_DIR": str(self.folder),
        }  # fmt: skip

    def keep(self):
        """Remember the database as it is now."""
        self.database.psql("create database kept template play strategy file_copy")

    def begin_anew(self):
        """The database as it was kept, and nothing in the sinks."""
        self.database.psql("drop database play with (force)")
        self.database.psql("create database play template kept strategy file_copy")
        for path in (self.mail.path, self.texts):
            path.write_text("")

    def stop(self):
        self.gateway.kill()
        self.gateway.wait()
        self.mail.__exit__()
        self.redis.stop()
        self.database.stop()


class Company:
    """The processes of the portal. `replace` starts anew what was killed, as systemd does."""

    def __init__(self, services, application="portal"):
        self.services = services
        celery = [sys.executable, "-m", "celery", "-A", application]
        self.commands = {
            f"worker-{n}": [*celery, "worker", "-n", f"w{n}@chaos", "-c", str(CHILDREN)] for n in range(WORKERS)
        }
        for n in range(CLOCKS):
            schedule = str(services.folder / f"schedule-{n}")
            self.commands[f"clock-{n}"] = [*celery, "beat", "-s", schedule, "--pidfile="]
        gunicorn = [sys.executable, "-m", "gunicorn", "portal.wsgi", "-w", "2", "-b", f"127.0.0.1:{services.web_port}"]
        self.commands["web"] = gunicorn
        self.running = {}

    def start(self, name):
        with open(self.services.folder / f"{name}.log", "ab") as log:
            self.running[name] = subprocess.Popen(
                self.commands[name], cwd=ROOT, env=self.services.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def start_all(self):
        for name in self.commands:
            self.start(name)

    def replace_the_dead(self):
        for name, process in self.running.items():
            if process.poll() is not None:
                bury(process.pid)
                self.start(name)

    def children(self) -> list[int]:
        """Pool processes of all workers."""
        parents = {process.pid for name, process in self.running.items() if name.startswith("worker")}
        return [pid for pid, parent in processes() if parent in parents]

    def stop(self):
        for process in self.running.values():
            bury(process.pid)
            process.wait()


def processes():
    """(pid, parent) of every process of this machine."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        yield int(path.parent.name), int(words[1])


def kill(pid, sign=signal.SIGKILL):
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return False
    return True


def bury(leader):
    """Kill what a dead leader left behind in its process group."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def wait_until(true, seconds, pause=0.25) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(pause)
    return False
