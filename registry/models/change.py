"""A change of a published channel that waits for the province: the published version stays live until it is accepted."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from registry.models.agency import Agency
from registry.models.channel import Channel
from registry.models.people import User


class ChangeStatus(models.TextChoices):
    PROPOSED = "proposed", "Chờ xác nhận"
    ACCEPTED = "accepted", "Đã xác nhận"
    RETURNED = "returned", "Trả lại"
    WITHDRAWN = "withdrawn", "Đã rút"


S = ChangeStatus


class ChangeQuerySet(models.QuerySet):
    def awaiting_review(self):
        return self.filter(status=S.PROPOSED)

    def visible_to(self, user):
        """Staff see all; a focal point those of their agencies; nobody else any: a change is never public."""
        if not user.is_authenticated or user.scope:
            return self.none()
        if user.is_province_staff:
            return self
        return self.filter(channel__agency__in=Agency.objects.editable_by(user))


class ChannelChange(models.Model):
    """What the channel would be after the change. `key` is the new address read; '' when the address stays."""

    channel = models.ForeignKey(Channel, verbose_name="kênh", on_delete=models.CASCADE, related_name="changes")
    name = models.CharField("tên kênh", max_length=200)
    description = models.CharField("giới thiệu ngắn", max_length=300, blank=True)
    url = models.URLField("đường dẫn", max_length=500, blank=True)
    key = models.CharField("khoá nhận diện", max_length=300, blank=True, editable=False)
    keeps_old_address = models.BooleanField("địa chỉ cũ vẫn dùng được", default=False)
    note = models.CharField("lý do thay đổi", max_length=300, blank=True)
    status = models.CharField("tình trạng", max_length=10, choices=S.choices, default=S.PROPOSED, editable=False)
    proposed_at = models.DateTimeField("đề xuất lúc", default=timezone.now, editable=False)
    proposed_by = models.ForeignKey(
        User, verbose_name="người đề xuất", on_delete=models.PROTECT, related_name="+", editable=False
    )
    decided_at = models.DateTimeField("quyết định lúc", null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        User,
        verbose_name="người quyết định",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    decision_reason = models.CharField("lý do", max_length=500, blank=True, editable=False)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "thay đổi của kênh"
        verbose_name_plural = "thay đổi của kênh"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel"],
                condition=Q(status="proposed"),
                name="one_waiting_change_per_channel",
                violation_error_message="Kênh này đang có một thay đổi chờ xác nhận.",
            ),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_at=None, decided_by=None)
                | ~Q(status="proposed") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="change_decided_exactly_when_dated",
                violation_error_message="Thay đổi đã quyết định phải có người và ngày quyết định.",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned") | ~Q(decision_reason=""),
                name="returned_change_says_why",
                violation_error_message="Hãy ghi lý do.",
            ),
        ]

    def __str__(self):
        return f"Thay đổi của kênh “{self.channel}”"
