"""Kinds of channels, and which address each kind may have."""

from django.core.exceptions import ValidationError
from django.db import models

from registry.addresses.parser import read_address


class ChannelKind(models.TextChoices):
    ZALO_OA = "zalo_oa", "Zalo OA"
    ZALO_GROUP = "zalo_group", "Nhóm Zalo"
    FACEBOOK_PAGE = "facebook_page", "Trang Facebook"
    FACEBOOK_GROUP = "facebook_group", "Nhóm Facebook"
    WEBSITE = "website", "Trang thông tin điện tử"
    YOUTUBE = "youtube", "YouTube"
    TIKTOK = "tiktok", "TikTok"
    X = "x", "X"
    INSTAGRAM = "instagram", "Instagram"
    THREADS = "threads", "Threads"
    APP = "app", "Ứng dụng di động"
    LOUDSPEAKER = "loudspeaker", "Đài truyền thanh cơ sở"
    PRESS = "press", "Báo, phát thanh, truyền hình"


OFFLINE_KINDS = (ChannelKind.LOUDSPEAKER, ChannelKind.PRESS, ChannelKind.APP)

ADDRESS_KINDS = {ChannelKind.FACEBOOK_PAGE: ("facebook_page", "facebook_profile")}
"""What an address may be for a kind of channel, when it is not simply the same word: Facebook writes newer pages as
`profile.php?id=…`, so the reviewer's eye decides there."""
NOT_A_CHANNEL = "Đây không phải địa chỉ của một kênh. Hãy mở kênh, sao chép lại đường link rồi dán vào đây."
PERSONAL_ACCOUNT = "Đây là tài khoản cá nhân. Hãy dán đường link của trang, nhóm hoặc OA của cơ quan."


def own_address(kind, url):
    """The address that a channel of this kind may have, read; ValidationError on `url` when it is none. No query."""
    address = read_address(url)
    if not address.is_account:
        raise ValidationError({"url": address.reason or NOT_A_CHANNEL})
    if kind in OFFLINE_KINDS or address.kind in ADDRESS_KINDS.get(kind, (kind,)):
        return address
    if address.is_personal:
        raise ValidationError({"url": PERSONAL_ACCOUNT})
    label = ChannelKind(kind).label if kind in ChannelKind.values else kind
    sentence = f"Đường link này không thuộc loại kênh “{label}”. Hãy chọn lại loại kênh hoặc dán lại đường link."
    raise ValidationError({"url": sentence})
