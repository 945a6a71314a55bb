"""What changed between two versions, word by word or letter by letter. Pure: texts in, marked parts out."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, ADDED, REMOVED = "same", "added", "removed"
WORDS = re.compile(r"\s*\S+|\s+$")
COMPARED = (
    ("title", "Tiêu đề"),
    ("body", "Nội dung"),
    ("link", "Đường link"),
    ("responsible", "Người chịu trách nhiệm"),
)


@dataclass(frozen=True)
class Part:
    """A run of words that stayed, came or went."""

    change: str
    text: str


@dataclass(frozen=True)
class Difference:
    """One changed field."""

    words: str
    parts: list[Part]


def compare_texts(old: str, new: str) -> list[Part]:
    """The new text with what came and what went, in reading order."""
    return parts_of(WORDS.findall(old), WORDS.findall(new))


def compare_letters(old: str, new: str) -> list[Part]:
    """The same letter by letter, for addresses: one wrong letter is another page."""
    return parts_of(list(old), list(new))


def parts_of(before: list[str], after: list[str]) -> list[Part]:
    parts = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            parts.append(Part(SAME, "".join(after[j1:j2])))
            continue
        if i2 > i1:
            parts.append(Part(REMOVED, "".join(before[i1:i2])))
        if j2 > j1:
            parts.append(Part(ADDED, "".join(after[j1:j2])))
    return parts


def compare_versions(old, new) -> list[Difference]:
    """The fields in which two versions of an item differ; files by name (two queries)."""
    pairs = [(words, getattr(old, field), getattr(new, field)) for field, words in COMPARED]
    pairs.insert(1, ("Loại", old.get_kind_display(), new.get_kind_display()))
    found = [Difference(words, compare_texts(before, after)) for words, before, after in pairs if before != after]
    return found + compare_files(list(old.files.all()), list(new.files.all()))


def compare_files(old, new) -> list[Difference]:
    gone = [Part(REMOVED, file.name) for file in old if file not in new]
    came = [Part(ADDED, file.name) for file in new if file not in old]
    return [Difference("Tệp", gone + came)] if gone or came else []
