"""Title and text that need not be typed: from the Word file that was sent along, or from an article pasted whole."""

import re
from itertools import islice

from django.db import transaction

from campaigns.models import ContentKind
from portal.lib import text
from portal.lib.documents.paper import DOCX_TYPE
from portal.lib.later import Later

docx = Later("docx")
LONGEST_TITLE, LONGEST_BODY = 200, 20000
MOST_PARAGRAPHS = 2000
LETTERHEAD = re.compile(
    r"(cong hoa xa hoi|doc lap ?[-–—]|uy ban nhan dan|so:|so \d|v/v|[-–—_*. ]+$|[\w .]*, ngay .{1,4} thang )"
)
"""Folded beginnings of lines that stand above the title of an office document."""
VIDEO_LINK = re.compile(
    r"//(www\.|m\.)?(youtube\.com|youtu\.be|tiktok\.com|vt\.tiktok\.com|vm\.tiktok\.com|fb\.watch|vimeo\.com)/"
    r"|facebook\.com/(watch|reel|[^/?#]+/videos)\b|instagram\.com/reel",
    re.IGNORECASE,
)
PICTURE_TYPES, VIDEO_TYPES, AUDIO_TYPES = ("jpg", "jpeg", "png", "webp", "heic", "heif"), ("mp4",), ("mp3",)


def split_article(body) -> tuple[str, str]:
    """The first line of a pasted article as its title, and what follows. A single line or a long one stays text too."""
    first, _, rest = body.strip().partition("\n")
    title = cut(text.clean_line(first))
    return title, rest.strip() if rest.strip() and title == text.clean_line(first) else body.strip()


def cut(line) -> str:
    """At most as long as a title may be, ending with a whole word."""
    if len(line) <= LONGEST_TITLE:
        return line
    return f"{line[: LONGEST_TITLE - 1].rpartition(' ')[0] or line[: LONGEST_TITLE - 1]}…"


def words_of_docx(file) -> tuple[str, str]:
    """Title and text of a Word file that `check_file` accepted; empty strings when it has none."""
    paragraphs = islice(docx.Document(file).paragraphs, MOST_PARAGRAPHS)
    lines = [line for row in paragraphs if (line := text.clean_line(row.text))]
    while lines and LETTERHEAD.match(text.fold(lines[0])):
        lines.pop(0)
    if not lines:
        return "", ""
    title = cut(lines[0])
    kept = lines[1:] if title == lines[0] else lines
    return title, "\n\n".join(kept)[:LONGEST_BODY]


@transaction.atomic
def fill_from_files(item, actor) -> dict:
    """Give a product without title or text those of its newest Word file; what was filled in, by field.

    Nothing that a person typed is touched.
    """
    item.lock()
    row = item.current_files.filter(media_type=DOCX_TYPE).order_by("-pk").first()
    if row is None or not item.is_editable or item.title and item.body:
        return {}
    with row.file.open("rb") as file:
        title, body = words_of_docx(file)
    found = {"title": title, "body": body}
    filled = {name: words for name, words in found.items() if words and not getattr(item, name)}
    if filled:
        item.edit(actor=actor, page=(item.written_in,), is_typing=True, **filled)
    return filled


def guess_kind(link, names) -> str:
    """What a product is, by its files and its link; an article when nothing tells."""
    types = {name.rpartition(".")[2].lower() for name in names}
    if types & {*VIDEO_TYPES} or link and VIDEO_LINK.search(link):
        return ContentKind.VIDEO
    if types & {*AUDIO_TYPES}:
        return ContentKind.AUDIO
    return ContentKind.PICTURES if types and types <= {*PICTURE_TYPES} and not link else ContentKind.ARTICLE
