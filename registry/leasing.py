"""How workers go through long work (`models/leased.py`): one row after the other, three tries each, then a sentence."""

import logging
import time
from datetime import timedelta

from django.core.exceptions import ValidationError

from registry.models.leased import TRIES

logger = logging.getLogger(__name__)


def work_off(model, work, tell, now, *, gave_up, seconds=240.0) -> int:
    """Do what waits: `work(job, now)`, then `tell(job, now)` says how it ended and whether it was done.

    After `seconds` no further row is begun. Returns how many were done. Safe to run twice and in parallel.
    """
    started, done = time.monotonic(), 0
    while (passed := time.monotonic() - started) < seconds:
        at = now + timedelta(seconds=passed)
        job = model.claim_next(at)
        if job is None:
            break
        done += do_one(job, work, tell, at, gave_up)
    return done


def do_one(job, work, tell, now, gave_up) -> bool:
    """Do one row; False and a sentence on it when it can't be done.

    A fault of ours leaves the row to its lease: it is taken up again, `TRIES` times in all.
    """
    if job.attempt > TRIES:
        return job.give_back(gave_up) and tell(job, now)
    try:
        work(job, now)
    except ValidationError as refusal:
        return job.give_back(" ".join(refusal.messages[:5])) and tell(job, now)
    except Exception:
        logger.exception("%s %s failed, try %s", job._meta.model_name, job.pk, job.attempt)
        return False
    return tell(job, now)
