"""Access to imports, exports and accounts at the desk."""

from registry.models import StagedImport
from tests.access import Row, reviewer_page, staff_page
from tests.registry.sheet_files import FIRST, HEADINGS, csv


def staged(world):
    """A sheet that the reviewer uploaded: nobody else has it, not even an administrator."""
    sheet = StagedImport.stage(
        actor=world.reviewer, kind="registrations", content=csv(HEADINGS, FIRST), original_name="b.csv"
    )
    return {"pk": sheet.pk}


def focal(world):
    return {"pk": world.focal.pk}


OWN_SHEET = Row(staged, other=404, focal=404, leader=404, reviewer=200, administrator=404)
ACT = reviewer_page(focal, method="POST", reviewer=302, administrator=302)

ROWS = {
    "import_registry": reviewer_page(),
    "import_preview": [OWN_SHEET, OWN_SHEET._replace(method="POST", reviewer=302)],
    "import_refused": OWN_SHEET,
    "import_template": reviewer_page(lambda world: {"kind": "contacts"}),
    "export_registry": [
        staff_page(lambda world: {"kind": "contacts"}),
        staff_page(lambda world: {"kind": "contacts"}, query="?dang=csv"),
        reviewer_page(
            lambda world: {"kind": "contacts"},
            method="POST",
            data=lambda world: {"reason": "Lập danh bạ in cho lãnh đạo", "dang": "csv"},
        ),
        staff_page(
            lambda world: {"kind": "khong-co"}, other=404, focal=404, leader=404, reviewer=404, administrator=404
        ),
    ],
    "access_log": Row(leader=403, reviewer=403),
    "people": staff_page(),
    "people_invite_waiting": reviewer_page(method="POST", reviewer=302, administrator=302),
    "invite": reviewer_page(),
    "person": staff_page(focal),
    "person_deactivate": ACT,
    "person_reactivate": ACT,
    "person_invite_again": ACT,
}
