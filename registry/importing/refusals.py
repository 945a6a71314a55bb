"""The refused rows of a sheet as a file of its own: the columns as they were and why, to be mended and sent again."""

from portal.lib.documents.table import Column, Table
from registry.importing.plan import Plan, State
from registry.models import AgencyKind, ChannelKind, ContactRole
from registry.sheets import Row, columns_of

WORDS = {
    "loai": dict(AgencyKind.choices), "loai_kenh": dict(ChannelKind.choices), "vai_tro": dict(ContactRole.choices),
    "thay_the": {"yes": "có", "no": "không"},
}  # fmt: skip
"""Codes of the register → words that the import reads."""
WIDTH, WIDE = 20, 60


def refused_table(plan: Plan) -> Table:
    """One line for each refused row, in the order of the sheet; a cell that was refused stands as it was written."""
    found = [column for column in columns_of(plan.kind) if column.key in plan.sheet.columns]
    columns = [Column(column.key, column.label, width=WIDTH) for column in found]
    columns.append(Column("ly_do", "Lý do", width=WIDE))
    rows = (
        [*(written(item.row, column.key) for column in found), reasons(item.row)]
        for item in plan.in_state(State.REFUSED)
    )
    return Table("Các dòng bị từ chối", columns, rows, sheet="Danh sách")


def written(row: Row, key: str) -> str:
    value = row.refused_cells.get(key, row.values.get(key, ""))
    if hasattr(value, "strftime"):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return WORDS.get(key, {}).get(value, str(value))


def reasons(row: Row) -> str:
    return " ".join(f"{problem.column}: {problem.message}" for problem in row.problems)
