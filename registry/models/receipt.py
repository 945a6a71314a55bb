"""Receipts: what a provider reported of a message after taking it. Kept raw, each event once, for a limited time."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from registry.models.provider import ProviderName


class Stage(models.TextChoices):
    DELIVERED = "delivered", "Đã đến máy"
    READ = "read", "Đã xem"
    FAILED = "failed", "Không đến máy"
    OTHER = "other", "Tin khác"


class ReceiptState(models.TextChoices):
    NEW = "new", "Chờ ghi nhận"
    APPLIED = "applied", "Đã ghi nhận"
    IGNORED = "ignored", "Không dùng"


class Receipt(models.Model):
    """`key` is ours (RequestId, tracking_id) when the provider gave it back; `reference` the provider's own number."""

    provider = models.CharField("nhà cung cấp", max_length=12, choices=ProviderName.choices)
    event_id = models.CharField(max_length=80)
    received_at = models.DateTimeField("nhận lúc", default=timezone.now)
    body = models.TextField("nguyên văn")
    key = models.UUIDField(null=True, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    stage = models.CharField("báo gì", max_length=10, choices=Stage.choices)
    state = models.CharField("tình trạng", max_length=10, choices=ReceiptState.choices, default=ReceiptState.NEW)

    class Meta:
        verbose_name = "biên nhận của nhà cung cấp"
        verbose_name_plural = "biên nhận của nhà cung cấp"
        indexes = [
            models.Index(fields=["received_at"], condition=Q(state="new"), name="receipt_new"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "event_id"],
                name="receipt_once_per_event",
                violation_error_message="Biên nhận này đã được ghi.",
            ),
        ]

    def __str__(self):
        return f"{self.get_provider_display()}: {self.get_stage_display()}"
