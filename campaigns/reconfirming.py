"""Xác nhận lại kênh: when channels ask, their agency gets one duty for all of them, and the answers settle it.

A round is due 14 days after it is asked and locks after 60; then the channels that still ask are the province's to ring
about. Nobody sets this up: the standing campaign is there when the first channel asks.
"""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from campaigns.models import (
    Answer,
    Campaign,
    Obligation,
    Period,
    Recurrence,
    Requirement,
    RequirementKind,
    RoundChannel,
)
from campaigns.opening import owed
from portal.lib.periods import local_day
from registry import confirming
from registry.models import Agency, AgencyStatus, ChangeStatus, Channel, ChannelChange, ContactPoint
from registry.operators import system_account

TITLE = "Xác nhận lại kênh định kỳ"
PURPOSE = (
    "Kênh công khai xác nhận lại sau 180 ngày, nhóm sau 90 ngày. Cổng tự giao việc cho cơ quan khi kênh đến kỳ; quá 14 "
    "ngày chưa trả lời thì trang công khai ghi “chưa xác nhận lại”, quá 60 ngày thì cán bộ tỉnh liên hệ."
)
GUIDANCE = "Xem từng kênh: vẫn đúng thì bấm một lần cho tất cả; kênh nào đã đổi hoặc đã bỏ thì báo ở kênh đó."


@dataclass(frozen=True)
class Result:
    """What became of one channel in a bulk act; `refusal` is "" when it was done."""

    channel: Channel
    refusal: str = ""


# --- Asking ----------------------------------------------------------------------------------------------------------


def ask_agencies(now) -> int:
    """Settle the rounds that were answered elsewhere, then open those that have come. Two queries when there is none.

    Safe twice, in parallel and after missed nights. Gives how many duties were opened.
    """
    today = local_day(now)
    for pk in sorted(set(RoundChannel.objects.to_settle(today).values_list("obligation_id", flat=True))):
        settle_round(pk, now)
    return sum(ask_once(pk, now) for pk in sorted(set(asking(today).values_list("agency_id", flat=True))))


def asking(today):
    """Published channels that ask by today and that nobody has asked about: their agency lives and has no open round,
    the province has no change of theirs to decide, and the last round with them began 60 days ago or more."""
    open_rounds = Obligation.objects.filter(
        agency=OuterRef("agency"), is_round=True, met_at=None, nothing_at=None, exempt_at=None
    )
    changes = ChannelChange.objects.filter(channel=OuterRef("pk"), status=ChangeStatus.PROPOSED)
    asked = RoundChannel.objects.filter(
        channel=OuterRef("pk"),
        obligation__agency=OuterRef("agency"),
        obligation__period__first_on__gt=today - confirming.PROVINCE_AFTER,
    )
    rows = Channel.objects.published().filter(confirming.asks_by(today), agency__status=AgencyStatus.ACTIVE)
    return rows.filter(~Exists(open_rounds), ~Exists(changes), ~Exists(asked))


def ask_once(agency_pk, now) -> int:
    """Open the round of one agency: 1, or 0 when a parallel run was faster (the open round is unique in the database)."""
    try:
        with transaction.atomic():
            return open_round(agency_pk, local_day(now), now)
    except IntegrityError:
        return 0


def open_round(agency_pk, today, now) -> int:
    """One frozen duty for all channels that ask now or within the time that the agency has to answer."""
    agency = Agency.objects.select_for_update(of=("self",)).get(pk=agency_pk)
    if not asking(today).filter(agency=agency).exists():
        return 0
    soon = Channel.objects.published().filter(confirming.asks_by(today + confirming.GRACE), agency=agency)
    channels = list(soon.order_by("sort_key", "pk"))
    requirement = standing_requirement(today, now)
    duty = owed(requirement, period_of(requirement, today, now), agency)
    duty.is_round, duty.required_count = True, len(channels)
    Obligation.objects.bulk_create([duty])
    RoundChannel.objects.bulk_create(
        RoundChannel(obligation=duty, channel=row, asked_on=confirming.asks_on(row)) for row in channels
    )
    return 1


def period_of(requirement, today, now) -> Period:
    """The rounds asked on one day share a period."""
    due_on = today + confirming.GRACE
    period, _ = Period.objects.get_or_create(
        requirement=requirement,
        first_on=today,
        defaults={
            "month": due_on.replace(day=1),
            "last_on": due_on,
            "due_on": due_on,
            "locks_on": today + confirming.PROVINCE_AFTER,
            "opened_at": now,
        },
    )
    return period


