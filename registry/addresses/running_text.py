"""The one address inside what people paste: quotes, bullets, labels, remarks, Markdown, HTML, broken lines.

An address is taken out of a text only when it is plain where it ends; else the person is asked again.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import takewhile

from registry.addresses import platforms
from registry.addresses.address import Refused

MARKS = "\u200e\u200f\ufeff\u200b"
OPENING = "<([{\"'“‘«‹`*•–—>|" + MARKS
CLOSING = ">)]}\"'”’»›`*.,;:!?…，。、|" + MARKS
EMOJI_PARTS = "\ufe0f\u200d\u20e3"
SCHEME = re.compile(r"[a-z][a-z0-9.+-]{1,20}://", re.IGNORECASE)
HOST_LIKE = re.compile(r"[^\s/?#@:\\]{1,253}[.。．｡]([^\s/?#@:.\\]{2,24})\.?(?::\d{1,6})?(?=([/?#\\]|$))")
IP_LIKE = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|(?=[/:?#]|$))){4}(?=[/:?#]|$)", re.ASCII)
LABEL = re.compile(r"([^\s:/?#@.=<>]{1,40})\s?[:=]\s*(?=\S)")
HTML = re.compile(r"<(?:a|iframe)\s[^>]{0,1500}?\b(?:href|src)\s?=\s?[\"']?([^\"'\s>]{1,2000})", re.IGNORECASE)
ZALO_NUMBER = re.compile(r"(?:https?://)?(?:www\.)?zalo\.me/\+?[\d .\u00a0-]+", re.IGNORECASE)
HOST = re.compile(r"(?:[a-z]+:)?/*[^/?#]*", re.IGNORECASE)
BREAK = re.compile(r"[\t\r\n]")
PROSE = platforms.words(
    """
    của và để là này nhé tại trên có được với hoặc ạ đã sẽ vào nếu thì từ hiện hãy nhằm đến về mời rồi ở đây đó nữa
    đang như đề đồng cùng bằng sau trước ngày xem gồm đều
    """
)
"""Words that no name of a channel begins with: behind an address they are the sentence going on."""

JOINED = "Đường link bị ngắt dòng, đã nối lại. Hãy so lại từng chữ."
TAKEN_OUT = "Đã lấy đường link ra khỏi đoạn văn bản."
MANY = "Có nhiều đường link. Hãy dán từng đường link một."
SPACES = "Có dấu cách bên trong đường link nên không rõ tên kênh. Hãy sao chép lại đường link và chỉ dán đường link."
TWO_FACED = "Chữ hiện ra là một đường link, bấm vào lại mở đường link khác, cách thường dùng để lừa đảo."


def is_address(word: str) -> bool:
    """Whether a word starts like an address: a scheme, www., an IP number, a host with a known ending or a path."""
    if SCHEME.match(word) or word[:4].casefold() == "www." or IP_LIKE.match(word):
        return True
    found = HOST_LIKE.match(word)
    if not found:
        return False
    ending = unicodedata.normalize("NFKC", found.group(1)).casefold()
    name = found.group()[: found.start(1) - 1]
    if ending in platforms.COMMON_ENDINGS:
        return True
    if ending in platforms.KNOWN_ENDINGS:
        return any(char.isalpha() for char in name)
    return bool(found.group(2)) and ending.isalpha() and any(len(part) > 3 for part in re.split(r"[\W_\d]+", name))


def unwrap(text: str) -> str:
    """Without spaces, brackets, quotes, bullets, emoji and full stops around it."""
    begin, end = 0, len(text)
    while begin < end and is_wrapping(text[begin], OPENING):
        begin += 1
    while end > begin and is_wrapping(text[end - 1], CLOSING):
        end -= 1
    return text[begin:end]


@lru_cache(maxsize=10_000)
def is_wrapping(char: str, marks: str) -> bool:
    """A space, one of the marks, or an emoji; letters in circles are letters."""
    if char in marks or char.isspace():
        return True
    return char in EMOJI_PARTS or (unicodedata.category(char) == "So" and unicodedata.normalize("NFKC", char) == char)


def link_target(text: str, warnings: list[str]) -> str:
    """The address behind a Markdown link or an HTML element; any other text as it is."""
    shown, target = html_link(text.lstrip()) or markdown_link(text)
    if not target or not is_address(unwrap(target)):
        return text
    label = unwrap(shown)
    if is_address(label) and plain_host(label) != plain_host(target):
        raise Refused(TWO_FACED, imitates="hidden")
    if not text.strip().startswith("["):
        warnings.append(TAKEN_OUT)
    return target


def html_link(text: str) -> tuple[str, str] | None:
    """(text, target) of an `<a href="…">text</a>` or an `<iframe src="…">` at the beginning."""
    if not (found := HTML.match(text)):
        return None
    return text[found.end() :].partition(">")[2].partition("<")[0], found.group(1)


def markdown_link(text: str) -> tuple[str, str]:
    """(text, target) of the only `[text](target)`; ("", "") when there is none or another address beside it."""
    at = text.find("](")
    if at < 0 or text.count("](") > 1:
        return "", ""
    begin, end = text.rfind("[", 0, at), text.find(")", at)
    if begin < 0 or end < 0 or any(is_address(unwrap(word)) for word in (text[:begin] + " " + text[end + 1 :]).split()):
        return "", ""
    return text[begin + 1 : at], next(iter(text[at + 2 : end].split()), "").strip("<>")


def plain_host(line: str) -> str:
    return re.sub(r"^(?:[a-z]+:)?/*(?:www\.)?", "", line.strip().lower()).partition("/")[0]


def one_address(line: str, warnings: list[str]) -> str:
    """The only address of the text. Refused when it is ambiguous where the address ends."""
    line = re.sub(r"^([a-z]{3,8})\s*:\s*//\s+", r"\1://", line, flags=re.IGNORECASE)
    if joined := joined_host(line):
        warnings.append(JOINED)
        return joined
    words = line.split()
    if len(words) < 2:
        return without_label(line, warnings)
    at = [index for index, word in enumerate(words) if is_address(without_label(unwrap(word), []))]
    if not at:
        return line
    if len(at) > 1:
        raise Refused(MANY)
    before, word, after = words[: at[0]], words[at[0]], words[at[0] + 1 :]
    if after and not is_apart(word, after):
        if before:
            raise Refused(SPACES, platform=platform_of(word))
        return rejoined(line, warnings)
    warnings.append(TAKEN_OUT)
    return without_label(unwrap(word), [])


def is_apart(word: str, after: list[str]) -> bool:
    """Whether the words after the address are a remark: set apart by a mark, begun by a word of prose, or symbols."""
    if word[-1] in ",;)]}>”\"'»" or after[0][0] in "(-–—|•":
        return True
    if unwrap(after[0]).casefold() in PROSE or (word[-1] == "." and after[0][0].isupper()):
        return True
    return not any(char.isalnum() for char in "".join(after))


def without_label(line: str, warnings: list[str]) -> str:
    """ "Fanpage:https://…", "👉https://…", "https://…<br>" → the address."""
    if "<" in line and is_address(line):
        warnings.append(TAKEN_OUT)
        line = line.partition("<")[0]
    symbols = len(list(takewhile(lambda char: is_wrapping(char, OPENING), line)))
    found = LABEL.match(line, symbols)
    end = found.end() if found and not is_scheme(found.group(1)) else symbols
    if end and not (found and is_address(line[:end])) and is_address(line[end:]):
        warnings.append(TAKEN_OUT)
        return line[end:]
    return line


def is_scheme(word: str) -> bool:
    """A word that is a scheme before a colon, well or badly spelt, and never a label."""
    lower = word.lower()
    return lower in platforms.HOSTILE_SCHEMES or is_nearly_http(lower)


def is_nearly_http(word: str) -> bool:
    """http, https and their usual misspellings."""
    word = word.lower()
    return (
        bool(re.fullmatch(r"h?t?t?p?s?", word))
        and len(word) >= 3
        or word in ("hxxp", "hxxps")
        or bool(re.fullmatch(r"h[htps]{2,6}", word) and "t" in word and "p" in word)
    )


def joined_host(line: str) -> str:
    """The address when only line breaks or tabs, which browsers drop, split the host of a platform or of the state;
    "" when anything else does, or when the part before the break is a whole host itself."""
    head = HOST.match(line).group()
    cut = BREAK.search(head)
    joined = BREAK.sub("", line)
    if not cut or re.search(r"\s", joined) or not is_address(joined):
        return ""
    before, after = head[: cut.start()], BREAK.sub("", line[cut.start() :])
    if before.rpartition(".")[2].lower() in platforms.KNOWN_ENDINGS and after[0] not in "/?#:.":
        return ""
    host = plain_host(joined)
    return joined if platform_of(joined) or (host.endswith(".gov.vn") and host.count("gov") == 1) else ""


def rejoined(line: str, warnings: list[str]) -> str:
    """An address broken by a line break is joined; a space inside is refused, but in a phone number at zalo.me."""
    if ZALO_NUMBER.fullmatch(line):
        return re.sub(r"[\s\u00a0]", "", line)
    host = HOST.match(line).group()
    joined = "".join(part.strip(" \u00a0") for part in BREAK.split(line))
    if re.search(r"\s", host) or re.search(r"\s", joined):
        raise Refused(SPACES, platform=platform_of(host))
    warnings.append(JOINED)
    return joined


def platform_of(word: str) -> str:
    """The platform at whose host an address that can't be read would be; "" for any other host."""
    return platforms.split_host(re.sub(r"^[a-z]+:/*", "", word.lower()).partition("/")[0])[0]
