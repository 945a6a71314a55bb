"""Nhật ký of records: province staff read; reviewers and administrators put values back."""

from tests.access import reviewer_page, staff_page


def channel(world):
    return {"kind": "kenh", "pk": world.channel.pk}


def edited(world):
    world.channel.amend(actor=world.reviewer, reason="Sửa", name="Tên sai")
    return channel(world) | {"entry": world.channel.history.first().pk, "field": "name"}


ROWS = {
    "record_history": [
        staff_page(channel),
        staff_page(lambda world: {"kind": "khong-co", "pk": 1}, leader=404, reviewer=404, administrator=404),
    ],
    "record_restore": [
        reviewer_page(edited),
        reviewer_page(edited, method="POST", data=lambda world: {"reason": ""}, reviewer=302, administrator=302),
        reviewer_page(lambda world: edited(world) | {"field": "status"}, reviewer=404, administrator=404),
    ],
}
