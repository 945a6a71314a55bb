"""Is this channel official? One published record says so, or nothing does. Never "safe", never an accusation.

`judge` takes whatever a citizen pastes: a link, a name, a phone number. A fixed number of queries, however large the register.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from django.db.models import Q

from portal.lib import text as texts
from portal.lib.phones import normalise_phone
from registry import confirming
from registry.addresses import lookalike, splitting
from registry.addresses.address import Address
from registry.addresses.parser import read_address
from registry.models import Agency, AgencyStatus, Channel, ChannelKey, ChannelStatus, ContactPoint
from registry.verdict_words import HEADLINES, NEXT_STEPS, NO_CHANNEL_YET, REASONS

OFFICIAL, WAS_OFFICIAL, UNCONFIRMED = "official", "was_official", "unconfirmed"
LOOKALIKE, PERSONAL, UNRESOLVABLE = "lookalike", "personal", "unresolvable"
NOT_A_CHANNEL, NO_INFORMATION = "not_a_channel", "no_information"

MAX_AGENCIES, MAX_CHANNELS, MIN_WORDS = 5, 12, 3
MIN_NAME = 5
NEVER_A_CHANNEL = (splitting.IP_HOST, splitting.PRIVATE_HOST)


@dataclass(frozen=True)
class Verdict:
    """The answer. `channel` is the record that the text names; `channels` are real ones of the agency it seems to mean."""

    verdict: str
    message: str
    address: Address
    channel: Channel | None = None
    agencies: list[Agency] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    reason: str = ""
    phone_known: bool | None = None
    headline_of: str = ""
    """Which headline says it best, when it isn't the verdict's own."""

    @property
    def headline(self):
        return HEADLINES[self.headline_of or self.verdict]

    @property
    def next_steps(self):
        return NEXT_STEPS.get(self.headline_of) or NEXT_STEPS[self.verdict]

    @property
    def may_be_fake(self):
        """Whether it makes sense to say where fake pages are reported."""
        return self.verdict == LOOKALIKE or (self.verdict == NO_INFORMATION and self.address.is_account)

    @property
    def is_official(self):
        """The channel speaks for its agency today, lately confirmed or not."""
        return self.verdict in (OFFICIAL, UNCONFIRMED)

    @property
    def until(self):
        """The day from which the channel or its agency is no more; None for one that is only paused or still official."""
        return None if self.channel is None else self.channel.closed_on or self.channel.agency.closed_on

    @property
    def agency(self):
        return self.channel.agency if self.channel else self.agencies[0] if len(self.agencies) == 1 else None


def judge(text: str, today: date) -> Verdict:
    """The verdict on what someone pasted, as of a day."""
    address = read_address(text)
    if address.is_account:
        return judge_account(address, today)
    if address.outcome == "unresolvable":
        return Verdict(UNRESOLVABLE, address.reason, address)
    if address.outcome == "rejected":
        return judge_refused(address)
    if address.kind == "phone":
        return judge_phone(text, address)
    if address.kind in ("text", "handle"):
        return judge_words(text, address)
    return judge_page(address)


def judge_account(address: Address, today: date) -> Verdict:
    """A channel or a person with a key: on record, or like one on record, or unknown."""
    channel = on_record(address.key)
    if channel:
        return judge_channel(channel, address, today)
    if address.kind == "zalo_user":
        return judge_phone(address.key.rpartition(":")[2], address)
    if address.is_personal:
        return Verdict(PERSONAL, REASONS["facebook_profile"], address)
    if address.platform == "web" and "/" in address.key and (site := on_record(address.key.partition("/")[0])):
        return judge_page(replace(address, owner=address.key.partition("/")[0]), site)
    if real := lookalike_of(address.key):
        return imitation(address, real)
    return unknown(address)


def judge_channel(channel: Channel, address: Address, today: date) -> Verdict:
    """What is on record about the channel today."""
    if is_official(channel):
        verdict = UNCONFIRMED if confirming.is_lapsed(channel, today) else OFFICIAL
        return Verdict(verdict, REASONS[verdict].format(channel=channel), address, channel)
    ended = channel.status if channel.status in (ChannelStatus.CLOSED, ChannelStatus.SUSPENDED) else "agency_closed"
    message = REASONS[ended].format(channel=channel)
    reason = channel.status_reason or channel.agency.closed_reason
    return Verdict(WAS_OFFICIAL, message, address, channel, channels=channels_of([channel.agency]), reason=reason)


def judge_phone(number: str, address: Address) -> Verdict:
    """Yes or no: is it a contact point's number? Whose it is stays inside the house."""
    try:
        national = normalise_phone(number)
    except ValueError as error:
        return Verdict(NOT_A_CHANNEL, str(error), address)
    known = ContactPoint.objects.confirmed().filter(phone=national).exists()
    verdict = PERSONAL if known or address.is_personal else NO_INFORMATION
    words = "phone_known" if known else "phone_unknown"
    return Verdict(verdict, REASONS[words], address, phone_known=known, headline_of=words)


def judge_refused(address: Address) -> Verdict:
    """A disguise is a look-alike; an address that can't be read is asked for again."""
    if not address.imitates:
        verdict = NOT_A_CHANNEL if address.reason in NEVER_A_CHANNEL else UNRESOLVABLE
        return Verdict(verdict, address.reason, address)
    real = on_record(read_address(address.imitates).key)
    if real and is_official(real):
        return replace(imitation(address, real), message=address.reason)
    return Verdict(LOOKALIKE, address.reason, address)


