"""Official papers as PDF: letterhead, title, paragraphs, tables and signature by decree 30/2020/NĐ-CP.

The layout stands in official.typ. What is printed travels as JSON, so that no text is ever read as markup. The fonts
(Tinos, as wide as Times New Roman, with all Vietnamese letters) stand beside it and are embedded. The file is PDF/A-2b,
for archives.
"""

import json
from pathlib import Path
from typing import BinaryIO

from portal.lib.documents.paper import Paper, content_of
from portal.lib.later import Later
from portal.lib.text import nfc

typst = Later("typst")
PDF_TYPE = "application/pdf"
HERE = Path(__file__).resolve().parent
LAYOUT, FONTS = HERE / "official.typ", HERE / "fonts"


def write_pdf(stream: BinaryIO, paper: Paper) -> None:
    """Lay the paper out and write it. About 0.1 s for six pages; keep large ones out of requests."""
    content = json.dumps(content_of(paper), ensure_ascii=False)
    stream.write(
        typst.compile(
            LAYOUT,
            root=HERE,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards="a-2b",
            sys_inputs={"paper": nfc(content)},
        )
    )
