"""A table of successions (old unit → new unit, whole or split) becomes plans: one for each knot of units that belong together.

Only agencies of the register are moved. Names are used again for other territory, so a living agency whose name stands
on both sides, and which has no founding day, is left to a person (`treat_as`).
"""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError

from portal.lib import text
from registry.models import Agency
from registry.plan_file import PlanRequest, read_request

OLD, NEW = "old", "new"
PREFIXES = ("ủy ban nhân dân ", "uỷ ban nhân dân ", "ubnd ")
FOLDED_PREFIXES = ("uy ban nhan dan ", "ubnd ")
KINDS = {"xa": "xa", "phuong": "phuong", "dac": "dac_khu"}
NEEDED = {"old_unit", "new_unit"}
WHOLE = "whole"


@dataclass(frozen=True)
class Unit:
    """A commune of the table: its name, the official code, and where it lay."""

    name: str
    code: str
    place: str

    @property
    def plain(self) -> str:
        return text.fold(self.name)


@dataclass(frozen=True)
class Move:
    old: Unit
    new: Unit
    is_whole: bool
    is_default: bool


@dataclass
class Reading:
    """What the table says about this register."""

    moves: list[Move]
    requests: list[PlanRequest] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    unknown: dict[Unit, list[Move]] = field(default_factory=dict)

    @property
    def lines(self) -> list[str]:
        olds, news = {move.old for move in self.moves}, {move.new for move in self.moves}
        lines = [
            f"Bảng có {len(self.moves)} dòng: {len(olds)} đơn vị cũ, {len(news)} đơn vị mới.",
            f"Lập được {len(self.requests)} kế hoạch; {len(self.unchanged)} đơn vị không đổi; "
            f"{len(self.unclear)} đơn vị chưa rõ là cũ hay mới; "
            f"{len(self.unknown)} đơn vị mới chưa có đơn vị cũ nào trong danh bạ.",
        ]
        lines += [f"Chưa rõ: {words}" for words in self.unclear]
        return lines + [told(new, moves) for new, moves in self.unknown.items()]


def told(new, moves) -> str:
    olds = ", ".join(move.old.name + ("" if move.is_whole else " (một phần)") for move in moves)
    return f"Chưa có trong danh bạ: {new.name} ← {olds}"


def read_moves(content: str, province="") -> list[Move]:
    """Rows of the table; ValidationError when it is none. `province`: only new units of this province."""
    reader = csv.DictReader(io.StringIO(text.nfc(content.removeprefix("\ufeff"))))
    if not NEEDED <= set(reader.fieldnames or ()):
        raise ValidationError("Bảng kế thừa cần các cột old_unit, new_unit (và how, old_code, new_code nếu có).")
    wanted, moves = text.fold(province), []
    for row in reader:
        cell = {name: text.clean_line(value or "") for name, value in row.items() if isinstance(name, str)}
        if not cell["old_unit"] or not cell["new_unit"] or wanted not in text.fold(cell.get("new_province", "")):
            continue
        place = f"{cell.get('old_district', '')}, {cell.get('old_province', '')}".strip(", ")
        moves.append(
            Move(
                Unit(cell["old_unit"], cell.get("old_code", ""), place),
                Unit(cell["new_unit"], cell.get("new_code", ""), cell.get("new_province", "")),
                cell.get("how", WHOLE) in ("", WHOLE),
                bool(cell.get("default")),
            )
        )
    if not moves:
        raise ValidationError("Bảng kế thừa không có dòng nào hợp với yêu cầu.")
    return moves


def plan_successions(moves, *, on: date, decision: str, treat_as="") -> Reading:
    """Plans for what of the table lives in the register (one query)."""
    reading, book = Reading(moves), Book(moves, on, treat_as)
    sources = {old: agency for old in dict.fromkeys(move.old for move in moves) if (agency := book.old(old))}
    unclear = book.unclear
    by_new, known = defaultdict(list), [move for move in moves if move.old in sources or move.old in unclear]
    for move in moves:
        by_new[move.new].append(move)
    reading.unclear = list(unclear.values())
    touched = {move.new for move in known}
    reading.unknown = {new: rows for new, rows in by_new.items() if new not in touched and not book.new(new)}
    for knot in knots(known):
        if waits := [move.old.name for move in knot if move.old in unclear]:
            others = sorted({move.old.name for move in knot if move.old in sources})
            if others:
                reading.unclear.append(f"{', '.join(others)}: cùng nhóm với {waits[0]}, chờ làm rõ.")
            continue
        document = document_of(knot, sources, book, on, decision)
        if document is None:
            reading.unchanged.append(knot[0].old.name)
            continue
        try:
            reading.requests.append(read_request(document))
        except ValidationError as error:
            reading.unclear.append(f"{', '.join(document['from'])}: {' '.join(error.messages)}")
    return reading


