"""The calendar for the phone: a page for everybody who signs in, a file for whoever has its address."""

from django.utils import timezone

from campaigns.models import CalendarFeed
from tests.access import Row, public


def token(world):
    return {"token": CalendarFeed.renew(world.focal, timezone.now()).token}


ROWS = {
    "calendar_settings": [
        Row(other=200, focal=200),
        Row(
            method="POST",
            data=lambda world: {"act": "end"},
            other=302,
            focal=302,
            leader=302,
            reviewer=302,
            administrator=302,
        ),
    ],
    "calendar_feed": [public(token), public(lambda world: {"token": "1-" + "0" * 40}, status=404)],
}
