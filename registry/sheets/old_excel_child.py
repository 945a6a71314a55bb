"""Child process that opens one .xls from stdin under hard limits and prints its cells as JSON. Imports nothing of ours."""

import io
import json
import resource
import sys

from python_calamine import CalamineWorkbook, SheetVisibleEnum

MEMORY = 700 * 1024 * 1024
SECONDS = 15


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    result = []
    for meta in workbook.sheets_metadata:
        visible = meta.visible == SheetVisibleEnum.Visible
        sheet = workbook.get_sheet_by_name(meta.name)
        rows = sheet.to_python(skip_empty_area=False) if visible else []
        cells = [[[type(cell).__name__, plain(cell)] for cell in row[:200]] for row in rows[:30_000]]
        result.append({"name": meta.name, "visible": visible, "rows": cells, "merges": sheet.merged_cell_ranges or []})
    json.dump(result, sys.stdout)


def plain(cell: object) -> object:
    return cell if isinstance(cell, str | int | float | bool) else str(cell)


if __name__ == "__main__":
    main()
