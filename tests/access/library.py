"""The library: every person with an account reads what is shared; only reviewers put in and take out."""

from tests.access import Row, reviewer_page
from tests.builders import NOW, approve_item, submit_item


def shared(world):
    item = submit_item(world.obligation, actor=world.focal, now=NOW, is_shareable=True)
    return {"pk": approve_item(item, actor=world.reviewer).pk}


def waiting(world):
    """Offered by its agency, not accepted: in nobody's library."""
    return {"pk": submit_item(world.obligation, actor=world.focal, now=NOW, is_shareable=True).pk}


def kept(world):
    """Accepted, not offered."""
    return {"pk": world.approved_item.pk}


everybody_signed_in = Row(other=200, focal=200)
nobody = Row(other=404, focal=404, leader=404, reviewer=404, administrator=404)


def act(kwargs, **changes):
    return reviewer_page(kwargs, method="POST", reviewer=302, administrator=302, **changes)


ROWS = {
    "library": everybody_signed_in,
    "library_item": [
        everybody_signed_in._replace(kwargs=shared),
        nobody._replace(kwargs=waiting),
        nobody._replace(kwargs=kept),
        everybody_signed_in._replace(
            kwargs=shared, method="POST", data=lambda world: {}, leader=403, reviewer=403, administrator=403
        ),
    ],
    "item_into_library": [reviewer_page(kept), act(kept)],
    "item_out_of_library": [
        reviewer_page(shared),
        act(shared, data=lambda world: {"reason": "Số liệu đã cũ"}),
        reviewer_page(waiting, reviewer=404, administrator=404),
    ],
}
