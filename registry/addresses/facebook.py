"""Facebook: pages, numeric identities, groups, profiles. Names ignore dots and case; /share/ hides what it shows."""

import re

from registry.addresses import lookalike
from registry.addresses.address import (
    Address,
    Refused,
    account,
    not_account,
    page_of_platform,
    post,
    short_link,
    unresolvable,
)
from registry.addresses.platforms import words
from registry.addresses.splitting import MAX_NAME, Parts, parameters_of

PLATFORM = "facebook"
NAME = re.compile(r"[a-z0-9.]{3,60}")
NUMBER = re.compile(r"\d{5,20}")
NAME_AND_NUMBER = re.compile(r".*?[-_](\d{9,20})")
VANITY = re.compile(r"[a-z][a-z.]{4,}\d{0,4}")
FILE_OR_VERSION = re.compile(r".*\.(?:php|ico|txt|xml|json|js|css|png|svg|webmanifest)|v\d+\.\d+")
GROUP = re.compile(r"[a-z0-9._-]{1,80}")

POST_WORDS = words(
    """
    posts post videos video photos photo reel reels permalink notes events live media stories albums offers
    pending_posts note watch
    """
)
SINGLE_POSTS = words(
    """
    photo photo.php photos video.php videos video reel reels story.php permalink.php stories watch events event.php
    notes note.php live media offers questions album.php posts story
    """
)
RESERVED = words(
    """
    share pg about accounts ads adsmanager ad_campaign ads_manager ajax api apps badges bookmarks birthdays business careers
    checkpoint coronavirus_info communitystandards connect crisisresponse developers dialog directory donate dyi
    feed feeds find-friends flx friends fundraisers games gaming groups hacked hashtag help home index instantgames
    invite jobs legal latest lists lite local login logout marketplace me memories messages mobile nearby
    notifications nt oauth onthisday pages pages_manager people places plugins pokes policies policy privacy
    professional_dashboard profilepicframes public r recover reg requests safety safetycheck saved search security
    settings sharer signup subscriptions support terms tr trending ufi votinginformationcenter weather whitehat
    your_information 2fac composer sharer.php a ai avatar l n v w reactions comments likes membership metaverified
    creators creatorstudio commerce commerce_manager nd mtouch watchparty bugreporter findfriends home.php blooddonations
    profile unsupportedbrowser formedia journalismproject friendrequests bizsites lookaside browsegroups pixel
    language identity salegroups livemap gamingvideo questions privacy_sandbox work workplace gifts credits payments
    ads_preferences ad_center adcenter pages_feed onboarding confirmemail campaign images static rsrc security_checkup
    """
)
NOT_A_NAME = (
    "Phần tên trang trong đường link không đúng cách đặt tên của Facebook. Hãy mở trang rồi sao chép lại đường link."
)
NO_ID = "Đường link này không nêu trang nào. Hãy mở trang rồi sao chép lại đường link đầy đủ."
STRANGE = "Tên trang chứa chữ cái lạ trông giống chữ thường, cách thường dùng để giả mạo."
VANITY_NOTE = "Đường link ngắn fb.me được hiểu là tên trang. Hãy mở ra và so lại."


def read(parts: Parts, domain: str) -> Address:
    """An address at facebook.com, fb.com, m.me, messenger.com, fb.me, fb.watch."""
    if domain in ("fb.watch", "fb.gg"):
        return short_link(PLATFORM)
    if domain == "fb.me":
        return read_fb_me(parts.segments)
    if domain in ("m.me", "messenger.com"):
        return read_messenger(parts.segments, domain)
    segments, query = parts.segments, parts.query
    if parts.fragment.startswith("!/") and (not segments or segments == ["home.php"]):
        path, _, extra = parts.fragment[2:].partition("?")
        segments, query = path.strip("/").split("/"), parameters_of(extra)
    return read_path(segments, query)


def read_path(segments: list[str], query: dict[str, str]) -> Address:
    if not segments:
        return page_of_platform(PLATFORM, "Facebook")
    first, rest = segments[0].lower(), segments[1:]
    if first in ("profile.php", "profile"):
        return profile(query.get("id", "") or "".join(rest[:1]))
    if first in ("share", "app_scoped_user_id", "share.php", "l"):
        return short_link(PLATFORM) if rest else page_of_platform(PLATFORM, "Facebook")
    if first in ("groups", "group.php"):
        return group(rest, query)
    if first == "pg" and rest:
        return named(rest)
    if first in ("pages", "people", "p", "pages_reaction_units"):
        return numbered(first, rest)
    if first == "messages" and rest[:1] == ["t"] and len(rest) > 1:
        return page(rest[1])
    if first == "profilepicframes":
        return not_account(PLATFORM, "frame", "Đây là đường link của một khung ảnh đại diện, không phải kênh.")
    if first in SINGLE_POSTS:
        return post(PLATFORM, owner_of(query))
    if first in RESERVED or FILE_OR_VERSION.fullmatch(first):
        return page_of_platform(PLATFORM, "Facebook")
    return named(segments)


def owner_of(query: dict[str, str]) -> str:
    """The account that story.php?story_fbid=…&id=… names."""
    number = query.get("id", "")
    return f"facebook:id:{number}" if NUMBER.fullmatch(number) and number.isascii() else ""


def profile(number: str) -> Address:
    if not NUMBER.fullmatch(number) or not number.isascii():
        return not_account(PLATFORM, "platform_page", NO_ID)
    return by_number(number, "facebook_profile", f"https://www.facebook.com/profile.php?id={number}")


