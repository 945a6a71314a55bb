"""Who asks the province for more time or a second look, and who answers."""

from datetime import timedelta

from campaigns.models import Appeal, ExtensionRequest
from tests.access import own_page, reviewer_page, staff_page
from tests.builders import NOW


def duty(world):
    return {"pk": world.obligation.pk}


def refused_item(world):
    world.item.reject(actor=world.reviewer, version=1, code="topic", note="Không đúng chủ đề.", now=NOW)
    return world.item


def extension(world):
    until = world.obligation.last_day + timedelta(days=5)
    asked = ExtensionRequest.ask(actor=world.focal, obligation=world.obligation, until=until, reason="Mưa lũ", now=NOW)
    return {"pk": asked.pk}


def appeal(world):
    return {"pk": Appeal.file(actor=world.focal, item=refused_item(world), reason="Đúng chủ đề", now=NOW).pk}


ROWS = {
    "extension_ask": own_page(duty),
    "item_appeal": own_page(lambda world: {"pk": refused_item(world).pk}),
    "request_list": staff_page(),
    "extension_decide": [
        reviewer_page(extension),
        reviewer_page(extension, method="POST", reviewer=302, administrator=302,
                      data=lambda world: {"act": "refuse", "answer": "Chưa đủ lý do", "until": "31/12/2099"}),
    ],
    "appeal_decide": [
        reviewer_page(appeal),
        reviewer_page(appeal, method="POST", reviewer=302, administrator=302, data=lambda world: {"act": "grant"}),
    ],
}  # fmt: skip
