"""Large libraries are loaded when they are first used, and a worker that serves plain pages never uses them."""

import subprocess
import sys

import pytest

from portal.lib.later import Later

LARGE = {"docx", "lxml", "python_calamine", "typst"}
LOADED = f"import sys, portal.wsgi; print(*sorted({LARGE} & set(sys.modules)))"


def test_the_words_of_the_module_are_its_own():
    later = Later("json")
    assert later.loads("[1]") == [1]
    with pytest.raises(AttributeError, match="nowhere"):
        later.nowhere  # noqa: B018


def test_a_worker_that_has_loaded_every_page_carries_no_large_library():
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
