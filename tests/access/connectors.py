"""Who may do what with connectors and the schedule: administrators hold the keys, reviewers plan and decide, staff read."""

from datetime import UTC, datetime

from campaigns.models import Connector, PublicationJob
from tests.access import public, reviewer_page, staff_page


def connected(world):
    """A job of an approved item on a connected channel; the row's own fields, no key and no network needed."""
    facts = {"channel": world.channel, "provider": "facebook", "account_id": "112233445566"}
    Connector.objects.get_or_create(
        channel=world.channel,
        defaults={**facts, "sealed_access_token": "x", "is_on": True, "changed_by": world.reviewer},
    )
    item, now = world.approved_item, datetime.now(UTC)
    return PublicationJob.plan(
        actor=world.reviewer, item=item, channel=world.channel, title=item.title, text="Lời đăng", now=now
    )


def job(world):
    return {"pk": connected(world).pk}


def channel(world):
    connected(world)
    return {"pk": world.channel.pk}


def administrator_page(kwargs=None, **changes):
    """Settings with secrets: administrators alone."""
    row = staff_page(kwargs) if kwargs else staff_page()
    return row._replace(leader=403, reviewer=403, **changes)


def item(world):
    return {"pk": world.approved_item.pk}


ROWS = {
    "job_list": staff_page(),
    "job": staff_page(job),
    "job_act": reviewer_page(job, method="POST", reviewer=302, administrator=302, data=lambda world: {"act": "cancel"}),
    "job_plan": reviewer_page(item, method="POST"),
    "connector_list": administrator_page(),
    "connector": [administrator_page(channel), administrator_page(lambda world: {"pk": world.channel.pk})],
    "connector_act": administrator_page(channel, method="POST", administrator=302, data=lambda world: {"act": "off"}),
    "job_picture": public(lambda world: {"key": connected(world).key, "number": 0}, status=404),
}
