"""A plan that can be shown, counted and run. Running goes through the verbs, in one transaction, or not at all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portal.lib.text import clean_line
from registry.sheets import Outcome, Row, Sheet

TOGETHER = 500
"""Rows that are entered at once; after each such part the progress is told."""

CHANGED_MEANWHILE = "Danh bạ vừa được người khác thay đổi. Hãy tải lại tệp để xem lại."

REPEATED = "Trùng dòng"
"""How the words of an act begin that an earlier row of the sheet already does."""


class State(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


STATE_LABELS = {
    State.NEW: "Thêm mới",
    State.CHANGED: "Thay đổi",
    State.UNCHANGED: "Giữ nguyên",
    State.REFUSED: "Bị từ chối",
}


@dataclass(frozen=True)
class Difference:
    """One field that would change, in words for the screen."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """A row to be: `many(actor=, drafts=, now=)` enters all of its sort at once, `one(actor, draft, now)` by the verbs.

    `is_whole`: rows of this sort may need each other, so that `many` must have all of them.
    """

    many: Callable
    one: Callable
    draft: dict
    is_whole: bool = False


@dataclass
class Act:
    """One thing that a row does to the register: `entry` is a new row, `do(actor)` changes an old one."""

    state: State
    what: str
    differences: list[Difference] = field(default_factory=list)
    do: Callable | None = None
    entry: "Entry | None" = None


@dataclass
class PlannedRow:
    row: Row
    acts: list[Act] = field(default_factory=list)

    @property
    def state(self) -> State:
        if self.row.problems:
            return State.REFUSED
        if self.row.skipped:
            return State.UNCHANGED
        states = {act.state for act in self.acts}
        return next((state for state in (State.NEW, State.CHANGED) if state in states), State.UNCHANGED)

    @property
    def what(self) -> str:
        told = [act.what for act in self.acts if not act.what.startswith(REPEATED)]
        return "; ".join(told) or self.row.skipped

    @property
    def differences(self) -> list[Difference]:
        return [difference for act in self.acts for difference in act.differences]


@dataclass
class Plan:
    """`rows` is empty when the file itself was refused; `sheet` carries the sentences."""

    kind: str
    sheet: Sheet
    rows: list[PlannedRow] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        return self.sheet.outcome

    @property
    def is_runnable(self) -> bool:
        """Nothing refused, and something to do."""
        refused = self.outcome in (Outcome.REJECT_FILE, Outcome.REJECT_ROWS)
        return not refused and any(row.state in (State.NEW, State.CHANGED) for row in self.rows)

    def in_state(self, state: State) -> list[PlannedRow]:
        return [row for row in self.rows if row.state == state]

    @property
    def counts(self) -> dict[State, int]:
        return {state: len(self.in_state(state)) for state in State}

    @property
    def sentence(self) -> str:
        counts = self.counts
        return (
            f"Thêm mới {counts[State.NEW]}, thay đổi {counts[State.CHANGED]}, "
            f"giữ nguyên {counts[State.UNCHANGED]} dòng."
        )

    def run(self, actor, now=None, progress=None) -> None:
        """Do every act. ValidationError with row numbers = nothing was done. `progress(rows)` hears how far it is."""
        told = Progress(self, progress)
        if self.outcome in (Outcome.REJECT_FILE, Outcome.REJECT_ROWS):
            raise ValidationError("Bảng còn dòng bị từ chối nên chưa nhập. Hãy sửa các ô được nêu rồi tải lại.")
        try:
            with transaction.atomic():
                self._enter(actor, now, told)
                self._change(actor, told)
        except (ValidationError, IntegrityError):
            self._run_row_by_row(actor, now, progress)

    def _acts(self) -> list[tuple[PlannedRow, Act]]:
        return [(planned, act) for planned in self.rows if planned.row.is_good for act in planned.acts]

    def _enter(self, actor, now, told) -> None:
        """New rows of one sort together; sorts in the order in which the sheet has them first."""
        sorts: dict[tuple[Callable, bool], list[dict]] = {}
        for _, act in self._acts():
            if act.entry:
                sorts.setdefault((act.entry.many, act.entry.is_whole), []).append(dict(act.entry.draft))
        for (many, is_whole), drafts in sorts.items():
            size = len(drafts) if is_whole else TOGETHER
            for start in range(0, len(drafts), size):
                part = drafts[start : start + size]
                many(actor=actor, drafts=part, now=now)
                told.add(len(part))

    def _change(self, actor, told) -> None:
        for _, act in self._acts():
            if act.do:
                act.do(actor)
                told.add(1)

    def _run_row_by_row(self, actor, now, progress=None) -> None:
        """Something was refused: go through the verbs one by one, so that the sentence names the row."""
        faults: list[str] = []
        told = Progress(self, progress)
        try:
            with transaction.atomic():
                for planned, act in self._acts():
                    _do_one(planned, act, actor, now, faults)
                    told.add(1 if act.entry or act.do else 0)
                if faults:
                    raise ValidationError(faults)
        except IntegrityError as error:
            raise ValidationError(CHANGED_MEANWHILE) from error


class Progress:
    """Acts done so far, told as rows of the sheet: a row may hold two acts, or none."""

    def __init__(self, plan: Plan, tell: Callable | None):
        self.acts = sum(bool(act.entry or act.do) for _, act in plan._acts()) or 1
        self.rows, self.tell, self.done, self.told = len(plan.rows), tell, 0, 0

    def add(self, acts: int) -> None:
        self.done += acts
        if self.tell and self.done - self.told >= TOGETHER:
            self.told = self.done
            self.tell(self.rows * self.done // self.acts)


def _do_one(planned: PlannedRow, act: Act, actor, now, faults: list[str]) -> None:
    try:
        with transaction.atomic():
            if act.entry:
                act.entry.one(actor, dict(act.entry.draft), now)
            elif act.do:
                act.do(actor)
    except ValidationError as error:
        faults.append(f"Dòng {planned.row.line}: {' '.join(error.messages)}")


def compare(pairs: dict[str, tuple[str, object, object]]) -> tuple[dict[str, object], list[Difference]]:
    """field → (label, before, after): the fields to change and how to show them. An empty cell changes nothing."""
    changed = {
        name: after
        for name, (_, before, after) in pairs.items()
        if after not in ("", None) and after != (clean_line(before) if isinstance(before, str) else before)
    }
    return changed, [Difference(pairs[name][0], _shown(pairs[name][1]), _shown(pairs[name][2])) for name in changed]


def _shown(value) -> str:
    if value is None or value == "":
        return "(trống)"
    if isinstance(value, bool):
        return "có" if value else "không"
    return f"{value:%d/%m/%Y}" if hasattr(value, "strftime") else str(value)
