"""Cells that show one thing and hold another: formulas and links. Nothing is ever calculated or followed."""

import re
from urllib.parse import urlsplit

from registry.sheets.grid import Cell, Grid, Place, is_blank
from registry.sheets.schema import Column

HYPERLINK = re.compile(r'\s*(?:_xlfn\.)?HYPERLINK\(\s*"([^"]*)"\s*(?:[,;]\s*"([^"]*)"\s*)?\)\s*', re.IGNORECASE)
REACHES_OUT = re.compile(
    r"WEBSERVICE|IMPORTDATA|IMPORTXML|FILTERXML|RTD\(|DDE|\||\[\d+\]|://|\\\\|CALL\(|EXEC\(", re.IGNORECASE
)

DECEPTIVE = "Ô hiển thị một địa chỉ nhưng liên kết tới địa chỉ khác ({target}). Hãy dán thẳng đường link đúng."
OUTSIDE_FORMULA = "Ô là công thức gọi ra ngoài tệp. Hãy gõ giá trị thay cho công thức."
NOT_COMPUTED = "Ô là công thức chưa có kết quả. Hãy gõ giá trị thay cho công thức."


def doubt_about(grid: Grid, column: Column, place: Place, cell: Cell) -> str:
    """Why a cell may not be taken, or ''."""
    formula = grid.formulas.get(place)
    if formula is not None:
        if link := HYPERLINK.fullmatch(formula):
            return _difference(column, link[2] or (str(cell) if not is_blank(cell) else link[1]), link[1])
        if REACHES_OUT.search(formula):
            return OUTSIDE_FORMULA
        if is_blank(cell):
            return NOT_COMPUTED
    target = grid.links.get(place, "")
    return _difference(column, str(cell), target) if target and not is_blank(cell) else ""


def target_of(grid: Grid, column: Column, place: Place, cell: Cell) -> Cell:
    """What an address column means by a cell: the link behind a text like "Xem trang"; otherwise the cell itself."""
    link = HYPERLINK.fullmatch(grid.formulas.get(place, ""))
    if link and column.kind == "url":
        return link[1]
    if link and is_blank(cell):
        return link[2] or link[1].removeprefix("mailto:")
    target = grid.links.get(place, "")
    return target if column.kind == "url" and target and not _host(str(cell)) else cell


def _difference(column: Column, shown: str, target: str) -> str:
    """A shown address must be the one that the link opens; e-mail and web columns alike."""
    if column.kind == "email":
        aim = target.removeprefix("mailto:").split("?")[0].strip().lower()
        return "" if not aim or aim == shown.strip().lower() else DECEPTIVE.format(target=target[:80])
    shown_host, target_host = _host(shown), _host(target)
    if column.kind == "url" and shown_host and shown_host != target_host:
        return DECEPTIVE.format(target=target[:80])
    if column.kind != "url" and shown_host and target_host and shown_host != target_host:
        return DECEPTIVE.format(target=target[:80])
    return ""


def _host(text: str) -> str:
    """The host of something that looks like a web address, else ''."""
    text = text.strip()
    if not re.match(r"https?://|[\w-]+(\.[\w-]+)+(/|$)", text, re.IGNORECASE):
        return ""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        return (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return "?"
