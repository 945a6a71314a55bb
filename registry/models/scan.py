"""Lượt quét mã QR: a number per channel and day. Nobody who scanned can be told from it: no address, device or hour."""

from django.db import models
from django.db.models import Q

from portal.lib.briefly import briefly
from registry.models.channel import Channel
from registry.models.of_channel import OfChannelQuerySet

ADD = (
    "INSERT INTO registry_scanday (channel_id, day, count) VALUES (%s, %s, 1)"
    " ON CONFLICT (channel_id, day) DO UPDATE SET count = registry_scanday.count + 1"
)
"""One statement, so that of two people at the same moment both are counted."""


class ScanDayQuerySet(OfChannelQuerySet):
    def within(self, first_on, last_on):
        return self.filter(day__gte=first_on, day__lte=last_on)


class ScanDay(models.Model):
    """How often the page behind a channel's code was opened on one day (Asia/Ho_Chi_Minh). Openings, not people.

    The counts go with the channel when another agency takes it over. Their relations have no name on the other side: a
    scan is no reason against taking a reorganisation back.
    """

    channel = models.ForeignKey(Channel, verbose_name="kênh", on_delete=models.CASCADE, related_name="+")
    day = models.DateField("ngày")
    count = models.PositiveIntegerField("lượt quét", default=1)

    objects = ScanDayQuerySet.as_manager()

    class Meta:
        verbose_name = "lượt quét mã QR"
        verbose_name_plural = "lượt quét mã QR"
        ordering = ["-day", "pk"]
        indexes = [models.Index(fields=["day"], name="scans_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "day"],
                name="scans_counted_in_one_row_a_day",
                violation_error_message="Ngày này của kênh đã có dòng đếm.",
            ),
            models.CheckConstraint(
                condition=Q(count__gte=1),
                name="scans_of_a_day_at_least_one",
                violation_error_message="Ngày không có lượt quét thì không có dòng.",
            ),
        ]

    def __str__(self):
        return f"{self.channel}, {self.day:%d/%m/%Y}: {self.count}"

    @classmethod
    def add(cls, channel, day):
        """Count one scan. Raises `django.db.Error` when the database takes no write at this moment."""
        with briefly() as cursor:
            cursor.execute(ADD, [channel.pk, day])
