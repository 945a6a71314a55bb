"""How a duty of each kind is answered in the workspace: what was handed in, what came back, the next act, its words.

One class per kind of requirement, all in `MANNERS`: cards, lists and pages ask the table and know no kind themselves.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse

from campaigns.models import ContentItem, ContentStatus, Decision, OutreachReport, RequirementKind, RoundChannel
from campaigns.models.entry import is_declared_for
from campaigns.reconfirming import further_channels
from registry.models import Channel, ChannelStatus, ContactPoint, ContactStatus, GroupMembership, MemberStatus

HANDED_IN = (ContentStatus.SUBMITTED, ContentStatus.APPROVED, ContentStatus.PUBLISHED)
ITEM_LINE = ("obligation", "kind", "title", "status", "submitted_at")
"""What a line of products shows."""


@dataclass(frozen=True)
class Act:
    """A button: its words and where it leads."""

    words: str
    url: str


class Manner:
    """What every kind has; a kind overrides what is its own. `card.rows` is what `load` found for the duty."""

    part = "campaigns/workspace/_answers.html"
    """Below the facts of the duty's page: what was handed in. Needs: card, duty, today, can_answer."""
    returned_part = "campaigns/workspace/_returned.html"
    """Why the province sent the answer back. Needs: row, the returned one."""
    count_words = ""
    """Before "1/2" where a duty asks for a number: what is counted."""
    part_first = False
    """Whether that part stands before the facts, because the act is in it."""
    open_words = ""
    """The word of the badge while nothing came, where "chưa nộp" would be the wrong one."""
    stays_open = False
    """Whether the agency may still answer after the lock; the answer is late all the same."""
    missed_words = "Nếu vẫn cần nộp, hãy đề nghị {office} mở lại kỳ cho đơn vị."

    def load(self, duties) -> dict[int, list]:
        """What was handed in, by duty; a constant number of queries. The reader may see the duties, so also this."""
        return {}

    def handed_in(self, duty) -> list:
        """The same for the page of one duty."""
        return self.load([duty]).get(duty.pk, [])

    def returned(self, card):
        """The row that the province sent back and that waits for the agency, None when there is none."""
        return None

    def next_act(self, card) -> Act | None:
        """The one filled button of the card, for a duty that is neither locked nor excused."""
        return None

    def page_act(self, card) -> Act | None:
        """The same on the duty's own page; None where the page's part has the button itself."""
        return self.next_act(card)

    def takes_more(self, card) -> bool:
        """Whether another product may be handed in beside what is there."""
        return False

    def further(self, card) -> list:
        """What the page shows beside the rows of the duty."""
        return []

    def sent(self, card) -> list[str]:
        """What was handed in, in words, for a card that asks nothing more."""
        return []


class Nomination(Manner):
    """Cử đầu mối."""

    part = "campaigns/workspace/_answers_nomination.html"
    returned_part = "campaigns/workspace/_returned_contact.html"

    def load(self, duties):
        """People in the asked role, of each duty's agency."""
        people = defaultdict(list)
        rows = ContactPoint.objects.current().filter(agency__in={duty.agency_id for duty in duties})
        for row in rows:
            people[row.agency_id, row.role].append(row)
        return {duty.pk: people[duty.agency_id, duty.requirement.contact_role] for duty in duties}

    def handed_in(self, duty):
        return list(duty.nominated_contacts())

    def returned(self, card):
        if card.obligation.met_at:
            return None
        return next((row for row in card.rows if row.status == ContactStatus.RETURNED), None)

    def next_act(self, card):
        if not card.obligation.is_open_work:
            return None
        return Act("Sửa và cử lại" if card.returned else "Cử đầu mối", reverse("nominate", args=[card.obligation.pk]))

    def sent(self, card):
        return [row.full_name for row in card.rows if row.status != ContactStatus.RETURNED]


class Products(Manner):
    """Gửi sản phẩm truyền thông."""

    part = "campaigns/workspace/_answers_products.html"
    returned_part = "campaigns/workspace/_returned_item.html"
    count_words = "đã duyệt"

    def load(self, duties):
        """Items; withdrawn ones are gone."""
        rows = ContentItem.objects.filter(obligation__in=[duty.pk for duty in duties])
        found = defaultdict(list)
        for item in with_words(rows.exclude(status=ContentStatus.WITHDRAWN)):
            found[item.obligation_id].append(item)
        return found

    def handed_in(self, duty):
        return with_words(duty.items.all())

    def returned(self, card):
        return next((item for item in card.rows if item.status == ContentStatus.CHANGES), None)

    def next_act(self, card):
        if card.returned:
            return Act("Sửa và nộp lại", reverse("item_edit", args=[card.returned.pk]))
        if not card.obligation.is_open_work:
            return None
        draft = next((item for item in card.rows if item.status == ContentStatus.DRAFT), None)
        if draft:
            return Act("Hoàn thiện bản nháp", reverse("item_edit", args=[draft.pk]))
        return Act("Nộp sản phẩm", reverse("item_new", args=[card.obligation.pk]))

    def takes_more(self, card):
        return not (card.is_locked or card.obligation.exempt_at)

    def sent(self, card):
        return [f"{item.get_kind_display()} “{item.title}”" for item in card.rows if item.status in HANDED_IN]


