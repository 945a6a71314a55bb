"""An uploaded sheet between preview and confirmation. It may hold personal data, so it is kept only a short while.

A long one is a job: waiting (`queued_at`), running (a lease as well), done (`applied_at`) or given back (`fault`).
"""

import hashlib
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from registry.models.leased import LeasedJob, LeasedQuerySet, held_only_while_queued
from registry.models.people import User

KEPT_FOR = timedelta(days=2)
TAKEN_ELSEWHERE = "Bảng này đang được nhập ở nền hoặc đã được nhập rồi. Hãy tải lại trang."


class ImportKind(models.TextChoices):
    REGISTRATIONS = "registrations", "Đăng ký đầu mối và kênh"
    AGENCIES = "agencies", "Cơ quan, đơn vị"
    CONTACTS = "contacts", "Đầu mối"
    CHANNELS = "channels", "Kênh"


class StagedImportQuerySet(LeasedQuerySet):
    def visible_to(self, user):
        """Whoever uploaded a sheet sees it; nobody else does, for it may name people."""
        return self.filter(uploaded_by=user) if user.is_authenticated and not user.scope else self.none()

    def stale(self, now):
        """Sheets that nobody imported in time: they go, with what they say about people."""
        return self.filter(created_at__lt=now - KEPT_FOR, applied_at=None, queued_at=None)

    def to_look_after(self, now):
        """Sheets that a background pass must import or remove."""
        return self.filter(Q(queued_at__isnull=False) | Q(created_at__lt=now - KEPT_FOR), applied_at=None)


class StagedImport(LeasedJob):
    """The bytes wait in the database, not on a disk that another web server can't see. Applied ones keep no bytes."""

    kind = models.CharField("loại bảng", max_length=20, choices=ImportKind.choices)
    original_name = models.CharField("tên tệp", max_length=200, blank=True)
    content = models.BinaryField("nội dung")
    sha256 = models.CharField("mã băm", max_length=64, editable=False)
    uploaded_by = models.ForeignKey(User, verbose_name="người tải lên", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("tải lên lúc", default=timezone.now)
    applied_at = models.DateTimeField("nhập lúc", null=True, blank=True)
    summary = models.CharField("kết quả", max_length=200, blank=True)

    ENDED = "applied_at"

    objects = StagedImportQuerySet.as_manager()

    class Meta:
        verbose_name = "bảng chờ nhập"
        verbose_name_plural = "bảng chờ nhập"
        ordering = ["-created_at", "-pk"]
        constraints = [
            held_only_while_queued("staged_import_lease_of_a_job", "Chỉ bảng đang chờ nhập mới có tiến trình giữ.")
        ]

    def __str__(self):
        return self.original_name or self.get_kind_display()

    @property
    def is_pasted(self):
        """Sent as text in the form, not as a file."""
        return not self.original_name

    @property
    def pasted(self):
        """The text as it was pasted; nothing for a file or once it is imported."""
        return bytes(self.content).decode(errors="replace") if self.is_pasted else ""

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

    def queue(self, *, now, row_count):
        """Leave a long import to the background; pressing twice changes nothing."""
        waiting = StagedImport.objects.filter(pk=self.pk, queued_at=None, applied_at=None)
        waiting.update(queued_at=now, row_count=row_count, attempt=0, fault="")

    @transaction.atomic
    def apply(self, *, actor, plan, now=None, progress=None):
        """Run the plan made from these bytes, once: a second press, or a worker that lost its lease, is refused."""
        mine = self.lease_token
        self.refresh_from_db(from_queryset=StagedImport.objects.select_for_update(of=("self",)))
        if self.applied_at or self.lease_token != mine:
            self.lease_token = mine
            raise ValidationError(TAKEN_ELSEWHERE)
        now = now or timezone.now()
        plan.run(actor, now, progress=progress)
        self.applied_at, self.queued_at, self.summary, self.content = now, None, plan.sentence, b""
        self.lease_token = self.lease_until = None
        self.save()