def standing_requirement(today, now) -> Requirement:
    """The one requirement of the standing campaign, both made when first needed."""
    kind = RequirementKind.RECONFIRM_CHANNELS
    known = Requirement.objects.filter(campaign__standing=kind).first()
    if known:
        return known
    actor = system_account()
    campaign, _ = Campaign.establish(actor=actor, standing=kind, title=TITLE, purpose=PURPOSE, on=today, now=now)
    Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)  # parallel runs stand in line here
    requirement, _ = Requirement.objects.get_or_create(
        campaign=campaign,
        kind=kind,
        defaults={
            "title": TITLE,
            "guidance": GUIDANCE,
            "recurrence": Recurrence.ROLLING,
            "starts_on": today,
            "lock_after_days": (confirming.PROVINCE_AFTER - confirming.GRACE).days,
        },
    )
    return requirement


# --- Settling --------------------------------------------------------------------------------------------------------


@transaction.atomic
def settle_round(pk, now, actor=None) -> bool:
    """Let one round follow its channels; whether anything changed. An answer that was taken back opens the duty again,
    unless the agency has been asked anew meanwhile."""
    duty = Obligation.objects.select_for_update(of=("self",)).select_related("requirement", "period").get(pk=pk)
    if duty.exempt_at:
        return False
    rows = list(duty.round_channels.select_related("channel"))
    if duty.met_at and has_other_round(duty):
        return False
    if not [row for row in rows if row.follow(duty, now)]:
        return False
    if rows and all(row.answer == Answer.MOVED for row in rows):
        reason = "Kênh đã chuyển sang cơ quan khác"
        duty.exempt(actor=actor or system_account(), reason=reason, now=now)
    else:
        duty.settle(actor=actor, reason=words_of(rows))
    return True


def has_other_round(duty):
    others = Obligation.objects.filter(agency=duty.agency_id, is_round=True, met_at=None, exempt_at=None)
    return others.exclude(pk=duty.pk).exists()


def words_of(rows):
    """The history line: every channel with its answer."""
    told = "; ".join(f"{row.channel.name}: {row.get_answer_display()}" for row in rows if row.answer)
    return f"Xác nhận lại kênh – {told or 'chưa kênh nào'}"


@transaction.atomic
def still_right(duty, *, actor, now, only=None) -> list[Channel]:
    """The agency says so of every channel that still waits for an answer (`only`: of that one), also of those that
    began to ask after the round was written. Gives the channels confirmed; a second tap finds none."""
    today, asked = local_day(now), set(duty.round_channels.filter(answer="").values_list("channel", flat=True))
    changes = ChannelChange.objects.awaiting_review().values("channel")
    rows = Channel.objects.published().filter(agency=duty.agency_id).exclude(pk__in=changes).order_by("pk")
    if only is not None:
        rows = rows.filter(pk=only.pk)
    kept = [row for row in rows.select_for_update(of=("self",)) if row.pk in asked or confirming.is_asking(row, today)]
    for row in kept:
        row.reconfirm(actor=actor, on=today, now=now)
    settle_round(duty.pk, now, actor)
    return kept


def further_channels(duty, today):
    """Channels of the agency that ask today but are not in the round."""
    rows = Channel.objects.published().filter(confirming.asks_by(today), agency=duty.agency_id)
    return rows.exclude(pk__in=duty.round_channels.values("channel")).order_by("sort_key", "pk")


def settle_agencies(agencies, now, actor=None):
    """Settle the open rounds of agencies whose channels were just answered."""
    rounds = Obligation.objects.filter(is_round=True, met_at=None, exempt_at=None, agency__in=agencies)
    for pk in rounds.order_by("pk").values_list("pk", flat=True):
        settle_round(pk, now, actor)


# --- The province's list ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Neglected:
    """A channel that nobody confirmed for 60 days after it asked: since when, and whom to ring."""

    channel: Channel
    asked_on: date
    days: int
    contact: ContactPoint | None


def neglected_channels(channels, today):
    """Of these channels the published ones of living agencies that the province takes up, longest waiting first."""
    rows = channels.published().filter(confirming.neglected(today))
    return rows.filter(agency__status=AgencyStatus.ACTIVE).order_by("reconfirmed_on", "sort_key", "pk")


def neglected_lines(channels, people, today) -> list[Neglected]:
    """The lines of the list; `people`: whom to ring, by agency."""
    return [
        Neglected(row, confirming.asks_on(row), (today - confirming.asks_on(row)).days, people.get(row.agency_id))
        for row in channels
    ]


def act_on_many(channels, actor, act, note, now) -> list[Result]:
    """Still right (rung up), pause or close each channel by its own verb; one refusal doesn't stop the others."""
    results = [Result(channel, refusal_of(channel, actor, act, note, now)) for channel in channels]
    settle_agencies({channel.agency_id for channel in channels}, now, actor)
    return results


def refusal_of(channel, actor, act, note, now):
    """Do the act; the sentence of the refusal, or ""."""
    verbs = {
        "right": lambda: channel.reconfirm(actor=actor, on=local_day(now), now=now, note=note),
        "suspend": lambda: channel.suspend(actor=actor, reason=note),
        "close": lambda: channel.close(actor=actor, reason=note, on=local_day(now)),
    }
    try:
        verbs[act]()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
