"""Reorganisations are planned, done and undone by reviewers and administrators; leaders and focal points get 403."""

from datetime import date

from campaigns import reorganising
from registry.plan_file import read_request
from tests.access import reviewer_page
from tests.builders import moment

CLOSED_ON = date(2026, 3, 2)


def planned(world):
    document = {"kind": "close", "on": CLOSED_ON.isoformat(), "decision": "12/QĐ-UBND", "from": world.agency.slug}
    row = reorganising.prepare(read_request(document), actor=world.reviewer, now=moment(CLOSED_ON))
    return {"pk": row.pk}


def done(world):
    document = {"kind": "rename", "on": CLOSED_ON.isoformat(), "decision": "12/QĐ-UBND", "from": world.agency.slug}
    request = read_request(document | {"to": {"name": "Sở Y tế mới"}})
    row = reorganising.prepare(request, actor=world.reviewer, now=moment(CLOSED_ON))
    reorganising.run(row, actor=world.reviewer, now=moment(CLOSED_ON))
    return {"pk": row.pk}


ACT = reviewer_page(method="POST", reviewer=302, administrator=302)

ROWS = {
    "reorganisation_list": reviewer_page(),
    "reorganisation_new": reviewer_page(),
    "reorganisation": [reviewer_page(planned), reviewer_page(done)],
    "reorganisation_undo": ACT._replace(kwargs=done),
    "reorganisation_drop": ACT._replace(kwargs=planned),
}
