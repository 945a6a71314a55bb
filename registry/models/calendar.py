"""The working calendar: public holidays from the library `holidays`, overlaid by the swap days that staff enter."""

from django.db import models

from portal.lib import workdays


class CalendarDay(models.Model):
    """A day whose nature differs from the weekly rule; announced every year, so staff edit it."""

    day = models.DateField("ngày", unique=True)
    is_working = models.BooleanField("là ngày làm việc")
    note = models.CharField("căn cứ, ghi chú", max_length=200)

    class Meta:
        verbose_name = "ngày nghỉ, ngày làm bù"
        verbose_name_plural = "lịch nghỉ, làm bù"
        ordering = ["day"]

    def __str__(self):
        return f"{self.day:%d/%m/%Y}: {'làm việc' if self.is_working else 'nghỉ'} ({self.note})"


def working_day_exceptions(first, last):
    """Days between two years' ends that break the weekly rule: {day: is worked}. The table rules over the library."""
    days = dict(workdays.holiday_exceptions(range(first.year, last.year + 1)))
    days.update(CalendarDay.objects.filter(day__year__range=(first.year, last.year)).values_list("day", "is_working"))
    return days
