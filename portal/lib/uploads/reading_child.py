"""Child process that reads the words of one accepted .docx or .pdf from stdin under hard limits and prints them as JSON.

Imports nothing of ours. Arguments: docx or pdf; seconds of the processor. Blocks: {"kind": heading|text|item|table|picture|page, …}.
"""

import codecs
import io
import json
import re
import resource
import sys
from contextlib import suppress
from importlib import import_module
from pkgutil import walk_packages

import docx
import pypdf

MEMORY = 700 * 1024 * 1024
MOST_LETTERS, MOST_BLOCKS, MOST_PAGES = 40_000, 600, 10
MOST_ROWS, MOST_CELLS, LONGEST_CELL = 60, 15, 600
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
CODECS = "ascii latin_1 cp437 cp1250 cp1252 cp1258 mac_roman utf_8 utf_16 utf_16_be utf_16_le gbk gb18030 big5 euc_kr shift_jis"
"""What zip directories and old PDF fonts are written in: loaded while files can still be opened."""
PICTURES = (f"{W}drawing", f"{W}pict")
MARKS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Enough(Exception):
    """The limit is reached; what follows isn't read."""


class Reading:
    """The blocks read so far, within the limits."""

    def __init__(self):
        self.blocks, self.letters = [], 0

    def add(self, kind, **facts):
        if len(self.blocks) >= MOST_BLOCKS or self.letters >= MOST_LETTERS:
            raise Enough
        self.blocks.append({"kind": kind, **facts})

    def add_text(self, kind, text, **facts):
        text = UNPRINTABLE.sub("", text).strip()[: MOST_LETTERS - self.letters + 1]
        if text:
            self.add(kind, text=text, **facts)
            self.letters += len(text)


def read_docx(stream, reading):
    document = docx.Document(stream)
    names = {style.style_id: (style.name or "").lower() for style in document.styles}
    walk(document.element.body, names, reading)


def walk(parent, names, reading):
    """Paragraphs and tables in their order, those inside content controls among them."""
    for part in parent:
        if part.tag == f"{W}p":
            read_paragraph(part, names, reading)
        elif part.tag == f"{W}tbl":
            read_table(part, reading)
        elif part.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"):
            walk(part, names, reading)


def read_paragraph(part, names, reading):
    style = names.get(part.style or "", "")
    heading = re.match(r"(title|heading \d)", style)
    is_item = part.find(f"{W}pPr/{W}numPr") is not None or style.startswith("list")
    facts = {"level": int(heading[0][-1]) if heading[0][-1].isdigit() else 1} if heading else {}
    reading.add_text("heading" if heading else "item" if is_item else "text", words_of(part), **facts)
    if next(part.iter(*PICTURES), None) is not None:
        reading.add("picture")


def words_of(part) -> str:
    """All that a reader could see: inserted words and text boxes as well, deleted words not."""
    return "".join(shown(node) for node in part.iter(f"{W}t", *MARKS) if node.getparent().tag == f"{W}r")


def shown(node) -> str:
    if any(True for _ in node.iterancestors(FALLBACK)):
        return ""
    return (node.text or "") if node.tag == f"{W}t" else MARKS[node.tag]


def read_table(part, reading):
    rows = []
    for row in list(part.iter(f"{W}tr"))[:MOST_ROWS]:
        cells = [words_of(cell).strip()[:LONGEST_CELL] for cell in list(row.iterchildren(f"{W}tc"))[:MOST_CELLS]]
        rows.append([UNPRINTABLE.sub("", cell) for cell in cells])
        reading.letters += sum(map(len, cells))
        if reading.letters >= MOST_LETTERS:
            break
    if any(any(row) for row in rows):
        reading.blocks.append({"kind": "table", "rows": rows})


def read_pdf(stream, reading):
    pages = pypdf.PdfReader(stream, strict=False).pages
    for number, page in enumerate(pages, start=1):
        if number > MOST_PAGES:
            raise Enough
        before = len(reading.blocks)
        for text in re.split(r"\n\s*\n", page.extract_text()):
            reading.add_text("text", text)
        if len(reading.blocks) > before:
            reading.blocks.insert(before, {"kind": "page", "number": number})


def load_what_comes_late(kind):
    """Codecs and modules that the readers would open files for while they read."""
    for name in CODECS.split():
        codecs.lookup(name)
    if kind == "pdf":
        for found in walk_packages(pypdf.__path__, "pypdf."):
            with suppress(ImportError):  # other providers of ciphers
                import_module(found.name)


def shut_in(seconds):
    """From here on no file and no socket can be opened, whatever library asks, and nothing be written but the answer."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def main(kind, seconds):
    content = io.BytesIO(sys.stdin.buffer.read())
    load_what_comes_late(kind)
    shut_in(seconds)
    reading, is_cut = Reading(), False
    try:
        {"docx": read_docx, "pdf": read_pdf}[kind](content, reading)
    except Enough:
        is_cut = True
    is_cut = is_cut or reading.letters >= MOST_LETTERS
    sys.stdout.write(json.dumps({"blocks": reading.blocks, "is_cut": is_cut}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
