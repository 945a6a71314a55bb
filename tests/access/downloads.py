"""Tải về: each member of the province's staff has a list; a file is its owner's alone, an administrator has no other's."""

from tests.access import Row, staff_page
from tests.downloads import asked, made


def waiting(world):
    return {"pk": asked(world.reviewer).pk}


def ready(world):
    return {"pk": made(world.reviewer).pk}


OWN = Row(ready, leader=404, reviewer=200, administrator=404)

ROWS = {
    "download_list": staff_page(),
    "download_file": [OWN, OWN._replace(kwargs=waiting, reviewer=404)],
    "download_remove": OWN._replace(method="POST", reviewer=302),
}
