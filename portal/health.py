"""/healthz: database, broker, last beat, backlog. Red when something would be lost or late without anybody noticing."""

from datetime import timedelta
from pathlib import Path

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from portal.lib.quiet import is_quiet
from registry.media.lines import halted_providers
from registry.models import Heartbeat, MessageState, OutgoingMessage, SendingSwitch
from registry.outbox import AT_ONCE, exceptions_around

BEAT_LATE = timedelta(minutes=5)
FORGOTTEN = timedelta(minutes=15)
OLD_DOUBT = timedelta(days=1)


def examine(now) -> dict:
    """The state of the portal as plain values; `ok` sums it up. Never raises: a dead service is a finding."""
    state = {"ok": False, "database": False, "broker": broker_answers(), "last_tick": None, "backlog": None}
    try:
        state.update(rows_state(now), database=True)
    except DatabaseError:
        return state
    state["ok"] = state["broker"] and state["beat"] and not state["forgotten"] and not state["old_unknown"]
    state["ok"] = state["ok"] and not state["providers_stopped"]
    return state


def rows_state(now) -> dict:
    """What the rows tell: when the last tick ended, and which messages wait, were forgotten, or need a decision."""
    beat = Heartbeat.objects.filter(name="tick").first()
    messages = OutgoingMessage.objects
    paused = SendingSwitch.is_paused()
    overdue = messages.due(now - FORGOTTEN)
    if is_quiet(now, exceptions_around(now), settings.QUIET_HOURS):
        overdue = overdue.filter(purpose__in=AT_ONCE)
    return {
        "last_tick": beat.at.isoformat() if beat else None,
        "beat": bool(beat and now - beat.at < BEAT_LATE),
        "backlog": messages.due(now).count(),
        "forgotten": 0 if paused else overdue.count(),
        "old_unknown": messages.filter(state=MessageState.UNKNOWN, next_at__lt=now - OLD_DOUBT).count(),
        "to_decide": messages.to_decide().count(),
        "sending_paused": paused,
        "providers_stopped": [row.name for row in halted_providers()],
    }


def broker_answers() -> bool:
    """Whether a task could be put into the queue now; a frozen Redis costs one second."""
    if not settings.REDIS_URL:
        folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])
        return folder.is_dir()
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
    try:
        return client.ping()
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()


@login_not_required
@never_cache
def healthz(request):
    """200 while all is well, 503 otherwise; the same words as `manage.py health --json`."""
    state = examine(timezone.now())
    return JsonResponse(state, status=200 if state["ok"] else 503)
