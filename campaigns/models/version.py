"""A submission of a product, frozen: what the reviewer reads and decides on."""

from django.db import models
from django.db.models import Q

from registry.models import User


class ContentKind(models.TextChoices):
    NEWS = "news", "Tin"
    ARTICLE = "article", "Bài viết"
    PICTURES = "pictures", "Hình ảnh"
    POSTER = "poster", "Poster, infographic"
    VIDEO = "video", "Video"
    AUDIO = "audio", "Âm thanh"


class ContentVersion(models.Model):
    """What was handed in, word for word. The reviewer decides on this, never on the working copy.

    `link_key` and `body_hash` find the same link and the same text again ("" = none).
    """

    item = models.ForeignKey("campaigns.ContentItem", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("bản số")
    kind = models.CharField("loại", max_length=10, choices=ContentKind.choices)
    title = models.CharField("tiêu đề", max_length=200)
    body = models.TextField("nội dung", blank=True)
    link = models.URLField("đường link", max_length=500, blank=True)
    responsible = models.CharField("người chịu trách nhiệm nội dung", max_length=120, blank=True)
    files = models.ManyToManyField("campaigns.ContentFile", related_name="versions", blank=True)
    submitted_at = models.DateTimeField("nộp lúc")
    submitted_by = models.ForeignKey(User, verbose_name="người nộp", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("quyết định lúc", null=True, blank=True)
    is_declared = models.BooleanField("đã cam kết chịu trách nhiệm", default=False)
    link_key = models.CharField(max_length=500, blank=True, editable=False, db_index=True)
    body_hash = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    is_accepted = models.BooleanField("được duyệt", default=False)

    class Meta:
        verbose_name = "bản nộp"
        verbose_name_plural = "bản nộp"
        ordering = ["item", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "number"], name="version_number_once", violation_error_message="Trùng số bản nộp."
            ),
            models.CheckConstraint(
                condition=Q(is_accepted=False) | Q(decided_at__isnull=False),
                name="accepted_version_was_decided",
                violation_error_message="Bản được duyệt phải có ngày quyết định.",
            ),
        ]

    def __str__(self):
        return f"{self.title} (bản {self.number})"
