"""Mã QR đã in và treo: where a channel's code hangs, since when, until when. Each end says who noted it."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q

from portal.lib import text
from portal.lib.periods import local_day
from registry.models.channel import Channel
from registry.models.of_channel import OfChannelQuerySet
from registry.models.people import User

NOT_OFFICIAL = "Chỉ ghi nơi treo mã của kênh đã xác nhận, của cơ quan còn hoạt động."


class PrintedCodeQuerySet(OfChannelQuerySet):
    def hanging(self):
        """Codes that were put up and not taken down."""
        return self.filter(removed_on=None)


class PrintedCode(models.Model):
    """One place where the code of a channel was put up. The row stays when the code is taken down."""

    channel = models.ForeignKey(
        Channel, verbose_name="kênh", on_delete=models.PROTECT, related_name="printed_codes", editable=False
    )
    place = models.CharField("nơi treo", max_length=200)
    place_norm = models.CharField(max_length=200, editable=False)
    posted_on = models.DateField("treo từ ngày")
    posted_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False, verbose_name="người ghi")
    posted_at = models.DateTimeField("ghi lúc", editable=False)
    removed_on = models.DateField("gỡ ngày", null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="người ghi đã gỡ"
    )
    removed_at = models.DateTimeField("ghi đã gỡ lúc", null=True, blank=True, editable=False)

    objects = PrintedCodeQuerySet.as_manager()

    class Meta:
        verbose_name = "mã QR đã treo"
        verbose_name_plural = "mã QR đã treo"
        ordering = [F("removed_on").desc(nulls_first=True), "-posted_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "place_norm"],
                condition=Q(removed_on=None),
                name="code_hangs_once_at_a_place",
                violation_error_message="Mã của kênh này đã ghi là đang treo ở nơi đó.",
            ),
            models.CheckConstraint(
                condition=~Q(place="") & ~Q(place_norm=""),
                name="printed_code_says_where",
                violation_error_message="Hãy ghi nơi treo mã.",
            ),
            models.CheckConstraint(
                condition=Q(removed_on=None, removed_by=None, removed_at=None)
                | Q(removed_on__isnull=False, removed_by__isnull=False, removed_at__isnull=False),
                name="removed_code_says_who_and_when",
                violation_error_message="Mã đã gỡ phải có ngày và người ghi.",
            ),
            models.CheckConstraint(
                condition=Q(removed_on=None) | Q(removed_on__gte=F("posted_on")),
                name="code_removed_after_it_was_put_up",
                violation_error_message="Ngày gỡ phải từ ngày treo trở đi.",
            ),
        ]

    def __str__(self):
        return f"{self.channel}: {self.place}"

    @classmethod
    @transaction.atomic
    def put_up(cls, *, actor, channel, place, on, now):
        """Note that the printed code hangs at a place since that day. The same note sent twice gives the first row."""
        channel.lock()  # parallel clicks stand in line here
        if not channel.is_published:
            raise ValidationError(NOT_OFFICIAL)
        if on > local_day(now):
            raise ValidationError({"on": "Ngày treo không thể sau hôm nay."})
        place = text.clean_line(place)
        row = cls(channel=channel, place=place, place_norm=text.fold(place), posted_on=on, posted_by=actor)
        twin = cls.objects.hanging().filter(channel=channel, place_norm=row.place_norm).first()
        if twin and (twin.posted_by_id, twin.posted_on) == (actor.pk, on):
            return twin
        if twin:
            raise ValidationError({"place": f"Mã đã ghi là treo ở đây từ {twin.posted_on:%d/%m/%Y}."})
        row.posted_at = now
        row.full_clean()
        row.save()
        return row

    @transaction.atomic
    def take_down(self, *, actor, now):
        """Note that the code no longer hangs there, as of today."""
        self.refresh_from_db(from_queryset=PrintedCode.objects.select_for_update(of=("self",)))
        if self.removed_on:
            raise ValidationError(f"Mã ở nơi này đã ghi là gỡ ngày {self.removed_on:%d/%m/%Y}.")
        self.removed_on, self.removed_by, self.removed_at = local_day(now), actor, now
        self.save(update_fields=["removed_on", "removed_by", "removed_at"])
