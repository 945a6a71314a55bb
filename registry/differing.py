"""Two addresses that are easily mistaken, side by side: which letters differ, in marks for the eye and in words for the ear."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

MOST_NAMED, LONGEST = 3, 300
ANOTHER_SCRIPT = " (chữ của bảng chữ cái khác, trông giống)"


@dataclass(frozen=True)
class Stretch:
    """A run of letters that both share, or that only this one has."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Comparison:
    """`mine` is what was pasted, `real` the true address; `words` says the differences, "" when they are too many."""

    mine: list[Stretch]
    real: list[Stretch]
    words: str


def compared(mine: str, real: str) -> Comparison:
    """Mark what differs between two addresses."""
    mine, real = mine[:LONGEST], real[:LONGEST]
    steps = SequenceMatcher(None, mine, real, autojunk=False).get_opcodes()
    sides: tuple[list[Stretch], list[Stretch]] = ([], [])
    changes = []
    for what, start, end, real_start, real_end in steps:
        ours, theirs = mine[start:end], real[real_start:real_end]
        for side, letters in zip(sides, (ours, theirs), strict=True):
            if letters:
                side.append(Stretch(letters, what != "equal"))
        if what != "equal":
            changes.append(sentence(ours, theirs))
    if len(changes) > MOST_NAMED:
        return Comparison([Stretch(mine, False)], [Stretch(real, False)], "")
    return Comparison(*map(joined, sides), "; ".join(changes))


def sentence(ours: str, theirs: str) -> str:
    strange = ANOTHER_SCRIPT if any(not char.isascii() for char in ours) else ""
    if not theirs:
        return f"thừa “{ours}”{strange}"
    if not ours:
        return f"thiếu “{theirs}”"
    return f"“{ours}”{strange} thay cho “{theirs}”"


def joined(side: list[Stretch]) -> list[Stretch]:
    """Neighbouring stretches of one kind as one."""
    done = side[:1]
    for before, here in pairwise(side):
        if before.differs == here.differs:
            done[-1] = Stretch(done[-1].text + here.text, here.differs)
        else:
            done.append(here)
    return done
