"""Word and Excel files: opened part by part. What runs, fetches or embeds is refused; plain hyperlinks are fine."""

import re
from io import BytesIO
from typing import BinaryIO
from xml.parsers import expat
from zipfile import ZipFile

from portal.lib.later import Later
from portal.lib.uploads.archive import BROKEN, NOT_OFFICE, TOO_BIG_INSIDE, open_archive, read_entry
from portal.lib.uploads.finding import Finding, Refused

docx, calamine = Later("docx"), Later("python_calamine")
MAIN_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
ACTIVE_PARTS = re.compile(r"vba|activex|\.bin$|connections\.xml$|querytables?/|macrosheets/", re.IGNORECASE)
# Excel's own binary parts that hold no code: printer settings and the like.
HARMLESS_BINARY = re.compile(r"printersettings\d*\.bin$", re.IGNORECASE)
EMBEDDED = re.compile(r"(^|/)embeddings/", re.IGNORECASE)
LOCAL_TEMPLATE = re.compile(r"file:///[A-Za-z]:")
ELEMENT_LIMIT = 1_000_000
LONGEST_INSTRUCTION = 2_000_000
OUTSIDE_FIELD = re.compile(
    r'(?:^|\s)(?:INCLUDEPICTURE|INCLUDETEXT|IMPORT|LINK)\s{1,20}[^\s"]{0,80}\s{0,20}"?(?:\\\\|HTTPS?:|FTP:)'
)
DDE = re.compile(r"(?:^|[^A-Z0-9])DDE(?:AUTO)?(?:\s|$)")
RUNNING_TARGET = re.compile(r"\s*(javascript|vbscript|data):", re.IGNORECASE)
TRACKED = frozenset({"ins", "del", "moveFrom", "moveTo", "comment"})
FORBIDDEN = frozenset({"altChunk", "OLEObject", "oleObject", "ddeLink", "oleLink", "control", "subDoc"})

RUNS = "Tệp có macro, đối tượng nhúng hoặc lệnh chạy bên trong. Hãy bỏ phần đó (lưu dạng thường) rồi tải lên lại."
FETCHES = "Tệp lấy nội dung từ nơi khác (mẫu, ảnh hoặc đối tượng liên kết). Hãy chèn hẳn nội dung vào tệp rồi tải lên."
TRACKED_CHANGES = (
    "Văn bản còn theo dõi thay đổi hoặc ghi chú: người đọc sẽ thấy phần đã xóa. Nên chấp nhận thay đổi rồi gửi."
)
LINKED_WORKBOOK = "Bảng lấy số liệu từ tệp Excel khác: chỉ giá trị đang lưu được dùng."


def check_office(file: BinaryIO, extension: str) -> Finding:
    """Nothing is changed; Refused for anything active, warned about tracked changes and linked workbooks."""
    warnings = _check_container(file, extension, depth=0)
    file.seek(0)
    try:
        docx.Document(file) if extension == "docx" else calamine.CalamineWorkbook.from_filelike(file)
    except Exception as error:  # The parser that will read the file later must be able to; its error types are its own.
        raise Refused(BROKEN) from error
    return Finding(warnings=warnings)


def _check_container(file: BinaryIO, extension: str, depth: int) -> tuple[str, ...]:
    warnings: dict[str, None] = {}
    elements = 0
    with open_archive(file, extension) as archive:
        _check_type(archive, extension)
        for name in archive.namelist():
            if name.lower().endswith((".xml", ".rels")):
                part = _read_part(archive, name, ELEMENT_LIMIT - elements)
                elements += part.elements
                warnings |= dict.fromkeys(part.warnings)
            elif EMBEDDED.search(name) and not name.endswith("/"):
                _check_embedded(archive, name, depth)
            elif ACTIVE_PARTS.search(name) and not HARMLESS_BINARY.search(name):
                raise Refused(RUNS)
            elif read_entry(archive, name)[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf"):
                raise Refused(RUNS)
    return tuple(warnings)


def _check_type(archive: ZipFile, extension: str) -> None:
    if "[Content_Types].xml" not in archive.namelist():
        raise Refused(NOT_OFFICE.format(extension=extension))
    types = read_entry(archive, "[Content_Types].xml").decode("utf-8", "replace")
    if "macroEnabled" in types or "vbaProject" in types:
        raise Refused(RUNS)
    if MAIN_TYPES[extension] not in types:
        raise Refused(NOT_OFFICE.format(extension=extension))


def _check_embedded(archive: ZipFile, name: str, depth: int) -> None:
    """The figures behind a chart are a workbook inside the document; any other embedded object is refused."""
    if depth or not name.lower().endswith(".xlsx"):
        raise Refused(RUNS)
    _check_container(BytesIO(read_entry(archive, name)), "xlsx", depth + 1)


def _read_part(archive: ZipFile, name: str, limit: int) -> "_Part":
    if ACTIVE_PARTS.search(name):
        raise Refused(RUNS)
    part = _Part(name, limit)
    part.read(read_entry(archive, name))
    return part


class _Part:
    """Reads one XML part as a stream of events: no tree, no entity, no document type, and no more than `limit` tags."""

    def __init__(self, name: str, limit: int):
        self.name, self.limit = name, limit
        self.warnings: list[str] = []
        self.elements = 0
        self.in_instruction = False
        self.instruction: list[str] = []

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(content, True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise error if isinstance(error, Refused) else Refused(BROKEN) from error
        self._check_fields("".join(self.instruction))

    def _refuse(self, *_: object) -> None:
        raise Refused(BROKEN)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > self.limit:
            raise Refused(TOO_BIG_INSIDE)
        local = tag.rsplit(" ", 1)[-1]
        self.in_instruction = local in ("instrText", "delInstrText")
        if local in FORBIDDEN:
            raise Refused(RUNS)
        if local == "Relationship":
            self._check_relationship(attributes)
        elif local == "fldSimple":
            self._check_fields(next((v for k, v in attributes.items() if k.endswith("instr")), ""))
        elif local == "fldChar":
            self.instruction.append("" if self.instruction[-1:] == [" "] else " ")
        elif local in TRACKED and self.name.startswith("word/") and "wordprocessingml" in tag:
            self.warnings.append(TRACKED_CHANGES)

    def _end(self, _tag: str) -> None:
        self.in_instruction = False

    def _text(self, text: str) -> None:
        if self.in_instruction:
            self.instruction.append(text)

    def _check_fields(self, instruction: str) -> None:
        """Fields that start another program (DDE) or fetch another file; the text may be cut over several runs."""
        if len(instruction) > LONGEST_INSTRUCTION:
            raise Refused(BROKEN)
        upper = instruction.upper()
        if DDE.search(upper):
            raise Refused(RUNS)
        if OUTSIDE_FIELD.search(upper):
            raise Refused(FETCHES)

    def _check_relationship(self, attributes: dict[str, str]) -> None:
        kind, target = attributes.get("Type", "").rsplit("/", 1)[-1], attributes.get("Target", "")
        if kind in ("aFChunk", "vbaProject", "oleObject", "control", "activeXControlBinary"):
            raise Refused(RUNS)
        if RUNNING_TARGET.match(target):
            raise Refused(RUNS)
        if attributes.get("TargetMode", "").lower() != "external" or kind == "hyperlink":
            return
        if kind in ("externalLinkPath", "xlPathMissing", "externalLink"):
            self.warnings.append(LINKED_WORKBOOK)
        elif not (kind == "attachedTemplate" and LOCAL_TEMPLATE.match(target)):
            raise Refused(FETCHES)
