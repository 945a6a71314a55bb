"""Channels that agencies declare, keep, change and give up: what one person says, and the province's answer to it."""

from django.db import transaction
from django.db.models import Prefetch, Q
from django.utils import timezone

from campaigns import notifications, registering
from registry.models import Channel, ChannelChange, ChannelKey

CHANGE_LINE = (
    "channel", "name", "url", "key", "keeps_old_address", "status", "proposed_at", "proposed_by__full_name",
    "decision_reason",
)  # fmt: skip
"""What a list shows of a change that waits or came back."""


@transaction.atomic
def confirm_channel(channel, actor, now):
    """Make the channel official and say so."""
    channel.confirm(actor=actor, now=now)
    registering.settle_duties(channel, actor, f"Xác nhận kênh {channel.name}")
    notifications.registration_decided(channel, f"Kênh “{channel.name}” đã được xác nhận.", now)


@transaction.atomic
def return_channel(channel, actor, reason, now):
    """Send the declaration back with its reason and say so."""
    channel.return_for_changes(actor=actor, reason=reason)
    registering.settle_duties(channel, actor, f"Trả lại kênh {channel.name}: {reason}")
    notifications.registration_decided(channel, f"Kênh “{channel.name}” cần sửa: {reason}", now)


@transaction.atomic
def accept_change(change, actor, now):
    """Make the change so and tell whoever asked for it."""
    change.accept(actor=actor, now=now)
    notifications.registration_decided(change, f"Thay đổi của kênh “{change.name}” đã được xác nhận.", now)


@transaction.atomic
def return_change(change, actor, reason, now):
    """Send the change back with its reason and say so; the channel stays as it is."""
    change.return_for_changes(actor=actor, reason=reason, now=now)
    notifications.registration_decided(change, f"Thay đổi của kênh “{change.channel.name}” cần sửa: {reason}", now)


@transaction.atomic
def all_still_right(agency, actor, now):
    """One tap for every published channel of an agency that was not confirmed today, except those with an open change.
    Answers those that are confirmed by it."""
    today, changing = timezone.localdate(now), ChannelChange.objects.open().values("channel")
    channels = agency.channels.published().exclude(pk__in=changing).exclude(reconfirmed_on=today).order_by("pk")
    kept = list(channels.select_for_update(of=("self",)))
    for channel in kept:
        channel.reconfirm(actor=actor, on=today, now=now)
    return kept


def with_open_changes(channels):
    """Channels with `open_changes`: what waits at the province or came back (one more query)."""
    rows = ChannelChange.objects.open().select_related("proposed_by").only(*CHANGE_LINE)
    return channels.prefetch_related(Prefetch("changes", queryset=rows, to_attr="open_changes"))


def rivals_of(channel, keys):
    """Other channels, of any status, that claim one of these keys, or ask for it in a waiting change."""
    claimed = ChannelKey.objects.filter(key__in=keys).values("channel")
    asked = ChannelChange.objects.awaiting_review().filter(key__in=keys).values("channel")
    rows = Channel.objects.filter(Q(pk__in=claimed) | Q(pk__in=asked)).exclude(pk=channel.pk)
    return rows.select_related("agency")
