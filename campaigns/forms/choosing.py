"""Choosing channels of a province that has thousands: the likely ones stand in the list, any other is searched for.

A search is a button of the same form: whatever was typed or ticked stays, and nothing is carried out.
"""

from dataclasses import dataclass

from campaigns.models.sharing import owners_of
from portal.lib.fields import numbers_of
from portal.lib.text import clean_line
from registry.models import Channel, ChannelKey
from registry.models.channel_kinds import OFFLINE_KINDS

MOST = 50
"""Channels of each group."""
LONGEST = 200


@dataclass(frozen=True)
class Search:
    """The words in the search field; `is_asked` when the list does not answer them yet."""

    words: str = ""
    is_asked: bool = False

    @classmethod
    def of(cls, data):
        """Words that were not searched yet are searched whatever button was pressed: Enter presses the first one."""
        words = clean_line(data.get("tim", ""))[:LONGEST]
        return cls(words, data.get("act") == "tim" or bool(words) and words != data.get("da_tim", ""))


class ChoosesChannels:
    """Mixin of forms with a list of channels. While it searches the form is unbound, with what was typed in it."""

    def __init__(self, data=None, *args, initial=None, **kwargs):
        self.search = Search.of(data or {})
        if self.search.is_asked:
            initial, data = {**(initial or {}), **data.dict(), "channels": data.getlist("channels")}, None
        super().__init__(data, *args, initial=initial, **kwargs)
        self.found = []

    def look_for(self, channels):
        """The channels that the words bring, at most `MOST` (one query, none without words)."""
        rows = list(found_by(channels, self.search.words)[: MOST + 1]) if self.search.words else []
        self.found, self.has_more = rows[:MOST], len(rows) > MOST
        return self.found

    @property
    def search_words(self) -> str:
        """What came of the search."""
        if not self.search.words:
            return "Hãy ghi tên kênh, tên cơ quan hoặc đường link của trang để tìm."
        if not self.found:
            return "Không có kênh chính thức nào như vậy mà chưa ghi nhận. Hãy thử ít chữ hơn, hoặc dán đường link."
        if self.has_more:
            return f"Có hơn {MOST} kênh như vậy, đầu danh sách là {MOST} kênh. Hãy ghi rõ hơn để thấy kênh khác."
        return f"Tìm thấy {len(self.found)} kênh, đứng đầu danh sách."


def found_by(channels, words):
    """Channels of these words: an address names its page, other words stand in a channel's or an agency's name."""
    return on_page(channels, words) if owners_of(words) else channels.search(words)


def on_page(channels, link):
    """The channels to which the page or post of this address belongs."""
    keys = ChannelKey.objects.filter(key__in=owners_of(link), is_live=True)
    return channels.filter(pk__in=keys.values("channel"))


def chosen_among(channels, sent):
    """Those that were sent, as rows or as numbers: what is chosen stays in the list."""
    numbers = numbers_of(str(getattr(one, "pk", one)) for one in sent)
    return list(channels.filter(pk__in=numbers)) if numbers else []


@dataclass(frozen=True)
class Likely:
    """The channels that make sense for any post of an item (three queries)."""

    of_province: list[Channel]
    of_campaign: list[Channel]
    of_agency: list[Channel]

    @classmethod
    def of(cls, item, channels):
        return cls(
            list(channels.filter(is_featured=True)[:MOST]),
            list(channels.filter(campaigns=item.obligation.requirement.campaign_id)[:MOST]),
            list(channels.filter(agency=item.agency_id)[:MOST]),
        )

    @property
    def usual(self):
        """Offered first: a channel that the campaign promotes, else one of the agency's own."""
        own = (row for row in self.of_agency if row.kind not in OFFLINE_KINDS)
        return next(iter([*self.of_campaign[:1], *own]), None)


def choices_of(groups):
    """Choices by heading, each channel once: [(heading, channels)] in the order in which they count."""
    seen, choices = set(), []
    for heading, rows in groups:
        fresh = [(row.pk, channel_words(row)) for row in rows if row.pk not in seen]
        seen.update(pk for pk, _ in fresh)
        choices += [(heading, fresh)] if fresh else []
    return choices


def channels_to_choose():
    """Official channels with their agency, in the order of the agencies."""
    return Channel.objects.published().select_related("agency").order_by("agency__sort_key", "sort_key", "pk")


def channel_words(channel):
    return f"{channel.agency.name} – {channel.name} ({channel.get_kind_display()})"
