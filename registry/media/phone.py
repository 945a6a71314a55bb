"""What the providers by phone share: their turn, their stops, and what a lost answer means."""

import logging
import time
from datetime import timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.urls import reverse

from portal.lib.phones import normalise_phone, zalo_phone
from portal.lib.platforms.answers import AnswerLost, NotSent
from registry.media.endings import BROKEN, PERMANENT, RELEASED, TEMPORARY, UNKNOWN, Ending, describe
from registry.models import MessageProvider, User
from registry.outbox import tell

logger = logging.getLogger(__name__)

SECONDS = 20
"""The longest that one request may take: two that stall still end before a task is ended."""
BATCH_SECONDS = 8
LARGEST_BATCH = 50
SPENT = "Đã dùng hết số tin trong ngày của nhà cung cấp."
WRONG_PHONE = "Số điện thoại không đúng."


class PhoneCarrier:
    """Carries the messages of one batch through one provider. `is_stopped` when the provider takes no more for now.

    `knows_our_key`: the provider recognises a message that it already has, so that a lost answer may be asked for again.
    """

    provider = medium = ""
    knows_our_key = False
    at_risk = 1

    def __init__(self):
        self.row, self.is_stopped = MessageProvider.of(self.provider), False

    @classmethod
    def is_configured(cls) -> bool:
        raise NotImplementedError

    @classmethod
    def limits(cls) -> dict:
        return settings.MESSAGE_LIMITS[cls.provider]

    @classmethod
    def batch(cls) -> int:
        """As many as leave in a few seconds, so that several workers share the work."""
        return max(1, min(LARGEST_BATCH, int(cls.limits()["per_second"] * BATCH_SECONDS)))

    def ask(self, message, phone, now) -> Ending:
        """One request of the provider's interface. `phone` is in the form 84…"""
        raise NotImplementedError

    def send(self, message, now) -> Ending:
        """One try of one message, in its turn: every way it can end, as a value."""
        started = time.monotonic()
        try:
            phone = zalo_phone(normalise_phone(message.address))
        except ValueError:
            return Ending(PERMANENT, WRONG_PHONE, bad_address=True)
        turn = self.row.take_turn(now, **self.limits())
        if turn is None:
            ending = Ending(RELEASED, SPENT, is_spent=True)
        else:
            time.sleep(max((turn - now).total_seconds(), 0))
            ending = self.attempt(message, phone, turn)
        self.heed(ending, now + timedelta(seconds=time.monotonic() - started))
        return ending

    def attempt(self, message, phone, now) -> Ending:
        try:
            return self.ask(message, phone, now)
        except NotSent as fault:
            return Ending(TEMPORARY, str(fault), network=True)
        except AnswerLost as fault:
            return Ending(UNKNOWN, str(fault), network=True, again=self.knows_our_key)
        except SoftTimeLimitExceeded:  # the task is being ended: as after a crash, the lease tells what is in doubt
            raise
        except Exception as fault:  # our own mistake in one message must not stop the others
            logger.exception("message %s cannot be sent as it is", message.pk)
            return Ending(BROKEN, describe(fault))

    def heed(self, ending, now):
        """Let the whole provider rest or stop when that is what its answer means. Staff are told once."""
        if ending.halts:
            if self.row.halt(reason=ending.halts, now=now):
                tell_staff(self.row, ending.halts, now)
        elif ending.is_spent:
            self.row.rest_today(now=now, reason=ending.detail)
        elif ending.rests:
            self.row.rest(until=now + ending.rests, reason=ending.detail)
        self.is_stopped = self.is_stopped or bool(ending.halts or ending.is_spent or ending.rests)

    def close(self):
        """Each request has a connection of its own."""


def tell_staff(row, why, now):
    """A provider stopped by itself: those who may act see which one and what to do."""
    tell(
        recipients=User.objects.reviewers(),
        text=f"{row} đã dừng gửi tin. {why}",
        url=reverse("media_list"),
        key=f"provider:{row.pk}:{now:%Y-%m-%dT%H:%M:%S}",
        now=now,
    )


def waiting_time(headers) -> timedelta:
    """How long the provider asks us to wait: Retry-After in seconds, else a minute."""
    told = headers.get("retry-after", "")
    return timedelta(seconds=min(max(int(told), 1), 3600) if told.isdecimal() else 60)
