"""What one large act did to which rows, so that it can be taken back: fields as they were, a digest of each row after.

Whole rows are never copied: a phone number that is erased later must not live on here.
"""

import hashlib
import json
from collections import defaultdict

from django.apps import apps
from django.db.models import Count

BATCH = 400


class Ledger:
    """Rows in the order in which they were touched. Undo goes backwards."""

    def __init__(self):
        self.before: dict[tuple[str, int], dict | None] = {}
        self.guarded: set[tuple[str, int]] = set()

    def watch(self, rows, *, guarded=False):
        """Rows, fresh and locked, that a verb is about to change. `guarded`: new rows that refer to them stop undo."""
        for row in rows:
            self.before.setdefault(key_of(row), values_of(row))
            if guarded:
                self.guarded.add(key_of(row))

    def add(self, rows):
        """Rows that the act made: undo deletes them, unless something new refers to them."""
        for row in rows:
            self.before.setdefault(key_of(row), None)
            self.guarded.add(key_of(row))

    def entries(self) -> list[dict]:
        """What changed, as JSON, read back from the database. Unchanged rows are left out."""
        rows, links = rows_of(self.before), links_of(self.guarded)
        found = []
        for key, before in self.before.items():
            after = values_of(rows[key])
            if before == after:
                continue
            was = None if before is None else {name: value for name, value in before.items() if value != after[name]}
            entry = {"model": key[0], "pk": key[1], "before": was, "digest": digest(after)}
            found.append(entry | ({"links": links[key]} if key in self.guarded else {}))
        return found


def key_of(row) -> tuple[str, int]:
    return row._meta.label_lower, row.pk


def values_of(row) -> dict:
    """Column → text (None stays None), exact to the microsecond."""
    values = {}
    for field in row._meta.concrete_fields:
        value = field.value_from_object(row)
        values[field.attname] = None if value is None else field.value_to_string(row)
    return values


def digest(values: dict) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def rows_of(keys) -> dict:
    """Fresh rows by key, a query per model and batch; rows that are gone are missing."""
    found = {}
    for label, pks in by_model(keys).items():
        model = apps.get_model(label)
        for start in range(0, len(pks), BATCH):
            rows = model._base_manager.filter(pk__in=pks[start : start + BATCH])
            found |= {(label, row.pk): row for row in rows}
    return found


def links_of(keys) -> dict[tuple, dict[str, int]]:
    """How many rows refer to each row, by relation."""
    found = {key: {} for key in keys}
    for label, pks in by_model(keys).items():
        for name, model, column in relations(apps.get_model(label)):
            for start in range(0, len(pks), BATCH):
                rows = model._base_manager.filter(**{f"{column}__in": pks[start : start + BATCH]}).order_by()
                for pk, count in rows.values_list(column).annotate(Count("pk")):
                    found[label, pk][name] = count
    return found


def relations(model):
    """(name, referring model, column) of everything that points to the model."""
    for relation in model._meta.related_objects:
        if relation.many_to_many:
            through = relation.through
            yield relation.related_model._meta.label_lower, through, f"{relation.field.m2m_reverse_field_name()}_id"
        else:
            name = f"{relation.related_model._meta.label_lower}.{relation.field.name}"
            yield name, relation.related_model, relation.field.attname


def by_model(keys) -> dict[str, list[int]]:
    groups = defaultdict(list)
    for label, pk in keys:
        groups[label].append(pk)
    return groups


# --- Taking back -----------------------------------------------------------------------------------------------------


def written_since(entries) -> list[str]:
    """Sentences that name what was written on these rows after the act; empty = undo is possible."""
    keys = [(entry["model"], entry["pk"]) for entry in entries]
    rows, links = rows_of(keys), links_of([key for key, entry in zip(keys, entries, strict=True) if "links" in entry])
    faults = []
    for key, entry in zip(keys, entries, strict=True):
        row = rows.get(key)
        if row is None:
            faults.append(f"{apps.get_model(key[0])._meta.verbose_name.capitalize()} số {key[1]} đã bị xoá.")
        elif digest(values_of(row)) != entry["digest"]:
            faults.append(f"{name_of(row)} đã được sửa sau khi sắp xếp.")
        elif "links" in entry:
            faults += [f"{name_of(row)} {words}" for words in more(entry["links"], links[key])]
    return faults


def name_of(row) -> str:
    return f"{row._meta.verbose_name.capitalize()} “{row}”"


def more(before, after) -> list[str]:
    """What refers to a row now and did not then."""
    return [
        f"đã có {'thêm' if count > before.get(name, 0) else 'bớt'} {abs(count - before.get(name, 0))} "
        f"{apps.get_model('.'.join(name.split('.')[:2]))._meta.verbose_name}."
        for name, count in {**dict.fromkeys(before, 0), **after}.items()
        if count != before.get(name, 0)
    ]


def take_back(entries, *, actor, reason):
    """Restore every row as it was, newest first. Call in a transaction, after `written_since` said nothing."""
    rows = rows_of((entry["model"], entry["pk"]) for entry in entries)
    restored = defaultdict(list)
    for entry in reversed(entries):
        row = rows[entry["model"], entry["pk"]]
        if entry["before"] is None:
            row._history_user, row._change_reason = actor, reason
            row.delete()
            continue
        columns = {field.attname: field for field in row._meta.concrete_fields}
        values = {name: to_python(columns[name], value) for name, value in entry["before"].items()}
        type(row)._base_manager.filter(pk=row.pk).update(**values)
        restored[type(row)].append(row.pk)
    for model, pks in restored.items():
        tell_history(model, pks, actor, reason)


def to_python(field, value):
    return None if value is None else field.to_python(value)


def tell_history(model, pks, actor, reason):
    """The history goes on: what was restored is an entry of its own."""
    manager = getattr(model, "history", None)
    if manager is None:
        return
    for start in range(0, len(pks), BATCH):
        rows = list(model._base_manager.filter(pk__in=pks[start : start + BATCH]))
        manager.bulk_history_create(rows, update=True, default_user=actor, default_change_reason=reason)
