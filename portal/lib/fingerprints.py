"""Marks by which the same thing is recognised when it is handed in again: a link, a text, a picture. Pure."""

import hashlib
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from PIL import Image

from portal.lib.text import fold

TRACKING = ("utm_", "fb_", "__", "_rd", "hsa_")
TRACKING_NAMES = frozenset(
    "fbclid gclid igsh igshid mibextid ref refsrc ref_src si feature locale _t _r t s is_from_webapp sender_device zarsrc "
    "gidzl app share_id paipv eav rdid share_url".split()
)
SUB_DOMAINS = ("www.", "m.", "mobile.", "web.", "mbasic.", "touch.", "amp.")
SHORTEST_TEXT = 120
"""Folded letters below which two texts are the same by chance."""
GRID = (9, 8)
PLAIN = 6
"""Grey levels below which a picture is one surface: its mark would match every other one."""
PIECES, PIECE_BITS = 6, 11
NEAR = 5
"""Bits in which the marks of a picture and its copy (smaller, recompressed, slightly lighter) may differ."""


def link_key(url: str) -> str:
    """The post that a link leads to, without spelling: host in plain form, path, and what of the query says which post.

    "" for what isn't a web address. At most 500 characters.
    """
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https") or not host:
        return ""
    for prefix in SUB_DOMAINS:
        host = host.removeprefix(prefix)
    query = sorted(pair for pair in parse_qsl(parts.query) if not is_tracking(pair[0]))
    path = unquote(parts.path).rstrip("/")
    return f"{host}{path}{'?' + urlencode(query) if query else ''}"[:500]


def is_tracking(name: str) -> bool:
    """Whether a part of the query says who shared the link, not what it leads to."""
    return name.lower() in TRACKING_NAMES or name.lower().startswith(TRACKING)


def text_hash(text: str) -> str:
    """The same for texts that differ only in accents, case, spaces and punctuation; "" for short ones. 64 hex digits."""
    letters = "".join(char for char in fold(text) if char.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest() if len(letters) >= SHORTEST_TEXT else ""


def picture_hash(picture: Image.Image) -> int | None:
    """Difference hash: which of 64 neighbours is lighter, as a signed 64-bit number. None for a plain surface."""
    small = picture.convert("L").resize(GRID, Image.Resampling.LANCZOS)
    low, high = small.getextrema()
    if high - low < PLAIN:
        return None
    grey, bits = small.tobytes(), 0
    for row in range(GRID[1]):
        for column in range(GRID[0] - 1):
            place = row * GRID[0] + column
            bits = bits << 1 | (grey[place] > grey[place + 1])
    return bits - (1 << 64) if bits >> 63 else bits


def pieces_of(mark: int) -> list[tuple[int, int]]:
    """(place, 11 bits) of a mark: two marks at most 5 bits apart share at least one of the six."""
    bits = mark % (1 << 64)
    return [(place, bits >> place * PIECE_BITS & (1 << PIECE_BITS) - 1) for place in range(PIECES)]


def is_near(one: int, other: int) -> bool:
    """Whether two marks are those of the same picture."""
    return ((one ^ other) % (1 << 64)).bit_count() <= NEAR
