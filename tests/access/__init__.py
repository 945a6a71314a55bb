"""The access table: every URL name × person → status.

Each module here has `ROWS: dict[url name, Row]`; `tests/test_access.py` joins them, fails on a URL without a row and
tries every row. A row: `Row(kwargs=lambda world: {"pk": world.obligation.pk}, visitor=302, other=404, focal=200,
leader=200, reviewer=200, administrator=200)`, with `method="POST"` and `data=lambda world: {...}` for acts and
`query="?q=x"` for pages that need one. `world` is `tests.builders.World`: objects of Sở Y tế (`health_focal` =
`focal`), never of the other agency. A tuple allows several answers. `None` means not tried (say why in a comment).
The rows of one name may be a list, to try several objects.
"""

from collections.abc import Callable
from typing import NamedTuple

SIGN_IN = 302


def nothing(world):
    return {}


class Row(NamedTuple):
    kwargs: Callable = nothing
    visitor: int = SIGN_IN
    other: int = 403
    focal: int = 403
    leader: int = 200
    reviewer: int = 200
    administrator: int = 200
    method: str = "GET"
    data: Callable = nothing
    query: str = ""


def public(kwargs=nothing, status=200, query=""):
    """A page that everybody may read."""
    return Row(kwargs, *[status] * 6, query=query)


def staff_page(kwargs=nothing, **changes):
    """A page of the desk: province staff read it, focal points may not."""
    return Row(kwargs)._replace(**changes)


def reviewer_page(kwargs=nothing, **changes):
    """An act of the desk: reviewers and administrators."""
    return Row(kwargs, leader=403)._replace(**changes)


def own_page(kwargs=nothing, **changes):
    """A page of one agency's work: its own people; another agency gets 404; staff are sent to the desk."""
    return Row(kwargs, other=404, focal=200, leader=302, reviewer=302, administrator=302)._replace(**changes)
