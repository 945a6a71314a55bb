"""Re-confirming: every channel asks its agency at intervals whether it is still right.

Public channels every 180 days, groups every 90; two weeks later the public sees that nobody has confirmed it lately, and
after 60 days the province takes it up. Each day is told in two forms, for many rows and for one.
"""

from datetime import timedelta

from django.db.models import Q

from registry.models import ChannelKind

PUBLIC_DAYS, GROUP_DAYS = timedelta(days=180), timedelta(days=90)
GRACE = timedelta(days=14)
PROVINCE_AFTER = timedelta(days=60)
ONE_DAY = timedelta(days=1)
GROUPS = (ChannelKind.ZALO_GROUP, ChannelKind.FACEBOOK_GROUP)


def asks_on(channel):
    """The day from which the channel asks to be confirmed again."""
    return channel.reconfirmed_on + (GROUP_DAYS if channel.kind in GROUPS else PUBLIC_DAYS)


def asks_by(day) -> Q:
    """Channels that ask on that day or did before."""
    groups = Q(kind__in=GROUPS)
    oldest = Q(reconfirmed_on__lte=day - GROUP_DAYS)  # of both kinds: by this an index finds them
    return oldest & (groups | Q(reconfirmed_on__lte=day - PUBLIC_DAYS))


def is_asking(channel, today):
    return asks_on(channel) <= today


def is_lapsed(channel, today):
    """Whether the public is told that the channel was not confirmed again lately."""
    return today > asks_on(channel) + GRACE


def lapsed(today) -> Q:
    """Channels of which the public is told so (the same rule as `is_lapsed`)."""
    return asks_by(today - GRACE - ONE_DAY)


def is_neglected(channel, today):
    """Whether the channel waited so long that the province takes it up."""
    return today > asks_on(channel) + PROVINCE_AFTER


def neglected(today) -> Q:
    """Channels that the province takes up (the same rule as `is_neglected`)."""
    return asks_by(today - PROVINCE_AFTER - ONE_DAY)
