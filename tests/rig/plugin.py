"""pytest plugin: which services this run uses, and an honest word about what was not run.

Plain run: SQLite. `TEST_SERVICES=1`: throw-away PostgreSQL and Redis (or those of `DATABASE_URL`, `REDIS_URL`).
`REQUIRE_SERVICES=1`: a skipped test or a missing service fails the run.
Loaded by `-p`, before Django reads its settings.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.rig import postgres, redis
from tests.rig.smtp import Sink

WITH_SERVICES = os.environ.get("TEST_SERVICES") == "1"
MUST_HAVE_SERVICES = os.environ.get("REQUIRE_SERVICES") == "1"
IS_XDIST_WORKER = "PYTEST_XDIST_WORKER" in os.environ or "RIG_READY" in os.environ
NEEDS = ("postgres", "redis")
PAGES = (
    "tests/test_access.py",
    "tests/campaigns/test_attending.py",
    "tests/campaigns/test_channel_life.py",
    "tests/campaigns/test_codes.py",
    "tests/campaigns/test_connector_pages.py",
    "tests/campaigns/test_desk",
    "tests/campaigns/test_feeds.py",
    "tests/campaigns/test_library.py",
    "tests/campaigns/test_media_pages.py",
    "tests/campaigns/test_network.py",
    "tests/campaigns/test_outreach.py",
    "tests/campaigns/test_papers.py",
    "tests/campaigns/test_previewing.py",
    "tests/campaigns/test_published.py",
    "tests/campaigns/test_registering.py",
    "tests/campaigns/test_reminder_pages.py",
    "tests/campaigns/test_requests.py",
    "tests/campaigns/test_signed_links.py",
    "tests/campaigns/test_submitting.py",
    "tests/campaigns/test_transitions.py",
    "tests/campaigns/test_upcoming.py",
    "tests/campaigns/test_workspace.py",
    "tests/portal/test_accounts.py",
    "tests/portal/test_attacks_",
    "tests/portal/test_base_templates.py",
    "tests/registry/test_admin.py",
    "tests/registry/test_import_page.py",
    "tests/registry/test_people.py",
    "tests/registry/test_public_pages.py",
)
"""Pages and permissions: what these try is the same on either database."""

servers = {}
absent = []


def start_services():
    """PostgreSQL and Redis named in the environment, else our own; what cannot be had goes to `absent`."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        binaries = postgres.binary_folder()
        if binaries:
            servers["postgres"] = postgres.PostgreSQL(binaries)
            os.environ["DATABASE_URL"] = servers["postgres"].url
        else:
            absent.append("PostgreSQL")
    if not os.environ.get("REDIS_URL"):
        binary = redis.server_binary()
        if binary:
            servers["redis"] = redis.Redis(binary)
            os.environ["REDIS_URL"] = servers["redis"].url
        else:
            absent.append("Redis")


def stop_services():
    while servers:
        servers.popitem()[1].stop()


def prepare_environment():
    """Settings of a test run, the same on every machine whatever its `.env` says."""
    folder = tempfile.mkdtemp(prefix="rig-var-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (Path(folder) / "static").mkdir()
    (Path(folder) / "templates").mkdir()
    os.environ["RIG_TEMPLATES"] = str(Path(folder) / "templates")
    os.environ.update(VAR_DIR=folder, PRODUCTION="0", EMAIL_URL="", RIG_READY="1")
    os.environ.update(SITE_URL="http://localhost:8000", QUIET_FROM_HOUR="20", QUIET_TO_HOUR="7", DEBUG="0")
    os.environ.update(SENDING_LEASE_SECONDS="180", SENDING_REST_SECONDS="600")
    nobody = "http://127.0.0.1:9"
    os.environ.update(CONNECTOR_KEY="", ZALO_API=nobody, ZALO_OAUTH=nobody, FACEBOOK_API=nobody)
    if WITH_SERVICES:
        start_services()
        os.environ["CACHE_URL"] = os.environ.get("REDIS_URL", "")
        atexit.register(stop_services)
    else:
        os.environ.update(DATABASE_URL=f"sqlite:///{folder}/tests.sqlite3", REDIS_URL="", CACHE_URL="")


def keep_apart(worker: str):
    """Each parallel worker has its own folder and cache: clearing one must not empty the other's in mid-test."""
    folder = Path(os.environ["VAR_DIR"]) / worker
    (folder / "static").mkdir(parents=True, exist_ok=True)
    os.environ["VAR_DIR"] = str(folder)
    if os.environ["CACHE_URL"]:
        server = os.environ["CACHE_URL"].rpartition("/")[0]
        os.environ["CACHE_URL"] = f"{server}/{1 + int(worker.removeprefix('gw')) % 15}"


if not IS_XDIST_WORKER:
    prepare_environment()
elif "PYTEST_XDIST_WORKER" in os.environ:
    keep_apart(os.environ["PYTEST_XDIST_WORKER"])


def pytest_configure(config):
    if absent and not IS_XDIST_WORKER:
        missing = " and ".join(absent)
        pytest.exit(
            f"\n*** NOT RUN: {missing} not found on this machine: `apt install postgresql redis-server` ***\n",
            returncode=1 if MUST_HAVE_SERVICES else 0,
        )


def runs_elsewhere(item) -> bool:
    """Tests that need a service run where it is; those of the embedded portal, and those that no database can change
    (pure functions, the source itself), run once: in `make test-sqlite`."""
    if not WITH_SERVICES:
        return any(item.get_closest_marker(name) for name in NEEDS)
    if item.nodeid.startswith(PAGES) and not any(item.get_closest_marker(name) for name in NEEDS):
        return True
    uses_services = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(item.fixturenames)
    uses_services = uses_services or any(item.get_closest_marker(name) for name in NEEDS)
    return bool(item.get_closest_marker("embedded") or not uses_services)


def pytest_collection_modifyitems(config, items):
    waiting = [item for item in items if runs_elsewhere(item)]
    if waiting:
        config.hook.pytest_deselected(items=waiting)
        items[:] = [item for item in items if item not in set(waiting)]
        config.rig_waiting = len(waiting)


class BrowserFilesTogether(LoadScopeScheduling):
    """A file of browser tests stays with one worker, which then seeds its portal once; other tests go one by one."""

    def _split_scope(self, nodeid):
        path = nodeid.partition("::")[0]
        return path if path.startswith("tests/browser/") else nodeid


def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False
    return BrowserFilesTogether(config, log)


def pytest_terminal_summary(terminalreporter, config):
    where = "PostgreSQL and Redis" if WITH_SERVICES else "SQLite"
    terminalreporter.write_line(f"ran on {where}")
    waiting = getattr(config, "rig_waiting", 0)
    if waiting:
        target = "test-sqlite" if WITH_SERVICES else "test-services"
        terminalreporter.write_line(f"{waiting} tests belong to `make {target}`", yellow=True)
    skipped = len(terminalreporter.stats.get("skipped", []))
    if skipped:
        word = "FAILED because" if MUST_HAVE_SERVICES else "ATTENTION:"
        terminalreporter.write_line(f"*** {word} {skipped} tests were skipped (reasons above) ***", red=True, bold=True)


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session):
    result = yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if MUST_HAVE_SERVICES and reporter and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    return result


@pytest.fixture
def smtp_sink(tmp_path, settings):
    """A mail server on loopback that Django sends to during this test."""
    with Sink(Path(tmp_path)) as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_TIMEOUT = 3
        yield sink
