"""Where the providers report what became of our messages. No sign-in, no CSRF token: a signature or a secret instead."""

import hashlib
import json
import logging

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from registry import receipts

logger = logging.getLogger(__name__)

LARGEST = 64_000
"""Bytes of the longest honest event."""
OLDEST = 24 * 3600
SHORTEST_SECRET = 16


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def receipt_zalo(request):
    """Zalo's webhook: sha256 of application, body, timestamp and the OA's secret key, in X-ZEvent-Signature."""
    now = timezone.now()
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise PermissionDenied
    raw = request.body
    if not is_signed_by_zalo(raw, request.headers.get("X-ZEvent-Signature", ""), now):
        raise PermissionDenied
    receipts.take(receipts.of_zalo(raw, now), now)
    return HttpResponse("ok", content_type="text/plain")


def is_signed_by_zalo(raw, signature, now) -> bool:
    """Whether an event is Zalo's, of our application, and of this day."""
    try:
        event = json.loads(raw)
        stamp = str(event["timestamp"])
        age = abs(now.timestamp() - int(stamp) / 1000)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return False
    secret = settings.ZBS_WEBHOOK_SECRET
    if len(secret) < SHORTEST_SECRET or age > OLDEST or str(event.get("app_id")) != settings.ZBS_APP_ID:
        return False
    signed = settings.ZBS_APP_ID.encode() + raw + stamp.encode() + secret.encode()
    return constant_time_compare(signature.removeprefix("mac="), hashlib.sha256(signed).hexdigest())


@login_not_required
@never_cache
@require_GET
@sensitive_variables("secret")
def receipt_esms(request, secret):
    """eSMS's callback: a GET with the result, at an address that only eSMS knows."""
    known = settings.ESMS_CALLBACK_SECRET
    if len(known) < SHORTEST_SECRET or not constant_time_compare(secret, known):
        raise PermissionDenied
    now = timezone.now()
    receipts.take([receipts.of_esms(request.GET.dict(), now)], now)
    return HttpResponse("ok", content_type="text/plain")
