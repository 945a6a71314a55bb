"""What was handed in for a duty, as the duty counts it: one table says for each kind of requirement where to look."""

from datetime import datetime
from typing import NamedTuple

from campaigns.models.requirement import RequirementKind


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


def nominations(obligation) -> list[Entry]:
    return [Entry.of_contact(contact) for contact in obligation.nominated_contacts()]


def products(obligation) -> list[Entry]:
    return [entry for item in obligation.items.all().prefetch_related("versions") for entry in item.entries()]


ENTRIES = {
    RequirementKind.NOMINATE_CONTACT: nominations,
    RequirementKind.SUBMIT_CONTENT: products,
}
"""For each kind of requirement a function: obligation → its entries, in one query. Kinds without a line count nothing."""


def entries_of(obligation) -> list[Entry]:
    """Everything handed in for the duty."""
    count = ENTRIES.get(obligation.requirement.kind)
    return count(obligation) if count else []
