"""YouTube and TikTok. A YouTube @handle, /c/ name, /user/ name and UC number can't be joined without asking YouTube."""

import re
import unicodedata
from urllib.parse import quote

from registry.addresses import lookalike
from registry.addresses.address import Address, Refused, account, not_account, page_of_platform, post, short_link
from registry.addresses.platforms import words
from registry.addresses.splitting import MAX_NAME, Parts, segments_of

CHANNEL_ID = re.compile(r"UC[A-Za-z0-9_-]{22}")
HANDLE = re.compile(r"[\w.·-]{2,60}")
VANITY = re.compile(r"[^\W_]{2,60}")
TIKTOK_NAME = re.compile(r"[a-z0-9_.]{2,24}")
TIKTOK_ID = re.compile(r"[0-9]{5,25}")
TIKTOK_TABS = {"live", "video", "videos", "photo", "reposts", "liked", "favorites", "followers", "following"}
YOUTUBE_TABS = {
    *(
        "",
        "featured",
        "videos",
        "shorts",
        "streams",
        "live",
        "playlists",
        "community",
        "posts",
        "channels",
        "about",
        "search",
    ),
    *("podcasts", "courses", "releases", "store", "membership", "join", "discussion"),
}
YOUTUBE_POSTS = {
    "watch",
    "shorts",
    "live",
    "embed",
    "v",
    "e",
    "clip",
    "playlist",
    "post",
    "watch_popup",
    "attribution_link",
}
YOUTUBE_SUBSCRIBE = {"feeds", "subscription_center", "subscribe_embed", "subscribe_widget", "profile"}
YOUTUBE_RESERVED = words(
    """
    results feed feeds hashtag redirect account premium about t gaming trending kids signin upload c user channel
    source ads creators intl howyoutubeworks music movies subscription_center subscribe_embed logout login
    oembed reporthistory paid_memberships sports news learning fashion courses podcasts playables shopping myaccount new
    oops iframe_api s tv ytd browse live_chat get_video_info generate_204 error embed_config jobs press dev yt creators
    creator_academy artists nextup testtube html5 favicon.ico robots.txt sitemaps kids gift verify index watch_fragments
    """
)
BAD_NAME = "Phần tên kênh trong đường link không hợp lệ. Hãy mở kênh rồi sao chép lại đường link."
STRANGE = "Tên kênh trộn chữ cái lạ trông giống chữ thường, cách thường dùng để giả mạo."
VANITY_NOTE = "Đường link kiểu cũ của YouTube. Hãy mở kênh và sao chép đường link có dấu @ nếu có."


def read_youtube(parts: Parts, domain: str) -> Address:
    segments, query = parts.segments, parts.query
    if domain in ("youtu.be", "yt.be", "youtube-nocookie.com"):
        return post("youtube", what="video") if segments else page_of_platform("youtube", "YouTube")
    if not segments and parts.fragment.startswith("/"):
        segments = segments_of(parts.fragment.partition("?")[0])
    if not segments:
        return page_of_platform("youtube", "YouTube")
    first, second = segments[0], segments[1] if len(segments) > 1 else ""
    if first.startswith("@"):
        return with_tab(handle(first[1:]), segments[1:], query)
    if first in ("channel", "c", "user") and second:
        return with_tab(by_form(first, second), segments[2:], query)
    if segments == ["embed", "live_stream"] and query.get("channel"):
        return by_form("channel", query["channel"])
    if CHANNEL_ID.fullmatch(first):
        return with_tab(by_form("channel", first), segments[1:], query)
    if first in YOUTUBE_SUBSCRIBE:
        return by_parameters(query)
    if first.lower() in YOUTUBE_POSTS:
        return post("youtube", what="video")
    if first.lower() in YOUTUBE_RESERVED or second.lower() not in YOUTUBE_TABS or not VANITY.fullmatch(first):
        return page_of_platform("youtube", "YouTube")
    return by_form("c", first).warned(VANITY_NOTE)


def by_parameters(query: dict[str, str]) -> Address:
    """Feeds and subscribe buttons name the channel in a parameter."""
    if found := query.get("channel_id") or query.get("channelid") or query.get("add_user_id"):
        return by_form("channel", found)
    if name := query.get("user") or query.get("add_user"):
        return by_form("user", name)
    return page_of_platform("youtube", "YouTube")


