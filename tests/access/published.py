"""Who sees where products appeared, and who notes figures and topics."""

from campaigns.models import Topic
from tests.access import reviewer_page, staff_page
from tests.builders import NOW, STARTS_ON


def publication(world):
    url = "https://www.facebook.com/kenh/posts/7"
    made = world.approved_item.publish(actor=world.reviewer, channel=world.channel, url=url, now=NOW)
    return {"pk": made.pk}


def topic(world):
    return {"pk": Topic.objects.create(month=STARTS_ON, title="Phòng cháy rừng", created_by=world.reviewer).pk}


ROWS = {
    "item_bundle": staff_page(lambda world: {"pk": world.approved_item.pk}),
    "publication_list": staff_page(),
    "publication_figures": staff_page(),
    "publication_metrics": reviewer_page(publication),
    "topic_list": staff_page(),
    "topic_edit": reviewer_page(topic),
    "topic_remove": reviewer_page(topic, method="POST", reviewer=302, administrator=302),
}
