"""From one clean line to host, path and parameters, read as a browser reads them or not at all."""

import re
import unicodedata
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from registry.addresses import lookalike, platforms
from registry.addresses.address import Refused

LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
IGNORED_IN_HOST = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
DOTS = str.maketrans("。．｡", "...")
MAX_PARAMETERS = 60
MAX_HOST = 253
MAX_NAME = 100
"""Letters of a name that are looked at for what it imitates; no platform allows longer names."""
IDENTITY_PARAMETERS = {"id", "u", "phone", "oaid", "screen_name", "user_id", "channel_id", "user", "username", "href"}
LEADING_PARAMETERS = {"u", "href"}

FULL_WIDTH = "Tên miền gõ bằng ký tự đặc biệt, đã đổi về chữ thường. Hãy so lại từng chữ."
BACKSLASH = "Đường link chứa dấu “\\”, trình duyệt và người đọc hiểu khác nhau. Không mở đường link này."
USER_AT_HOST = "Đường link giấu tên miền thật sau dấu “@”. Không mở đường link này."
BAD_HOST = "Tên miền không hợp lệ. Hãy sao chép lại đường link từ trang gốc."
IP_HOST = "Đường link dùng địa chỉ số (IP) thay cho tên miền, kênh chính thống không dùng cách này."
PRIVATE_HOST = "Đây là địa chỉ nội bộ, người dân không mở được và không thể là kênh công khai."
ODD_PORT = "Đường link dùng cổng kết nối lạ, kênh chính thống không dùng cách này."
FOREIGN = "Tên miền dùng chữ cái trông giống chữ Latinh nhưng không phải, cách thường dùng để giả mạo."
ACCENTS = "Tên miền có dấu tiếng Việt hoặc ký tự lạ, cách thường dùng để giả mạo."
PUNYCODE = "Tên miền viết bằng mã “xn--”, che chữ cái lạ bên trong, cách thường dùng để giả mạo."
BAD_PATH = "Phần sau tên miền chứa ký tự không hợp lệ. Hãy sao chép lại đường link từ trang gốc."
TWO_VALUES = "Đường link ghi hai giá trị khác nhau cho cùng một mục nên không rõ là trang nào. Hãy sao chép lại."


@dataclass(slots=True)
class Parts:
    """A host in ASCII lower case, decoded path segments, parameters, and the fragment."""

    scheme: str
    host: str
    segments: list[str]
    query: dict[str, str] = field(default_factory=dict)
    fragment: str = ""
    warnings: list[str] = field(default_factory=list)


def split(line: str) -> Parts:
    """Take an address apart. The scheme is optional. Raises Refused."""
    scheme, rest = split_scheme(line)
    if "\\" in line:
        raise Refused(BACKSLASH, imitates=lookalike.imitated_host(authority_of(rest)) or "hidden")
    authority = authority_of(rest)
    tail = rest[len(authority) :]
    if "@" in authority:
        raise Refused(USER_AT_HOST, imitates="hidden")
    host, warnings = clean_host(authority, scheme)
    path, fragment = (tail.partition("#")[0], tail.partition("#")[2])
    path, _, query = path.partition("?" if "?" in path else "&")
    return Parts(scheme, host, segments_of(path), parameters_of(query), fragment, warnings)


def authority_of(rest: str) -> str:
    return re.split(r"[/?#\\]", rest, maxsplit=1)[0]


def split_scheme(line: str) -> tuple[str, str]:
    """("https", "host/path"); an address without a scheme counts as "", //host as https."""
    found = re.match(r"([A-Za-z][A-Za-z0-9.+-]*)://", line)
    if found:
        return found.group(1).lower(), line[found.end() :].lstrip("/")
    return ("https", line[2:]) if line.startswith("//") else ("", line)


def clean_host(authority: str, scheme: str) -> tuple[str, list[str]]:
    """The host as a browser would ask for it, in ASCII; refuses ports, IPs, foreign letters, invented endings."""
    name, colon, port = authority.partition(":")
    if authority.startswith("["):
        raise Refused(IP_HOST)
    if colon:
        check_port(port, scheme)
    typed, name = name.lower(), decoded_host(name) if "%" in name else name
    plain = unicodedata.normalize("NFKC", name.translate(IGNORED_IN_HOST).translate(DOTS)).lower().removesuffix(".")
    if max(len(name), len(plain)) > MAX_HOST:
        raise Refused(BAD_HOST)
    check_letters(plain)
    check_labels(plain)
    return plain, [FULL_WIDTH] if typed.removesuffix(".") != plain else []


