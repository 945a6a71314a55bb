"""From what people paste to one clean line: brackets, bullets, stray characters, line breaks, running text.

Whatever browsers drop silently is dropped here with a warning; whatever they read differently from people is refused.
"""

import re
import unicodedata

from registry.addresses import platforms
from registry.addresses.address import Refused

MAX_LENGTH = 2000
MAX_RAW = 20_000

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad\u180e"))
JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
MARKS = "\u200e\u200f\ufeff\u200b"
OPENING = "<([{\"'“‘«‹`*•–—>|" + MARKS
CLOSING = ">)]}\"'”’»›`*.,;:!?…，。、|" + MARKS
MARKDOWN = re.compile(r"\[[^\]\n]{0,500}\]\((\S{1,2000}?)\)")
ESCAPED = re.compile(r"\\(?=[_&=#.*~-])")
LABEL = re.compile(
    r"(?:fb|face|facebook|fanpage|page|trang|link|url|web|website|zalo|oa|youtube|tiktok|kenh|nhom|dia chi)\s?:\s*(?=https?://)"
)
SCHEME = re.compile(r"[a-z][a-z0-9.+-]{1,20}://", re.IGNORECASE)
BROKEN_SCHEME = re.compile(r"([a-z]{3,8})\s*(?:[:;]\s*/+|[:;]?\s*//+|[:;]\s*(?=[a-z0-9-]{1,63}\.))\s*", re.IGNORECASE)
HOST_LIKE = re.compile(r"[^\s/?#@:\\]{1,253}[.。．｡]([^\s/?#@:.\\]{2,24})\.?(?::\d{1,6})?(?=([/?#\\]|$))")

DROPPED = "Đã bỏ ký tự ẩn lẫn trong đường link."
JOINED = "Đường link bị ngắt dòng, đã nối lại. Hãy so lại từng chữ."
TAKEN_OUT = "Đã lấy đường link ra khỏi đoạn văn bản."
SCHEME_MENDED = "Phần đầu đường link (https://) gõ sai, đã sửa lại. Hãy so lại từng chữ."
MANY = "Có nhiều đường link. Hãy dán từng đường link một."
SPACES = "Có dấu cách bên trong đường link nên không rõ tên kênh. Hãy sao chép lại đường link và chỉ dán đường link."
BIDI_REASON = "Đường link chứa ký tự đảo chiều chữ, cách thường dùng để giả mạo địa chỉ. Không mở đường link này."
CONTROL_REASON = "Đường link chứa ký tự điều khiển. Hãy sao chép lại từ trang gốc."
TOO_LONG = "Nội dung quá dài. Hãy chỉ dán một đường link."


def tidy(text: str) -> tuple[str, list[str]]:
    """One line that is an address or no address at all, and what was mended. Raises Refused."""
    if len(text) > MAX_RAW:
        raise Refused(TOO_LONG)
    line = unwrap(unicodedata.normalize("NFC", text))
    if len(line) > MAX_LENGTH:
        raise Refused(TOO_LONG)
    line, warnings = drop_stray(line)
    line = mend_escapes(line.replace("&amp;", "&"))
    line = one_address(line, warnings)
    return mend_scheme(line, warnings), warnings


def unwrap(text: str) -> str:
    """Without spaces, brackets, quotes, bullets and full stops around it; a Markdown link yields its target."""
    line = text.strip()
    if found := MARKDOWN.fullmatch(line.rstrip(".,; ")):
        line = found.group(1)
    before = None
    while before != line:
        before = line
        line = line.strip().lstrip(OPENING).rstrip(CLOSING)
    return line


def drop_stray(line: str) -> tuple[str, list[str]]:
    """Drop what browsers drop; refuse bidi and control characters when this is an address."""
    kept = line.translate(INVISIBLE)
    warnings = [DROPPED] if kept != line else []
    if is_address(kept) or "//" in kept:
        if BIDI.search(kept):
            raise Refused(BIDI_REASON, imitates="hidden")
        joined = kept.translate(JOINERS)
        if joined != kept:
            if JOINERS.keys() & set(map(ord, re.split(r"(?<![:/])/", kept)[0])):
                raise Refused(CONTROL_REASON)
            kept, warnings = joined, [DROPPED]
        if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") and char not in "\t\r\n" for char in kept):
            raise Refused(CONTROL_REASON)
    return kept, warnings


