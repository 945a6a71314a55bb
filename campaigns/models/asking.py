"""What an agency asks of the province: more time for a duty, or a second look at a refused product."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.models.content import ContentItem
from campaigns.models.obligation import Obligation
from campaigns.models.publication import Decision
from registry.models import User


class AnswerState(models.TextChoices):
    WAITING = "waiting", "Chờ trả lời"
    GRANTED = "granted", "Đồng ý"
    REFUSED = "refused", "Không đồng ý"


S = AnswerState


class Asking(models.Model):
    """Asked by the agency, answered once by the province."""

    reason = models.CharField("lý do", max_length=500)
    asked_at = models.DateTimeField("gửi lúc", default=timezone.now, editable=False)
    asked_by = models.ForeignKey(
        User, verbose_name="người gửi", on_delete=models.PROTECT, related_name="+", editable=False
    )
    state = models.CharField("tình trạng", max_length=10, choices=S.choices, default=S.WAITING, editable=False)
    answered_at = models.DateTimeField("trả lời lúc", null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        User,
        verbose_name="người trả lời",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    answer = models.CharField("ý kiến của tỉnh", max_length=500, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at=None, answered_by=None)
                | ~Q(state="waiting") & Q(answered_at__isnull=False, answered_by__isnull=False),
                name="%(class)s_answered_exactly_when_dated",
                violation_error_message="Trả lời phải có người và ngày.",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(answer=""),
                name="%(class)s_refused_with_words",
                violation_error_message="Không đồng ý thì phải ghi lý do.",
            ),
        ]


class ExtensionRequest(Asking):
    """Xin gia hạn: one agency asks for a later last day of one duty."""

    obligation = models.ForeignKey(
        Obligation, verbose_name="đầu việc", on_delete=models.CASCADE, related_name="extension_requests"
    )
    until = models.DateField("xin đến ngày")

    class Meta(Asking.Meta):
        verbose_name = "đề nghị gia hạn"
        verbose_name_plural = "đề nghị gia hạn"
        constraints = [
            *Asking.Meta.constraints,
            models.UniqueConstraint(
                fields=["obligation"],
                condition=Q(state="waiting"),
                name="one_waiting_extension_per_duty",
                violation_error_message="Đầu việc này đang có một đề nghị chờ trả lời.",
            ),
        ]

    def __str__(self):
        return f"Xin gia hạn đến {self.until:%d/%m/%Y}"


class Appeal(Asking):
    """Đề nghị xem lại: the agency disagrees with a refusal."""

    item = models.ForeignKey(ContentItem, verbose_name="sản phẩm", on_delete=models.CASCADE, related_name="appeals")
    decision = models.OneToOneField(
        Decision, verbose_name="quyết định", on_delete=models.PROTECT, related_name="appeal"
    )

    class Meta(Asking.Meta):
        verbose_name = "đề nghị xem lại"
        verbose_name_plural = "đề nghị xem lại"
        constraints = list(Asking.Meta.constraints)

    def __str__(self):
        return f"Đề nghị xem lại: {self.item}"


class InternalNote(models.Model):
    """A note among reviewers. The agency never sees it."""

    item = models.ForeignKey(ContentItem, on_delete=models.CASCADE, related_name="internal_notes")
    text = models.CharField("ghi chú nội bộ", max_length=1000)
    author = models.ForeignKey(User, verbose_name="người ghi", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("lúc", default=timezone.now)

    class Meta:
        verbose_name = "ghi chú nội bộ"
        verbose_name_plural = "ghi chú nội bộ"
        ordering = ["at", "pk"]

    def __str__(self):
        return self.text[:60]
