"""The report that goes by itself: all staff see it and choose for themselves, reviewers and administrators arrange it."""

from tests.access import Row, reviewer_page, staff_page

ARRANGED = {"act": "arrange", "is_on": "on", "day": "10", "formats": ["docx"]}


def named(world):
    return {"act": "add", "person": world.reviewer.pk}


ROWS = {
    "report_schedule": [
        staff_page(),
        Row(method="POST", data=lambda world: {"act": "join"}, leader=302, reviewer=302, administrator=302),
        reviewer_page(method="POST", data=lambda world: ARRANGED, reviewer=302, administrator=302),
        reviewer_page(method="POST", data=named, reviewer=302, administrator=302),
        reviewer_page(
            method="POST", data=lambda world: {"act": "remove", "person": "0"}, reviewer=404, administrator=404
        ),
    ]
}
