"""Who answers a round of re-confirmation, and who takes up what nobody answered."""

from datetime import timedelta

from django.utils import timezone

from campaigns import reconfirming
from campaigns.models import Obligation
from registry.models import Channel
from tests import builders
from tests.access import Row, own_page, reviewer_page, staff_page


def channel(world, days=190):
    """A page of Sở Y tế that nobody confirmed for so many days."""
    row = builders.make_channel(world.agency, actor=world.reviewer)
    Channel.objects.filter(pk=row.pk).update(reconfirmed_on=timezone.localdate() - timedelta(days=days))
    return row


def asked(world):
    """The open round of Sở Y tế, and its one channel."""
    row = channel(world)
    reconfirming.ask_agencies(timezone.now())
    return Obligation.objects.get(is_round=True, agency=world.agency), row


def duty(world):
    return {"pk": asked(world)[0].pk}


def duty_and_channel(world):
    found = asked(world)
    return {"pk": found[0].pk, "channel_pk": found[1].pk}


def ticked(world):
    return {"chon": channel(world, days=400).pk, "act": "right", "note": "Đã gọi, kênh vẫn dùng"}


STAFF = {"leader": 302, "reviewer": 302, "administrator": 302}
ROWS = {
    "round_right": Row(duty, other=404, focal=302, method="POST", **STAFF),
    "round_change": own_page(duty_and_channel),
    "round_drop": own_page(duty_and_channel),
    "channels_neglected": [staff_page(), reviewer_page(method="POST", data=ticked)],
}
