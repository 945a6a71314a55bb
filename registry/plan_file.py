"""What a reorganisation asks for, as a plan file, the desk's form or a table of successions writes it.

    {"kind": "merge", "on": "2026-11-15", "decision": "Nghị quyết số 12/NQ-HĐND ngày 01/11/2026",
     "from": ["xa-suoi-mo", "UBND xã Nà Bản", "XPL"], "to": {"name": "UBND xã Suối Mơ", "kind": "xa"}}

An agency is named by the tail of its address (slug), its code or its name. `to` may be one or a list; an object with a
`name` is a new agency (`kind`, `code`, `short_name`, `gso_code` when they differ from the first old agency's).
`links` (optional) says who goes where when not everything goes everywhere: [{"from": "…", "to": "…", "part": true,
"home": true}]; channels and people go to the `home`, by default the first. `contacts`: "move" (default) or "leave".
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError

from portal.lib import text
from registry.models import AgencyKind, ReorganisationKind

MOVE, LEAVE = "move", "leave"
NEW_FACTS = ("name", "kind", "code", "short_name", "gso_code")
KNOWN = {"kind", "on", "decision", "note", "from", "to", "links", "contacts"}
MOST = 500
NEED = {
    ReorganisationKind.MERGE: (1, 1),
    ReorganisationKind.SPLIT: (1, 2),
    ReorganisationKind.RENAME: (1, 1),
    ReorganisationKind.REPARENT: (1, 1),
    ReorganisationKind.CLOSE: (1, 0),
}
"""At least so many old agencies, and so many that they go to."""


@dataclass(frozen=True)
class Target:
    """An agency that exists (`ref`) or one to be founded (`facts`)."""

    ref: str = ""
    facts: dict = field(default_factory=dict)

    @property
    def label(self) -> str:
        return self.ref or self.facts["name"]


@dataclass(frozen=True)
class Link:
    """Places in the lists of old and new agencies."""

    source: int
    target: int
    is_partial: bool = False
    is_home: bool = False


@dataclass(frozen=True)
class PlanRequest:
    kind: str
    on: date
    decision: str
    sources: tuple[str, ...]
    targets: tuple[Target, ...]
    links: tuple[Link, ...]
    contacts: str = MOVE
    note: str = ""

    @property
    def moves_contacts(self) -> bool:
        return self.contacts == MOVE

    @property
    def key(self) -> str:
        """The same act asked for twice has the same key, however its names are written."""
        parts = [self.kind, self.on.isoformat(), sorted(map(text.fold, self.sources))]
        parts.append(sorted(text.fold(target.label) for target in self.targets))
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def as_document(self) -> dict:
        """The plan file again."""
        return {
            "kind": self.kind,
            "on": self.on.isoformat(),
            "decision": self.decision,
            "note": self.note,
            "from": list(self.sources),
            "to": [target.facts or target.ref for target in self.targets],
            "links": [
                {
                    "from": self.sources[link.source],
                    "to": self.targets[link.target].label,
                    "part": link.is_partial,
                    "home": link.is_home,
                }
                for link in self.links
            ],
            "contacts": self.contacts,
        }


def read_request(document) -> PlanRequest:
    """The plan file's content. ValidationError with sentences that say what to mend."""
    if not isinstance(document, dict):
        raise ValidationError("Kế hoạch phải là một đối tượng JSON có các mục kind, on, decision, from, to.")
    if unknown := set(document) - KNOWN:
        raise ValidationError(f"Không hiểu mục {', '.join(sorted(map(str, unknown)))}.")
    kind = document.get("kind")
    if kind not in ReorganisationKind.values:
        raise ValidationError(f"Mục kind phải là một trong: {', '.join(ReorganisationKind.values)}.")
    sources = tuple(map(read_name, as_list(document.get("from"))))
    targets = tuple(map(read_target, as_list(document.get("to"))))
    refuse_wrong_number(kind, sources, targets)
    contacts = document.get("contacts", MOVE)
    if contacts not in (MOVE, LEAVE):
        raise ValidationError("Mục contacts phải là move (chuyển đầu mối) hoặc leave (đầu mối thôi).")
    return PlanRequest(
        kind=kind,
        on=read_day(document.get("on")),
        decision=read_name(document.get("decision", ""))[:200],
        sources=sources,
        targets=targets,
        links=read_links(kind, document.get("links"), sources, targets),
        contacts=contacts,
        note=read_name(document.get("note", ""))[:300],
    )


