"""Is this channel official? One published record says so, or nothing does. Never "safe", never an accusation.

`judge` takes whatever a citizen pastes: a link, a name, a phone number. A fixed number of queries, however large the register.
"""

from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Q

from portal.lib import text as texts
from portal.lib.phones import normalise_phone
from registry import confirming
from registry.addresses import lookalike, splitting
from registry.addresses.address import Address
from registry.addresses.cleaning import without_scheme
from registry.addresses.parser import read_address
from registry.differing import Comparison, compared
from registry.models import Agency, Channel, ChannelKey, ChannelStatus, ContactPoint, KnownFake
from registry.models.fake import identity
from registry.recognising import (
    MAX_AGENCIES,
    MAX_CHANNELS,
    agencies_named,
    channels_of,
    heir_of,
    known_fake,
    lookalike_of,
    of_handle,
    on_record,
    with_agency,
)
from registry.verdict_words import HEADLINES, NEXT_STEPS, NO_CHANNEL_YET, REASONS

OFFICIAL, WAS_OFFICIAL, UNCONFIRMED, KNOWN_FAKE = "official", "was_official", "unconfirmed", "known_fake"
LOOKALIKE, PERSONAL, UNRESOLVABLE = "lookalike", "personal", "unresolvable"
NOT_A_CHANNEL, NO_INFORMATION = "not_a_channel", "no_information"
VERDICTS = (
    OFFICIAL, WAS_OFFICIAL, UNCONFIRMED, KNOWN_FAKE, LOOKALIKE, PERSONAL, UNRESOLVABLE, NOT_A_CHANNEL, NO_INFORMATION
)  # fmt: skip

MIN_WORDS, MAX_WORDS = 3, 200
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
    fake: KnownFake | None = None
    ended_on: date | None = None
    """The day from which the channel no more has this address, while it goes on at another."""
    pasted: str = ""
    """What a refused address looks like: it has no canonical form of its own."""

    @property
    def headline(self):
        return HEADLINES[self.headline_of or self.verdict]

    @property
    def next_steps(self):
        return NEXT_STEPS.get(self.headline_of) or NEXT_STEPS[self.verdict]

    @property
    def may_be_fake(self):
        """Whether it makes sense to say where fake pages are reported."""
        unknown_account = self.verdict == NO_INFORMATION and self.address.is_account
        return self.verdict in (LOOKALIKE, KNOWN_FAKE) or unknown_account

    @property
    def is_official(self):
        """The channel speaks for its agency today, lately confirmed or not."""
        return self.verdict in (OFFICIAL, UNCONFIRMED)

    @property
    def until(self):
        """The day from which the channel, its agency or this address is no more; None for one that is only paused."""
        if self.channel is None:
            return None
        return self.ended_on or self.channel.closed_on or self.channel.agency.closed_on

    @property
    def agency(self):
        return self.channel.agency if self.channel else self.agencies[0] if len(self.agencies) == 1 else None

    @property
    def short_address(self):
        """How the portal writes the address that was asked about: without https:// and www."""
        return without_scheme(self.address.canonical_url)

    @property
    def comparison(self) -> Comparison | None:
        """A look-alike beside the real channel, with the letters that differ."""
        if self.verdict != LOOKALIKE or not self.channels:
            return None
        mine = self.short_address or self.pasted
        return compared(mine, without_scheme(self.channels[0].url)) if mine else None


def judge(text: str, today: date) -> Verdict:
    """The verdict on what someone pasted, as of a day."""
    address = read_address(text)
    if address.is_account:
        return judge_account(address, today)
    if address.outcome == "unresolvable":
        return Verdict(UNRESOLVABLE, address.reason, address)
    if address.outcome == "rejected":
        return judge_refused(text, address)
    if address.kind == "phone":
        return judge_phone(text, address)
    if address.kind in ("text", "handle"):
        return judge_words(text, address)
    return judge_page(address)


def judge_account(address: Address, today: date) -> Verdict:
    """A channel or a person with a key: on record, on the list of fakes, like one on record, or unknown."""
    site_key = site_of(address)
    records = on_record(address.key, site_key)
    if (record := records.get(address.key)) and is_theirs(record):
        return judge_channel(record.channel, address, today)
    if (site := records.get(site_key)) and is_theirs(site) and not record:
        return judge_page(replace(address, owner=site_key), site)
    if fake := known_fake(address.key, site_key):
        return fake_page(address, fake)
    if former := record or site:
        return judge_former(former, address, today)
    if address.kind == "zalo_user":
        return judge_phone(address.key.rpartition(":")[2], address)
    if address.is_personal:
        return Verdict(PERSONAL, REASONS["facebook_profile"], address)
    if real := lookalike_of(address.key):
        return imitation(address, real)
    return unknown(address)


