"""Who gives products to reviewers, sets them aside and writes notes."""

from tests.access import reviewer_page
from tests.builders import NOW


def item(world):
    return {"pk": world.item.pk}


def held(world):
    world.item.hold(actor=world.reviewer, reason="Chờ số liệu", now=NOW)
    return item(world)


def act(kwargs, **changes):
    return reviewer_page(kwargs, method="POST", reviewer=302, administrator=302, **changes)


ROWS = {
    "item_assign": act(item, data=lambda world: {"reviewer": world.reviewer.pk}),
    "item_hold": [reviewer_page(item), act(item, data=lambda world: {"reason": "Chờ số liệu"})],
    "item_release": [reviewer_page(held), act(held)],
    "item_note": act(item, data=lambda world: {"text": "Gọi hỏi lại"}),
}
