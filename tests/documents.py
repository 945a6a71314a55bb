"""Small true documents for tests of uploads."""

from io import BytesIO

import docx


def docx_of(*paragraphs, table=(), heading="") -> bytes:
    """A Word file with these paragraphs, before them a heading, behind them a table."""
    document, stream = docx.Document(), BytesIO()
    if heading:
        document.add_heading(heading, 2)
    for words in paragraphs:
        document.add_paragraph(words)
    if table:
        grid = document.add_table(len(table), len(table[0]))
        for row, cells in zip(grid.rows, table, strict=True):
            for cell, words in zip(row.cells, cells, strict=True):
                cell.text = words
    document.save(stream)
    return stream.getvalue()


def pdf_of(words="", *, content=None) -> bytes:
    """A PDF of one page with these words (letters of Latin-1 only come out right), or with this page content."""
    shown = words.encode("latin-1", "ignore").replace(b"(", b"").replace(b")", b"")
    stream = content if content is not None else b"BT /F1 24 Tf 72 700 Td (" + shown + b") Tj ET" if words else b""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n" % len(stream) + stream + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer<</Root 1 0 R/Size 6>>\nstartxref\n%d\n%%%%EOF\n"
    return out + end % len(out)