def with_words(items) -> list:
    """Items, those that came back with what the reviewer said (one more query when there are any)."""
    rows = list(items.only(*ITEM_LINE))
    said = Decision.objects.select_related("actor").only("item", "act", "code", "note", "at", "actor__full_name")
    prefetch_related_objects([row for row in rows if row.status == ContentStatus.CHANGES], Prefetch("decisions", said))
    return rows


class Joining(Manner):
    """Tham gia nhóm mạng lưới."""

    part = "campaigns/workspace/_answers_group.html"

    def load(self, duties):
        """People of each duty's agency who were asked into its group, or joined it (one query)."""
        people = defaultdict(list)
        rows = GroupMembership.objects.filter(group__in={duty.requirement.group_id for duty in duties})
        for row in rows.filter(agency__in={duty.agency_id for duty in duties}).select_related("contact"):
            people[row.agency_id, row.group_id].append(row)
        return {duty.pk: people[duty.agency_id, duty.requirement.group_id] for duty in duties}

    def next_act(self, card):
        if not card.obligation.is_open_work:
            return None
        return Act("Tham gia nhóm", reverse("join_group", args=[card.obligation.pk]))

    def sent(self, card):
        return [row.contact.full_name for row in card.rows if row.status == MemberStatus.JOINED]


class Registering(Manner):
    """Khai báo kênh."""

    part = "campaigns/workspace/_answers_channels.html"
    returned_part = "campaigns/workspace/_returned_channel.html"

    def load(self, duties):
        """Channels that count for each duty (one query)."""
        rows = list(Channel.objects.filter(agency__in={duty.agency_id for duty in duties}))
        return {duty.pk: [row for row in rows if is_declared_for(row, duty)] for duty in duties}

    def returned(self, card):
        if not card.obligation.is_open_work:
            return None
        return next((row for row in card.rows if row.status == ChannelStatus.RETURNED), None)

    def next_act(self, card):
        if not card.obligation.is_open_work:
            return None
        words = "Sửa và khai báo lại" if card.returned else "Khai báo kênh"
        return Act(words, reverse("register_channel", args=[card.obligation.pk]))

    def sent(self, card):
        return [row.name for row in card.rows if row.status != ChannelStatus.RETURNED]


class Reconfirmation(Manner):
    """Xác nhận lại kênh: the page of the round has its own buttons, and an answer after the lock still counts."""

    part = "campaigns/workspace/_answers_round.html"
    part_first, open_words = True, "chưa trả lời"
    count_words = "đã trả lời"
    stays_open = True
    missed_words = "{office} sẽ gọi cho đơn vị; đơn vị vẫn xác nhận được ngay tại đây."

    def load(self, duties):
        found = defaultdict(list)
        for row in RoundChannel.objects.filter(obligation__in=duties).select_related("channel"):
            found[row.obligation_id].append(row)
        return found

    def next_act(self, card):
        if not card.obligation.is_open_work:
            return None
        return Act("Xác nhận kênh", reverse("obligation", args=[card.obligation.pk]))

    def page_act(self, card):
        return None

    def further(self, card):
        """Channels that began to ask after the round was written: the same tap answers for them."""
        return list(further_channels(card.obligation, card.today)) if card.is_to_do else []

    def sent(self, card):
        return [f"{row.channel.name}: {row.get_answer_display()}" for row in card.rows if row.answer]


class Outreach(Manner):
    """Báo kết quả lan toả: one number, which may be corrected until the lock."""

    part = "campaigns/workspace/_answers_outreach.html"

    def load(self, duties):
        found = defaultdict(list)
        rows = OutreachReport.objects.filter(obligation__in=duties)
        for row in rows.select_related("obligation__requirement", "reported_by"):
            found[row.obligation_id].append(row)
        return found

    def next_act(self, card):
        if not card.obligation.is_open_work:
            return None
        return Act("Báo con số", reverse("outreach_report", args=[card.obligation.pk]))

    def sent(self, card):
        return [row.words for row in card.rows]


MANNERS = {
    RequirementKind.OUTREACH: Outreach(),
    RequirementKind.JOIN_GROUP: Joining(),
    RequirementKind.REGISTER_CHANNEL: Registering(),
    RequirementKind.NOMINATE_CONTACT: Nomination(),
    RequirementKind.RECONFIRM_CHANNELS: Reconfirmation(),
    RequirementKind.SUBMIT_CONTENT: Products(),
}
"""By kind of requirement."""


def manner_of(duty) -> Manner:
    """How the duty is answered; a kind without a line of its own shows its facts only."""
    return MANNERS.get(duty.requirement.kind) or Manner()


def rows_by_duty(duties) -> dict[int, list]:
    """What was handed in for all these duties, each kind asked once."""
    kinds = defaultdict(list)
    for duty in duties:
        kinds[duty.requirement.kind].append(duty)
    found = {}
    for group in kinds.values():
        found |= manner_of(group[0]).load(group)
    return found
