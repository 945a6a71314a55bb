"""Known fakes: addresses that the province knows to imitate an agency, each with its day and source."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from registry.models.agency import Agency
from registry.models.people import User


class FakeStatus(models.TextChoices):
    LISTED = "listed", "Trong danh sách"
    REMOVED = "removed", "Đã đưa ra"


class FakeQuerySet(models.QuerySet):
    def listed(self):
        return self.filter(status=FakeStatus.LISTED)


class KnownFake(models.Model):
    """One address on the list. `source` names who established it: a dispatch, a warning, a decision."""

    url = models.CharField("đường dẫn", max_length=500)
    key = models.CharField("khoá nhận diện", max_length=300, db_index=True, editable=False)
    name = models.CharField("tên trang giả", max_length=200, blank=True)
    imitates = models.ForeignKey(
        Agency,
        verbose_name="mạo danh cơ quan",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="known_fakes",
    )
    noted_on = models.DateField("phát hiện ngày")
    source = models.CharField("căn cứ", max_length=300, help_text="Số công văn, cảnh báo hoặc cơ quan đã kết luận.")
    detail = models.CharField("ghi chú", max_length=500, blank=True)
    status = models.CharField(
        "tình trạng", max_length=10, choices=FakeStatus.choices, default=FakeStatus.LISTED, editable=False
    )
    listed_at = models.DateTimeField("ghi lúc", default=timezone.now, editable=False)
    listed_by = models.ForeignKey(
        User, verbose_name="người ghi", on_delete=models.PROTECT, related_name="+", editable=False
    )
    removed_at = models.DateTimeField("đưa ra lúc", null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(
        User,
        verbose_name="người đưa ra",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    removed_reason = models.CharField("lý do đưa ra", max_length=300, blank=True, editable=False)

    objects = FakeQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "trang giả mạo"
        verbose_name_plural = "trang giả mạo"
        ordering = ["-noted_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(status="listed"),
                name="fake_listed_once",
                violation_error_message="Địa chỉ này đã có trong danh sách giả mạo.",
            ),
            models.CheckConstraint(
                condition=Q(status="listed", removed_at=None, removed_by=None, removed_reason="")
                | (Q(status="removed", removed_at__isnull=False, removed_by__isnull=False) & ~Q(removed_reason="")),
                name="fake_removed_with_date_and_reason",
                violation_error_message="Đưa ra khỏi danh sách phải có người, ngày và lý do.",
            ),
            models.CheckConstraint(
                condition=~Q(key="") & ~Q(source=""),
                name="fake_has_an_address_and_a_source",
                violation_error_message="Hãy ghi địa chỉ và căn cứ.",
            ),
        ]

    def __str__(self):
        return self.name or self.url
