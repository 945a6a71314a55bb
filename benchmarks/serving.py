"""The portal served as in production: gunicorn with its own configuration, PostgreSQL, Redis, settings of production."""

import http.client
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.rig import processes, redis

ROOT = Path(__file__).resolve().parent.parent
HOST, SECRET = "kenh.tinh.example", "chi-de-do-toc-do-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF"
WORKERS = 2


def is_embedded() -> bool:
    """Whether the portal runs in one place on a file (SQLite): then it is served as `manage.py portal` serves it."""
    return os.environ.get("DATABASE_URL", "sqlite").startswith("sqlite")


@dataclass
class Portal:
    """A running portal: one client that keeps its connection, as a browser does."""

    port: int
    process: subprocess.Popen
    client: http.client.HTTPConnection = field(init=False)
    visitors: Iterator[int] = field(default_factory=count)

    def __post_init__(self):
        self.client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, path: str, session: str = "", *, is_counted: bool = False) -> "Answer":
        """One page as the proxy asks for it, each time for another visitor: checks of one are limited."""
        visitor = next(self.visitors)
        head = {
            "Host": HOST,
            "User-Agent": "Mozilla/5.0 (Linux; Android 13)",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": f"10.0.{visitor >> 8 & 255}.{visitor & 255}",
        }
        head |= {"Cookie": f"{'' if is_embedded() else '__Host-'}sessionid={session}"} if session else {}
        head |= {"X-Count-Queries": "1"} if is_counted else {}
        try:
            return self.answer(path, head)
        except ConnectionError:  # gunicorn ends a connection that rested for five seconds
            self.client.close()
            return self.answer(path, head)

    def answer(self, path: str, head: dict) -> "Answer":
        start = time.perf_counter()
        self.client.request("GET", path, headers=head)
        answer = self.client.getresponse()
        body = answer.read()
        return Answer(answer.status, (time.perf_counter() - start) * 1000, body, dict(answer.getheaders()))

    def workers(self) -> list[int]:
        """Process ids of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children]

    def megabytes(self) -> float:
        """Memory of the largest worker."""
        return max(resident(pid) for pid in self.workers())


@dataclass(frozen=True)
class Answer:
    status: int
    milliseconds: float
    body: bytes
    head: dict

    @property
    def queries(self) -> int:
        return int(self.head["X-Queries"])


def resident(pid: int) -> float:
    """Megabytes of memory that a process takes (Rss)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def environment(folder: Path, broker: str) -> dict:
    """The settings of production; nothing leaves this machine. Compiled modules are kept, as on a server."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {
        "PRODUCTION": "0" if is_embedded() else "1", "DEBUG": "0", "SECRET_KEY": SECRET, "ALLOWED_HOSTS": HOST, "SITE_URL": f"https://{HOST}",
        "REDIS_URL": broker, "CACHE_URL": broker, "EMAIL_URL": "smtp://127.0.0.1:9", "VAR_DIR": str(folder),
        "WEB_WORKERS": str(WORKERS), "TRUSTED_PROXIES": "1",
    }  # fmt: skip


@contextmanager
def served(folder: Path, application: str = "benchmarks.site") -> Iterator[Portal]:
    """The portal on the database of the environment; stopped when the block ends."""
    binary = None if is_embedded() else redis.server_binary()
    broker = redis.Redis(binary) if binary else None
    settings = environment(folder, broker.url if broker else "" if is_embedded() else "redis://127.0.0.1:9/0")
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=settings, check=True)
    portal = started(settings, application)
    try:
        yield portal
    finally:
        portal.process.terminate()
        portal.process.wait(30)
        if broker:
            broker.stop()


def started(settings: dict, application: str) -> Portal:
    """gunicorn, once it answers."""
    port = processes.free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", application]
    process = subprocess.Popen(command, cwd=ROOT, env=settings | {"BIND": f"127.0.0.1:{port}"})
    portal = Portal(port, process)
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            portal.get("/do/trong/")
            return portal
        except OSError:
            portal.client.close()
            time.sleep(0.02)
    process.terminate()
    raise SystemExit("gunicorn does not answer")


def in_turns(acts: dict, rounds: int) -> dict[str, tuple[float, float]]:
    """Median and least milliseconds of each act, all of them once per round."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            taken[name].append(act())
    return {name: (statistics.median(values), min(values)) for name, values in taken.items()}
