"""Nhật ký: what changed in a record, field by field, who did it, when and why; and putting an earlier value back.

Pure reading of the historical rows that every verb leaves. Putting back goes through the record's own verb: it never
touches a status, an address or a key, and history goes on with an entry of its own.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import models

from portal.lib.phones import mask_phone
from portal.lib.wording import day_words, moment_words

PER_PAGE = 30
KINDS = {
    "agency": "co-quan", "channel": "kenh", "contactpoint": "dau-moi", "networkgroup": "nhom",
    "groupmembership": "thanh-vien-nhom", "knownfake": "trang-gia-mao", "campaign": "dot", "dispatch": "cong-van",
    "requirement": "yeu-cau", "obligation": "dau-viec", "contentitem": "san-pham",
}  # fmt: skip
"""Model name → the word in the address of its page."""

RESTORABLE = {
    "agency": ("name", "short_name", "code", "gso_code", "founded_on"),
    "channel": ("name", "description", "decision_number", "decision_on"),
    "contactpoint": ("position", "is_deputy", "public_ground", "mandate_number", "mandate_on"),
    "campaign": ("title", "purpose"),
    "requirement": ("title", "guidance"),
}
"""Facts that an edit may have spoilt. Status, addresses, keys, people and dates of acts never come back this way."""

EMPTY = "(trống)"
LONGEST = 300


@dataclass(frozen=True)
class Change:
    """One field of one entry."""

    name: str
    label: str
    before: str
    after: str
    can_restore: bool = False


@dataclass
class Entry:
    """One thing that somebody did to the record."""

    pk: int
    at: datetime
    who: str
    why: str
    is_first: bool
    changes: list[Change] = field(default_factory=list)


def rows_of(record):
    """The historical rows, newest first, with their authors."""
    return record.history.select_related("history_user").order_by("-history_date", "-history_id")


def entries_of(record, rows, earlier=None) -> list[Entry]:
    """Entries of consecutive rows, newest first; `earlier` is the row before the last of them (queries: one for each
    kind of record that a field points to, however many rows)."""
    pairs = list(pairwise([*rows, earlier]))
    names = names_of(record, [row for pair in pairs for row in pair if row])
    return [entry_of(record, row, before, names) for row, before in pairs]


def entry_of(record, row, before, names) -> Entry:
    who = row.history_user.full_name if row.history_user else "Hệ thống"
    why = row.history_change_reason or ("Ghi mới" if row.history_type == "+" else "Lưu")
    entry = Entry(row.pk, row.history_date, who, why, before is None)
    if before:
        entry.changes = [change_of(record, row, before, one, names) for one in changed_fields(row, before)]
    return entry


def changed_fields(row, before):
    return [one for one in row.tracked_fields if getattr(row, one.attname) != getattr(before, one.attname)]


def change_of(record, row, before, one, names) -> Change:
    can_restore = one.name in RESTORABLE.get(record._meta.model_name, ())
    can_restore = can_restore and getattr(record, one.attname) != getattr(before, one.attname)
    return Change(one.name, label_of(one), words_of(one, before, names), words_of(one, row, names), can_restore)


def label_of(one) -> str:
    label = str(one.verbose_name)
    return label[:1].upper() + label[1:]


def words_of(one, row, names) -> str:
    """The value as a person reads it; phones and e-mails masked."""
    value = getattr(row, one.attname)
    if value in (None, "", []):
        return EMPTY
    if one.is_relation:
        return names.get((one.related_model, value), f"số {value}")
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, datetime):
        return moment_words(value)
    if isinstance(value, date):
        return day_words(value)
    if isinstance(one, models.EmailField):
        return mask_email(value)
    if one.name == "phone":
        return mask_phone(value)
    shown = dict(one.flatchoices).get(value, value) if one.choices else value
    shown = ", ".join(str(part) for part in shown) if isinstance(shown, list) else str(shown)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def mask_email(address) -> str:
    name, at, host = address.partition("@")
    return f"{name[:2]}•••@{host}" if at else "•••"


def names_of(record, rows) -> dict:
    """What the foreign keys of the rows are called: one query for each kind of record pointed to."""
    wanted = defaultdict(set)
    for row in rows:
        for one in row.tracked_fields:
            if one.is_relation and getattr(row, one.attname):
                wanted[one.related_model].add(getattr(row, one.attname))
    return {
        (model, pk): str(found)
        for model, pks in wanted.items()
        for pk, found in related_rows(model).in_bulk(pks).items()
    }


def related_rows(model):
    """Rows of a related kind with what their own name needs."""
    names = [one.name for one in model._meta.fields if one.is_relation and one.name in ("agency", "requirement")]
    return model._base_manager.select_related(*names) if names else model._base_manager.all()


# --- Putting an earlier value back ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Restoring:
    """One field of a record, what it says now, and what it said before the entry."""

    record: models.Model
    name: str
    value: object
    label: str
    now: str
    then: str


def restoring(record, entry_pk, name) -> Restoring | None:
    """What "Khôi phục giá trị này" would do; None when the entry or the field is not one that comes back."""
    if name not in RESTORABLE.get(record._meta.model_name, ()):
        return None
    row = record.history.filter(pk=entry_pk).first()
    before = row and rows_of(record).filter(history_date__lte=row.history_date).exclude(pk=row.pk)
    before = before and before.exclude(history_date=row.history_date, history_id__gt=row.pk).first()
    if not before:
        return None
    one = record._meta.get_field(name)
    return Restoring(
        record, name, getattr(before, name), label_of(one), words_of(one, record, {}), words_of(one, before, {})
    )


def restore(what: Restoring, *, actor, today, reason=""):
    """Put the value back through the record's own verb. ValidationError when it does not fit any more."""
    why = f"Khôi phục {what.label.lower()}: {what.now} → {what.then}"
    why = f"{why}. {reason}".strip(". ")[:100]
    if getattr(what.record, what.name) == what.value:
        raise ValidationError("Giá trị hiện nay đã đúng như vậy, không cần khôi phục.")
    if (what.record._meta.model_name, what.name) == ("agency", "name"):
        what.record.rename(actor=actor, name=what.value, on=today, decision=f"Khôi phục tên. {reason}".strip()[:200])
    else:
        what.record.amend(actor=actor, reason=why, **{what.name: what.value})
