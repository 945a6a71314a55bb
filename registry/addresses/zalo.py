"""Zalo: Official Accounts by number or alias, groups by invitation code, people by phone, tokens that say nothing."""

import re

from portal.lib.phones import normalise_phone
from registry.addresses.address import Address, Refused, account, not_account, page_of_platform, unresolvable
from registry.addresses.platforms import words
from registry.addresses.splitting import Parts

PLATFORM = "zalo"
OA_NUMBER = re.compile(r"[0-9]{15,20}")
SHORT_OA_NUMBER = re.compile(r"(?!84)[1-9][0-9]{9,13}")
"""Older Official Accounts; asked only after the digits turned out not to be a phone number."""
PHONE_LIKE = re.compile(r"[+(]{0,2}[0-9][0-9 .()-]{6,20}")
ALIAS = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")
GROUP_CODE = re.compile(r"[a-z0-9_-]{4,40}")
RESERVED = words(
    """
    pc download app about help login search policy terms zalo-pc web contact install business features dieukhoan faq
    support index.html share sticker official v home u
    video games careers news oa channel channels group groups qr link error 404 zns miniapp
    mini-app product products user profile photo
    """
)
OPAQUE_QR = (
    "Mã QR này không cho biết là của nhóm, trang hay của một người. Hãy quét mã bằng Zalo, mở phần thông tin, "
    "sao chép đường link zalo.me rồi dán lại vào đây."
)
ALIAS_NOTE = "Đường link dùng tên rút gọn của Zalo, không đối chiếu được với số của trang. Hãy khai báo cả hai nếu có."
BAD_NAME = "Phần sau zalo.me không phải tên trang, mã nhóm hay số điện thoại. Hãy sao chép lại đường link."


def read(parts: Parts, domain: str, subdomain: str) -> Address:
    """An address at zalo.me, chat.zalo.me or zaloapp.com."""
    segments, query = parts.segments, parts.query
    if subdomain == "chat" and segments[:1] != ["g"]:
        return by_parameters(query)
    if segments[:1] == ["qr"]:
        return unresolvable(PLATFORM, "qr_token", OPAQUE_QR)
    if domain == "zaloapp.com" or not segments:
        return by_parameters(query) if not segments else page_of_platform(PLATFORM, "Zalo")
    return read_path(segments)


def read_path(segments: list[str]) -> Address:
    first = segments[0].lower().rstrip(".")
    if first == "g":
        return group(segments[1].lower()) if len(segments) > 1 else page_of_platform(PLATFORM, "Zalo")
    if first == "s":
        return not_account(
            PLATFORM, "mini_app", "Đây là một ứng dụng nhỏ (Mini App) trong Zalo, không phải kênh truyền thông."
        )
    if first == "oa" and len(segments) > 1 and OA_NUMBER.fullmatch(segments[1]):
        return official_account(segments[1])
    if OA_NUMBER.fullmatch(first):
        return official_account(first)
    if PHONE_LIKE.fullmatch(first):
        return person(first)
    if first in RESERVED:
        return page_of_platform(PLATFORM, "Zalo")
    if first.isdigit() or len(first) < 3:
        return not_account(PLATFORM, "platform_page", BAD_NAME)
    if not first.isascii() or not ALIAS.fullmatch(first):
        raise Refused(BAD_NAME, platform=PLATFORM)
    return account(PLATFORM, f"alias:{first}", "zalo_oa", f"https://zalo.me/{first}", ALIAS_NOTE)


def by_parameters(query: dict[str, str]) -> Address:
    """chat.zalo.me/?phone=…, ?oaid=…; zalo://conversation?phone=…"""
    if OA_NUMBER.fullmatch(query.get("oaid", "")):
        return official_account(query["oaid"])
    if query.get("phone"):
        return person(query["phone"].strip())
    if query.get("g"):
        return group(query["g"].lower())
    return page_of_platform(PLATFORM, "Zalo")


def official_account(number: str) -> Address:
    return account(PLATFORM, f"oa:{number}", "zalo_oa", f"https://zalo.me/{number}")


def group(code: str) -> Address:
    if not GROUP_CODE.fullmatch(code):
        raise Refused(BAD_NAME, platform=PLATFORM)
    return account(PLATFORM, f"group:{code}", "zalo_group", f"https://zalo.me/g/{code}")


def person(number: str) -> Address:
    """A private person's Zalo, by phone: a contact point perhaps, never an official channel."""
    if not PHONE_LIKE.fullmatch(number):
        return not_account(PLATFORM, "phone", BAD_NAME)
    try:
        national = normalise_phone(number)
    except ValueError as error:
        if SHORT_OA_NUMBER.fullmatch(number):
            return official_account(number)
        return not_account(PLATFORM, "phone", str(error))
    return account(PLATFORM, f"user:+84{national[1:]}", "zalo_user", f"https://zalo.me/{national}")


def read_deep(target: list[str], query: dict[str, str]) -> Address:
    """zalo://qr/p/token, zalo://conversation?phone=…, zalo://oa/number."""
    if target[:1] == ["qr"]:
        return unresolvable(PLATFORM, "qr_token", OPAQUE_QR)
    if target[:1] == ["g"] and len(target) > 1:
        return group(target[1].lower())
    if len(target) > 1 and OA_NUMBER.fullmatch(target[1]):
        return official_account(target[1])
    return by_parameters(query)
