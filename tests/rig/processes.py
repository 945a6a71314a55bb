"""Start a server for the tests: found on this machine, as an unprivileged user, gone when the test run is."""

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def unprivileged() -> dict:
    """`Popen` arguments that drop root: PostgreSQL refuses to run as root. Empty when we are not root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            person = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
    return {}


def own_directory(name: str) -> Path:
    """A fresh directory that the unprivileged user owns; the path is short because sockets live in it."""
    folder = Path(tempfile.mkdtemp(prefix=f"rig-{name}-"))
    person = unprivileged()
    if person:
        os.chown(folder, person["user"], person["group"])
    return folder


def copy_owned(source: Path, target: Path):
    """Copy a directory for the unprivileged user."""
    shutil.copytree(source, target)
    person = unprivileged()
    for path in [target, *target.rglob("*")] if person else ():
        os.chown(path, person["user"], person["group"])


def die_with_parent(sign: int):
    """A `preexec_fn`: the kernel sends `sign` to the server when the test run is gone, however it went."""
    return lambda: LIBC.prctl(PR_SET_PDEATHSIG, sign)


def packaged(module: str) -> Path:
    """Folder of an installed package without importing it; a folder that doesn't exist when it isn't installed."""
    found = importlib.util.find_spec(module)
    return Path(found.origin).parent if found and found.origin else Path("/nonexistent")


def first_that_runs(candidates) -> Path | None:
    """The first of these programs that answers `--version` as the unprivileged user."""
    for candidate in candidates:
        if not candidate or not Path(candidate).is_file():
            continue
        try:
            subprocess.run([candidate, "--version"], check=True, capture_output=True, timeout=20, **unprivileged())
        except (OSError, subprocess.SubprocessError):
            continue
        return Path(candidate)
    return None


class Server:
    """One server process with its own directory; `stop` leaves nothing behind."""

    stop_signal = signal.SIGTERM
    orphan_signal = signal.SIGTERM

    def __init__(self, name: str):
        self.port = free_port()
        self.folder = own_directory(name)
        self.process = None

    def launch(self, command: list):
        """Start the program, its output in `log` inside the server's own directory."""
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=die_with_parent(self.orphan_signal),
                **unprivileged(),
            )

    def wait_for(self, answers, seconds: float = 30):
        """Wait until `answers()` is true; the log is in the error when it never is."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            if answers():
                return
            time.sleep(0.05)
        log = (self.folder / "log").read_text(errors="replace")[-2000:]
        self.stop()
        raise RuntimeError(f"{type(self).__name__} did not start:\n{log}")

    def listening(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self):
        """End it as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
