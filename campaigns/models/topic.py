"""Nội dung trọng tâm: what the month's products should be about."""

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from portal.lib import text
from registry.models import User


class TopicQuerySet(models.QuerySet):
    def with_counts(self):
        """Annotates `handed_in` (products submitted about it) and `agency_count` (agencies that did)."""
        handed_in = ~Q(items__submitted_at=None) & ~Q(items__status="withdrawn")
        return self.annotate(
            handed_in=Count("items", filter=handed_in),
            agency_count=Count("items__agency", filter=handed_in, distinct=True),
        )


class Topic(models.Model):
    month = models.DateField("tháng", db_index=True, help_text="Ngày 1 của tháng.")
    title = models.CharField("nội dung trọng tâm", max_length=200)
    guidance = models.TextField("gợi ý cho đơn vị", blank=True)
    created_by = models.ForeignKey(
        User, verbose_name="người lập", on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField("lập lúc", default=timezone.now, editable=False)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = "nội dung trọng tâm"
        verbose_name_plural = "nội dung trọng tâm"
        ordering = ["-month", "title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "title"],
                name="topic_once_a_month",
                violation_error_message="Tháng này đã có nội dung đó.",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="topic_month_is_a_first",
                violation_error_message="Tháng ghi bằng ngày 1.",
            ),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.title = text.clean_line(self.title)
        super().save(*args, **kwargs)
