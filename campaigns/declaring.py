"""Channels that agencies declare: the province's decision, told at once to whoever declared them."""

from django.db import transaction

from campaigns import notifications, registering


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
