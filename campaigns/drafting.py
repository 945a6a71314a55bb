"""From the list of who lacks what to a draft campaign that asks exactly those agencies for it; people check and issue it."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from campaigns.models import Campaign, Recurrence, Requirement, RequirementKind
from registry.models import ChannelKind, ContactRole

DAYS = 14
ASKS = {
    "facebook": ("Khai báo trang Facebook", RequirementKind.REGISTER_CHANNEL, ChannelKind.FACEBOOK_PAGE),
    "zalo-oa": ("Khai báo Zalo OA", RequirementKind.REGISTER_CHANNEL, ChannelKind.ZALO_OA),
    "website": ("Khai báo trang thông tin điện tử", RequirementKind.REGISTER_CHANNEL, ChannelKind.WEBSITE),
    "kenh": ("Khai báo kênh truyền thông", RequirementKind.REGISTER_CHANNEL, ""),
    "nguoi-phat-ngon": ("Cử người phát ngôn", RequirementKind.NOMINATE_CONTACT, ContactRole.SPOKESPERSON),
    "chinh-sach": ("Cử đầu mối chính sách", RequirementKind.NOMINATE_CONTACT, ContactRole.POLICY),
    "quan-tri-kenh": ("Cử người quản trị kênh", RequirementKind.NOMINATE_CONTACT, ContactRole.CHANNEL_ADMIN),
    "trong-nhom": ("Tham gia nhóm mạng lưới", RequirementKind.JOIN_GROUP, ""),
}
"""What is missing → the words of the draft, the kind of requirement, and the kind of channel or role that it names."""


@transaction.atomic
def draft_asking_for(what, agencies, *, actor, today, group=None) -> Requirement:
    """A draft with one requirement, due in two weeks, that names the agencies one by one."""
    agencies = list(agencies)
    if what not in ASKS or (what == "trong-nhom" and group is None):
        raise ValidationError("Hãy lọc theo đúng một thứ còn thiếu rồi lập đợt.")
    if not agencies:
        raise ValidationError("Không có cơ quan nào trong danh sách đang lọc.")
    title, kind, detail = ASKS[what]
    campaign = Campaign.objects.create(title=title, starts_on=today, created_by=actor)
    requirement = Requirement.objects.create(
        campaign=campaign, kind=kind, title=title, recurrence=Recurrence.ONCE, starts_on=today,
        due_on=today + timedelta(days=DAYS), group=group if kind == RequirementKind.JOIN_GROUP else None,
        contact_role=detail if kind == RequirementKind.NOMINATE_CONTACT else "",
        channel_kind=detail if kind == RequirementKind.REGISTER_CHANNEL else "",
    )  # fmt: skip
    requirement.agencies.set(agencies)
    return requirement
