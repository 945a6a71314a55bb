"""How one try of one message can end: the same words for every medium."""

from dataclasses import dataclass
from datetime import timedelta

ACCEPTED, TEMPORARY, PERMANENT, UNKNOWN, BROKEN = "accepted", "temporary", "permanent", "unknown", "broken"
CANCELLED, RELEASED = "cancelled", "released"


@dataclass(frozen=True)
class Ending:
    """How one try ended. `network` = the connection itself failed; `bad_address` = nobody can be reached there.

    `again`: an unknown message goes again as itself, for the provider knows our key; a released one need not wait.
    `reference`: the provider's number.
    What concerns the provider, not this message: `halts` = why a person must act first; `rests` = how long it asked us
    to wait; `is_spent` = no more today.
    """

    outcome: str
    detail: str = ""
    network: bool = False
    bad_address: bool = False
    again: bool = False
    reference: str = ""
    halts: str = ""
    rests: timedelta | None = None
    is_spent: bool = False


def describe(fault) -> str:
    return f"{type(fault).__name__}: {fault}"
