"""The ledger of reminders: one row per duty, step, person and medium. Insert first, send after."""

from django.db import models
from django.db.models import Q

from campaigns.models.obligation import Obligation
from registry.models import Medium, OutgoingMessage, User


class ReminderState(models.TextChoices):
    PLANNED = "planned", "Chờ gửi"
    QUEUED = "queued", "Đã vào tin gửi"
    SUPERSEDED = "superseded", "Nhường bước sau"
    MET = "met", "Việc đã xong"
    CANCELLED = "cancelled", "Đã huỷ"
    FELL = "fell", "Chuyển phương tiện khác"
    UNREACHED = "unreached", "Không đến được"


class Reminder(models.Model):
    obligation = models.ForeignKey(
        Obligation, verbose_name="đầu việc", on_delete=models.PROTECT, related_name="reminders"
    )
    step = models.CharField("bước", max_length=20, help_text="T-5 … T+3, mo-ky, hoặc nhac-<ngày>")
    person = models.ForeignKey(User, verbose_name="người được nhắc", on_delete=models.PROTECT, related_name="reminders")
    medium = models.CharField("phương tiện", max_length=10, choices=Medium.choices)
    due_at = models.DateTimeField("đến lượt lúc")
    state = models.CharField("tình trạng", max_length=12, choices=ReminderState.choices, default=ReminderState.PLANNED)
    planned_at = models.DateTimeField("lập lúc")
    message = models.ForeignKey(
        OutgoingMessage,
        verbose_name="tin gửi",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reminders",
    )

    class Meta:
        verbose_name = "nhắc hạn"
        verbose_name_plural = "nhắc hạn"
        ordering = ["-due_at", "-pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="planned"), name="reminder_planned")]
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "step", "person", "medium"],
                name="one_reminder_per_key",
                violation_error_message="Đã nhắc bước này.",
            ),
            models.CheckConstraint(
                condition=~Q(state="queued") | Q(medium="in_app") | Q(message__isnull=False),
                name="queued_reminder_has_its_message",
                violation_error_message="Nhắc đã gửi phải gắn với tin gửi.",
            ),
        ]

    def __str__(self):
        return f"{self.obligation} {self.step} → {self.person}"
