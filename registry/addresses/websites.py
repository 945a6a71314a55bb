"""Websites and app stores. A website's key is its host and, where a portal hosts many units, the section's path."""

import re
from urllib.parse import quote

from registry.addresses import lookalike, platforms
from registry.addresses.address import Address, Refused, account, not_account, page_of_platform, short_link
from registry.addresses.platforms import words
from registry.addresses.splitting import BAD_PATH, Parts

MAX_URL = 400
MAX_SECTIONS = 3
HOME_PAGES = re.compile(
    r"(?:index|default|home|trang-?chu|main|portal)(?:\.(?:html?|php|aspx?|jsp|do|vnp))?|vi|vi-vn|vn|en", re.IGNORECASE
)
HOME_FOLDERS = {"pages", "sitepages", "portal", "web", "guest", "home", "vi", "vi-vn", "vn"}
FILES = re.compile(
    r".*\.(?:pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|webp|svg|mp[34]|zip|rar|apk|exe|xml|rss|json|ics|csv|txt)", re.I
)
ARTICLES = re.compile(
    r".*(?:\.(?:html?|aspx|epi|chn|tpo|vnp|ldo|vov|amp|php|jsp|asp|vgp)|[-_/]\d{5,}|-\w*\d{6,}|(?:^|/)\d{3,}|-post\d+|-c\d+a\d+)",
    re.I,
)
DATED = re.compile(r"/(?:19|20)\d\d/(?:0?[1-9]|1[0-2])(?:/|$)")
PRIVATE = re.compile(
    r"(?:wp-)?(?:admin|login|log-in|signin|sign-in|dang-?nhap|quan-?tri|administrator|wp-login.*|user|account|auth|sso|cas)"
)
SEARCHES = re.compile(r"(?:search|tim-?kiem|tra-?cuu-?tim-?kiem|tag|tags)")
CONTENT_PARAMETERS = words(
    """
    id p page_id newsid articleid itemid q s keyword search cat cid catid docid tintucid baivietid post article news
    view act mod op file url redirect next
    """
)
TOO_DEEP = "Đây là một trang bên trong website. Hãy dán địa chỉ trang chủ của website."
ARTICLE = "Đây là một bài viết hoặc trang bên trong website, không phải cả website. Hãy dán địa chỉ trang chủ."
FREE_NOTE = "Website đặt trên dịch vụ miễn phí mà ai cũng mở được, tên cơ quan trong địa chỉ không chứng tỏ điều gì."
IMITATION = "Tên miền trông giống {true} nhưng không phải. Không đăng nhập, không cung cấp thông tin trên trang này."
NO_HTTPS = "Website dùng http, không mã hoá."


def read(parts: Parts) -> Address:
    """An address that belongs to none of the platforms."""
    host, parts.segments = parts.host, [part for raw in parts.segments if (part := raw.rstrip(".:"))]
    while host.startswith("www.") and host.count(".") > 1:
        host = host.removeprefix("www.")
    if host in ("play.google.com", "apps.apple.com", "itunes.apple.com"):
        return read_app(parts)
    if platforms.is_under(host, platforms.SHORTENERS):
        return short_link("web")
    if platforms.is_under(host, platforms.SERVICE_HOSTS) and host != "sites.google.com":
        return page_of_platform("web", "dịch vụ dùng chung")
    if imitates := disguise(parts):
        raise Refused(IMITATION.format(true=imitates.partition("/")[0]), imitates=imitates)
    return website(host, parts)


def disguise(parts: Parts) -> str:
    """What the address pretends to be: `facebook.com/name` for facebook.com.evil.vn/name, a host named in the path."""
    if imitates := imitated(parts.host):
        return "/".join((imitates, *parts.segments[:2])) if imitates in platforms.HOSTS else imitates
    for index, part in enumerate(parts.segments):
        named = part.lower().removeprefix("www.")
        if named in platforms.HOSTS or named.endswith(".gov.vn"):
            return "/".join((named, *parts.segments[index + 1 : index + 3]))
    return ""


def imitated(host: str) -> str:
    """The state gives its own sub-domains: zalo.tinhmau.gov.vn is no fake, facebook.com.tinhmau.gov.vn is."""
    if host.endswith(".gov.vn") and not re.search(r"\.(?:com|me|net|be|gov)\.", host.removesuffix(".gov.vn") + "."):
        return ""
    return lookalike.imitated_host(host)


def website(host: str, parts: Parts) -> Address:
    sections = parts.segments
    if sections and HOME_PAGES.fullmatch(sections[-1]):
        sections = sections[:-1]
        while sections and sections[-1].lower() in HOME_FOLDERS:
            sections = sections[:-1]
    if refusal := inside(host, sections, parts.query):
        return refusal
    if any(" " in part for part in sections):
        raise Refused(BAD_PATH)
    path = "".join(f"/{part}" for part in sections)
    url = f"https://{host}{quote(path)}"
    if len(url) > MAX_URL or len(path) > 200:
        return not_account("web", "page", TOO_DEEP, f"web:{host}")
    warnings = [FREE_NOTE] if platforms.is_under(host, platforms.FREE_HOSTING) else []
    return account("web", host + path, "website", url, *warnings)


def inside(host: str, sections: list[str], query: dict[str, str]) -> Address | None:
    """Articles, files, log-in and search pages; None when the address may stand for a site or a unit's section."""
    path, site = "/".join(sections), f"web:{host}"
    first = sections[0].lower() if sections else ""
    if any(PRIVATE.fullmatch(part.lower()) for part in sections):
        return not_account("web", "login", "Đây là trang đăng nhập hoặc quản trị, không phải kênh.", site)
    if SEARCHES.fullmatch(first) or "q" in query and len(sections) < 2:
        return not_account("web", "search", "Đây là trang tìm kiếm, không phải kênh.", site)
    if FILES.fullmatch(path):
        return not_account("web", "file", "Đây là một tệp, không phải kênh.", site)
    if "-/" in path or ARTICLES.fullmatch(path) or DATED.search(f"/{path}") or CONTENT_PARAMETERS & query.keys():
        return not_account("web", "post", ARTICLE, site)
    if len(sections) > MAX_SECTIONS or (sections and sections[-1].count("-") > 7):
        return not_account("web", "post", ARTICLE, site)
    return None


def read_app(parts: Parts) -> Address:
    """An app by its package name (Google Play) or number (App Store)."""
    package = parts.query.get("id", "") if parts.segments[:2] == ["store", "apps"] else ""
    if parts.host == "play.google.com" and parts.segments[2:3] == ["details"]:
        return android(package)
    number = re.fullmatch(r"(?:.*/)?id(\d{6,12})", "/".join(parts.segments), re.ASCII)
    if parts.host.endswith(".apple.com") and number:
        return ios(number.group(1))
    return page_of_platform("app", "kho ứng dụng")


def android(package: str) -> Address:
    if not re.fullmatch(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*){1,10}", package, re.ASCII) or len(package) > 150:
        return page_of_platform("app", "kho ứng dụng")
    return account("app", f"android:{package}", "app", f"https://play.google.com/store/apps/details?id={package}")


def ios(number: str) -> Address:
    return account("app", f"ios:{number}", "app", f"https://apps.apple.com/vn/app/id{number}")


def read_deep(target: list[str], query: dict[str, str]) -> Address:
    """market://details?id=package."""
    return android(query.get("id", "")) if target[:1] == ["details"] else page_of_platform("app", "kho ứng dụng")
