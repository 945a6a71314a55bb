"""Re-confirming: every channel asks its agency at intervals whether it is still right.

Public channels every 180 days, groups every 90; two weeks later the public sees that nobody has confirmed it lately.
"""

from datetime import timedelta

from registry.models import ChannelKind

PUBLIC_DAYS, GROUP_DAYS = timedelta(days=180), timedelta(days=90)
GRACE = timedelta(days=14)
GROUPS = (ChannelKind.ZALO_GROUP, ChannelKind.FACEBOOK_GROUP)


def asks_on(channel):
    """The day from which the channel asks to be confirmed again."""
    return channel.reconfirmed_on + (GROUP_DAYS if channel.kind in GROUPS else PUBLIC_DAYS)


def is_lapsed(channel, today):
    """Whether the public is told that the channel was not confirmed again lately."""
    return today > asks_on(channel) + GRACE
