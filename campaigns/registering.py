"""Declaring a channel for a duty: the channel moves by its own verbs, then the duties that asked for one are settled."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from campaigns.models import Obligation, RequirementKind
from portal.lib import periods
from registry.models import Channel, ChannelStatus

FROM_CHANNELS = "Cập nhật theo danh sách kênh"


def published_of(obligation):
    """Channels of the asked kind that the agency has already: one tap answers the duty with them."""
    kind = obligation.requirement.channel_kind
    rows = Channel.objects.published().filter(agency=obligation.agency_id)
    return rows.filter(kind=kind) if kind else rows


@transaction.atomic
def declare(actor, obligation, now, **fields) -> Channel:
    """Answer a duty with a channel that the province has yet to confirm."""
    obligation.lock()
    obligation.refuse_when_locked(periods.local_day(now))
    channel = Channel.propose(actor=actor, now=now, **fields)
    settle_duties(channel, actor, f"Khai báo kênh {channel.name}")
    return channel


@transaction.atomic
def name_known(actor, obligation, channel, now):
    """Answer a duty with a channel that is confirmed already: "đã có". Said twice, it stays as said first."""
    obligation.lock()
    if obligation.met_at:
        return
    obligation.refuse_when_locked(periods.local_day(now))
    if not published_of(obligation).filter(pk=channel.pk).exists():
        raise ValidationError("Kênh này không còn hoạt động. Hãy khai báo kênh khác.")
    channel.reconfirm(actor=actor, on=periods.local_day(now), now=now)
    settle_duties(channel, actor, f"Đã có kênh {channel.name}")


@transaction.atomic
def propose(actor, now, **fields) -> Channel:
    """Declare a channel without a duty; an open duty that asks for one counts it all the same."""
    channel = Channel.propose(actor=actor, now=now, **fields)
    settle_duties(channel, actor, f"Khai báo kênh {channel.name}")
    return channel


@transaction.atomic
def correct(channel, actor, now, **fields):
    """Mend a returned declaration; the duties wait for the province again."""
    channel.correct(actor=actor, now=now, **fields)
    settle_duties(channel, actor, f"Sửa và khai báo lại kênh {channel.name}")


def settle_duties(channel, actor, reason):
    """Let every unmet duty of the agency that asked for such a channel work out its facts."""
    duties = Obligation.objects.filter(
        agency=channel.agency_id, requirement__kind=RequirementKind.REGISTER_CHANNEL, met_at=None
    ).filter(Q(requirement__channel_kind="") | Q(requirement__channel_kind=channel.kind))
    for duty in duties.select_related("requirement", "period"):
        duty.lock()
        duty.settle(actor=actor, reason=reason[:300])


def catch_up() -> int:
    """Settle duties whose channels were confirmed, returned or entered elsewhere (import, /quan-tri/).

    One query when there is nothing to do. Answers how many duties changed.
    """
    return sum(Obligation.settle_if_changed(duty.pk, FROM_CHANNELS) for duty in stale_duties())


def stale_duties():
    """Unmet duties of living agencies whose facts may differ from what the agency's channels say."""
    begun = OuterRef("period__first_on")
    accepted = Q(proposed_at__date__gte=begun, confirmed_at__isnull=False) | Q(confirmed_at__date__gte=begun)
    accepted |= Q(status=ChannelStatus.CONFIRMED, answered_at__date__gte=begun)
    accepted, waiting = any_channel(accepted), any_channel(Q(status=ChannelStatus.PROPOSED))
    stale = accepted & Q(accepted_count__lt=F("required_count"))
    stale |= ~waiting & Q(open_submission_at__isnull=False) | waiting & Q(open_submission_at=None)
    return Obligation.objects.filter(
        stale, requirement__kind=RequirementKind.REGISTER_CHANNEL, met_at=None, exempt_at=None, agency__status="active"
    )


def any_channel(condition) -> Q:
    """Whether the agency of a duty has a channel of the kind that the duty names, or of any kind when it names none."""
    rows = Channel.objects.filter(condition, agency=OuterRef("agency"))
    same_kind = Exists(rows.filter(kind=OuterRef("requirement__channel_kind")))
    return Q(same_kind) | Q(Exists(rows), requirement__channel_kind="")
