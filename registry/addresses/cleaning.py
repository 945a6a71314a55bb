"""From what people paste to one clean line: stray characters, misspelt beginnings, disguised dots.

Whatever browsers drop silently is dropped here with a warning; whatever they read differently from people is refused.
"""

import re
import unicodedata
from urllib.parse import unquote

from registry.addresses import platforms
from registry.addresses.address import Refused
from registry.addresses.running_text import is_address, is_nearly_http, link_target, one_address, platform_of, unwrap

MAX_LENGTH = 2000
MAX_RAW = 20_000

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad\u180e"))
JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
INVISIBLE_ENCODED = re.compile(
    r"%E2%80%8B|%E2%81%A0|%EF%BB%BF|%C2%AD|(?:%20|%09|%0A|%0D|%C2%A0|%E2%80%8E){1,20}(?=[/?#]|$)", re.IGNORECASE
)
WHOLLY_ENCODED = re.compile(r"https?%(?:25){0,3}3A", re.IGNORECASE)
ESCAPED = re.compile(r"\\(?=[_&=#.*~-])")
DISARMED_DOT = re.compile(r"[\[({](?:\.|dot)[\])}]", re.IGNORECASE)
BROKEN_SCHEME = re.compile(
    r"([a-z]{3,8})\s*(?:[:;]\s*/+|[.,]//+|[:;]?\s*//+|[:;]\s*(?=[a-z0-9-]{1,63}\.))\s*", re.IGNORECASE
)

DROPPED = "Đã bỏ ký tự ẩn lẫn trong đường link."
DECODED = "Đường link bị mã hoá bằng dấu %, đã đổi lại. Hãy so lại từng chữ."
SCHEME_MENDED = "Phần đầu đường link (https://) gõ sai, đã sửa lại. Hãy so lại từng chữ."
DOTS_MENDED = "Dấu chấm trong tên miền gõ sai, đã sửa lại. Hãy so lại từng chữ."
BIDI_REASON = "Đường link chứa ký tự đảo chiều chữ, cách thường dùng để giả mạo địa chỉ. Không mở đường link này."
CONTROL_REASON = "Đường link chứa ký tự điều khiển. Hãy sao chép lại từ trang gốc."
TOO_LONG = "Nội dung quá dài. Hãy chỉ dán một đường link."


def tidy(text: str) -> tuple[str, list[str]]:
    """One line that is an address or no address at all, and what was mended. Raises Refused."""
    if len(text) > MAX_RAW:
        raise Refused(TOO_LONG)
    warnings: list[str] = []
    line = unwrap(link_target(unicodedata.normalize("NFC", text), warnings))
    if len(line) > MAX_LENGTH:
        raise Refused(TOO_LONG)
    line = drop_stray(decode_whole(line, warnings), warnings)
    line = mend_escapes(line.replace("&amp;", "&"))
    line = one_address(mend_dots(line, warnings), warnings)
    return mend_scheme(line, warnings), warnings


def decode_whole(line: str, warnings: list[str]) -> str:
    """`https%3A%2F%2Fwww…`, as redirects carry an address, is the address; also when encoded several times."""
    while WHOLLY_ENCODED.match(line):
        line = unquote(line, errors="replace")
        warnings.append(DECODED)
    return line


def drop_stray(line: str, warnings: list[str]) -> str:
    """Drop what browsers drop; refuse bidi and control characters when this is an address."""
    kept = line.translate(INVISIBLE)
    if is_address(kept) or "//" in kept:
        if BIDI.search(kept):
            raise Refused(BIDI_REASON, imitates="hidden")
        if JOINERS.keys() & set(map(ord, re.split(r"(?<![:/])/", kept)[0])):
            raise Refused(CONTROL_REASON)
        kept = INVISIBLE_ENCODED.sub("", kept.translate(JOINERS))
        if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") and char not in "\t\r\n" for char in kept):
            raise Refused(CONTROL_REASON)
    if kept != line:
        warnings.append(DROPPED)
    return kept


def mend_escapes(line: str) -> str:
    r"""Markdown's `\_` in the path of an address is `_`; a backslash in the host stays and is refused later."""
    head, slash, tail = re.sub(r"^([a-z]+:)?//", "", line, flags=re.IGNORECASE).partition("/")
    if not slash or "\\" in head:
        return line
    return line[: len(line) - len(tail)] + ESCAPED.sub("", tail)


def mend_dots(line: str, warnings: list[str]) -> str:
    """`www[.]facebook[.]com` as safety notices write it, `www,facebook,com` as thumbs type it."""
    mended = DISARMED_DOT.sub(".", line)
    head = re.match(r"(?:[a-z]+:)?/*[^/?#\s]*", mended, re.IGNORECASE).group()
    *parts, last = head.rstrip(",").split(",")
    dotted = ".".join((*parts, last))
    is_whole = any(part.rpartition(".")[2].lower() in platforms.KNOWN_ENDINGS for part in parts)
    if parts and not is_whole and (platform_of(dotted) or dotted.lower().endswith(".gov.vn")):
        mended = dotted + mended[len(dotted) :]
    if mended == line or not is_address(mended):
        return line
    warnings.append(DOTS_MENDED)
    return mended


def mend_scheme(line: str, warnings: list[str]) -> str:
    """`htpps://`, `https//`, `https:/`, `hxxp://`, a doubled `https://https://` become https://."""
    head = unicodedata.normalize("NFKC", line[:8])
    if head != line[:8] and head.lower().startswith("http"):
        line = head + line[8:]
        warnings.append(SCHEME_MENDED)
    if glued := re.match(r"https?(?=www\.)", line, re.IGNORECASE):
        line = f"{glued.group().lower()}://{line[glued.end() :]}"
        warnings.append(SCHEME_MENDED)
    for _ in range(2):
        found = BROKEN_SCHEME.match(line)
        if not found or not is_nearly_http(found.group(1)):
            return line
        scheme = "https" if "s" in found.group(1).lower() else "http"
        mended = f"{scheme}://{line[found.end() :]}"
        if found.group().lower() != f"{scheme}://":
            warnings.append(SCHEME_MENDED)
        rest = BROKEN_SCHEME.match(mended[len(scheme) + 3 :])
        if not rest or not is_nearly_http(rest.group(1)):
            return mended
        warnings.append(SCHEME_MENDED)
        line = mended[len(scheme) + 3 :]
    return line


def without_scheme(url: str) -> str:
    """https://www.facebook.com/ten → facebook.com/ten: how people read an address aloud and compare it."""
    plain = url.strip()
    for beginning in ("https://", "http://", "www."):
        plain = plain.removeprefix(beginning)
    return plain.rstrip("/")
