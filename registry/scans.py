"""Which openings of a QR page are scans, and how they are counted: after the page is made, never in its way.

Looked at and forgotten: the method and a few headers of the request. Kept: one number a day.
"""

import logging
import re
from datetime import date, datetime

from django.db import Error

from portal.lib.periods import local_day
from registry.models import ScanDay

logger = logging.getLogger(__name__)

KEPT_YEARS = 3
"""Whole years before the running one that stay in figures."""
AT_ONCE = 5000
MACHINES = re.compile(
    r"(?<!cu)bot|crawl|spider|slurp|preview|headless|lighthouse|pagerenderer|externalhit|googleother|monitor|read-aloud",
    re.I,
)
"""Programs that call themselves browsers. CUBOT makes phones."""
FETCHED_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
RULE = (
    "Mỗi lần mở trang của mã QR là một lượt, không phải số người. Tải lại trang, máy tìm kiếm, trình duyệt tải trước và "
    "người đang đăng nhập cổng không tính. Cổng không ghi ai đã quét."
)


def is_a_scan(request) -> bool:
    """Whether a person seems to have opened the page just now: no reload, no machine, nobody of ours.

    A browser says itself that it reloads (`max-age=0`), so nothing needs to be remembered about who was here before.
    """
    headers = request.headers
    agent = headers.get("User-Agent", "")
    if request.method != "GET" or not agent.startswith("Mozilla/") or MACHINES.search(agent):
        return False
    if any(name in headers for name in FETCHED_AHEAD) or "max-age=0" in headers.get("Cache-Control", ""):
        return False
    return headers.get("Sec-Fetch-Dest", "document") == "document" and not request.user.is_authenticated


def note(request, channel, now: datetime) -> None:
    """Count the opening if it is a scan. Whatever the database says, the page goes out."""
    if not is_a_scan(request):
        return
    try:
        ScanDay.add(channel, local_day(now))
    except Error as fault:
        logger.warning("a scan was not counted: %s", fault)


def sweep(today: date) -> int:
    """Remove what is older than the years that figures show, some thousand rows a time. Gives how many."""
    first = date(today.year - KEPT_YEARS, 1, 1)
    old = ScanDay.objects.filter(day__lt=first).order_by("day")[:AT_ONCE]
    return ScanDay.objects.filter(pk__in=old.values("pk")).delete()[0]