def judge_page(address: Address, site: Channel | None = None) -> Verdict:
    """A post, a log-in page, an article. It may name an official channel; the platform doesn't vouch for that."""
    owner = site or on_record(address.owner)
    if owner and is_official(owner):
        message = REASONS["inside_site" if address.owner.startswith("web:") else "post_of"]
        return Verdict(NOT_A_CHANNEL, message.format(channel=owner), address, channels=[owner])
    if not owner and address.owner and (real := lookalike_of(address.owner)):
        return imitation(address, real)
    return Verdict(NOT_A_CHANNEL, address.reason, address)


def judge_words(text: str, address: Address) -> Verdict:
    """A name: the agencies and channels that bear it, with their real addresses."""
    words = texts.fold(text.removeprefix("@"))
    if len(words) < MIN_WORDS or len(words) > 200:
        return Verdict(NO_INFORMATION, address.reason, address)
    agencies = list(Agency.objects.search(words)[:MAX_AGENCIES])
    named = official().filter(Q(name_norm__contains=words) | Q(pk__in=of_handle(words)))
    channels = channels_of(agencies) or list(with_agency(named)[:MAX_CHANNELS])
    words = "name_found" if channels else "agency_without_channel" if agencies else "name_unknown"
    return Verdict(NO_INFORMATION, REASONS[words], address, agencies=agencies, channels=channels, headline_of=words)


def unknown(address: Address) -> Verdict:
    """Not on record. If the address seems to name an agency, its real channels stand beside the answer."""
    agencies = agencies_named(lookalike.handle(address.key))
    channels = channels_of(agencies)
    message = REASONS["unknown"]
    if agencies and not channels:
        message = f"{message} {NO_CHANNEL_YET}"
    return Verdict(NO_INFORMATION, message, address, agencies=agencies, channels=channels)


def imitation(address: Address, real: Channel) -> Verdict:
    others = [channel for channel in channels_of([real.agency]) if channel.pk != real.pk]
    message = REASONS["lookalike"].format(channel=real)
    return Verdict(LOOKALIKE, message, address, agencies=[real.agency], channels=[real, *others])


def on_record(key: str) -> Channel | None:
    """The channel with this key that the public may know: the live one before one that ended. Never one under review."""
    if not key:
        return None
    is_theirs = Q(keys__is_live=True) | Q(status=ChannelStatus.CLOSED)
    known = with_agency(Channel.objects.known_to_public()).filter(is_theirs, keys__key=key)
    return known.order_by("-keys__is_live", "-closed_on", "-pk").first()


def lookalike_of(key: str) -> Channel | None:
    """The official channel that an unknown key may be mistaken for."""
    rows = ChannelKey.objects.filter(is_live=True, channel__in=official())
    near = lookalike.nearest(key, list(rows.values_list("key", flat=True)))
    return on_record(near)


def of_handle(words: str):
    """Ids of channels whose address carries the word: "ubndtinhmau"."""
    name = words.replace(" ", "").replace(".", "")
    endings = [f"facebook:{name}", f"zalo:alias:{name}", f"youtube:@{name}", f"tiktok:@{name}", f"x:{name}"]
    return ChannelKey.objects.filter(is_live=True, key__in=endings).values("channel_id")


def agencies_named(handle: str) -> list[Agency]:
    """Active agencies whose name, written without spaces, stands in a page's name; the longest names first."""
    plain = texts.fold(handle)
    if len(plain) < MIN_NAME:
        return []
    rows = Agency.objects.active().values_list("pk", "name_norm")
    found = {pk: size for pk, name in rows if (size := named_in(plain, name))}
    longest = max(found.values(), default=0)
    best = [pk for pk, size in found.items() if size == longest][:MAX_AGENCIES]
    return list(Agency.objects.filter(pk__in=best))


def named_in(plain: str, name: str) -> int:
    """Length of the agency's name inside a page's name; 0 when it isn't there."""
    return max((len(form) for form in squeezed(name) if form in plain), default=0)


@lru_cache(maxsize=20_000)
def squeezed(name: str) -> tuple[str, ...]:
    """Spellings of an agency's name in page names: "uy ban nhan dan xa suoi mo" → ubndxasuoimo, xasuoimo."""
    council = "uy ban nhan dan "
    forms = {name, name.replace(council, "ubnd "), name.replace(council, "")}
    plain = ("".join(char for char in form if char.isalnum()) for form in forms)
    return tuple(form for form in plain if len(form) >= MIN_NAME)


def channels_of(agencies) -> list[Channel]:
    """Official channels of agencies, in one query."""
    if not agencies:
        return []
    return list(with_agency(official()).filter(agency__in=agencies)[:MAX_CHANNELS])


def official():
    """Confirmed channels of agencies that live: what the public is told is official."""
    return Channel.objects.published().filter(agency__status=AgencyStatus.ACTIVE)


def is_official(channel: Channel) -> bool:
    """The same question about one channel."""
    return channel.status == ChannelStatus.CONFIRMED and channel.agency.status == AgencyStatus.ACTIVE


def with_agency(channels):
    return channels.select_related("agency").prefetch_related("keys")
