"""Sheets of agencies: new ones are founded, known ones corrected. A changed name is an act of its own, never an import."""

from functools import partial

from portal.lib.text import fold
from registry.importing.book import AgencyBook, Unknown
from registry.importing.plan import Act, Entry, PlannedRow, State, compare
from registry.models import Agency, AgencyKind
from registry.models.entering import found_agencies
from registry.sheets import Row, Sheet, columns_of
from registry.sheets.words import KIND_OF_NAME

REASON = "Nhập từ bảng"
NO_KIND = "Chưa rõ loại cơ quan. Hãy thêm cột “Loại”, ghi như: Sở, UBND xã, UBND phường, Hội, Báo chí."


def plan_agencies(sheet: Sheet, book: AgencyBook) -> list[PlannedRow]:
    labels = {column.key: column.label for column in columns_of("agencies")}
    planned = [PlannedRow(row) for row in sheet.rows]
    names: dict[str, Row] = {}
    codes: dict[str, Row] = {}
    for item in planned:
        name, code = fold(item.row.values.get("ten_don_vi", "")), fold(item.row.values.get("ma_don_vi", ""))
        if not name or item.row.problems:
            continue
        if earlier := names.get(name):
            item.row.skipped = f"Trùng dòng {earlier.line}"
            sheet.warnings.append(f"Dòng {item.row.line} của tệp được bỏ qua: trùng dòng {earlier.line}.")
            continue
        if code and code in codes:
            item.row.refuse(labels["ma_don_vi"], f"Mã này đã ghi ở dòng {codes[code].line} cho cơ quan khác.")
            continue
        names[name] = item.row
        codes |= {code: item.row} if code else {}
        _plan_row(item, book, labels, names)
    return planned


def _plan_row(item: PlannedRow, book: AgencyBook, labels: dict[str, str], names: dict[str, Row]) -> None:
    values = item.row.values
    try:
        agency = book.existing(values.get("ma_don_vi", ""), values["ten_don_vi"])
        parent = _parent(values.get("cap_tren", ""), values["ten_don_vi"], book, names)
    except Unknown as unknown:
        item.row.refuse(labels[unknown.column], unknown.message)
        return
    if agency:
        item.acts.append(_correction(agency, values, parent))
        return
    kind = values.get("loai") or kind_of_name(values["ten_don_vi"])
    if not kind:
        item.row.refuse(labels["loai"], NO_KIND)
        return
    draft = {
        "name": values["ten_don_vi"], "kind": kind, "code": values.get("ma_don_vi", ""),
        "short_name": values.get("ten_viet_tat", ""), "gso_code": values.get("ma_gso", ""),
        "founded_on": values.get("tu_ngay") or None, "parent": parent or values.get("cap_tren", ""),
    }  # fmt: skip
    item.acts.append(Act(State.NEW, values["ten_don_vi"], entry=Entry(_found_many, _found, draft, is_whole=True)))


def kind_of_name(name: str) -> str:
    """What the beginning of a name says: "Sở Y tế" is a department. '' when it says nothing."""
    folded = fold(name) + " "
    return next((kind for beginning, kind in KIND_OF_NAME if folded.startswith(beginning)), "")


def _parent(name: str, own: str, book: AgencyBook, names: dict[str, Row]) -> Agency | None:
    """The superior that the register knows; None when there is none, or when an earlier row of the sheet founds it."""
    if not name:
        return None
    if fold(name) == fold(own):
        raise Unknown("cap_tren", "Cơ quan không thể là cấp trên của chính mình. Hãy sửa hoặc để trống.")
    try:
        return book.find("", name)
    except Unknown as unknown:
        if fold(name) in names:
            return None
        raise Unknown("cap_tren", unknown.message) from unknown


def _correction(agency: Agency, values: dict, parent: Agency | None) -> Act:
    changed, differences = compare(
        {
            "code": ("Mã đơn vị", agency.code, values.get("ma_don_vi", "")),
            "short_name": ("Tên viết tắt", agency.short_name, values.get("ten_viet_tat", "")),
            "gso_code": ("Mã đơn vị hành chính", agency.gso_code, values.get("ma_gso", "")),
            "founded_on": ("Hoạt động từ ngày", agency.founded_on, values.get("tu_ngay", "")),
            "kind": ("Loại", agency.kind, values.get("loai", "")),
            "parent_id": ("Cơ quan cấp trên", agency.parent_id, parent.pk if parent else ""),
        }
    )
    if not changed:
        return Act(State.UNCHANGED, agency.name)
    for index, difference in enumerate(differences):
        if difference.label == "Loại":
            before, after = AgencyKind(agency.kind).label, AgencyKind(changed["kind"]).label
            differences[index] = type(difference)("Loại", before, after)
        if difference.label == "Cơ quan cấp trên" and parent:
            differences[index] = type(difference)(difference.label, "(khác)", parent.name)
    return Act(State.CHANGED, agency.name, differences, partial(_amend, agency=agency, changed=changed))


def _found_many(*, actor, drafts: list[dict], now) -> None:
    """Level by level, for a sheet may hold agencies and those below them."""
    founded: dict[str, Agency] = {}
    while drafts:
        names = {fold(draft["name"]) for draft in drafts}
        ready = [draft for draft in drafts if not _waits(draft, names)]
        drafts = [draft for draft in drafts if _waits(draft, names)]
        for draft in ready:
            if isinstance(draft["parent"], str):
                draft["parent"] = founded.get(fold(draft["parent"]))
        founded |= {agency.name_norm: agency for agency in found_agencies(actor=actor, drafts=ready)}


def _waits(draft: dict, names: set[str]) -> bool:
    """Its superior is still to be founded."""
    return isinstance(draft["parent"], str) and fold(draft["parent"]) in names


def _found(actor, draft: dict, now) -> None:
    parent = draft["parent"]
    if isinstance(parent, str):
        parent = Agency.objects.active().filter(name_norm=fold(parent)).first() if parent else None
    Agency.found(actor=actor, **(draft | {"parent": parent}))


def _amend(actor, *, agency: Agency, changed: dict) -> None:
    agency.amend(actor=actor, reason=REASON, **changed)
