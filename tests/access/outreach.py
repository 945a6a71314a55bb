"""Numbers of outreach: the agency reports its own, whoever sees the duty sees the picture, staff read the sum."""

from datetime import UTC, datetime
from io import BytesIO

from campaigns.models import OutreachReport
from portal.lib.uploads import Slot, check_file
from tests.access import Row, own_page, staff_page
from tests.pictures import png


def duty(world):
    return {"pk": world.outreach.pk}


def proved(world):
    """A report with a picture."""
    checked = check_file(BytesIO(png()), Slot.IMAGE, "man-hinh.png")
    row = OutreachReport.report(
        actor=world.focal, obligation=world.outreach, number=7, picture=checked, now=datetime.now(UTC)
    )
    return {"pk": row.pk}


ROWS = {
    "outreach_report": [own_page(duty), own_page(lambda world: {"pk": world.obligation.pk}, focal=404)],
    "outreach_picture": Row(proved, other=404, focal=200),
    "outreach": staff_page(lambda world: {"pk": world.outreach.requirement_id}),
}
