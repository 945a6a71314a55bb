"""The one way in: a read sheet becomes a plan. The page, the command and the checks call this."""

from registry.importing.agencies import plan_agencies
from registry.importing.book import AgencyBook, Unknown
from registry.importing.channels import ChannelPlanner
from registry.importing.contacts import ContactPlanner
from registry.importing.plan import REPEATED, Plan, PlannedRow
from registry.sheets import Row, Sheet, columns_of


def plan_import(sheet: Sheet) -> Plan:
    """What running the sheet would do. Refusals are written on the sheet's rows. A few queries, not per row."""
    plan = Plan(sheet.kind, sheet)
    if sheet.errors:
        return plan
    if sheet.kind == "agencies":
        plan.rows = plan_agencies(sheet, AgencyBook.load())
    else:
        plan.rows = _plan_of_agencies_rows(sheet)
    return plan


def _plan_of_agencies_rows(sheet: Sheet) -> list[PlannedRow]:
    """Contacts, channels, or both on one row: each row belongs to an agency that the register knows."""
    book = AgencyBook.load()
    labels = {column.key: column.label for column in columns_of(sheet.kind)}
    homes = {row.number: agency for row in sheet.rows if (agency := _agency_of(book, row, labels))}
    planners = _planners(sheet, homes)
    planned = [PlannedRow(row) for row in sheet.rows]
    for item in planned:
        agency = homes.get(item.row.number)
        if agency is None:
            continue
        for planner in planners:
            if act := planner.plan(item.row, agency):
                item.acts.append(act)
        _skip_repeated(sheet, item)
    return planned


def _planners(sheet: Sheet, homes: dict) -> list:
    planners = []
    if sheet.kind in ("registrations", "contacts"):
        planners.append(ContactPlanner(sheet, homes))
    if sheet.kind in ("registrations", "channels"):
        planners.append(ChannelPlanner(sheet, homes))
    return planners


def _agency_of(book: AgencyBook, row: Row, labels: dict[str, str]):
    name = row.values.get("ten_don_vi", "")
    if not name:
        return None
    try:
        return book.find(row.values.get("ma_don_vi", ""), name)
    except Unknown as unknown:
        row.refuse(labels[unknown.column], unknown.message)
        return None


def _skip_repeated(sheet: Sheet, item: PlannedRow) -> None:
    """A row that only says again what an earlier row says is left out, with a warning."""
    repeats = [act for act in item.acts if act.what.startswith(REPEATED)]
    if item.row.problems or not repeats or len(repeats) < len(item.acts):
        return
    item.row.skipped = repeats[0].what
    sheet.warnings.append(
        f"Dòng {item.row.line} của tệp được bỏ qua: {repeats[0].what[0].lower()}{repeats[0].what[1:]}."
    )
