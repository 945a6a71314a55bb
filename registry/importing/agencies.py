"""Sheets of agencies: new ones are founded, known ones corrected. A changed name is an act of its own, never an import."""

from functools import partial

from portal.lib.text import fold
from registry.importing.book import AgencyBook, Unknown
from registry.importing.plan import Act, PlannedRow, State, compare
from registry.models import Agency, AgencyKind
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
        parent = _parent(values.get("cap_tren", ""), book, names)
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
    item.acts.append(Act(State.NEW, values["ten_don_vi"], do=partial(_found, values=values, kind=kind)))


def kind_of_name(name: str) -> str:
    """What the beginning of a name says: "Sở Y tế" is a department. '' when it says nothing."""
    folded = fold(name) + " "
    return next((kind for beginning, kind in KIND_OF_NAME if folded.startswith(beginning)), "")


def _parent(name: str, book: AgencyBook, names: dict[str, Row]) -> Agency | None:
    """The superior agency, when the register knows it already; one that this sheet founds is looked up at the run."""
    if not name or fold(name) in names:
        return None
    try:
        return book.find("", name)
    except Unknown as unknown:
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


def _found(actor, *, values: dict, kind: str) -> None:
    parent = None
    if above := values.get("cap_tren", ""):
        parent = Agency.objects.active().filter(name_norm=fold(above)).first()
    Agency.found(
        actor=actor, name=values["ten_don_vi"], kind=kind, code=values.get("ma_don_vi", ""),
        short_name=values.get("ten_viet_tat", ""), gso_code=values.get("ma_gso", ""), parent=parent,
        founded_on=values.get("tu_ngay") or None,
    )  # fmt: skip


def _amend(actor, *, agency: Agency, changed: dict) -> None:
    agency.amend(actor=actor, reason=REASON, **changed)
