"""An .xlsx file → grids. Expat scans the parts for what python-calamine doesn't tell, calamine reads the values.

The package is packed anew from the parts that were checked, so calamine sees nothing else.
"""

import io
import re
import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

from portal.lib.later import Later
from registry.sheets.container import DAMAGED, open_package
from registry.sheets.grid import (
    MAX_BOX,
    MAX_ROWS,
    ROWS_ABOVE_DATA,
    TOO_MANY_ROWS,
    Grid,
    Place,
    column_name,
    fill_merges,
    is_blank,
)
from registry.sheets.sheet import SheetRefused

calamine = Later("python_calamine")
MAX_MERGES = 20_000
MAX_CELLS = 1_500_000
# What only the scanner understands: formulas, merges, links, hidden rows, and prefixed or commented XML.
SPECIAL_ELEMENT = re.compile(
    rb"<f[\s/>]|<mergeCell|<hyperlink|\shidden\s*=|<\w+:(?:c|row|f|v)\b|<!|\sr\s*=\s*'|\sr\s+=|\sr=\s"
)
CELL_START = re.compile(rb"<c[\s/>]")
CELL_PLACE = re.compile(rb'<c\s[^<>]*?\br="([A-Z]{1,3})(\d{1,7})"')
REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")


@dataclass
class SheetFacts:
    """What the XML of one sheet says, gathered in one pass."""

    last_row: int = -1
    last_column: int = -1
    cells: int = 0
    formulas: dict[Place, str] = field(default_factory=dict)
    merges: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    links: dict[str, str] = field(default_factory=dict)


def read_xlsx(content: bytes) -> tuple[list[Grid], list[str]]:
    """Visible sheets that hold something, and warnings about hidden ones."""
    parts = open_package(content)
    rels = _relations(parts.get("xl/_rels/workbook.xml.rels", b""))
    sheets = _elements(parts["xl/workbook.xml"], "sheet")
    warnings = [
        f"Trang tính ẩn “{sheet.get('name', '')}” không được nhập."
        for sheet in sheets
        if sheet.get("state", "visible") != "visible"
    ]
    visible = [sheet for sheet in sheets if sheet.get("state", "visible") == "visible"]
    facts = {sheet.get("name", ""): _facts_of(parts, rels, sheet) for sheet in visible}
    return _values(_packed(parts), facts), warnings


def _values(package: bytes, facts: dict[str, SheetFacts]) -> list[Grid]:
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(package)) as workbook:
            grids = [
                _grid(workbook.get_sheet_by_name(name), name, known)
                for name, known in facts.items()
                if known.last_row >= 0 and name in workbook.sheet_names
            ]
            return [grid for grid in grids if grid.lines]
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise SheetRefused(DAMAGED) from error


def _grid(sheet, name: str, facts: SheetFacts) -> Grid:
    rows = sheet.to_python(skip_empty_area=False)
    lines = [(number, cells) for number, cells in enumerate(rows, start=1) if not all(map(is_blank, cells))]
    ranges = [found for merge in facts.merges if (found := _range(merge))]
    filled = fill_merges(lines, ranges)
    touched = [m for m in facts.merges if (found := _range(m)) and _next_place(found) in filled]
    return Grid(
        name=name, lines=lines, filled=filled, merges=touched, formulas=facts.formulas,
        links=_places(facts.links), hidden_rows=facts.hidden_rows,
    )  # fmt: skip


def _next_place(found: tuple[Place, Place]) -> Place:
    (top, left), (bottom, _) = found
    return (top + 1, left) if bottom > top else (top, left + 1)


def _facts_of(parts: dict[str, bytes], rels: dict[str, str], sheet: dict[str, str]) -> SheetFacts:
    target = rels.get(_relation_id(sheet), "").lstrip("/")
    path = target if target.startswith("xl/") else f"xl/{target}"
    if path not in parts:
        return SheetFacts()
    facts = _scan(parts[path])
    folder, _, leaf = path.rpartition("/")
    targets = _relations(parts.get(f"{folder}/_rels/{leaf}.rels", b""))
    facts.links = {place: targets.get(key, "") for place, key in facts.links.items() if targets.get(key)}
    if (facts.last_row + 1) * (facts.last_column + 1) > MAX_BOX:
        far = f"{column_name(facts.last_column)}{facts.last_row + 1}"
        raise SheetRefused(f"Có dữ liệu nằm rất xa bảng (tới ô {far}). Hãy xoá các ô thừa ngoài bảng rồi gửi lại.")
    return facts