def as_list(value) -> list:
    rows = value if isinstance(value, list) else [] if value in (None, "") else [value]
    if len(rows) > MOST:
        raise ValidationError(f"Mỗi kế hoạch nhiều nhất {MOST} cơ quan.")
    return rows


def read_name(value) -> str:
    if not isinstance(value, str):
        raise ValidationError(f"Cần một dòng chữ, không phải {json.dumps(value, ensure_ascii=False)[:80]}.")
    return text.clean_line(value)


def read_day(value) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValidationError("Mục on phải là ngày dạng 2026-11-15.") from None


def read_target(value) -> Target:
    if isinstance(value, str):
        return Target(ref=read_name(value))
    if not isinstance(value, dict) or not value.get("name") or set(value) - set(NEW_FACTS):
        raise ValidationError(f"Cơ quan mới cần mục name và chỉ gồm {', '.join(NEW_FACTS)}.")
    facts = {name: read_name(fact) for name, fact in value.items()}
    if facts.get("kind") and facts["kind"] not in AgencyKind.values:
        raise ValidationError(f"Loại cơ quan phải là một trong: {', '.join(AgencyKind.values)}.")
    return Target(facts=facts)


def refuse_wrong_number(kind, sources, targets):
    label = ReorganisationKind(kind).label.lower()
    fewest_sources, fewest_targets = NEED[kind]
    if len(sources) < fewest_sources or "" in sources:
        raise ValidationError(f"Hãy ghi cơ quan cần {label} (mục from).")
    if len(set(map(text.fold, sources))) < len(sources):
        raise ValidationError("Một cơ quan được ghi hai lần.")
    if len({text.fold(target.label) for target in targets}) < len(targets):
        raise ValidationError("Một cơ quan tiếp nhận được ghi hai lần.")
    if len(targets) < fewest_targets:
        raise ValidationError(f"Muốn {label} phải có ít nhất {fewest_targets} cơ quan tiếp nhận hoặc tên mới (mục to).")
    if kind == ReorganisationKind.CLOSE and targets:
        raise ValidationError("Kết thúc hoạt động không có cơ quan tiếp nhận. Nếu có, hãy chọn sáp nhập.")
    if kind == ReorganisationKind.RENAME and (len(sources), len(targets)) != (1, 1):
        raise ValidationError("Mỗi lần đổi tên một cơ quan.")
    if kind == ReorganisationKind.RENAME and targets[0].ref:
        raise ValidationError('Tên mới ghi dạng {"name": "…"}.')
    if kind == ReorganisationKind.REPARENT and (len(targets) != 1 or targets[0].facts):
        raise ValidationError("Chuyển về trực thuộc đúng một cơ quan đang có trong danh bạ.")


def read_links(kind, rows, sources, targets) -> tuple[Link, ...]:
    """Given links, else everything goes everywhere; every old agency gets exactly one home."""
    if kind not in (ReorganisationKind.MERGE, ReorganisationKind.SPLIT):
        return ()
    labels = [target.label for target in targets]
    pairs = as_list(rows) or [
        {"from": source, "to": label, "part": len(labels) > 1} for source in sources for label in labels
    ]
    links = [read_link(row, sources, labels) for row in pairs]
    found = []
    for place, source in enumerate(sources):
        own = [link for link in links if link.source == place]
        if not own:
            raise ValidationError(f"Mục links chưa nói “{source}” về đâu.")
        home = next((link for link in own if link.is_home), own[0])
        found += [Link(link.source, link.target, link.is_partial, link == home) for link in dict.fromkeys(own)]
    return tuple(found)


def read_link(row, sources, labels) -> Link:
    try:
        return Link(
            sources.index(read_name(row["from"])),
            labels.index(read_name(row["to"])),
            bool(row.get("part", False)),
            bool(row.get("home", False)),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ValidationError("Mỗi mục của links cần from và to, ghi đúng như trong các mục from, to.") from None
