"""Báo cáo gửi hằng tháng: on which day, in which formats, to whom, and for which months it went."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from portal.lib.periods import local_day, next_month
from registry.models import Heartbeat, User

ONLY = 1
LAST_DAY = 28
"""A day that every month has."""
HEARTBEAT = "month_mail"


class ReportSchedule(models.Model):
    """One row. Off until somebody arranges it; what changes after this month's day counts from the next month."""

    is_on = models.BooleanField("gửi hằng tháng", default=False)
    day = models.PositiveSmallIntegerField(
        "ngày gửi", default=10, validators=[MinValueValidator(1), MaxValueValidator(LAST_DAY)]
    )
    formats = models.JSONField("dạng tệp", default=list)
    changed_at = models.DateTimeField("đổi lúc", default=timezone.now, editable=False)
    changed_by = models.ForeignKey(
        User, verbose_name="người đổi", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = "lịch gửi báo cáo"
        verbose_name_plural = "lịch gửi báo cáo"
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=ONLY), name="report_schedule_is_one", violation_error_message="Chỉ có một lịch gửi."
            ),
            models.CheckConstraint(
                condition=Q(day__gte=1, day__lte=LAST_DAY),
                name="report_schedule_day_of_every_month",
                violation_error_message="Ngày gửi từ 1 đến 28.",
            ),
        ]

    def __str__(self):
        return f"ngày {self.day} hằng tháng" if self.is_on else "không gửi"

    @classmethod
    def current(cls) -> "ReportSchedule":
        """The arrangement in force; the one that nobody made yet is off."""
        return cls.objects.select_related("changed_by").filter(pk=ONLY).first() or cls(pk=ONLY, formats=["docx"])

    @classmethod
    @transaction.atomic
    def arrange(cls, *, actor, is_on, day, formats, now=None):
        """Set all of it. The daily part that rests until tomorrow wakes up: today may be the day."""
        cls.objects.bulk_create([cls(pk=ONLY)], ignore_conflicts=True)
        row = cls.objects.select_for_update(of=("self",)).get(pk=ONLY)
        row.is_on, row.day, row.formats = is_on, day, list(formats)
        row.changed_at, row.changed_by = now or timezone.now(), actor
        row.full_clean(exclude=["formats"])
        if is_on and not formats:
            raise ValidationError({"formats": "Hãy chọn ít nhất một dạng tệp."})
        row._history_user, row._change_reason = actor, "Đặt lịch gửi báo cáo"
        row.save()
        Heartbeat.objects.filter(name=HEARTBEAT).delete()
        return row

    def is_due(self, today) -> bool:
        """Its day of this month has come, and it was arranged before that day was over."""
        due_on = today.replace(day=self.day)
        return self.is_on and due_on <= today and local_day(self.changed_at) <= due_on

    def next_on(self, today, *, is_sent):
        """The day of the next report; `is_sent`: that of this month went already. None while it is off."""
        if not self.is_on:
            return None
        due_on = today.replace(day=self.day)
        if due_on >= today and not is_sent:
            return due_on
        return today if self.is_due(today) and not is_sent else next_month(today).replace(day=self.day)


class ReportReader(models.Model):
    """A member of the province's staff who gets the report: by their own choice, or put on the list by a reviewer."""

    user = models.OneToOneField(User, verbose_name="người nhận", on_delete=models.CASCADE, related_name="report_reader")
    since = models.DateTimeField("từ lúc", default=timezone.now)

    class Meta:
        verbose_name = "người nhận báo cáo"
        verbose_name_plural = "người nhận báo cáo"

    def __str__(self):
        return str(self.user)

    @classmethod
    def join(cls, user):
        cls.objects.bulk_create([cls(user=user)], ignore_conflicts=True)

    @classmethod
    def leave(cls, user):
        cls.objects.filter(user=user).delete()


class ReportMailing(models.Model):
    """The report of this month went: the unique month is what makes a second copy impossible."""

    month = models.DateField("tháng báo cáo", unique=True)
    at = models.DateTimeField("gửi lúc")
    readers = models.PositiveIntegerField("số người nhận", default=0)

    class Meta:
        verbose_name = "lượt gửi báo cáo"
        verbose_name_plural = "lượt gửi báo cáo"
        ordering = ["-month"]

    def __str__(self):
        return f"{self.month:%m/%Y}"
