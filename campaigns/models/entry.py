"""One thing submitted for a duty, as the duty counts it."""

from datetime import datetime
from typing import NamedTuple


class Entry(NamedTuple):
    """Submitted when, decided when (None = waiting at the province), and whether it was accepted."""

    submitted_at: datetime
    decided_at: datetime | None
    is_accepted: bool

    @classmethod
    def of_contact(cls, contact):
        """A nomination: proposed, then confirmed or returned; a re-confirmed person counts at once.

        Who left before being confirmed waits for nobody: decided, not accepted.
        """
        if contact.reconfirmed_at:
            return cls(contact.reconfirmed_at, contact.reconfirmed_at, True)
        if contact.left_on and not contact.confirmed_at:
            return cls(contact.proposed_at, contact.returned_at or contact.proposed_at, False)
        return cls(contact.proposed_at, contact.confirmed_at or contact.returned_at, contact.confirmed_at is not None)
