"""What a focal point has to do, what lies at the province, what is done: one list over all agencies they speak for."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from django.conf import settings
from django.db.models import Q

from campaigns.answering import manner_of, rows_by_duty
from campaigns.declaring import with_open_changes
from campaigns.models import Obligation, Outcome
from campaigns.wording import duty_words
from portal.lib import periods
from registry.models import Agency, Channel, ChannelStatus, ContactPoint

KEPT = timedelta(days=92)
"""How long done and locked work stays on the list."""
CONTACT_LINE = (
    "agency", "role", "is_deputy", "full_name", "position", "user", "status", "status_reason", "accepted_at",
)  # fmt: skip
CHANNEL_LINE = (
    "agency", "kind", "name", "url", "status", "status_reason", "confirmed_at", "reconfirmed_on", "given_up_at",
)  # fmt: skip
DUTY_LINE = (
    "requirement", "period", "agency", "required_count", "is_round", "due_on", "locks_on", "extended_to",
    "reopened_until", "accepted_count", "open_submission_at", "met_at", "met_on", "nothing_at", "nothing_reason",
    "exempt_at", "period__month", "period__first_on", "requirement__kind", "requirement__title",
    "requirement__recurrence", "requirement__contact_role", "requirement__channel_kind", "requirement__group",
    "requirement__campaign__title",
)  # fmt: skip
"""What the list shows of people, channels and duties."""


@dataclass
class Card:
    """One duty on the list: its state in a word, what the reviewer said, and the next act."""

    obligation: Obligation
    today: date
    rows: list = field(default_factory=list)

    @property
    def title(self):
        return duty_words(self.obligation)

    @cached_property
    def manner(self):
        """How a duty of this kind is answered."""
        return manner_of(self.obligation)

    @property
    def is_locked(self):
        return self.obligation.is_locked(self.today)

    @cached_property
    def returned(self):
        """What the province sent back, None when nothing waits to be mended."""
        return self.manner.returned(self)

    @property
    def is_closed(self):
        """Nothing more can be handed in."""
        return self.is_locked and not self.manner.stays_open

    @property
    def is_to_do(self):
        return not self.is_closed and bool(self.obligation.is_open_work or self.returned)

    @property
    def may_ask_for_time(self):
        """Whether a later last day would help: something is still owed, and the day counts for it."""
        return (self.is_to_do or self.is_missed) and not self.manner.stays_open

    @property
    def is_missed(self):
        """Never answered, and the period is locked: only the province can open it again."""
        return self.is_locked and self.obligation.is_open_work

    @property
    def is_waiting(self):
        return not self.is_to_do and self.obligation.outcome() == Outcome.PENDING

    @property
    def state(self):
        """The badge: returned work first, then the outcome; "not yet" while there is still time."""
        if self.returned:
            return "changes"
        outcome = self.obligation.outcome()
        if outcome == Outcome.MISSING and not self.obligation.is_overdue(self.today):
            return "not_due"
        return outcome.value

    @property
    def state_words(self):
        """Other words for the badge than its own, "" for its own."""
        return self.manner.open_words if self.state in ("missing", "not_due") else ""

    @property
    def next_act(self):
        """The one filled button; None when nothing can be done here."""
        return None if self.is_closed or self.obligation.exempt_at else self.manner.next_act(self)

    @property
    def page_act(self):
        """The filled button at the head of the duty's own page."""
        return None if self.is_closed or self.obligation.exempt_at else self.manner.page_act(self)

    @property
    def takes_more(self):
        return self.manner.takes_more(self)

    @property
    def further(self):
        return self.manner.further(self)

    @property
    def sent(self):
        """What was handed in, in words, once the duty asks nothing more of the agency."""
        return [] if self.is_to_do or self.obligation.exempt_at else self.manner.sent(self)

    @property
    def missed_words(self):
        return self.manner.missed_words.format(office=settings.PROVINCE_OFFICE)

    @property
    def order(self):
        return (not self.returned, self.obligation.last_day, self.obligation.pk)


@dataclass(frozen=True)
class Work:
    """Everything on the first page of the workspace."""

    agencies: list[Agency]
    to_do: list[Card]
    waiting: list[Card]
    missed: list[Card]
    done: list[Card]
    channels: list[Channel]
    contacts: list[ContactPoint]
    today: date

    @property
    def has_several_agencies(self):
        return len(self.agencies) > 1

    def to_keep(self):
        """Agencies of which several channels may be said to be still right in one tap."""
        kept = Counter(
            channel.agency
            for channel in self.channels
            if channel.status == ChannelStatus.CONFIRMED and not channel.open_changes
            and channel.reconfirmed_on != self.today
        )  # fmt: skip
        return [agency for agency, count in kept.items() if count > 1]


def work_of(user, today) -> Work:
    """The work of a focal point's agencies (five queries and what each kind of duty needs, however many rows)."""
    agencies = {agency.pk: agency for agency in Agency.objects.editable_by(user).only("name")}
    cards = cards_of(of_agencies(recent_duties(today), agencies), today)
    done = [card for card in cards if not (card.is_to_do or card.is_waiting or card.is_missed)]
    contacts = ContactPoint.objects.current().only(*CONTACT_LINE)
    channels = Channel.objects.exclude(status=ChannelStatus.CLOSED).only(*CHANNEL_LINE)
    return Work(
        agencies=list(agencies.values()),
        to_do=sorted((card for card in cards if card.is_to_do), key=lambda card: card.order),
        waiting=[card for card in cards if card.is_waiting],
        missed=[card for card in cards if card.is_missed and not card.is_to_do],
        done=sorted(done, key=lambda card: card.obligation.last_day, reverse=True),
        channels=of_agencies(with_open_changes(channels), agencies),
        contacts=of_agencies(contacts, agencies),
        today=today,
    )


def of_agencies(rows, agencies) -> list:
    """The rows of these agencies, by key, each with its agency in hand."""
    found = list(rows.filter(agency__in=list(agencies)))
    for row in found:
        row.agency = agencies[row.agency_id]
    return found


def recent_duties(today):
    """Open duties, and those done or locked within the time that the list keeps."""
    day, moment = today - KEPT, periods.start_of_day(today - KEPT)
    still_shown = Q(locks_on__gte=day) | Q(extended_to__gte=day) | Q(reopened_until__gte=day)
    recent = Q(accepted_at__gte=moment) | Q(nothing_at__gte=moment) | Q(exempt_at__gte=moment)
    return (
        Obligation.objects.filter(Q(met_at=None, nothing_at=None, exempt_at=None) & still_shown | recent)
        .select_related("requirement__campaign", "period")
        .only(*DUTY_LINE)
    )


def cards_of(duties, today) -> list[Card]:
    """One card per duty, with what was handed in for it."""
    rows = rows_by_duty(duties)
    return [Card(duty, today, rows.get(duty.pk, [])) for duty in duties]
