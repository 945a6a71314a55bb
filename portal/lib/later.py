"""Large libraries that few pages need: a process loads them when it first uses one of their words.

So a worker that never writes a PDF nor opens a Word file does not carry what that takes (about 15 MB).
"""

from importlib import import_module
from typing import Any


class Later:
    """Stands for a module; loading it twice at the same moment is what Python's import already guards against."""

    def __init__(self, name: str):
        self._name = name

    def __getattr__(self, word: str) -> Any:
        return getattr(import_module(self._name), word)