def handle(name: str) -> Address:
    if not name:
        return not_account("youtube", "platform_page", BAD_NAME)
    lower = check_name(name)
    return account("youtube", f"@{lower}", "youtube", f"https://www.youtube.com/@{quote(lower)}")


def by_form(form: str, name: str) -> Address:
    if form != "channel":
        lower = check_name(name)
        return account("youtube", f"{form}:{lower}", "youtube", f"https://www.youtube.com/{form}/{quote(lower)}")
    if not CHANNEL_ID.fullmatch(name):
        return not_account("youtube", "platform_page", BAD_NAME)
    return account("youtube", name, "youtube", f"https://www.youtube.com/channel/{name}")


def check_name(name: str) -> str:
    """The name as YouTube compares it, without a full stop behind it. Raises Refused."""
    if lookalike.has_mixed_scripts(name[:MAX_NAME]):
        raise Refused(STRANGE, imitates=f"youtube.com/@{lookalike.latin(name[:MAX_NAME])}", platform="youtube")
    lower = unicodedata.normalize("NFC", name.lower()).rstrip(".")
    if not HANDLE.fullmatch(lower):
        raise Refused(BAD_NAME, platform="youtube")
    return lower


def with_tab(owner: Address, tabs: list[str], query: dict[str, str]) -> Address:
    """The channel for its tabs; a post for what stands behind a tab (`lb` marks a post of the community tab)."""
    if "lb" in query and tabs:
        return post("youtube", owner.key)
    if owner.is_account and len(tabs) > 1 or (tabs and tabs[0].lower() not in YOUTUBE_TABS):
        return post("youtube", owner.key)
    return owner


def read_tiktok(parts: Parts, subdomain: str) -> Address:
    segments = parts.segments
    if not segments:
        return page_of_platform("tiktok", "TikTok")
    if subdomain in ("vt", "vm") or segments[:1] == ["t"]:
        return short_link("tiktok")
    if segments[0] == "embed" and segments[1:2] and segments[1].startswith("@"):
        segments = segments[1:]
    if segments[0].startswith("@"):
        owner = tiktok_name(segments[0][1:])
        is_post = len(segments) > 2 or segments[1:2] and segments[1] not in TIKTOK_TABS
        return post("tiktok", owner.key, "video") if is_post and owner.is_account else owner
    if found := re.fullmatch(r"(?:h5/)?share/(?:usr|user)/(\d{5,25})(?:\.html)?", "/".join(segments), re.ASCII):
        return tiktok_id(found.group(1))
    if segments[0] in ("v", "video", "embed", "player") or segments[0:2] == ["share", "video"]:
        return post("tiktok", what="video")
    return page_of_platform("tiktok", "TikTok")


def tiktok_name(name: str) -> Address:
    if not name.isascii():
        raise Refused(STRANGE, imitates=f"tiktok.com/@{lookalike.latin(name[:MAX_NAME])}", platform="tiktok")
    if " " in name:
        raise Refused(BAD_NAME, platform="tiktok")
    lower = name.lower().rstrip(".")
    if not TIKTOK_NAME.fullmatch(lower):
        return not_account("tiktok", "platform_page", BAD_NAME)
    return account("tiktok", f"@{lower}", "tiktok", f"https://www.tiktok.com/@{lower}")


def tiktok_id(number: str) -> Address:
    if not TIKTOK_ID.fullmatch(number):
        return not_account("tiktok", "platform_page", BAD_NAME)
    return account("tiktok", f"id:{number}", "tiktok", f"https://www.tiktok.com/share/user/{number}")


def youtube_deep(target: list[str], query: dict[str, str]) -> Address:
    """vnd.youtube://channel/UC…, vnd.youtube://www.youtube.com/@name, vnd.youtube:VIDEO."""
    if target and target[0].lower().endswith("youtube.com"):
        target = target[1:]
    if len(target) == 1 and not target[0].startswith("@"):
        return post("youtube", what="video")
    return read_youtube(Parts("https", "youtube.com", target, query), "youtube.com")


def tiktok_deep(target: list[str], query: dict[str, str]) -> Address:
    """snssdk1233://user/profile/ID, tiktok://user?username=name."""
    if target[:2] == ["user", "profile"] and len(target) > 2:
        return tiktok_id(target[2])
    if name := query.get("username") or next((part[1:] for part in target if part.startswith("@")), ""):
        return tiktok_name(name)
    return page_of_platform("tiktok", "TikTok")
