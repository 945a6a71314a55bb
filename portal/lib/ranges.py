"""The Range header of a request (RFC 9110, 14.2): one piece of a file, so that a player can jump to its middle."""

import re

ONE_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


class BeyondTheEnd(ValueError):
    """The wanted piece begins behind the last byte: the answer is 416."""


def wanted_bytes(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of the wanted piece; None for the whole file: no header, several pieces, or nonsense."""
    found = ONE_RANGE.fullmatch(header.strip())
    if not found or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        first, last = max(size - int(last), 0) if int(last) else size, ""
    first, last = int(first), min(int(last) if last else size - 1, size - 1)
    if first >= size:
        raise BeyondTheEnd
    return (first, last) if first <= last else None
