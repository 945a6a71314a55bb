"""What reading an address yields, and the two ways in which reading stops early."""

from dataclasses import dataclass, replace

ACCOUNT, NOT_ACCOUNT, UNRESOLVABLE, REJECTED = "account", "not_account", "unresolvable", "rejected"

PERSONAL_KINDS = ("zalo_user", "facebook_profile")
"""Accounts of a person: a confirmed channel is never one of these."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address that was read. Only an `account` has a key, a kind and a canonical address.

    `kind` is a channel kind (`facebook_page`, `zalo_oa`, …), `zalo_user` or `facebook_profile` for an account, and
    what the page is (`post`, `login`, `search`, …) otherwise. `owner` is the key that a post's address names: the
    platform does not check it, so it proves nothing. `imitates` names what a refused address disguises itself as.
    """

    outcome: str
    platform: str = ""
    key: str = ""
    kind: str = ""
    canonical_url: str = ""
    warnings: tuple[str, ...] = ()
    reason: str = ""
    owner: str = ""
    imitates: str = ""

    @property
    def is_account(self) -> bool:
        return self.outcome == ACCOUNT

    @property
    def is_personal(self) -> bool:
        return self.kind in PERSONAL_KINDS

    def warned(self, *warnings: str) -> "Address":
        """The same address with these warnings before its own, each once."""
        return replace(self, warnings=tuple(dict.fromkeys((*warnings, *self.warnings))))


class Refused(Exception):
    """The text is hostile or ambiguous: no key may come out of it. Carries a Vietnamese sentence,
    and as `imitates` the address that it pretends to be ("hidden" when it only hides its own)."""

    def __init__(self, reason: str, imitates: str = "", platform: str = ""):
        super().__init__(reason)
        self.reason, self.imitates, self.platform = reason, imitates, platform


def account(platform: str, key: str, kind: str, url: str, *warnings: str) -> Address:
    """A channel or a person with an identity on a platform; `key` without the platform's prefix."""
    return Address(ACCOUNT, platform, f"{platform}:{key}", kind, url, warnings)


def not_account(platform: str, kind: str, reason: str, owner: str = "") -> Address:
    return Address(NOT_ACCOUNT, platform, kind=kind, reason=reason, owner=owner)


def unresolvable(platform: str, kind: str, reason: str) -> Address:
    return Address(UNRESOLVABLE, platform, kind=kind, reason=reason)


def post(platform: str, owner: str = "", what: str = "bài đăng") -> Address:
    """One piece of content of an account, not the account."""
    reason = f"Đây là đường link của một {what}, không phải của trang."
    return not_account(platform, "post", f"{reason} Hãy bấm vào tên trang rồi sao chép đường link của trang.", owner)


def page_of_platform(platform: str, name: str) -> Address:
    """A page of the platform itself: log-in, search, help, settings."""
    return not_account(platform, "platform_page", f"Đây là một trang chức năng của {name}, không phải kênh của ai.")


def short_link(platform: str) -> Address:
    """Where a short or share link leads can't be known without opening it."""
    return unresolvable(
        platform,
        "short_link",
        "Đường link rút gọn hoặc chia sẻ không cho biết trang thật. Hãy mở nó, chờ trang hiện ra, "
        "rồi sao chép đường link đầy đủ trên thanh địa chỉ và dán lại vào đây.",
    )
