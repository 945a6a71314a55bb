"""What was handed in for a duty, as the duty counts it: one table says for each kind of requirement where to look."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from campaigns.models.requirement import RequirementKind
from portal.lib import periods
from registry.models import Channel, ChannelStatus, GroupMembership


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

    @classmethod
    def of_channel(cls, channel, begun):
        """A declaration: proposed, then confirmed or returned. A channel confirmed before the duty began counts when
        its agency says "đã có": at once, for there is nothing to decide."""
        if channel.confirmed_at and channel.confirmed_at < begun:
            return cls(channel.answered_at, channel.answered_at, True)
        is_returned = channel.status == ChannelStatus.RETURNED
        decided_at = channel.confirmed_at or (channel.proposed_at if is_returned else None)
        return cls(channel.proposed_at, decided_at, channel.confirmed_at is not None)


def nominations(obligation) -> list[Entry]:
    return [Entry.of_contact(contact) for contact in obligation.nominated_contacts()]


def products(obligation) -> list[Entry]:
    return [entry for item in obligation.items.all().prefetch_related("versions") for entry in item.entries()]


def memberships(obligation) -> list[Entry]:
    """Joining needs no decision. Who left the group, or the agency, before the duty began does not count."""
    begun, group = obligation.period.first_on, obligation.requirement.group_id
    ours = Q(agency=obligation.agency_id) | Q(contact__carried_from__agency=obligation.agency_id)
    rows = GroupMembership.objects.filter(ours, group=group, joined_at__isnull=False)
    rows = rows.exclude(left_at__lt=periods.start_of_day(begun)).exclude(contact__left_on__lt=begun)
    return [Entry(row.joined_at, row.joined_at, True) for row in rows]


def channels(obligation) -> list[Entry]:
    begun = periods.start_of_day(obligation.period.first_on)
    return [Entry.of_channel(channel, begun) for channel in declared_channels(obligation)]


def declared_channels(obligation):
    """Channels of the asked kind (any kind when none is named) that the agency declared, or named again, for the duty."""
    begun, kind = periods.start_of_day(obligation.period.first_on), obligation.requirement.channel_kind
    rows = Channel.objects.filter(agency=obligation.agency_id, **({"kind": kind} if kind else {}))
    named_again = Q(status=ChannelStatus.CONFIRMED, answered_at__gte=begun)
    since = Q(proposed_at__gte=begun) | Q(confirmed_at__gte=begun)
    return rows.filter(since | named_again | Q(status=ChannelStatus.PROPOSED))


def is_declared_for(channel, obligation) -> bool:
    """Whether the channel counts for the duty (the same rule as `declared_channels`)."""
    begun, kind = periods.start_of_day(obligation.period.first_on), obligation.requirement.channel_kind
    if channel.agency_id != obligation.agency_id or kind not in ("", channel.kind):
        return False
    if channel.status == ChannelStatus.PROPOSED or channel.proposed_at >= begun:
        return True
    if channel.confirmed_at and channel.confirmed_at >= begun:
        return True
    return bool(channel.status == ChannelStatus.CONFIRMED and channel.answered_at and channel.answered_at >= begun)


def answers(obligation) -> list[Entry]:
    """Channels of a round that are answered; the province decides nothing here."""
    rows = obligation.round_channels.exclude(answer="")
    return [Entry(row.answered_at, row.answered_at, True) for row in rows]


def numbers(obligation) -> list[Entry]:
    """The number that a campaign asked for; a later correction does not move the day."""
    return [Entry(row.reported_at, row.reported_at, True) for row in obligation.outreach_reports.all()]


ENTRIES = {
    RequirementKind.OUTREACH: numbers,
    RequirementKind.JOIN_GROUP: memberships,
    RequirementKind.NOMINATE_CONTACT: nominations,
    RequirementKind.REGISTER_CHANNEL: channels,
    RequirementKind.SUBMIT_CONTENT: products,
    RequirementKind.RECONFIRM_CHANNELS: answers,
}
"""For each kind of requirement a function: obligation → its entries, in one query. Kinds without a line count nothing."""


def entries_of(obligation) -> list[Entry]:
    """Everything handed in for the duty."""
    count = ENTRIES.get(obligation.requirement.kind)
    return count(obligation) if count else []
