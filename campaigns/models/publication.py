"""Decisions of the province on what was handed in, and where accepted items appeared."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from registry.models import Channel, User

ONE_DAY = timedelta(days=1)


class DecisionAct(models.TextChoices):
    APPROVE = "approve", "Duyệt"
    RETURN = "return", "Trả lại để sửa"
    REJECT = "reject", "Từ chối"

    @property
    def verb(self):
        """The act's name in the transition table of content items."""
        return "return_for_changes" if self == DecisionAct.RETURN else self.value


class ReasonCode(models.TextChoices):
    """Why something is returned or refused; each prefills a text that the reviewer may edit."""

    CONTENT = "content", "Nội dung chưa chính xác"
    TOPIC = "topic", "Không đúng chủ đề"
    QUALITY = "quality", "Hình ảnh, âm thanh kém"
    SOURCE = "source", "Thiếu nguồn"
    LANGUAGE = "language", "Lỗi chính tả, câu chữ"
    LINK = "link", "Đường link không mở được"
    DUPLICATE = "duplicate", "Trùng sản phẩm đã nộp"
    OTHER = "other", "Lý do khác"

    @property
    def draft(self):
        """The text that the reviewer starts from."""
        return REASON_DRAFTS[self]


REASON_DRAFTS = {
    ReasonCode.CONTENT: "Đề nghị đơn vị kiểm tra lại số liệu, tên riêng và văn bản trích dẫn, sửa rồi nộp lại.",
    ReasonCode.TOPIC: "Nội dung chưa thuộc nội dung trọng tâm của tháng. Đề nghị đơn vị gửi sản phẩm khác.",
    ReasonCode.QUALITY: "Hình ảnh hoặc âm thanh chưa rõ. Đề nghị đơn vị gửi lại bản có chất lượng tốt hơn.",
    ReasonCode.SOURCE: "Đề nghị đơn vị ghi rõ nguồn tin, ảnh và người chịu trách nhiệm nội dung.",
    ReasonCode.LANGUAGE: "Đề nghị đơn vị sửa lỗi chính tả và câu chữ, đọc lại trước khi nộp.",
    ReasonCode.LINK: "Đường link không mở được hoặc không phải bài công khai. Đề nghị đơn vị sao chép lại đường link.",
    ReasonCode.DUPLICATE: "Sản phẩm này đã được nộp trước đó. Đề nghị đơn vị gửi sản phẩm khác.",
    ReasonCode.OTHER: "",
}


class Decision(models.Model):
    """Who decided what on which version, when, with what words. Never edited."""

    item = models.ForeignKey("campaigns.ContentItem", on_delete=models.PROTECT, related_name="decisions")
    version = models.ForeignKey("campaigns.ContentVersion", on_delete=models.PROTECT, related_name="decisions")
    actor = models.ForeignKey(User, verbose_name="người quyết định", on_delete=models.PROTECT, related_name="+")
    act = models.CharField("quyết định", max_length=10, choices=DecisionAct.choices)
    code = models.CharField("lý do", max_length=12, choices=ReasonCode.choices, blank=True)
    note = models.TextField("ý kiến", blank=True, max_length=2000)
    at = models.DateTimeField("lúc", default=timezone.now)

    class Meta:
        verbose_name = "quyết định"
        verbose_name_plural = "quyết định"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["at"], name="decision_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["version"], name="one_decision_per_version", violation_error_message="Bản này đã có quyết định."
            ),
            models.CheckConstraint(
                condition=Q(act="approve") | (~Q(code="") & ~Q(note="")),
                name="return_or_reject_says_why",
                violation_error_message="Trả lại hoặc từ chối phải chọn lý do và ghi ý kiến cho đơn vị.",
            ),
        ]

    def __str__(self):
        return f"{self.get_act_display()}: {self.item}"


class PublicationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Staff see all (what was posted had been handed in), a focal point those of their agencies, others none."""
        if user.is_authenticated and user.is_province_staff:
            return self
        if not user.is_authenticated or user.scope:
            return self.none()
        return self.filter(item__agency__in=user.contact_points.filter(status="confirmed").values("agency_id"))


class Publication(models.Model):
    """Lượt đăng: an item on a channel, with the post's address as proof."""

    item = models.ForeignKey("campaigns.ContentItem", on_delete=models.PROTECT, related_name="publications")
    channel = models.ForeignKey(Channel, verbose_name="kênh", on_delete=models.PROTECT, related_name="publications")
    url = models.URLField("đường link bài đăng", max_length=500)
    published_at = models.DateTimeField("đăng lúc")
    recorded_at = models.DateTimeField("ghi nhận lúc", default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        User, verbose_name="người ghi nhận", on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = "lượt đăng"
        verbose_name_plural = "lượt đăng"
        ordering = ["-published_at", "-pk"]
        indexes = [models.Index(fields=["-published_at", "-id"], name="post_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "channel"],
                name="published_once_per_channel",
                violation_error_message="Sản phẩm đã ghi nhận đăng trên kênh này.",
            )
        ]

    def __str__(self):
        return f"{self.item} trên {self.channel}"

    @property
    def latest_figures(self):
        """The newest figures of the post; None when nobody noted any. No query when `metrics` is prefetched."""
        return next(iter(self.metrics.all()), None)

    def note_figures(self, *, actor, measured_on, is_from_api=False, **figures):
        """How the post did by that day (views, likes, comments, shares); noted twice for one day, the later counts."""
        row, _ = self.metrics.update_or_create(
            measured_on=measured_on, defaults={**figures, "noted_by": actor, "is_from_api": is_from_api}
        )
        return row

    def clean(self):
        if self.channel_id and self.channel.status != "confirmed":
            raise ValidationError({"channel": "Chỉ đăng trên kênh đã xác nhận."})
        if self.published_at and self.published_at > timezone.now() + ONE_DAY:
            raise ValidationError({"published_at": "Giờ đăng không thể ở tương lai."})


class PublicationMetric(models.Model):
    """How a post did by one day: numbers typed from the platform, or read through its API. NULL = not known."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="metrics")
    measured_on = models.DateField("tính đến ngày")
    views = models.PositiveIntegerField("lượt xem", null=True, blank=True)
    likes = models.PositiveIntegerField("lượt thích", null=True, blank=True)
    comments = models.PositiveIntegerField("bình luận", null=True, blank=True)
    shares = models.PositiveIntegerField("chia sẻ", null=True, blank=True)
    is_from_api = models.BooleanField("lấy tự động", default=False, editable=False)
    noted_by = models.ForeignKey(
        User,
        verbose_name="người ghi",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )

    class Meta:
        verbose_name = "số liệu lượt đăng"
        verbose_name_plural = "số liệu lượt đăng"
        ordering = ["-measured_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "measured_on"],
                name="metrics_once_a_day",
                violation_error_message="Ngày này đã có số liệu.",
            ),
            models.CheckConstraint(
                condition=Q(views__isnull=False)
                | Q(likes__isnull=False)
                | Q(comments__isnull=False)
                | Q(shares__isnull=False),
                name="metrics_say_something",
                violation_error_message="Hãy ghi ít nhất một con số.",
            ),
        ]

    def __str__(self):
        return f"{self.publication} đến {self.measured_on:%d/%m/%Y}"
