"""Finding what the register knows about an address or a name: each question is a few indexed look-ups, however large it is.

`lookalike.nearest` decides what looks like what; the queries here only bring the few keys among which it decides.
"""

from django.db.models import Q

from portal.lib import text as texts
from registry.addresses import lookalike
from registry.models import Agency, Channel, ChannelKey, ChannelStatus, KnownFake
from registry.models.agency import LONGEST_PAGE_NAME, spellings
from registry.prepared import Prepared

MAX_AGENCIES, MAX_CHANNELS = 5, 12
MIN_NAME, MIN_PART = 5, 3
LONGEST_LINE = 5
KNOWN = (ChannelStatus.CONFIRMED, ChannelStatus.SUSPENDED, ChannelStatus.CLOSED)
OF_CHANNEL = ("name", "kind", "url", "status", "status_reason", "confirmed_at", "reconfirmed_on", "closed_on")
OF_AGENCY = ("name", "slug", "status", "closed_on", "closed_reason")
RECORDS = (
    ChannelKey.objects.select_related("channel__agency")
    .only(
        *("key", "is_live", "ended_on"),
        *(f"channel__{name}" for name in OF_CHANNEL),
        *(f"channel__agency__{name}" for name in OF_AGENCY),
    )
    .order_by()
)
"""What a verdict says about a record, and no more: this look-up answers most questions."""


BY_KEY = Prepared(RECORDS.filter(key="?"))


def heir_of(agency: Agency) -> Agency:
    """The living agency that speaks for one that was reorganised, perhaps more than once (a query each time)."""
    for _ in range(LONGEST_LINE):
        link = None if agency.is_active else agency.successions.filter(is_home=True).select_related("successor").last()
        if link is None:
            break
        agency = link.successor
    return agency


def on_record(*keys: str) -> dict[str, ChannelKey]:
    """Key → the row that the public may know, with channel and agency: a live one before a former one. One query.

    Never a key under review, and none that nobody confirmed.
    """
    keys = [key for key in keys if key]
    if not keys:
        return {}
    rows = BY_KEY(keys[0]) if len(keys) == 1 else RECORDS.filter(key__in=keys)
    return {row.key: row for row in sorted(filter(was_theirs, rows), key=latest_last)}


def was_theirs(row: ChannelKey) -> bool:
    """Whether a person confirmed the key: live, given up on a day, or closed together with its channel."""
    if row.channel.status not in KNOWN:
        return False
    return row.is_live or row.ended_on is not None or row.channel.status == ChannelStatus.CLOSED


def latest_last(row: ChannelKey):
    ended = row.ended_on or row.channel.closed_on
    return row.is_live, ended.toordinal() if ended else 0, row.pk


def known_fake(*keys: str) -> KnownFake | None:
    """The entry of the list of fakes with one of these keys."""
    keys = [key for key in keys if key]
    return KnownFake.objects.listed().filter(key__in=keys).select_related("imitates").first() if keys else None


def lookalike_of(key: str) -> Channel | None:
    """The official channel that an unknown key may be mistaken for: two queries."""
    mine = lookalike.handle(key)
    if not mine:
        return None
    shape = lookalike.skeleton(mine)
    alike = Q(shape__in=lookalike.anchors_inside(shape)) | Q(pk__in=close_shapes(mine, shape))
    rows = ChannelKey.objects.filter(alike, is_live=True).select_related("channel__agency").order_by("pk")
    found = {row.key: row.channel for row in rows if row.channel.is_published}
    return found.get(lookalike.nearest(key, list(found)))


def close_shapes(mine: str, shape: str) -> list[int]:
    """Keys whose shape a few edits may turn into this one, by the letters that they have: one query over the index."""
    most = lookalike.most_edits(mine)
    if not most:
        return []
    bits, near = lookalike.letters(shape), lookalike.profiles_near(shape, most)
    rows = ChannelKey.objects.filter(profile__in=near, is_live=True).order_by().values_list("pk", "letters")
    return [pk for pk, others in rows if (others ^ bits).bit_count() <= 2 * most]


def agencies_named(handle: str) -> list[Agency]:
    """Active agencies whose name, written without spaces, stands in a page's name; the longest names. One query."""
    plain = texts.fold(handle)
    if len(plain) < MIN_NAME:
        return []
    rows = Agency.objects.active().filter(page_name__in=parts_of(plain)).order_by("pk")
    found = [(size, agency) for agency in rows if (size := named_in(plain, agency.name_norm))]
    longest = max((size for size, _ in found), default=0)
    return [agency for size, agency in found if size == longest][:MAX_AGENCIES]


def parts_of(plain: str) -> list[str]:
    """Every stretch of a page's name that an agency's name may be."""
    ends = range(MIN_PART, LONGEST_PAGE_NAME + 1)
    return sorted({plain[start : start + size] for start in range(len(plain)) for size in ends})


def named_in(plain: str, name: str) -> int:
    """Length of the agency's name inside a page's name; 0 when it isn't there."""
    return max((len(form) for form in spellings(name) if len(form) >= MIN_NAME and form in plain), default=0)


def of_handle(words: str):
    """Ids of channels whose address carries the word: "ubndtinhmau"."""
    name = words.replace(" ", "").replace(".", "")
    endings = [f"facebook:{name}", f"zalo:alias:{name}", f"youtube:@{name}", f"tiktok:@{name}", f"x:{name}"]
    return ChannelKey.objects.filter(is_live=True, key__in=endings).values("channel_id")


def channels_of(agencies) -> list[Channel]:
    """Official channels of agencies, with their keys: two queries."""
    if not agencies:
        return []
    return list(with_agency(Channel.objects.published()).filter(agency__in=agencies)[:MAX_CHANNELS])


def with_agency(channels):
    return channels.select_related("agency").prefetch_related("keys")
