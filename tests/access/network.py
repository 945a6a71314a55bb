"""Who may open network groups, the list of who lacks what, and the two answers to their duties."""

from campaigns.models import Obligation, RequirementKind
from registry.models import GroupMembership, NetworkGroup
from tests import builders
from tests.access import own_page, reviewer_page, staff_page


def make_group(world):
    group = NetworkGroup.found(actor=world.reviewer, name="Mạng lưới", url="https://zalo.me/g/mangluoi1")
    GroupMembership.ask(actor=world.reviewer, group=group, contacts=[world.contact], now=builders.NOW)
    return group


def group(world):
    return {"pk": make_group(world).pk}


def duty(kind):
    """The duty of Sở Y tế to do this, open today."""

    def kwargs(world):
        campaign = builders.make_campaign(actor=world.reviewer, starts_on=world.campaign.starts_on)
        fields = {"group": make_group(world)} if kind == RequirementKind.JOIN_GROUP else {}
        builders.nomination(campaign, kind=kind, contact_role="", title="Việc mạng lưới", **fields)
        builders.issue(campaign, actor=world.reviewer, today=world.campaign.starts_on)
        return {"pk": Obligation.objects.get(agency=world.agency, requirement__campaign=campaign).pk}

    return kwargs


ROWS = {
    "group_list": staff_page(),
    "group_new": reviewer_page(),
    "group": [
        staff_page(group),
        staff_page(group, query="?xem=chua-co-ai"),
        staff_page(group, query="?xem=can-dua-ra"),
    ],
    "group_edit": reviewer_page(group),
    "group_close": reviewer_page(group),
    "group_invite": reviewer_page(group),
    "group_note": reviewer_page(group, method="POST", reviewer=302, administrator=302),
    "group_export": staff_page(group, query="?dang=csv"),
    "group_qr": staff_page(group),
    "lacking": staff_page(),
    "lacking_export": staff_page(query="?dang=csv"),
    "lacking_ask": reviewer_page(method="POST", reviewer=302, administrator=302),
    "join_group": own_page(duty(RequirementKind.JOIN_GROUP)),
    "register_channel": own_page(duty(RequirementKind.REGISTER_CHANNEL)),
}
