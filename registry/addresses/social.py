"""X, Instagram and Threads. Underscores and dots count; case doesn't."""

import re

from registry.addresses import lookalike
from registry.addresses.address import Address, Refused, account, not_account, page_of_platform, post, short_link
from registry.addresses.platforms import NAMES, words
from registry.addresses.splitting import MAX_NAME, Parts

X_NAME = re.compile(r"[a-z0-9_]{1,20}")
META_NAME = re.compile(r"[a-z0-9._]{1,30}")
X_POSTS = {"status", "statuses", "lists", "events", "moments", "article"}
X_RESERVED = words(
    """
    home search explore settings notifications messages login signup hashtag share compose i intent tos privacy
    about download jobs logout account who_to_follow oauth premium communities widgets statuses search-advanced
    bookmarks lists following followers help en connect_people verified-choose rules sessions discover trends
    personalization web status search-home topics follower_requests keyboard_shortcuts logged_out newsletters safety
    chat i.php mentions share.php welcome mobile latest
    """
)
INSTAGRAM_POSTS = {"p", "reel", "reels", "tv", "stories", "s"}
INSTAGRAM_RESERVED = words(
    """
    explore accounts direct about legal developer web challenge press api _n archive directory emails session oauth
    ar create graphql your_activity nametag data terms privacy support blog help business ads download lite threads
    popular locations n invites reel_share tags ads_transparency qr web_signup consent fxcal igtv highlights
    """
)
BAD_NAME = "Phần tên tài khoản trong đường link không hợp lệ. Hãy mở tài khoản rồi sao chép lại đường link."
STRANGE = "Tên tài khoản chứa chữ cái lạ trông giống chữ thường, cách thường dùng để giả mạo."


def named(platform: str, name: str, pattern: re.Pattern, url: str) -> Address:
    if not name.isascii():
        raise Refused(
            STRANGE, imitates=url.removeprefix("https://") + lookalike.latin(name[:MAX_NAME]), platform=platform
        )
    if " " in name:
        raise Refused(BAD_NAME, platform=platform)
    lower = name.lower()
    if not pattern.fullmatch(lower) or lower.startswith(".") or ".." in lower:
        return not_account(platform, "platform_page", BAD_NAME)
    return account(platform, lower.rstrip("."), platform, url + lower.rstrip("."))


def read_x(parts: Parts, domain: str) -> Address:
    if domain == "t.co":
        return short_link("x")
    segments, query = parts.segments, parts.query
    if not segments and parts.fragment.startswith("!/"):
        segments = parts.fragment[2:].strip("/").split("/")
    if not segments:
        return page_of_platform("x", "X")
    first = segments[0].removeprefix("@")
    if first.lower() in ("i", "intent"):
        return x_internal(segments, query)
    if first.lower() in X_RESERVED:
        return page_of_platform("x", "X")
    owner = named("x", first, X_NAME, "https://x.com/")
    is_post = len(segments) > 2 and segments[1].lower() in X_POSTS
    return post("x", owner.key) if is_post and owner.is_account else owner


def x_internal(segments: list[str], query: dict[str, str]) -> Address:
    """/i/user/ID and /intent/follow?screen_name= name an account; /i/web/status/… a post."""
    path = "/".join(segments).lower()
    if path.startswith("i/user/") and len(segments) > 2:
        return x_id(segments[2])
    if path in ("intent/follow", "intent/user"):
        return x_by_parameters(query)
    return post("x") if "status" in path else page_of_platform("x", "X")


def x_by_parameters(query: dict[str, str]) -> Address:
    if name := query.get("screen_name"):
        return named("x", name.removeprefix("@"), X_NAME, "https://x.com/")
    return x_id(query.get("user_id") or query.get("id") or "")


def x_id(number: str) -> Address:
    if not re.fullmatch(r"[0-9]{1,20}", number):
        return page_of_platform("x", "X")
    return account("x", f"id:{number}", "x", f"https://x.com/i/user/{number}")


def instagram(name: str) -> Address:
    return named("instagram", name, META_NAME, "https://www.instagram.com/")


def read_instagram(parts: Parts, domain: str) -> Address:
    segments = parts.segments
    if domain == "ig.me":
        return instagram(segments[1]) if segments[:1] == ["m"] and len(segments) > 1 else short_link("instagram")
    if not segments:
        return page_of_platform("instagram", "Instagram")
    first, rest = segments[0].lower().removeprefix("@"), segments[1:]
    if first == "_u" and rest:
        return instagram(rest[0])
    if first == "share":
        return short_link("instagram")
    if first in INSTAGRAM_POSTS:
        is_story = first == "stories" and rest and rest[0].lower() != "highlights"
        return post("instagram", instagram(rest[0]).key if is_story else "")
    if first in INSTAGRAM_RESERVED:
        return page_of_platform("instagram", "Instagram")
    owner = instagram(first)
    is_post = len(rest) > 1 and rest[0].lower() in INSTAGRAM_POSTS
    return post("instagram", owner.key) if is_post and owner.is_account else owner


def read_threads(parts: Parts) -> Address:
    segments = parts.segments
    if segments[:1] == ["t"] or segments[:1] == ["post"]:
        return post("threads")
    if segments == ["intent", "follow"] and parts.query.get("username"):
        return threads(parts.query["username"].removeprefix("@"))
    if not segments or not segments[0].startswith("@"):
        return page_of_platform("threads", "Threads")
    owner = threads(segments[0][1:])
    is_post = len(segments) > 2 and segments[1].lower() == "post"
    return post("threads", owner.key) if is_post and owner.is_account else owner


def threads(name: str) -> Address:
    return named("threads", name, META_NAME, "https://www.threads.com/@")


def read_deep(platform: str, target: list[str], query: dict[str, str]) -> Address:
    """twitter://user?screen_name=, instagram://user?username=, barcelona://user?username=."""
    if [part.lower() for part in target[:1]] != ["user"]:
        return page_of_platform(platform, NAMES[platform])
    if platform == "x":
        return x_by_parameters(query)
    if name := query.get("username"):
        return instagram(name) if platform == "instagram" else threads(name)
    return page_of_platform(platform, NAMES[platform])