def by_number(number: str, kind: str = "facebook_page", url: str = "") -> Address:
    return account(PLATFORM, f"id:{number}", kind, url or f"https://www.facebook.com/{number}")


def numbered(first: str, rest: list[str]) -> Address:
    """/pages/Name/ID, /pages/category/Kind/Name-ID, /people/Name/ID, /p/Name-ID."""
    if not rest or rest[0].lower() in ("create", "creation", "search"):
        return page_of_platform(PLATFORM, "Facebook")
    is_category = rest[0].lower() == "category"
    if is_category:
        rest = rest[2:]
    for part in rest[:2]:
        if found := (NUMBER.fullmatch(part) and part) or (ends_in_number(part)):
            url = f"https://www.facebook.com/profile.php?id={found}" if first == "people" else ""
            return by_number(found, "facebook_profile" if first == "people" else "facebook_page", url)
    if any(part.startswith("pfbid") for part in rest):
        return short_link(PLATFORM)
    if is_category and rest:
        return page(rest[0])
    return not_account(PLATFORM, "platform_page", NOT_A_NAME)


def ends_in_number(part: str) -> str:
    found = NAME_AND_NUMBER.fullmatch(part)
    return found.group(1) if found and found.group(1).isascii() else ""


def named(segments: list[str]) -> Address:
    """/name, /ID or /Name-ID, alone or with a tab; with something behind a tab it is a post."""
    owner = page(segments[0])
    if len(segments) == 1 or not owner.is_account:
        return owner
    tab, behind = segments[1].lower(), segments[2:]
    if tab.isdigit() or (tab in POST_WORDS and behind) or tab.endswith(".php") or tab == "media_set":
        return post(PLATFORM, owner.key)
    return owner


def page(name: str) -> Address:
    name = name.removeprefix("@")
    if NUMBER.fullmatch(name) and name.isascii():
        return by_number(name)
    if number := ends_in_number(name):
        return by_number(number)
    check_letters(name)
    plain = name.lower()
    key = plain.replace(".", "")
    if not NAME.fullmatch(plain) or len(key) < 3 or key.isdigit():
        return not_account(PLATFORM, "platform_page", NOT_A_NAME)
    if key in RESERVED or key in SINGLE_POSTS:
        return page_of_platform(PLATFORM, "Facebook")
    return account(PLATFORM, key, "facebook_page", f"https://www.facebook.com/{key}")


def check_letters(name: str) -> None:
    if not name.isascii() or re.search(r"[@:!$'()*,;\[\] ]", name):
        if name.isascii():
            raise Refused(NOT_A_NAME, platform=PLATFORM)
        raise Refused(STRANGE, imitates=f"facebook.com/{lookalike.latin(name[:MAX_NAME])}", platform=PLATFORM)


def group(rest: list[str], query: dict[str, str]) -> Address:
    """/groups/slug with a tab is the group; with a post it is a post; with a member it is that person."""
    slug = (rest[0] if rest else query.get("gid", "")).lower().rstrip(".")
    if slug in ("", "feed", "discover", "joins", "create", "search", "browse", "notifications", "list", "you_may_like"):
        return page_of_platform(PLATFORM, "Facebook")
    check_letters(slug)
    if not GROUP.fullmatch(slug):
        return not_account(PLATFORM, "platform_page", NOT_A_NAME)
    tab, behind = (rest[1].lower() if len(rest) > 1 else ""), rest[2:]
    if tab == "user" and behind and NUMBER.fullmatch(behind[0]):
        return profile(behind[0])
    is_album_list = tab == "media" and behind in (["photos"], ["videos"], ["albums"])
    is_post = tab in POST_WORDS and behind and not is_album_list
    if is_post or tab.isdigit() or "multi_permalinks" in query or "view" in query and "id" in query:
        return post(PLATFORM, f"facebook:group:{slug}")
    return account(PLATFORM, f"group:{slug}", "facebook_group", f"https://www.facebook.com/groups/{slug}")


def read_messenger(segments: list[str], domain: str) -> Address:
    """m.me/name and messenger.com/t/name open a chat with the page."""
    rest = segments if domain == "m.me" else segments[1:] if segments[:1] == ["t"] else []
    if not rest:
        return page_of_platform(PLATFORM, "Messenger")
    if rest[0] in ("j", "g", "ch", "cm"):
        return unresolvable(
            PLATFORM, "short_link", "Đây là đường link mời vào nhóm chat Messenger, không cho biết nhóm của ai."
        )
    return page(rest[0])


def read_fb_me(segments: list[str]) -> Address:
    """fb.me/<lower-case word> is a name; anything else is a code."""
    if not segments:
        return page_of_platform(PLATFORM, "Facebook")
    if len(segments) == 1 and VANITY.fullmatch(segments[0]):
        return page(segments[0]).warned(VANITY_NOTE)
    return short_link(PLATFORM)


def read_deep(target: list[str], query: dict[str, str]) -> Address:
    """fb://page/ID, fb://profile/ID, fb://group/ID, fb-messenger://user/ID."""
    what = target[0].lower() if target else ""
    number = (target[1] if len(target) > 1 else "") or query.get("id", "")
    if what in ("group", "groups") and number:
        return group([number], {})
    if what in ("page", "pages", "profile", "user", "user-thread") and number:
        if what == "profile" and NUMBER.fullmatch(number):
            return by_number(number)
        return page(number)
    return page_of_platform(PLATFORM, "Facebook")
