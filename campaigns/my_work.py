"""What a focal point has to do, what lies at the province, what is done: one list over all agencies they speak for."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse

from campaigns.models import ContentItem, ContentStatus, Obligation, Outcome, RequirementKind
from campaigns.wording import duty_words
from portal.lib import periods
from registry.models import Agency, Channel, ChannelStatus, ContactPoint, ContactStatus

KEPT = timedelta(days=92)
"""How long done and locked work stays on the list."""


@dataclass(frozen=True)
class Act:
    """A button: its words and where it leads."""

    words: str
    url: str


@dataclass
class Card:
    """One duty on the list: its state in a word, what the reviewer said, and the next act."""

    obligation: Obligation
    today: date
    items: list[ContentItem] = field(default_factory=list)
    contacts: list[ContactPoint] = field(default_factory=list)

    @property
    def title(self):
        return duty_words(self.obligation)

    @property
    def is_nomination(self):
        return self.obligation.requirement.kind == RequirementKind.NOMINATE_CONTACT

    @property
    def is_locked(self):
        return self.obligation.is_locked(self.today)

    @property
    def returned_item(self):
        return next((item for item in self.items if item.status == ContentStatus.CHANGES), None)

    @property
    def returned_contact(self):
        return next((row for row in self.contacts if row.status == ContactStatus.RETURNED), None)

    @property
    def draft(self):
        return next((item for item in self.items if item.status == ContentStatus.DRAFT), None)

    @property
    def decision(self):
        """What the reviewer decided on the returned item."""
        decisions = list(self.returned_item.decisions.all()) if self.returned_item else []
        return decisions[-1] if decisions else None

    @property
    def is_returned(self):
        if self.is_nomination:
            return bool(self.returned_contact and not self.obligation.met_at)
        return bool(self.returned_item)

    @property
    def is_to_do(self):
        return not self.is_locked and (self.obligation.is_open_work or self.is_returned)

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
        if self.is_returned:
            return "changes"
        outcome = self.obligation.outcome()
        if outcome == Outcome.MISSING and not self.obligation.is_overdue(self.today):
            return "not_due"
        return outcome.value

    @property
    def next_act(self):
        """The one filled button; None when nothing can be done here."""
        if self.is_locked or self.obligation.exempt_at:
            return None
        if self.is_nomination:
            return self.next_nomination()
        if self.returned_item:
            return Act("Sửa và nộp lại", reverse("item_edit", args=[self.returned_item.pk]))
        if not self.obligation.is_open_work:
            return None
        if self.draft:
            return Act("Hoàn thiện bản nháp", reverse("item_edit", args=[self.draft.pk]))
        return Act("Nộp sản phẩm", reverse("item_new", args=[self.obligation.pk]))

    def next_nomination(self):
        if not self.obligation.is_open_work:
            return None
        words = "Sửa và cử lại" if self.returned_contact else "Cử đầu mối"
        return Act(words, reverse("nominate", args=[self.obligation.pk]))

    @property
    def takes_more(self):
        """Whether another product may be handed in beside what is there."""
        return not (self.is_nomination or self.is_locked or self.obligation.exempt_at)

    @property
    def order(self):
        return (not self.is_returned, self.obligation.last_day, self.obligation.pk)


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

    @property
    def has_several_agencies(self):
        return len(self.agencies) > 1


def work_of(user, today) -> Work:
    """The work of a focal point's agencies (seven queries, however many rows)."""
    agencies = list(Agency.objects.editable_by(user))
    contacts = list(ContactPoint.objects.visible_to(user).current().select_related("agency", "user"))
    cards = cards_of(duties_of(user, agencies, today), open_items(user), contacts, today)
    done = [card for card in cards if not (card.is_to_do or card.is_waiting or card.is_missed)]
    channels = Channel.objects.visible_to(user).filter(agency__in=agencies).exclude(status=ChannelStatus.CLOSED)
    return Work(
        agencies=agencies,
        to_do=sorted((card for card in cards if card.is_to_do), key=lambda card: card.order),
        waiting=[card for card in cards if card.is_waiting],
        missed=[card for card in cards if card.is_missed],
        done=sorted(done, key=lambda card: card.obligation.last_day, reverse=True),
        channels=list(channels.select_related("agency")),
        contacts=contacts,
    )


def duties_of(user, agencies, today):
    """Open duties, and those done or locked within the time that the list keeps."""
    day, moment = today - KEPT, periods.start_of_day(today - KEPT)
    still_shown = Q(locks_on__gte=day) | Q(extended_to__gte=day) | Q(reopened_until__gte=day)
    recent = Q(accepted_at__gte=moment) | Q(nothing_at__gte=moment) | Q(exempt_at__gte=moment)
    return (
        Obligation.objects.visible_to(user)
        .filter(Q(met_at=None, nothing_at=None, exempt_at=None) & still_shown | recent, agency__in=agencies)
        .select_related("requirement__campaign", "period", "agency")
    )


def open_items(user):
    """Drafts and returned items, with what the reviewers said."""
    rows = ContentItem.objects.visible_to(user).filter(status__in=(ContentStatus.DRAFT, ContentStatus.CHANGES))
    return rows.prefetch_related("decisions__actor")


def cards_of(duties, items, contacts, today) -> list[Card]:
    """One card per duty, with its own items and the people in the role it asks for."""
    items_of, contacts_of = {}, {}
    for item in items:
        items_of.setdefault(item.obligation_id, []).append(item)
    for contact in contacts:
        contacts_of.setdefault((contact.agency_id, contact.role), []).append(contact)
    return [
        Card(row, today, items_of.get(row.pk, []), contacts_of.get((row.agency_id, row.requirement.contact_role), []))
        for row in duties
    ]
