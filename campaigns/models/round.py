"""A round of re-confirmation: which channels one duty asks about, and what the agency answered for each."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from campaigns.models.obligation import Obligation
from portal.lib import periods
from registry.models import ChangeStatus, Channel, ChannelChange, ChannelStatus


class Answer(models.TextChoices):
    RIGHT = "right", "vẫn đúng"
    CHANGED = "changed", "đã đổi"
    DROPPED = "dropped", "đã bỏ"
    SUSPENDED = "suspended", "tạm dừng"
    CLOSED = "closed", "đã đóng"
    MOVED = "moved", "chuyển cơ quan khác"


TAKEN_BACK = (Answer.CHANGED, Answer.DROPPED, Answer.SUSPENDED)
"""Answers that end when the channel is as it was before: the change withdrawn, the channel used after all."""


def changes_since(row, begun):
    """Changes of a channel that the agency proposed in the round and did not take back."""
    return ChannelChange.objects.filter(channel=row, proposed_at__gte=begun).exclude(status=ChangeStatus.WITHDRAWN)


class RoundChannelQuerySet(models.QuerySet):
    def to_settle(self, today):
        """Rows whose channel says something else than the row: answered since, or the answer taken back before the
        lock. Rounds of closed agencies stay as they were."""
        since, begun = OuterRef("obligation__period__first_on"), OuterRef("obligation__period__opened_at")
        confirmed = Channel.objects.filter(pk=OuterRef("channel"), status=ChannelStatus.CONFIRMED)
        moved = ~Exists(Channel.objects.filter(pk=OuterRef("channel"), agency=OuterRef("obligation__agency")))
        is_right = Exists(confirmed.filter(reconfirmed_on__gte=since))
        is_changed = Exists(changes_since(OuterRef("channel"), begun))
        forward = Q(answer="", obligation__met_at=None) & (moved | ~Exists(confirmed) | is_right | is_changed)
        backward = Q(answer__in=TAKEN_BACK, obligation__locks_on__gte=today) & Exists(confirmed)
        backward &= ~moved & ~is_right & ~is_changed
        return self.filter(forward | backward, obligation__exempt_at=None, obligation__agency__status="active")


class RoundChannel(models.Model):
    """One channel in one round. `asked_on`: the day from which it asked, frozen; the answer follows the channel."""

    obligation = models.ForeignKey(
        Obligation, verbose_name="đầu việc", on_delete=models.CASCADE, related_name="round_channels"
    )
    channel = models.ForeignKey(Channel, verbose_name="kênh", on_delete=models.PROTECT, related_name="rounds")
    asked_on = models.DateField("đến kỳ từ ngày")
    answer = models.CharField("trả lời", max_length=10, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField("trả lời lúc", null=True, blank=True)

    objects = RoundChannelQuerySet.as_manager()

    class Meta:
        verbose_name = "kênh cần xác nhận lại"
        verbose_name_plural = "kênh cần xác nhận lại"
        ordering = ["obligation", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "channel"],
                name="channel_once_per_round",
                violation_error_message="Kênh đã có trong lần xác nhận này.",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | ~Q(answer="") & Q(answered_at__isnull=False),
                name="round_answer_is_dated",
                violation_error_message="Câu trả lời phải có thời điểm.",
            ),
        ]
        indexes = [models.Index(fields=["obligation"], condition=Q(answer=""), name="round_unanswered")]

    def __str__(self):
        return f"{self.channel}: {self.get_answer_display() or 'chưa trả lời'}"

    def follow(self, duty, now) -> bool:
        """Take over what the channel says today; whether that is another answer. The time of the first answer stays."""
        answer, answered_at = self.answer_of(duty, now)
        if answer == self.answer:
            return False
        if not answer or not self.answered_at:
            self.answered_at = answered_at
        self.answer = answer
        self.save(update_fields=["answer", "answered_at"])
        return True

    def answer_of(self, duty, now):
        """What the channel's own facts answer, and when; ("", None) while nothing does."""
        channel, begun = self.channel, duty.period.opened_at
        told_at = channel.answered_at if channel.answered_at and channel.answered_at >= begun else None
        if channel.agency_id != duty.agency_id:
            return Answer.MOVED, now
        if channel.given_up_at and channel.given_up_at >= begun:
            return Answer.DROPPED, channel.given_up_at
        if channel.status == ChannelStatus.CLOSED:
            return Answer.CLOSED, told_at or max(begun, periods.start_of_day(channel.closed_on))
        if channel.status != ChannelStatus.CONFIRMED:
            return Answer.SUSPENDED, told_at or now
        change = changes_since(channel, begun).order_by("proposed_at").first()
        if change:
            return Answer.CHANGED, change.proposed_at
        if channel.reconfirmed_on >= duty.period.first_on:
            return Answer.RIGHT, told_at or max(begun, periods.start_of_day(channel.reconfirmed_on))
        return "", None
