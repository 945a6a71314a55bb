"""What a platform's answer means for the job: pure words and values, the same for every platform."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What has to happen after a refusal."""

    EXPIRED = "expired"  # exchange the token, then once more
    RATE = "rate"  # wait as told
    LATER = "later"  # not at this hour
    BUSY = "busy"  # the platform still works on it
    HALT = "halt"  # a person must do something about the connector: settings, rights, money
    CONTENT = "content"  # this post is refused
    DUPLICATE = "duplicate"  # the platform has this post already


class Refused(Exception):
    """A definite no: nothing was done. `sentence` is for the staff and says what to do; `wait` when that is known."""

    def __init__(self, kind, code, sentence, wait: timedelta | None = None):
        super().__init__(f"{kind} {code}: {sentence}")
        self.kind, self.code, self.sentence, self.wait = kind, code, sentence, wait


class NotSent(Exception):
    """The request never left: trying again is safe."""


class AnswerLost(Exception):
    """The request left and nobody knows what became of it: look before trying again."""


@dataclass(frozen=True)
class Post:
    """A post that is there. `url` "" while the platform has not told it."""

    id: str
    url: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Account:
    """What the platform calls the account, and how many follow it (None = not told)."""

    id: str
    name: str
    followers: int | None = None


def clean(words, *secrets) -> str:
    """What a platform said, short enough for a row, without the secrets that it may have repeated."""
    words = " ".join(str(words or "").split())
    for secret in secrets:
        if secret:
            words = words.replace(secret, "…")
    return words[:160]


def whole(value, default):
    """A number that may come as text ("90000"); the default when it is none."""
    try:
        return max(int(value), 0)
    except (TypeError, ValueError):
        return default
