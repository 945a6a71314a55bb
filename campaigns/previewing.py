"""What reviewers read and play without leaving the page."""

from dataclasses import asdict

from django.core.cache import cache

from portal.lib.ranges import wanted_bytes
from portal.lib.uploads.reading import Reading, read_document

KEPT_SECONDS = 24 * 3600
PIECE = 256 * 1024
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
POLICIES = {
    # The browser's own viewer is an object of the page that it draws, with a style of its own; it needs no script of ours.
    "application/pdf": f"{NOTHING}; object-src 'self'; style-src 'unsafe-inline'",
    "video/mp4": f"{NOTHING}; media-src 'self'; style-src 'unsafe-inline'; sandbox",
    "audio/mpeg": f"{NOTHING}; media-src 'self'; style-src 'unsafe-inline'; sandbox",
}
"""What the browser itself opens, and all that such an answer may do."""


def words_of(row) -> Reading:
    """The words of a document. The same file is read once a day; one that can't be read costs its time once, too."""
    key = f"words-of-file:1:{row.sha256}"
    known = cache.get(key)
    if known is None:
        with row.file.open("rb") as file:
            known = asdict(read_document(file, row.media_type))
        cache.set(key, known, KEPT_SECONDS)
    return Reading(**known)


def piece_wanted(request, row):
    """The bytes that the player asks for, None for all; a piece of an older file is not mixed with this one."""
    if request.headers.get("If-Range", etag_of(row)) != etag_of(row):
        return None
    return wanted_bytes(request.headers.get("Range", ""), row.size)


def etag_of(row) -> str:
    return f'"{row.sha256[:32]}"'


def pieces_of(file, first, last):
    """The bytes from first to last, little by little; the file is closed at the end or when the player goes away."""
    with file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