def knots(moves) -> list[list[Move]]:
    """Moves that hang together by a shared old or new unit, or because a new unit takes the name of an old one: the old
    one has to end first, so both belong to one plan."""
    parent = {}

    def root(unit):
        while parent.setdefault(unit, unit) != unit:
            unit = parent[unit]
        return unit

    olds_named = defaultdict(set)
    for move in moves:
        olds_named[move.old.plain].add(move.old)
    for move in moves:
        parent[root((OLD, move.old))] = root((NEW, move.new))
        for old in olds_named[move.new.plain]:
            parent[root((OLD, old))] = root((NEW, move.new))
    groups = defaultdict(list)
    for move in moves:
        groups[root((NEW, move.new))].append(move)
    return list(groups.values())


def document_of(knot, sources, book, on, decision) -> dict | None:
    """The plan file of one knot; None when nothing but the same unit goes on under the same name."""
    olds, news = list(dict.fromkeys(m.old for m in knot)), list(dict.fromkeys(m.new for m in knot))
    if len(olds) == len(news) == 1 and knot[0].is_whole and olds[0].plain == news[0].plain:
        return None
    targets = {new: target_of(new, sources[olds[0]], book) for new in news}
    return {
        "kind": "split" if len(olds) == 1 and len(news) > 1 else "merge",
        "on": on.isoformat(),
        "decision": decision,
        "from": [sources[old].slug for old in olds],
        "to": list(targets.values()),
        "links": [
            {
                "from": sources[move.old].slug,
                "to": label_of(targets[move.new]),
                "part": not move.is_whole,
                "home": move.is_default,
            }
            for move in knot
        ],
    }


def label_of(target) -> str:
    return target if isinstance(target, str) else target["name"]


def target_of(new, model, book):
    """The slug of the new unit's agency, else the facts to found it, named in the way of the old one."""
    if agency := book.new(new):
        return agency.slug
    prefix = next((model.name[: len(word)] for word in PREFIXES if model.name.lower().startswith(word)), "")
    name = f"{prefix}{new.name[0].lower()}{new.name[1:]}" if prefix else new.name
    return {"name": name, "kind": KINDS.get(new.plain.split(" ")[0], model.kind), "gso_code": new.code}


class Book:
    """Living agencies by their unit's name ("UBND xã Suối Mơ" → "xa suoi mo")."""

    def __init__(self, moves, on, treat_as):
        self.on, self.treat_as = on, treat_as
        self.unclear: dict[Unit, str] = {}
        self.new_codes, self.old_codes, self.old_units = defaultdict(set), defaultdict(set), defaultdict(set)
        for move in moves:
            self.new_codes[move.new.plain].add(move.new.code)
            self.old_codes[move.old.plain].add(move.old.code)
            self.old_units[move.old.plain].add(move.old)
        self.agencies = defaultdict(list)
        for agency in Agency.objects.active():
            self.agencies[unit_name(agency)].append(agency)

    def side(self, agency) -> str:
        """Whether a living agency is an old or a new unit; '' when nobody can tell."""
        if agency.founded_on:
            return NEW if agency.founded_on >= self.on else OLD
        name = unit_name(agency)
        if name not in self.new_codes or name not in self.old_codes:
            return NEW if name in self.new_codes else OLD
        is_new, is_old = agency.gso_code in self.new_codes[name], agency.gso_code in self.old_codes[name]
        if agency.gso_code and is_new != is_old:
            return NEW if is_new else OLD
        return self.treat_as

    def candidates(self, unit) -> list[Agency]:
        rows = self.agencies.get(unit.plain, [])
        exact = [row for row in rows if row.gso_code and row.gso_code == unit.code]
        return exact or [row for row in rows if not row.gso_code or not unit.code]

    def old(self, unit) -> Agency | None:
        """The agency of an old unit; what nobody can tell is noted in `unclear`."""
        rows = self.candidates(unit)
        if any(not self.side(row) for row in rows):
            self.unclear[unit] = f"{unit.name} ({unit.place}): có trong danh bạ, chưa ghi ngày bắt đầu hoạt động."
            return None
        rows = [row for row in rows if self.side(row) == OLD]
        coded = len(rows) == 1 and rows[0].gso_code and rows[0].gso_code == unit.code
        if rows and not coded and (len(rows) > 1 or len(self.old_units[unit.plain]) > 1):
            self.unclear[unit] = f"{unit.name} ({unit.place}): trùng tên, hãy ghi mã đơn vị hành chính."
            return None
        return rows[0] if rows else None

    def new(self, unit) -> Agency | None:
        rows = [row for row in self.candidates(unit) if self.side(row) == NEW]
        return rows[0] if len(rows) == 1 else None


def unit_name(agency) -> str:
    name = agency.name_norm
    return next((name.removeprefix(word) for word in FOLDED_PREFIXES if name.startswith(word)), name)
