"""Access to the list of known fakes: leaders read it, reviewers write it."""

from datetime import date

from registry.models import KnownFake
from tests.access import Row, reviewer_page, staff_page


def listed(world):
    return {"pk": entry(world).pk}


def removed(world):
    fake = entry(world)
    fake.remove(actor=world.reviewer, reason="Ghi nhầm")
    return {"pk": fake.pk}


def entry(world):
    return KnownFake.enlist(
        actor=world.reviewer,
        url="https://www.facebook.com/trangmaodanh",
        noted_on=date(2026, 3, 1),
        source="Công văn 1/CAT",
        imitates=world.agency,
    )


GONE = Row(removed, leader=404, reviewer=404, administrator=404)
REASON = {"reason": "Ghi nhầm"}

ROWS = {
    "fake_list": staff_page(),
    "fake_new": reviewer_page(),
    "fake_edit": [reviewer_page(listed), GONE],
    "fake_remove": [
        reviewer_page(listed),
        GONE,
        reviewer_page(listed, method="POST", data=lambda world: REASON, reviewer=302, administrator=302),
    ],
}
