"""The cast, the same in every test, and the guards that every test runs under."""

import sys
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management.commands import flush
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations import RunPython
from django.db.models import Q
from django.template import engines

from registry.models import ContactRole
from tests import builders
from tests.rig.stage import Stage

ROOT = Path(__file__).resolve().parent.parent
OWN_TEMPLATES = str(ROOT / "templates")
KEPT = ("django_content_type", "auth_permission")


class UndefinedVariable(str):
    """Stands for an undefined template variable: fails the test when one of our own templates asks for it."""

    def __contains__(self, part):
        return part == "%s"

    def __mod__(self, variable):
        frame = sys._getframe(1)
        while frame is not None:
            origin = getattr(frame.f_locals.get("self"), "origin", None)
            if origin is not None:
                if str(origin.name).startswith(OWN_TEMPLATES):
                    raise AssertionError(f"undefined template variable {variable!s} in {origin.name}")
                return ""
            frame = frame.f_back
        return ""


@pytest.fixture(scope="session")
def django_db_use_migrations():
    """PostgreSQL is built by the migrations, as in production. SQLite takes the tables straight from the models: that
    they are the same is tested (`test_models_and_migrations_agree`), and it saves half a minute in each worker."""
    return connection.vendor != "sqlite"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_use_migrations, django_db_blocker):
    """What migrations do besides tables (triggers, swap days) is done here where they did not run."""
    if django_db_use_migrations:
        return
    files = [(app, path.stem) for app in ("registry", "campaigns") for path in ROOT.glob(f"{app}/migrations/0*.py")]
    found = {(app, name): import_module(f"{app}.migrations.{name}").Migration for app, name in sorted(files)}
    replaced = {name for migration in found.values() for name in migration.replaces}
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        for operation in (
            operation for name in sorted(found.keys() - replaced) for operation in found[name].operations
        ):
            if isinstance(operation, RunPython):
                operation.code(apps, editor)


@pytest.fixture(autouse=True, scope="session")
def undefined_variables_fail():
    engines["django"].engine.string_if_invalid = UndefinedVariable("%s")


@pytest.fixture(autouse=True, scope="session")
def emptying_is_quick():
    """After a test that commits, tables with rows are emptied, past the guards of the append-only logs. What Django
    itself notes about the models stays, and is not written anew."""
    empty = connection.ops.sql_flush
    flush.emit_post_migrate_signal = lambda *args, **kwargs: None

    def sql_flush(style, tables, *, reset_sequences=False, allow_cascade=False):
        with connection.cursor() as cursor:
            if reset_sequences or not may_pass_guards(cursor):
                return empty(style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade)
            before, after = guards(cursor)
            return [*before, *(f"DELETE FROM {table}" for table in filled(cursor, tables)), *after]  # noqa: S608

    connection.ops.sql_flush = sql_flush


def filled(cursor, tables):
    looks = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in tables if table not in KEPT)  # noqa: S608
    cursor.execute(" UNION ALL ".join(looks))
    return [table for (table,) in cursor.fetchall()]


def may_pass_guards(cursor):
    """On a PostgreSQL of somebody else's we may be nobody special."""
    if connection.vendor == "sqlite":
        return True
    cursor.execute("SHOW is_superuser")
    return cursor.fetchone() == ("on",)


def guards(cursor):
    """Statements that take the triggers away, and bring them back."""
    if connection.vendor != "sqlite":
        setting = "SET LOCAL session_replication_role TO"
        return [f"{setting} replica"], [f"{setting} DEFAULT"]
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = cursor.fetchall()
    return [f"DROP TRIGGER {name}" for name, _ in triggers], [sql for _, sql in triggers]


@pytest.fixture(autouse=True, scope="session")
def constraints_read_the_fields_they_name():
    """Django hands each check of a constraint every field of the row: with those it names the answer is the same, sooner."""
    ask = Q.check

    def check(self, against, using=DEFAULT_DB_ALIAS):
        return ask(self, {name: against[name] for name in self.referenced_base_fields if name in against}, using)

    Q.check = check


@pytest.fixture(autouse=True)
def quick_and_clean(settings, tmp_path):
    """A cheap password hash, an own folder for files, an empty cache; static files found when asked for, for looking
    through all of them costs each new test client more than its page."""
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()


@pytest.fixture(scope="session")
def theatre():
    return Stage()


@pytest.fixture(autouse=True)
def stage(request, theatre):
    """`stage.play(name, act, …)`: what the act writes, written by it once in a test run."""
    if not {"db", "transactional_db"} & set(request.fixturenames) and not request.node.get_closest_marker("django_db"):
        yield theatre
        return
    request.getfixturevalue("db")
    theatre.open()
    with connection.execute_wrapper(theatre.watch):
        yield theatre
    theatre.so_far = None


@pytest.fixture
def administrator(db, stage):
    return stage.play("administrator", builders.make_staff, "quan-tri", "Lò Thị Quản", "administrator")


@pytest.fixture
def reviewer(db, stage):
    return stage.play("reviewer", builders.make_staff, "xet-duyet", "Nông Văn Duyệt", "reviewer")


@pytest.fixture
def leader(db, stage):
    return stage.play("leader", builders.make_staff, "lanh-dao", "Hoàng Thị Lãnh", "leader")


@pytest.fixture
def health(reviewer, stage):
    """Sở Y tế."""
    return stage.play("health", builders.make_agency, "Sở Y tế", code="SYT", short_name="SYT", actor=reviewer)


@pytest.fixture
def other_agency(reviewer, stage):
    """A commune that must never see Sở Y tế's things."""
    name = "Ủy ban nhân dân xã Suối Mơ"
    return stage.play("other_agency", builders.make_agency, name, kind="xa", code="XSM", actor=reviewer)


@pytest.fixture
def health_focal(reviewer, health, stage):
    name, email = "Vi Thị Đầu", "dau.vi@yte.example"
    return stage.play("health_focal", builders.make_focal, health, name, email, actor=reviewer)


@pytest.fixture
def other_focal(reviewer, other_agency, stage):
    name, email, role = "Lương Văn Khác", "khac.luong@xa.example", ContactRole.POLICY
    return stage.play("other_focal", builders.make_focal, other_agency, name, email, actor=reviewer, role=role)


@pytest.fixture
def visitor():
    return None


@pytest.fixture
def client_for(client_class):
    """`client_for(person)`: a browser in which that person is signed in; `client_for(None)` for a visitor."""

    def make(person=None):
        client = client_class()
        if person is not None:
            client.force_login(person)
        return client

    return make


@pytest.fixture
def client_class():
    return builders.Browser


@pytest.fixture
def world(health, other_agency, health_focal, other_focal, reviewer, stage):
    """One of everything, all of Sở Y tế."""
    return builders.World(health, health_focal, reviewer, stage.play)
