"""How often one visitor may ask: phone numbers can be checked one by one, never read out as a list.

Only counters in the cache, by a fingerprint of the visitor's address that changes every day; nothing is stored. Without
the cache nobody is counted and everybody is answered.
"""

import hashlib
import hmac
import logging
from datetime import datetime

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied

from portal.lib.periods import local_day
from registry.addresses.parser import read_address

logger = logging.getLogger(__name__)

HOUR = 3600
PHONE_CHECKS, CHECKS = 20, 120
"""Checks of one visitor within an hour of the clock: of phone numbers, and of any kind."""
PHONE_KINDS = ("phone", "zalo_user")


def seconds_to_wait(request, text: str, now: datetime) -> int:
    """Count one check; 0 when it may be answered, else the seconds until the visitor may ask again."""
    if request.user.is_authenticated and request.user.is_province_staff:
        return 0
    limits = {"all": CHECKS}
    if read_address(text).kind in PHONE_KINDS:
        limits["phone"] = PHONE_CHECKS
    who, hour = fingerprint(request, now), int(now.timestamp()) // HOUR
    counts = {what: counted(f"check:{what}:{hour}:{who}") for what in limits}
    if all(counts[what] <= limit for what, limit in limits.items()):
        return 0
    return HOUR - int(now.timestamp()) % HOUR


def counted(key: str) -> int:
    """How often this key was counted, this time included; 0 when the cache can't be reached."""
    try:
        cache.add(key, 0, HOUR)
        return cache.incr(key)
    except Exception as error:  # whatever a cache raises, people get their answer
        logger.warning("checks are not counted: %s", error)
        return 0


def fingerprint(request, now: datetime) -> str:
    """Of the visitor's address, for today only: tomorrow nobody can tell who asked."""
    try:
        address = get_adapter(request).get_client_ip(request)
    except PermissionDenied:
        address = "unknown"
    return hmac.new(settings.SECRET_KEY.encode(), f"{local_day(now)} {address}".encode(), hashlib.sha256).hexdigest()[
        :32
    ]
