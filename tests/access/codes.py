"""QR codes of channels: the agency's own people note where they hang, staff read scans, reviewers note as well."""

from tests.access import own_page, reviewer_page, staff_page


def channel(world):
    return {"pk": world.channel.pk}


def printed(world):
    return {"pk": world.printed_code.pk}


ROWS = {
    # Everybody knows the channel, so another agency is refused the act.
    "channel_code": own_page(channel, other=403),
    "printed_code_gone": own_page(printed, method="POST", focal=302),
    "printed_code_note": reviewer_page(channel),
    "printed_code_end": reviewer_page(printed),
    "scan_list": [staff_page(), staff_page(query="?ky=2026&theo=don-vi&dang=xlsx")],
}
