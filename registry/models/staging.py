"""An uploaded sheet between preview and confirmation. It may hold personal data, so it is kept only a short while."""

import hashlib
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from registry.models.people import User

KEPT_FOR = timedelta(days=2)


class ImportKind(models.TextChoices):
    REGISTRATIONS = "registrations", "Đăng ký đầu mối và kênh"
    AGENCIES = "agencies", "Cơ quan, đơn vị"
    CONTACTS = "contacts", "Đầu mối"
    CHANNELS = "channels", "Kênh"


class StagedImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever uploaded a sheet sees it; nobody else does, for it may name people."""
        return self.filter(uploaded_by=user) if user.is_authenticated and not user.scope else self.none()

    def stale(self, now):
        """Sheets whose time is over: their bytes go."""
        return self.filter(created_at__lt=now - KEPT_FOR)


class StagedImport(models.Model):
    """The bytes wait in the database, not on a disk that another web server can't see. Applied ones keep no bytes."""

    kind = models.CharField("loại bảng", max_length=20, choices=ImportKind.choices)
    original_name = models.CharField("tên tệp", max_length=200, blank=True)
    content = models.BinaryField("nội dung")
    sha256 = models.CharField("mã băm", max_length=64, editable=False)
    uploaded_by = models.ForeignKey(User, verbose_name="người tải lên", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("tải lên lúc", default=timezone.now)
    applied_at = models.DateTimeField("nhập lúc", null=True, blank=True)
    summary = models.CharField("kết quả", max_length=200, blank=True)

    objects = StagedImportQuerySet.as_manager()

    class Meta:
        verbose_name = "bảng chờ nhập"
        verbose_name_plural = "bảng chờ nhập"
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return self.original_name or self.get_kind_display()

    @classmethod
    def stage(cls, *, actor, kind, content, original_name="", now=None):
        """Keep a sheet for its preview; sheets of this person whose time is over go at the same moment."""
        now = now or timezone.now()
        cls.objects.visible_to(actor).stale(now).delete()
        return cls.objects.create(
            kind=kind,
            original_name=original_name[-200:],
            content=content,
            created_at=now,
            sha256=hashlib.sha256(content).hexdigest(),
            uploaded_by=actor,
        )

    @transaction.atomic
    def apply(self, *, actor, plan, now=None):
        """Run the plan made from these bytes, once. A second press finds it done and is told so."""
        self.refresh_from_db(from_queryset=StagedImport.objects.select_for_update(of=("self",)))
        if self.applied_at:
            raise ValidationError("Bảng này đã được nhập rồi.")
        now = now or timezone.now()
        plan.run(actor, now)
        self.applied_at, self.summary, self.content = now, plan.sentence, b""
        self.save()
