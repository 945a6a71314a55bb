"""A real browser, a real server with its worker, and a mail server: everything as `make run` starts it, on loopback."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.rig.migrated import copy_migrated
from tests.rig.processes import free_port
from tests.rig.smtp import Sink

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
START_SECONDS = 60
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
ZALO = (
    "Mozilla/5.0 (Linux; Android 13; SM-A145F) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36 Zalo android/1220"
)


class Portal:
    """The running portal: its folder, its address, and its commands."""

    def __init__(self, folder: Path, sink: Sink):
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.sink = sink
        self.log = folder / "portal.log"
        self.environment = os.environ | {
            "VAR_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite3'}",
            "REDIS_URL": "",
            "CACHE_URL": "",
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "SITE_URL": self.url,
            "QUIET_FROM_HOUR": "0",
            "QUIET_TO_HOUR": "0",
        }

    def manage(self, *words, stdin=None) -> str:
        """Run one command of manage.py; its output."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self):
        self.output = self.log.open("w")
        command = [sys.executable, "manage.py", "portal", "--port", str(self.port), "--workers", "1"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=self.output, stderr=self.output)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                if urllib.request.urlopen(self.url, timeout=2).status == 200:
                    return
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.3)
        raise AssertionError(f"the portal did not answer in {START_SECONDS} s\n{self.log.read_text()}")

    def stop(self):
        self.process.terminate()
        self.process.wait(40)
        self.output.close()

    def wake(self):
        """Hand the worker its minute now: it does the same as when its clock strikes, and nobody waits for that."""
        self.manage("shell", "-v0", "-c", "from portal.celery import app; app.send_task('portal.tasks.tick')")

    def mails_to(self, address, *, count=1, seconds=90):
        """Mails accepted for an address, waiting until there are `count`."""
        deadline = time.monotonic() + seconds
        while True:
            found = [mail for mail in self.sink.accepted if address in mail["to"]]
            if len(found) >= count or time.monotonic() > deadline:
                return found
            time.sleep(0.5)


@pytest.fixture(scope="module")
def sink(tmp_path_factory):
    with Sink(tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture(scope="module")
def portal(tmp_path_factory, sink):
    folder = tmp_path_factory.mktemp("portal")
    copy_migrated(folder)
    return Portal(folder, sink)


@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        pytest.skip("Chromium not found: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium, portal):
    """`window(width)`: a new browser profile; `phone=True` says that it is the Zalo browser."""
    contexts = []

    def make(width=1366, height=900, *, phone=False, javascript=True):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            base_url=portal.url,
            locale="vi-VN",
            user_agent=ZALO if phone else None,
            java_script_enabled=javascript,
            accept_downloads=True,
        )
        context.set_default_timeout(15000)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
