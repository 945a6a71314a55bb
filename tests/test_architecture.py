"""The project reads its own source: the rules of docs/architecture.md that a machine can check."""

import ast
import re
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
FOUND_BY_FRAMEWORK = ("admin/", "simple_history/", "account/", "mfa/", "allauth/", "django/", "registration/", "usersessions/")
ERROR_PAGES = {"400.html", "403.html", "404.html", "429.html", "500.html", "403_csrf.html", "429.html"}


def short(path):
    return str(path.relative_to(ROOT))


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


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=short)
def test_no_import_inside_a_function(path):
    assert not inner_imports(tree_of(path))


def test_the_inline_import_check_sees_one():
    assert inner_imports(ast.parse("def f():\n    import os\n")) == [2]


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_no_star_import(path):
    assert not re.search(r"^from .* import \*", path.read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize("path", [path for path in SOURCES if path.is_relative_to(ROOT / "registry")], ids=short)
def test_registry_never_imports_campaigns(path):
    assert not [name for name in imported_names(tree_of(path)) if name.split(".")[0] == "campaigns"]


@pytest.mark.parametrize("path", [path for path in SOURCES if path.is_relative_to(ROOT / "portal" / "lib")], ids=short)
def test_lib_is_a_leaf(path):
    names = [name.split(".") for name in imported_names(tree_of(path))]
    assert not [name for name in names if name[0] in ("registry", "campaigns")]
    assert not [name for name in names if name[0] == "portal" and name[1:2] != ["lib"]]


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if path.is_relative_to(ROOT / "registry" / "addresses")], ids=short
)
def test_addresses_are_pure(path):
    assert not [name for name in imported_names(tree_of(path)) if name.split(".")[0] == "django"]


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_files_and_functions_stay_readable(path):
    assert path.name not in NAMED_AFTER_NOTHING
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    long = [f.name for f in functions(tree_of(path)) if f.end_lineno - f.lineno >= LONGEST_FUNCTION]
    assert not long


@pytest.mark.parametrize("path", [path for path in SOURCES if "models" not in path.parts], ids=short)
def test_only_verbs_assign_status(path):
    """`status` of agencies, channels, contact points, campaigns and items moves in the models' verbs only."""
    assigned = [
        node.lineno
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr == "status"
    ]
    assert not assigned


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_rows_not_calls(path):
    """No page and no model hands work to the broker, and no task waits in it for a later hour."""
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\.delay\(|\.apply_async\(|\beta=|\bcountdown=", source)


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


@pytest.mark.parametrize("path", PAGES, ids=short)
def test_pages_keep_the_content_security_policy(path):
    assert not faults_of_page(path.read_text(encoding="utf-8"), path in MAILS)


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
