"""Texts that the office may change: plain words with `{ten_bien}` in them, filled in and nothing more.

No code, no formats, no attributes: a name in braces is replaced by its value, everything else stays. What comes out is
plain text; whoever prints it (HTML, Word, PDF) escapes it as it escapes any other text.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.lib.text import clean_line, nfc

NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")
BRACES = re.compile(r"\{[^{}\n]{0,40}\}?|\}")
LONGEST = 6_000


@dataclass(frozen=True)
class Variable:
    """One name that a text may hold, what stands in its place, and a value for the preview."""

    name: str
    meaning: str
    sample: str


@dataclass(frozen=True)
class EditableText:
    """One wording that the office may change. `default` is the original; a `is_line` text has no line breaks."""

    key: str
    group: str
    title: str
    default: str
    variables: tuple[Variable, ...] = ()
    help: str = ""
    is_line: bool = False
    may_be_empty: bool = False

    @property
    def names(self) -> list[str]:
        return [variable.name for variable in self.variables]

    @property
    def samples(self) -> dict[str, str]:
        return {variable.name: variable.sample for variable in self.variables}

    def cleaned(self, text: str) -> str:
        """The text as it is kept: NFC, no control or zero-width letters, no spaces at the ends of lines."""
        if self.is_line:
            return clean_line(text)
        lines = (_visible(line).rstrip() for line in nfc(text).splitlines())
        return "\n".join(lines).strip("\n")

    def faults(self, text: str) -> list[str]:
        """Vietnamese sentences that say what keeps this text from being used; empty when nothing does."""
        found = []
        if not text.strip() and not self.may_be_empty:
            found.append("Mẫu chữ không được để trống.")
        if len(text) > LONGEST:
            found.append(f"Mẫu chữ dài quá {LONGEST} ký tự.")
        return found + faults_of(text, self.names)


def names_in(text: str) -> list[str]:
    """The variables of a text in the order of their first place."""
    return list(dict.fromkeys(NAME.findall(text)))


def faults_of(text: str, known: Iterable[str]) -> list[str]:
    """What is wrong with the braces of a text: unknown variables, braces around anything else."""
    known = list(known)
    names = ", ".join(f"{{{name}}}" for name in known)
    allowed = f"Các biến dùng được: {names}." if known else "Mẫu chữ này không có biến nào."
    unknown = [name for name in names_in(text) if name not in known]
    found = [f"Không có biến {{{name}}}. {allowed}" for name in unknown]
    stray = dict.fromkeys(match.group() for match in BRACES.finditer(NAME.sub("", text)))
    return found + [f"Dấu ngoặc nhọn “{part}” không phải là một biến. {allowed}" for part in stray]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables replaced. A line that holds a variable without a value ("") is left out.

    KeyError for a variable that `values` does not know. A value is put in as it is: braces in it mean nothing.
    """
    lines = (line for line in text.split("\n") if all(values[name] for name in NAME.findall(line)))
    return "\n".join(NAME.sub(lambda match: values[match.group(1)], line) for line in lines)


def _visible(line: str) -> str:
    return "".join(
        char for char in line.replace("\t", " ") if unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs")
    )