class _Scanner:
    """Expat handlers for one sheet: where values, formulas, merges, links and hidden rows are."""

    def __init__(self):
        self.facts = SheetFacts()
        self.row = self.column = self.reached = -1
        self.filled_rows = 0
        self.formula: list[str] | None = None
        self.in_value = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self._start_cell(attributes.get("r", ""))
        elif tag == "row":
            self._start_row(attributes)
        elif tag in ("v", "t"):
            self.in_value = True
        elif tag == "f":
            self.formula = []
        elif tag == "mergeCell" and len(self.facts.merges) < MAX_MERGES:
            self.facts.merges.append(attributes.get("ref", ""))
        elif tag == "hyperlink":
            self.facts.links[attributes.get("ref", "")] = _relation_id(attributes)

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag in ("v", "t"):
            self.in_value = False
        elif tag == "f":
            self.facts.formulas[(self.row, self.column)] = "".join(self.formula or [])
            self.formula = None
            self._reach()

    def text(self, data: str) -> None:
        if self.formula is not None:
            self.formula.append(data)
        elif self.in_value and data.strip():
            self._reach()

    def _start_row(self, attributes: dict[str, str]) -> None:
        self.row = int(attributes["r"]) - 1 if attributes.get("r", "").isdigit() else self.row + 1
        self.column = -1
        if attributes.get("hidden") in ("1", "true"):
            self.facts.hidden_rows.add(self.row)

    def _start_cell(self, reference: str) -> None:
        self.facts.cells += 1
        if self.facts.cells > MAX_CELLS:
            raise SheetRefused("Trang tính có quá nhiều ô. Hãy chép riêng bảng cần nhập sang tệp mới rồi gửi lại.")
        place = _place(reference)
        self.row, self.column = place if place else (self.row, self.column + 1)

    def _reach(self) -> None:
        if self.row != self.reached:
            self.reached, self.filled_rows = self.row, self.filled_rows + 1
            if self.filled_rows > MAX_ROWS + ROWS_ABOVE_DATA:
                raise SheetRefused(TOO_MANY_ROWS)
        self.facts.last_row = max(self.facts.last_row, self.row)
        self.facts.last_column = max(self.facts.last_column, self.column)


def _scan(xml: bytes) -> SheetFacts:
    return _plain_facts(xml) or _scanned(xml)


def _plain_facts(xml: bytes) -> SheetFacts | None:
    """The quick look at a sheet of plain values within modest limits; None = it must be scanned element by element."""
    if SPECIAL_ELEMENT.search(xml):
        return None
    places = CELL_PLACE.findall(xml)
    if not places or len(places) > MAX_CELLS or len(places) != len(CELL_START.findall(xml)):
        return None
    last_row = max(map(int, {row for _, row in places}))
    last_column = max(_column(letters.decode()) for letters in {letters for letters, _ in places})
    if last_row > MAX_ROWS or last_row * last_column > MAX_BOX:
        return None
    return SheetFacts(last_row=last_row - 1, last_column=last_column - 1, cells=len(places))


def _scanned(xml: bytes) -> SheetFacts:
    scanner = _Scanner()
    _parse(xml, scanner.start, scanner.end, scanner.text)
    return scanner.facts


def _elements(xml: bytes, wanted: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == wanted:
            found.append(attributes)

    _parse(xml, start)
    return found


def _parse(xml: bytes, start, end=None, text=None) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError) as error:
        if isinstance(error, SheetRefused):
            raise
        raise SheetRefused(DAMAGED) from error


def _relations(xml: bytes) -> dict[str, str]:
    if not xml:
        return {}
    return {row.get("Id", ""): row.get("Target", "") for row in _elements(xml, "Relationship")}


def _relation_id(attributes: dict[str, str]) -> str:
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id" and ":" in key), "")


def _place(reference: str) -> Place | None:
    found = REFERENCE.fullmatch(reference)
    if not found:
        return None
    return int(found[2]) - 1, _column(found[1]) - 1


def _column(letters: str) -> int:
    """A → 1, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _range(reference: str) -> tuple[Place, Place] | None:
    first, _, last = reference.partition(":")
    start, stop = _place(first), _place(last or first)
    return (start, stop) if start and stop else None


def _places(links: dict[str, str]) -> dict[Place, str]:
    return {place[0]: target for reference, target in links.items() if (place := _range(reference))}


def _packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name, xml in parts.items():
            package.writestr(name, xml)
    return buffer.getvalue()