def site_of(address: Address) -> str:
    """The key of the whole website, for the address of a section of it."""
    is_section = address.platform == "web" and "/" in address.key
    return address.key.partition("/")[0] if is_section else ""


def is_theirs(record: ChannelKey) -> bool:
    """The address is that of an official channel today."""
    return record.is_live and record.channel.is_published


def judge_former(record: ChannelKey, address: Address, today: date) -> Verdict:
    """An address that a channel gave up, or one of a channel that is official no more."""
    channel = record.channel
    if not (record.ended_on and channel.is_published):
        return replace(judge_channel(channel, address, today), ended_on=record.ended_on)
    message = REASONS["moved"].format(channel=channel, day=f"{record.ended_on:%d/%m/%Y}")
    others = channels_of([channel.agency])
    channels = sorted(others, key=lambda other: other.pk != channel.pk)
    return Verdict(
        WAS_OFFICIAL, message, address, channel, channels=channels, headline_of="moved", ended_on=record.ended_on
    )


def judge_channel(channel: Channel, address: Address, today: date) -> Verdict:
    """What is on record about the channel today."""
    if channel.is_published:
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


def judge_refused(text: str, address: Address) -> Verdict:
    """A disguise is a known fake or a look-alike; an address that can't be read is asked for again."""
    if not address.imitates:
        verdict = NOT_A_CHANNEL if address.reason in NEVER_A_CHANNEL else UNRESOLVABLE
        return Verdict(verdict, address.reason, address)
    if fake := known_fake(identity(text, address)):
        return fake_page(address, fake)
    true_key = read_address(address.imitates).key
    real = on_record(true_key).get(true_key)
    pasted = texts.clean_line(without_scheme(text))[:120]
    if real and is_theirs(real):
        return replace(imitation(address, real.channel), message=address.reason, pasted=pasted)
    return Verdict(LOOKALIKE, address.reason, address, pasted=pasted)


def judge_page(address: Address, site: ChannelKey | None = None) -> Verdict:
    """A post, a log-in page, an article. It may name an official channel; the platform doesn't vouch for that."""
    owner = site or on_record(address.owner).get(address.owner)
    if owner and is_theirs(owner):
        message = REASONS["inside_site" if address.owner.startswith("web:") else "post_of"]
        return Verdict(NOT_A_CHANNEL, message.format(channel=owner.channel), address, channels=[owner.channel])
    if fake := known_fake(address.owner):
        return fake_page(address, fake, "page_of_fake")
    if not owner and address.owner and (real := lookalike_of(address.owner)):
        return imitation(address, real)
    return Verdict(NOT_A_CHANNEL, address.reason, address)


def judge_words(text: str, address: Address) -> Verdict:
    """A name: the agencies and channels that bear it, with their real addresses."""
    words = texts.fold(text.removeprefix("@"))
    if not MIN_WORDS <= len(words) <= MAX_WORDS:
        return Verdict(NO_INFORMATION, address.reason, address)
    agencies = list(Agency.objects.search(words)[:MAX_AGENCIES])
    named = Channel.objects.published().filter(Q(name_norm__contains=words) | Q(pk__in=of_handle(words)))
    channels = channels_of(agencies) or list(with_agency(named)[:MAX_CHANNELS])
    words = "name_found" if channels else "agency_without_channel" if agencies else "name_unknown"
    return Verdict(NO_INFORMATION, REASONS[words], address, agencies=agencies, channels=channels, headline_of=words)


def fake_page(address: Address, fake: KnownFake, words: str = "known_fake") -> Verdict:
    """On the province's list: since when, by whose finding, whom it imitates and where the real channels are."""
    whom = f" {fake.imitates.name}" if fake.imitates else " cơ quan nhà nước"
    message = REASONS[words].format(whom=whom, day=f"{fake.noted_on:%d/%m/%Y}", source=fake.source)
    agencies = [heir_of(fake.imitates)] if fake.imitates else []
    return Verdict(KNOWN_FAKE, message, address, agencies=agencies, channels=channels_of(agencies), fake=fake)


def unknown(address: Address) -> Verdict:
    """Not on record. If the address seems to name an agency, its real channels stand beside the answer."""
    agencies = agencies_named(lookalike.handle(address.key))
    channels = channels_of(agencies)
    message = REASONS["unknown"]
    if agencies and not channels:
        message = f"{message} {NO_CHANNEL_YET}"
    return Verdict(NO_INFORMATION, message, address, agencies=agencies, channels=channels)


def imitation(address: Address, real: Channel) -> Verdict:
    others = channels_of([real.agency])
    channels = [channel for channel in others if channel.pk == real.pk] or [real]
    channels += [channel for channel in others if channel.pk != real.pk]
    message = REASONS["lookalike"].format(channel=real)
    return Verdict(LOOKALIKE, message, address, agencies=[real.agency], channels=channels)
