"""`manage.py portal`: the whole portal in one terminal. Web and worker start together and stop together."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from campaigns.demo.province import demo_accounts
from portal.lib.clock import database_now
from portal.ticking import tick
from registry.models import Agency, User

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
LIBC = ctypes.CDLL(None)
STOP_SECONDS = 20


def die_with_parent():
    """Runs in the child: the kernel sends SIGTERM when this command is gone, however it went."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def children_of(pid: int) -> list[int]:
    """Processes whose parent is `pid`, orphans of our children among them."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        if parent == pid:
            found.append(int(stat.parent.name))
    return found


def refuse_taken_port(port: int):
    """Say so before anything else is done, rather than after the demo data."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(f"Cổng {port} đang có chương trình khác dùng. Hãy chọn cổng khác: --port 8001") from None


class Command(BaseCommand):
    help = "Chạy cổng: trang web và việc nền trong một cửa sổ. Ctrl-C dừng tất cả."

    def add_arguments(self, parser):
        parser.add_argument("--demo", action="store_true", help="nạp dữ liệu mẫu nếu cơ sở dữ liệu còn trống")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, help="số tiến trình web")

    def handle(self, *, demo, port, workers, **options):
        refuse_taken_port(port)
        os.environ.setdefault("SITE_URL", f"http://localhost:{port}")
        self.stopping = False
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self.ask_to_stop)
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)
        self.prepare(demo)
        processes = {} if self.stopping else {"web": self.web(port, workers), "worker": self.worker()}
        try:
            if processes:
                self.greet(port, demo)
                self.first_tick()
            died = self.watch(processes)
        finally:
            self.stop(processes)
        if died:
            self.stderr.write(f"Tiến trình {died} đã dừng bất thường (mã {processes[died].returncode}).")
            sys.exit(1)

    def ask_to_stop(self, *signal_and_frame):
        self.stopping = True

    def prepare(self, demo: bool):
        """Bring the database up to date; static files only where production serves collected ones; demo data once."""
        call_command("migrate", interactive=False, verbosity=0)
        if settings.PRODUCTION:
            call_command("collectstatic", interactive=False, verbosity=0)
        if demo and not Agency.objects.exists() and not User.objects.exists():
            self.stdout.write("Đang nạp dữ liệu mẫu…")
            self.stdout.flush()
            self.seed()

    def seed(self):
        """Fill the empty portal; being asked to stop ends it, and nothing of it is kept."""
        seeding = self.start("manage.py", "seed_demo")
        while seeding.poll() is None:
            if self.stopping:
                seeding.terminate()
            time.sleep(0.2)
        if seeding.returncode and not self.stopping:
            raise CommandError("Chưa nạp được dữ liệu mẫu, xem lỗi ở trên.")

    def start(self, *command) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", *command],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent,
        )

    def web(self, port: int, workers: int):
        settings_file = str(settings.BASE_DIR / "deploy" / "gunicorn.conf.py")
        bind = f"127.0.0.1:{port}"
        return self.start(
            "-m", "gunicorn", "--config", settings_file, "--bind", bind, "--workers", str(workers), "portal.wsgi"
        )

    def worker(self):
        return self.start(
            *(
                "-m",
                "celery",
                "--quiet",
                "-A",
                "portal",
                "worker",
                "--beat",
                "--concurrency",
                "2",
                "--loglevel",
                "WARNING",
            ),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        )

    def greet(self, port: int, demo: bool):
        site = f"http://localhost:{port}"
        lines = [
            "",
            f"  {settings.PORTAL_NAME} · {settings.PROVINCE_NAME}",
            f"  Trang công khai   {site}/",
            f"  Việc của đơn vị   {site}/viec/",
            f"  Bàn điều hành     {site}/dieu-hanh/",
            f"  Quản trị          {site}/quan-tri/",
        ]
        if demo:
            lines += ["", "  Tài khoản mẫu:"]
            lines += [f"    {name:<16} {password:<16} {who}" for name, password, who in demo_accounts()]
        lines += ["", "  Ctrl-C để dừng.", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def first_tick(self):
        """Don't let a fresh start wait a minute for beat: /healthz is green from the first seconds."""
        if not self.stopping:
            tick(database_now())

    def watch(self, processes: dict) -> str | None:
        """Wait until asked to stop, or until one of the processes ends by itself: then give its name."""
        while not self.stopping:
            for name, process in processes.items():
                if process.poll() is not None:
                    return name
            time.sleep(0.2)
        return None

    def stop(self, processes: dict):
        """Ask all to finish what they hold, then end whatever is left, grandchildren too."""
        for process in processes.values():
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for process in processes.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        while left := children_of(os.getpid()):
            for pid in left:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
