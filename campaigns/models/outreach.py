"""Báo kết quả lan toả: the number that a campaign asks an agency for (scans, followers, avatar frames), with its evidence."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q

from campaigns.models.obligation import Obligation
from portal.lib.documents.table import show
from portal.lib.periods import local_day
from registry.models import User

NO_EVIDENCE = "Hãy dán đường link hoặc gửi ảnh chụp màn hình làm minh chứng cho con số."


def picture_path(report, name):
    """Random private path: nothing of the given name reaches the disk."""
    return f"lan-toa/{uuid.uuid4().hex}"


class OutreachReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Reports of duties that the person sees."""
        return self.filter(obligation__in=Obligation.objects.visible_to(user))


class OutreachReport(models.Model):
    """What an agency counted for one duty. It may be corrected until the period locks; the duty's history keeps each
    number. The day that counts is that of the first report; the province decides nothing."""

    obligation = models.ForeignKey(
        Obligation, verbose_name="đầu việc", on_delete=models.PROTECT, related_name="outreach_reports", editable=False
    )
    number = models.PositiveIntegerField("con số")
    link = models.URLField("đường link minh chứng", max_length=500, blank=True)
    picture = models.FileField("ảnh minh chứng", upload_to=picture_path, blank=True, editable=False)
    picture_name = models.CharField("tên ảnh", max_length=200, blank=True, editable=False)
    picture_type = models.CharField(max_length=100, blank=True, editable=False)
    note = models.CharField("ghi chú", max_length=300, blank=True)
    reported_at = models.DateTimeField("báo lúc", editable=False)
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False, verbose_name="người báo")

    objects = OutreachReportQuerySet.as_manager()

    class Meta:
        verbose_name = "kết quả lan toả"
        verbose_name_plural = "kết quả lan toả"
        ordering = ["-reported_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["obligation"],
                name="outreach_reported_once_per_duty",
                violation_error_message="Đầu việc này đã có con số; hãy sửa con số đã báo.",
            ),
            models.CheckConstraint(
                condition=Q(number=0) | ~Q(link="") | ~Q(picture=""),
                name="outreach_number_has_evidence",
                violation_error_message=NO_EVIDENCE,
            ),
            models.CheckConstraint(
                condition=Q(picture="", picture_name="", picture_type="")
                | (~Q(picture="") & ~Q(picture_name="") & ~Q(picture_type="")),
                name="outreach_picture_whole_or_absent",
                violation_error_message="Ảnh minh chứng phải đủ tên và loại.",
            ),
        ]

    def __str__(self):
        return f"{self.obligation}: {self.words}"

    @property
    def words(self):
        """ "1.234 lượt quét mã QR"; reads the duty's requirement."""
        return f"{show(self.number, 'integer')} {self.obligation.requirement.measure}"

    @classmethod
    @transaction.atomic
    def report(cls, *, actor, obligation, number, now, link="", picture=None, note=""):
        """Write the agency's number, or correct it while the period is open. `picture`: a checked upload; without a new
        one the old one stays."""
        obligation.lock()
        obligation.refuse_when_locked(local_day(now))
        if obligation.exempt_at:
            raise ValidationError("Đơn vị được miễn việc này nên không cần báo.")
        row = cls.objects.select_for_update(of=("self",)).filter(obligation=obligation).first()
        before = row.words if row else ""
        row = row or cls(obligation=obligation, reported_at=now)
        row.number, row.link, row.note, row.reported_by = number, link, note, actor
        if picture:
            row.picture_name, row.picture_type = picture.name, picture.content_type
            row.picture.save(picture.name, picture.content, save=False)
        row.full_clean()
        row.save()
        obligation.settle(actor=actor, reason=f"Sửa {before} thành {row.words}" if before else f"Báo {row.words}")
        return row