def mend_escapes(line: str) -> str:
    r"""Markdown's `\_` in the path of an address is `_`; a backslash in the host stays and is refused later."""
    head, slash, tail = re.sub(r"^([a-z]+:)?//", "", line, flags=re.IGNORECASE).partition("/")
    if not slash or "\\" in head:
        return line
    return line[: len(line) - len(tail)] + ESCAPED.sub("", tail)


def one_address(line: str, warnings: list[str]) -> str:
    """The only address of the text. Refused when it is ambiguous where the address ends."""
    line = re.sub(r"^([a-z]{3,8})\s*:\s*//\s+", r"\1://", line, flags=re.IGNORECASE)
    words = line.split()
    if len(words) < 2:
        return without_label(line, warnings)
    at = [index for index, word in enumerate(words) if is_address(unwrap(word))]
    if not at:
        return line
    if len(at) > 1:
        raise Refused(MANY)
    if at[0] == 0 and ends_clearly(words, warnings):
        return unwrap(words[0])
    if at[0] == 0:
        return rejoined(line, warnings)
    if at[0] != len(words) - 1:
        raise Refused(SPACES, platform=platform_of(words[at[0]]))
    warnings.append(TAKEN_OUT)
    return unwrap(words[-1])


def ends_clearly(words: list[str], warnings: list[str]) -> bool:
    """Words after the address are a remark when a comma, a dash or a bracket sets them apart."""
    apart = words[0][-1] in ",;" or words[1][0] in "(-–—|•"
    if apart:
        warnings.append(TAKEN_OUT)
    return apart


def without_label(line: str, warnings: list[str]) -> str:
    """ "Fanpage:https://…" → the address."""
    plain = line.casefold()
    if found := LABEL.match(plain):
        warnings.append(TAKEN_OUT)
        return line[found.end() :]
    return line


def rejoined(line: str, warnings: list[str]) -> str:
    """An address broken by a line break is joined; a space inside is refused, but in a phone number at zalo.me."""
    if re.fullmatch(r"(?:https?://)?(?:www\.)?zalo\.me/\+?[\d .\u00a0-]+", line, re.IGNORECASE):
        return re.sub(r"[\s\u00a0]", "", line)
    host = re.match(r"(?:[a-z]+:)?/*[^/?#]*", line, re.IGNORECASE).group()
    joined = re.sub(r"[ \u00a0]*[\t\r\n]+[ \u00a0]*", "", line)
    if re.search(r"\s", host) or re.search(r"\s", joined):
        raise Refused(SPACES, platform=platform_of(host))
    warnings.append(JOINED)
    return joined


def platform_of(word: str) -> str:
    """The platform at whose host an address that can't be read would be; "" for any other host."""
    return platforms.split_host(re.sub(r"^[a-z]+:/*", "", word.lower()).partition("/")[0])[0]


def mend_scheme(line: str, warnings: list[str]) -> str:
    """`htpps://`, `https//`, `https:/`, `hxxp://`, a doubled `https://https://` become https://."""
    head = unicodedata.normalize("NFKC", line[:8])
    if head != line[:8] and head.lower().startswith("http"):
        line = head + line[8:]
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


def is_nearly_http(word: str) -> bool:
    """http, https and their usual misspellings."""
    word = word.lower()
    return (
        bool(re.fullmatch(r"h?t?t?p?s?", word))
        and len(word) >= 3
        or word in ("hxxp", "hxxps")
        or bool(re.fullmatch(r"h[htps]{2,6}", word) and "t" in word and "p" in word)
    )


def is_address(word: str) -> bool:
    """Whether a word starts like an address: a scheme, www., or a host name with a known ending or a path."""
    if SCHEME.match(word) or word[:4].casefold() == "www.":
        return True
    found = HOST_LIKE.match(word)
    if not found:
        return False
    ending = unicodedata.normalize("NFKC", found.group(1)).casefold()
    return ending in platforms.KNOWN_ENDINGS or (bool(found.group(2)) and ending.isalpha())
