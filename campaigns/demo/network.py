"""The demo's network group: everybody was asked, some have joined, one has left; a campaign asks the rest to join."""

from datetime import timedelta

from campaigns import joining
from campaigns.demo.province import FOCAL_ACCOUNTS, moment
from campaigns.models import Campaign, Dispatch, Recurrence, Requirement, RequirementKind
from campaigns.opening import open_periods
from registry.models import AgencyKind, ContactRole, GroupMembership, NetworkGroup

INSIDE = 0.55


def live_network(province):
    """A Zalo group of those who run the channels, and the young duty to join it."""
    began_on = province.today - timedelta(days=6)
    group = NetworkGroup.found(
        actor=province.reviewer,
        name="Mạng lưới truyền thông chính sách Lạng Sơn",
        url="https://zalo.me/g/langsondemo01",
        purpose="Trao đổi nghiệp vụ, nhận thông báo nhanh của tỉnh",
        now=moment(began_on, 9),
    )
    joining.invite(province.reviewer, group, [ContactRole.CHANNEL_ADMIN], AgencyKind.values, moment(began_on, 10))
    ask_to_join(province, group, began_on)
    for member in GroupMembership.objects.filter(group=group).select_related("agency", "contact").order_by("pk"):
        if member.agency.name not in FOCAL_ACCOUNTS and province.dice.random() < INSIDE:
            at = moment(began_on + timedelta(days=province.dice.randint(1, 4)), province.dice.randint(8, 16))
            joining.note_joined(member, province.reviewer, "", at)
    somebody = group.memberships.joined().order_by("pk").first()
    if somebody:
        joining.note_left(somebody, province.reviewer, "Đổi số điện thoại", moment(province.today, 7))


def ask_to_join(province, group, began_on):
    """The dispatch behind the group."""
    campaign = Campaign.objects.create(
        title="Tham gia mạng lưới truyền thông chính sách",
        purpose="Mỗi cơ quan, đơn vị có ít nhất một người tham gia nhóm Zalo của mạng lưới.",
        starts_on=began_on,
        created_by=province.reviewer,
    )
    Dispatch.objects.create(
        campaign=campaign, number="2399/SKHCN-CĐS", issued_on=began_on, issuer="Sở Khoa học và Công nghệ",
        subject="tham gia nhóm Zalo mạng lưới truyền thông chính sách",
    )  # fmt: skip
    Requirement.objects.create(
        campaign=campaign, kind=RequirementKind.JOIN_GROUP, group=group, title="Tham gia nhóm Zalo của mạng lưới",
        guidance="Mở đường link mời, vào nhóm, rồi bấm “Tôi đã tham gia”.", recurrence=Recurrence.ONCE,
        starts_on=began_on, due_on=province.today + timedelta(days=10), lock_after_days=15,
    )  # fmt: skip
    campaign.issue(actor=province.reviewer, now=moment(began_on, 11))
    open_periods(province.today, campaign=campaign, now=moment(began_on, 11))