def decoded_host(name: str) -> str:
    """`www.%66acebook.com` as browsers open it; refused when the signs % hide where the host ends."""
    plain = unquote(name)
    if re.search(r"[\s/?#@:\\%\x00-\x1f]", plain):
        raise Refused(BAD_HOST, imitates="hidden")
    return plain


def check_port(port: str, scheme: str) -> None:
    allowed = {"https": (443,), "http": (80,)}.get(scheme, (80, 443))
    if port and not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) in allowed):
        raise Refused(ODD_PORT, imitates="hidden")


def check_letters(host: str) -> None:
    if host.isascii():
        if any(label.startswith("xn--") for label in host.split(".")):
            raise Refused(PUNYCODE, imitates=decoded_imitation(host))
        return
    imitates = lookalike.imitated_host(host) or brand_behind(host) or lookalike.latin(host)
    raise Refused(FOREIGN if lookalike.has_foreign_letters(host) else ACCENTS, imitates=imitates)


def brand_behind(host: str) -> str:
    """The platform host that a host with strange letters looks like: zalо.me → zalo.me."""
    shape = lookalike.skeleton(host)
    known = (*platforms.HOSTS, *(f"www.{name}" for name in platforms.HOSTS))
    return next((name.removeprefix("www.") for name in known if lookalike.skeleton(name) == shape), "")


def decoded_imitation(host: str) -> str:
    try:
        plain = host.encode("ascii").decode("idna")
    except UnicodeError:
        return "hidden"
    return lookalike.imitated_host(plain) or brand_behind(plain) or lookalike.latin(plain)


def check_labels(host: str) -> None:
    labels = host.split(".")
    if any(not LABEL.fullmatch(label) for label in labels):
        raise Refused(BAD_HOST)
    if re.fullmatch(r"\d+|0x[0-9a-f]*", labels[-1]):
        raise Refused(IP_HOST)
    if (labels[-1] in platforms.RESERVED_ENDINGS or len(labels) == 1) and not platforms.split_host(host)[0]:
        raise Refused(PRIVATE_HOST)
    if not labels[-1].isalpha() or len(labels[-1]) < 2:
        raise Refused(BAD_HOST)


def segments_of(path: str) -> list[str]:
    """Decoded parts between slashes, empty and "." ones left out; ".." and hidden slashes are refused."""
    return [part for part in map(decoded, path.split("/")) if part not in ("", ".")]


def decoded(segment: str) -> str:
    """Percent-decoded once, NFC, without `;jsessionid`. Raises Refused for what no address holds; a space inside is
    left to whoever reads the segment as a name."""
    try:
        plain = unicodedata.normalize("NFC", unquote(segment, errors="strict"))
    except UnicodeDecodeError as error:
        raise Refused(BAD_PATH) from error
    plain = re.sub(r";jsessionid=.*", "", plain, flags=re.IGNORECASE).strip(" ")
    if plain == ".." or re.search(r"[^\S ]|[/\\%\"<>^`{|}]", plain):
        raise Refused(BAD_PATH)
    if any(unicodedata.category(char)[0] == "C" for char in plain):
        raise Refused(BAD_PATH)
    return plain


def parameters_of(query: str) -> dict[str, str]:
    """Parameters with lower-case names; of an identity, what a badly joined address hangs behind it (`?mibextid=…`,
    "/") is left out. Raises Refused when an identity is given twice with different values."""
    try:
        pairs = parse_qsl(query, max_num_fields=MAX_PARAMETERS)
    except ValueError as error:
        raise Refused(BAD_PATH) from error
    values: dict[str, str] = {}
    for name, value in pairs:
        if name.lower() in IDENTITY_PARAMETERS - LEADING_PARAMETERS:
            value = re.split(r"[/?&#]", value, maxsplit=1)[0]
        known = values.setdefault(name.lower(), value)
        if known != value and name.lower() in IDENTITY_PARAMETERS:
            raise Refused(TWO_VALUES)
    return values
