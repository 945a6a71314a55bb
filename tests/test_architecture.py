"""The project reads its own source: the rules of docs/architecture.md that a machine can check."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import call_command

from portal.celery import app

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("portal", "registry", "campaigns")
SOURCES = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts]
TESTS = list((ROOT / "tests").rglob("*.py"))
PAGES = list((ROOT / "templates").rglob("*.html"))
MAILS = [path for path in PAGES if "emails" in path.parts]
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
NAMED_AFTER_NOTHING = {"utils.py", "helpers.py", "services.py", "misc.py", "common.py", "signals.py"}
FOUND_BY_FRAMEWORK = (
    "admin/",
    "simple_history/",
    "account/",
    "mfa/",
    "allauth/",
    "django/",
    "registration/",
    "usersessions/",
)
ERROR_PAGES = {"400.html", "403.html", "404.html", "429.html", "500.html", "403_csrf.html"}


def short(path):
    return str(path.relative_to(ROOT))


@cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def inner_imports(tree):
    return [
        inner.lineno
        for function in functions(tree)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def imported_names(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_no_import_inside_a_function():
    assert [f"{short(path)}:{line}" for path in SOURCES + TESTS for line in inner_imports(tree_of(path))] == []


def test_the_inline_import_check_sees_one():
    assert inner_imports(ast.parse("def f():\n    import os\n")) == [2]


def test_no_star_import():
    starred = re.compile(r"^from .* import \*", re.M)
    assert [short(path) for path in SOURCES if starred.search(path.read_text(encoding="utf-8"))] == []


def below(*folders):
    """Our modules below a folder, with the dotted parts of what they import."""
    for path in SOURCES:
        if path.is_relative_to(ROOT.joinpath(*folders)):
            for name in imported_names(tree_of(path)):
                yield short(path), name.split(".")


def test_registry_never_imports_campaigns():
    assert [path for path, name in below("registry") if name[0] == "campaigns"] == []


def test_lib_is_a_leaf():
    inside = list(below("portal", "lib"))
    assert [path for path, name in inside if name[0] in ("registry", "campaigns")] == []
    assert [path for path, name in inside if name[0] == "portal" and name[1:2] != ["lib"]] == []


def test_addresses_are_pure():
    assert [path for path, name in below("registry", "addresses") if name[0] == "django"] == []


def test_files_and_functions_stay_readable():
    assert [short(path) for path in SOURCES if path.name in NAMED_AFTER_NOTHING] == []
    lengths = {short(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}
    found = [(short(path), f) for path in SOURCES for f in functions(tree_of(path))]
    assert [f"{name} {f.name}" for name, f in found if f.end_lineno - f.lineno >= LONGEST_FUNCTION] == []


def status_assignments(tree):
    """Lines that assign `….status`."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AugAssign):
            yield from (node.lineno for target in targets if getattr(target, "attr", "") == "status")


def test_only_verbs_assign_status():
    """`status` of agencies, channels, contact points, campaigns and items moves in the models' verbs only."""
    outside = [path for path in SOURCES if "models" not in path.parts]
    assert [f"{short(path)}:{line}" for path in outside for line in status_assignments(tree_of(path))] == []


def test_rows_not_calls():
    """No page and no model hands work to the broker, and no task waits in it for a later hour."""
    calls = re.compile(r"\.delay\(|\.apply_async\(|\beta=|\bcountdown=")
    assert [short(path) for path in SOURCES if calls.search(path.read_text(encoding="utf-8"))] == []


def test_beat_knows_only_real_tasks():
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled <= set(app.tasks), scheduled - set(app.tasks)
    assert current_app.main == "portal"
    assert all("expires" in entry["options"] for entry in settings.CELERY_BEAT_SCHEDULE.values())


def faults_of_page(source, is_mail):
    """What a strict Content-Security-Policy would block."""
    rules = [r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", r"\son[a-z]+\s*=\s*[\"']", r"javascript:"]
    if not is_mail:
        rules += [r"<style", r"\sstyle\s*=\s*[\"']", r"(?:src|href)=[\"']https?://"]
    return [rule for rule in rules if re.search(rule, source, re.I)]


def test_pages_keep_the_content_security_policy():
    faults = {short(path): faults_of_page(path.read_text(encoding="utf-8"), path in MAILS) for path in PAGES}
    assert {name: rules for name, rules in faults.items() if rules} == {}


def test_the_page_check_sees_inline_code():
    assert faults_of_page("<script>1</script>", False)
    assert faults_of_page('<p style="color:red">', False)
    assert not faults_of_page('<script src="/static/js/portal.js" defer></script>', False)


def test_no_template_without_a_reader():
    readers = "\n".join(path.read_text(encoding="utf-8") for path in [*SOURCES, *PAGES])
    names = [path.relative_to(ROOT / "templates").as_posix() for path in PAGES]
    ours = [name for name in names if not name.startswith(FOUND_BY_FRAMEWORK) and name not in ERROR_PAGES]
    unread = [name for name in ours if name not in readers and f"emails/{Path(name).stem}" not in mentions(readers)]
    assert not unread


def mentions(readers):
    """Mail templates are named by their stem: `bodies("reminder", …)`."""
    return {f"emails/{word}" for word in re.findall(r"[\"']([a-z_]+)[\"']", readers)}


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_source_stays_in_nfc():
    for path in [*SOURCES, *TESTS, *PAGES]:
        source = path.read_text(encoding="utf-8")
        assert not re.search("[a-zA-Z][\u0300-\u0303\u0309\u0323]", source), short(path)
