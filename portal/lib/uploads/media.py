"""Video and audio: walked box by box or frame by frame, with every size checked against the file's own."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

from portal.lib.uploads.finding import Finding, Refused

CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"dinf", b"udta", b"moof", b"edts", b"stbl"})
FOREIGN_BRANDS = frozenset({b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"crx ", b"jp2 "})
PLACES = frozenset({b"\xa9xyz", b"loci", b"gps ", b"GPS "})
PLACE_KEY = b"com.apple.quicktime.location"
BOX_LIMIT = 20_000
DEEPEST = 8
SMALL_BOX = 4_000_000
IN_MEMORY = 8_000_000
FRAMES_TO_SEE = 3
BITRATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
SAMPLE_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}

NOT_A_VIDEO = "Nội dung tệp không phải video MP4. Hãy xuất lại video dạng MP4 rồi tải lên."
BROKEN_VIDEO = "Video bị hỏng hoặc tải lên chưa trọn vẹn. Hãy tải lên lại từ tệp gốc."
OUTSIDE_DATA = "Video lấy dữ liệu từ nơi khác. Hãy xuất lại thành một tệp MP4 trọn vẹn rồi tải lên."
PLACE_REMOVED = "Đã bỏ vị trí quay phim lưu trong video."
FILLER_REMOVED = "Đã bỏ dữ liệu thừa trong video."
NOT_AN_AUDIO = "Nội dung tệp không phải âm thanh MP3. Hãy xuất lại dạng MP3 rồi tải lên."


@dataclass
class _Walk:
    """What the walk has met so far; blanks are the payloads to overwrite with zeros: box start, payload, length."""

    boxes: int = 0
    seen: set[bytes] = field(default_factory=set)
    places: list[tuple[int, int, int]] = field(default_factory=list)
    fillers: list[tuple[int, int, int]] = field(default_factory=list)


def check_mp4(file: BinaryIO, _extension: str) -> Finding:
    """The video itself, or a copy in which place and filler are blank; Refused for any other type or outside data."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(16)
    if head[4:8] != b"ftyp" or head[8:12] in FOREIGN_BRANDS:
        raise Refused(NOT_A_VIDEO)
    walk = _Walk()
    _walk_boxes(file, 0, size, walk, depth=0)
    if not {b"moov", b"trak", b"mdhd"} <= walk.seen or not {b"mdat", b"moof"} & walk.seen:
        raise Refused(BROKEN_VIDEO)
    removed = (PLACE_REMOVED,) * bool(walk.places) + (FILLER_REMOVED,) * bool(walk.fillers)
    return Finding(content=_blanked(file, walk) if removed else None, removed=removed)


def check_mp3(file: BinaryIO, _extension: str) -> Finding:
    """Nothing is changed; Refused unless several MPEG layer III frames follow each other."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(10)
    position = 0
    if head.startswith(b"ID3"):
        position = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    for _ in range(FRAMES_TO_SEE):
        file.seek(position)
        position += _frame_length(file.read(4))
    if position > size:
        raise Refused(NOT_AN_AUDIO)
    return Finding()


def _walk_boxes(file: BinaryIO, start: int, end: int, walk: _Walk, depth: int) -> None:
    if depth > DEEPEST:
        raise Refused(BROKEN_VIDEO)
    for box, kind, payload, length in _boxes(file, start, end):
        walk.boxes += 1
        walk.seen.add(kind)
        if walk.boxes > BOX_LIMIT:
            raise Refused(BROKEN_VIDEO)
        if kind in PLACES:
            walk.places.append((box, payload, length))
        elif kind in (b"free", b"skip") and _is_filled(file, payload, length):
            walk.fillers.append((box, payload, length))
        elif kind == b"dref":
            _check_references(file, payload, length)
        elif kind == b"meta" and length <= SMALL_BOX and _names_a_place(file, payload, length):
            walk.places.append((box, payload, length))
        elif kind in CONTAINERS:
            _walk_boxes(file, payload, payload + length, walk, depth + 1)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, bytes, int, int]]:
    """Box start, type, payload start and payload length; no box may reach beyond its parent."""
    while start < end:
        file.seek(start)
        head = file.read(16)
        if len(head) < 8 or end - start < 8:
            if not head.strip(b"\x00"):
                return
            raise Refused(BROKEN_VIDEO)
        size, kind = struct.unpack(">I4s", head[:8])
        header = 8
        if size == 1 and len(head) == 16:
            size, header = struct.unpack(">Q", head[8:])[0], 16
        elif size == 0:
            if not head[:8].strip(b"\x00"):
                return
            size = end - start
        if size < header or start + size > end:
            raise Refused(BROKEN_VIDEO)
        yield start, kind, start + header, size - header
        start += size


def _check_references(file: BinaryIO, payload: int, length: int) -> None:
    """Every data reference must be the file itself (flag 1)."""
    for _, kind, start, size in _boxes(file, payload + 8, payload + length):
        file.seek(start)
        flags = file.read(min(size, 4))
        if kind not in (b"url ", b"alis", b"urn ") or len(flags) < 4 or not flags[3] & 1:
            raise Refused(OUTSIDE_DATA)


def _is_filled(file: BinaryIO, payload: int, length: int) -> bool:
    """A filler should be empty; a short encoder's mark of printable text without mark-up may stay."""
    file.seek(payload)
    content = file.read(min(length, SMALL_BOX)).strip(b"\x00")
    return bool(content) and (len(content) > 200 or b"<" in content or not content.isascii())


def _names_a_place(file: BinaryIO, payload: int, length: int) -> bool:
    file.seek(payload)
    return PLACE_KEY in file.read(length)


def _blanked(file: BinaryIO, walk: _Walk) -> BinaryIO:
    """A copy of equal length: unwanted boxes become empty "free" boxes, so no offset in the file moves."""
    copy = SpooledTemporaryFile(max_size=IN_MEMORY)
    file.seek(0)
    copyfileobj(file, copy)
    for box, payload, length in (*walk.places, *walk.fillers):
        copy.seek(box + 4)
        copy.write(b"free")
        copy.seek(payload)
        for written in range(0, length, IN_MEMORY):
            copy.write(bytes(min(IN_MEMORY, length - written)))
    copy.seek(0)
    return copy


def _frame_length(head: bytes) -> int:
    """Length of an MPEG layer III frame from its four header bytes (ISO 11172-3, 2.4.1.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        raise Refused(NOT_AN_AUDIO)
    version, bitrate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bitrate in (0, 15) or rate == 3:
        raise Refused(NOT_AN_AUDIO)
    kilobits = BITRATES[3 if version == 3 else 2][bitrate]
    return (144 if version == 3 else 72) * kilobits * 1000 // SAMPLE_RATES[version][rate] + (head[2] >> 1 & 1)
