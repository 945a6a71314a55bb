"""From a pasted text to the channel it names: `read_address`. Rules per platform stand in the modules beside this one.

Promises: never raises, answers within 50 ms for any input, and `read_address(a.canonical_url).key == a.key`.
Source of the key grammar and of the spellings: the office's table of channel addresses.
"""

import re
from urllib.parse import unquote

from registry.addresses import (
    cleaning,
    facebook,
    lookalike,
    platforms,
    running_text,
    social,
    video,
    websites,
    wrappers,
    zalo,
)
from registry.addresses.address import REJECTED, Address, Refused, not_account, page_of_platform
from registry.addresses.splitting import Parts, decoded, parameters_of, split

MAX_UNWRAPS = 3
EMAIL = re.compile(r"[\w.+-]{1,80}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
NOTHING_BEHIND = re.compile(r"(?:[a-z]+:)?[/?#\s]*", re.IGNORECASE)
PHONE = re.compile(r"\+?\(?\d[\d\s().-]{6,20}")
EMPTY = "Chưa có gì để đọc. Hãy dán đường link của kênh."
FREE_TEXT = "Đây không phải đường link. Hãy mở kênh, sao chép đường link của kênh rồi dán vào đây."
AN_EMAIL = "Đây là địa chỉ thư điện tử, không phải kênh."
A_PHONE = "Đây là số điện thoại, không phải đường link của kênh."
A_HANDLE = "Tên này chưa cho biết là trên mạng xã hội nào. Hãy dán đường link đầy đủ."
BAD_SCHEME = "Đường link thuộc loại không phải trang web và có thể gây hại. Không mở đường link này."
SHIM_NOTE = "Đã bỏ lớp chuyển tiếp của mạng xã hội để lấy đường link thật."
LOOP = "Đường link chuyển tiếp lồng nhau quá nhiều lớp. Hãy dán đường link cuối cùng."


def read_address(text: str) -> Address:
    """Read what someone pasted: an account with its key, no account, not to be resolved offline, or refused."""
    if not isinstance(text, str):
        return not_account("", "empty", EMPTY)
    return _read(text, MAX_UNWRAPS)


def _read(text: str, unwraps: int) -> Address:
    try:
        line, warnings = cleaning.tidy(text)
        return _read_line(line, unwraps).warned(*warnings)
    except Refused as refused:
        return Address(REJECTED, refused.platform, kind="refused", reason=refused.reason, imitates=refused.imitates)


def _read_line(line: str, unwraps: int) -> Address:
    if not line:
        return not_account("", "empty", EMPTY)
    scheme, colon, rest = line.partition(":")
    scheme = running_text.BREAK.sub("", scheme).lower()
    if colon and scheme in platforms.DEEP_SCHEMES and (rest.startswith("//") or scheme == "vnd.youtube"):
        return _read_deep(scheme, rest.removeprefix("//"), unwraps)
    if colon and scheme in platforms.HOSTILE_SCHEMES and not rest.startswith(" "):
        raise Refused(BAD_SCHEME, imitates="hidden")
    if NOTHING_BEHIND.fullmatch(line):
        return not_account("", "text", FREE_TEXT)
    if not running_text.is_address(line) and not line.startswith("//"):
        return _read_free_text(line)
    if running_text.SCHEME.match(line) and scheme not in ("http", "https"):
        raise Refused(BAD_SCHEME, imitates="hidden")
    return _read_parts(split(line), unwraps)


def _read_free_text(line: str) -> Address:
    """No address: an e-mail, a phone number, a bare handle, or words."""
    plain = re.sub(r"^(mailto|tel|sms):", "", line, flags=re.IGNORECASE).partition("?")[0]
    if line.lower().startswith("mailto:"):
        return not_account("web", "email", AN_EMAIL)
    mails = [word for word in map(running_text.unwrap, plain.split()) if "@" in word[1:]]
    if mails and all(map(EMAIL.fullmatch, mails)):
        if running_text.is_address(mails[0].partition("@")[0]):
            split(mails[0])
        return not_account("web", "email", AN_EMAIL)
    if re.fullmatch(r"@[^\s@/\\?#:]+", plain):
        return not_account("", "handle", A_HANDLE)
    if re.match(r"[^/\s]{1,253}\.\w{2,24}(?:[/:?#]|$)", plain[plain.rfind("@") + 1 :]) and "@" in plain:
        split(plain)
    if "\\" in plain and running_text.is_address(plain.replace("\\", "/").lstrip("/")):
        split(plain)
    if PHONE.fullmatch(plain):
        return not_account("", "phone", A_PHONE)
    label = re.match(r"([a-z]{1,12})\s?:", plain.lower())
    return not_account(platforms.LABELS.get(label.group(1), "") if label else "", "text", FREE_TEXT)


def _read_parts(parts: Parts, unwraps: int) -> Address:
    if target := wrappers.target_of(parts):
        return _unwrapped(target, unwraps)
    platform, domain, subdomain = platforms.split_host(parts.host)
    if not platform:
        return websites.read(parts).warned(*parts.warnings)
    if not _shows_accounts(platform, subdomain):
        return page_of_platform(platform, platforms.NAMES[platform])
    return _read_platform(platform, domain, subdomain, parts).warned(*parts.warnings)


def _read_platform(platform: str, domain: str, subdomain: str, parts: Parts) -> Address:
    match platform:
        case "facebook":
            return facebook.read(parts, domain)
        case "zalo":
            return zalo.read(parts, domain, subdomain)
        case "youtube":
            return video.read_youtube(parts, domain)
        case "tiktok":
            return video.read_tiktok(parts, subdomain)
        case "x":
            return social.read_x(parts, domain)
        case "instagram":
            return social.read_instagram(parts, domain)
    return social.read_threads(parts)


def _shows_accounts(platform: str, subdomain: str) -> bool:
    subdomain = re.sub(r"^(?:w{2,5}(?:\.|$))+", "", subdomain)
    if subdomain in platforms.PLAIN_SUBDOMAINS[platform]:
        return True
    is_language = re.fullmatch(r"(?:www\.)?[a-z]{2}(?:-[a-z]{2})?(?:\.m)?", subdomain)
    return platform in platforms.LANGUAGE_SUBDOMAIN_PLATFORMS and bool(is_language)


def _unwrapped(target: str, unwraps: int) -> Address:
    """The address inside a leaving-page. It counts like a pasted one; loops are refused."""
    if not target:
        return page_of_platform("facebook", "Facebook")
    if not unwraps:
        raise Refused(LOOP, imitates="hidden")
    return _read(target, unwraps - 1).warned(SHIM_NOTE)


def _read_deep(scheme: str, rest: str, unwraps: int) -> Address:
    """Addresses that open an app: fb://page/1234567890, zalo://qr/p/token."""
    if "\\" in rest:
        raise Refused(BAD_SCHEME, imitates="hidden")
    path, _, query_text = rest.partition("#")[0].partition("?")
    target, query = [part for part in map(decoded, path.split("/")) if part], parameters_of(query_text)
    platform = platforms.DEEP_SCHEMES[scheme]
    if platform == "facebook" and target[:1] == ["facewebmodal"]:
        return _unwrapped(unquote(query.get("href", "")), unwraps)
    match platform:
        case "facebook":
            return facebook.read_deep(target, query)
        case "zalo":
            return zalo.read_deep(target, query)
        case "youtube":
            return video.youtube_deep(target, query)
        case "tiktok":
            return video.tiktok_deep(target, query)
        case "app":
            return websites.read_deep(target, query)
    return social.read_deep(platform, target, query)


def looks_alike(key: str, known: list[str]) -> str:
    """The known key that an unknown key may be mistaken for; "" when none."""
    return lookalike.nearest(key, known)
