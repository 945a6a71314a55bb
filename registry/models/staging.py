"""An uploaded sheet between preview and confirmation. It may hold personal data, so it is kept only a short while.

A long one is a job: waiting (`queued_at`), running (a lease as well), done (`applied_at`) or given back (`fault`).
"""

import hashlib
import uuid
from datetime import timedelta

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from registry.models.people import User

KEPT_FOR = timedelta(days=2)
LEASE = timedelta(minutes=2)
"""How long a worker that is silent holds a job. Once it writes, the lock on the row holds it as long as it lives."""
TRIES = 3
TAKEN_ELSEWHERE = "Bảng này đang được nhập ở nền hoặc đã được nhập rồi. Hãy tải lại trang."


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
        """Sheets that nobody imported in time: they go, with what they say about people."""
        return self.filter(created_at__lt=now - KEPT_FOR, applied_at=None, queued_at=None)

    def to_look_after(self, now):
        """Sheets that a background pass must import or remove."""
        return self.filter(Q(queued_at__isnull=False) | Q(created_at__lt=now - KEPT_FOR), applied_at=None)

    def running(self, now):
        """Sheets that a worker holds."""
        return self.filter(applied_at=None, lease_until__gt=now)

    def claimable(self, now):
        """Sheets that wait, or whose worker fell silent."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lte=now), queued_at__isnull=False, applied_at=None)


class StagedImport(models.Model):
    """The bytes wait in the database, not on a disk that another web server can't see. Applied ones keep no bytes."""

    kind = models.CharField("loại bảng", max_length=20, choices=ImportKind.choices)
    original_name = models.CharField("tên tệp", max_length=200, blank=True)
    content = models.BinaryField("nội dung")
    sha256 = models.CharField("mã băm", max_length=64, editable=False)
    uploaded_by = models.ForeignKey(User, verbose_name="người tải lên", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("tải lên lúc", default=timezone.now)
    queued_at = models.DateTimeField("xếp hàng lúc", null=True, blank=True)
    fault = models.CharField("lỗi", max_length=500, blank=True)
    applied_at = models.DateTimeField("nhập lúc", null=True, blank=True)
    summary = models.CharField("kết quả", max_length=200, blank=True)
    row_count = models.PositiveIntegerField("số dòng", default=0)
    attempt = models.PositiveSmallIntegerField("lần thử", default=0)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = StagedImportQuerySet.as_manager()

    class Meta:
        verbose_name = "bảng chờ nhập"
        verbose_name_plural = "bảng chờ nhập"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lease_token__isnull=False, lease_until__isnull=False, queued_at__isnull=False)
                | Q(lease_token=None, lease_until=None),
                name="staged_import_lease_of_a_job",
                violation_error_message="Chỉ bảng đang chờ nhập mới có tiến trình giữ.",
            )
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

    @property
    def is_running(self):
        """A worker took it up; whether that still lives, the lease tells."""
        return self.lease_token is not None

    @property
    def rows_done(self):
        """How far the worker is. Kept in the cache: the import itself is one transaction that nobody sees into."""
        return min(cache.get(f"import-{self.pk}", 0), self.row_count)

    def note_progress(self, rows):
        cache.set(f"import-{self.pk}", rows, timeout=LEASE.total_seconds() * 5)

    def queue(self, *, now, row_count):
        """Leave a long import to the background; pressing twice changes nothing."""
        waiting = StagedImport.objects.filter(pk=self.pk, queued_at=None, applied_at=None)
        waiting.update(queued_at=now, row_count=row_count, attempt=0, fault="")

    @classmethod
    def claim_next(cls, now):
        """The sheet that waits longest, held for us, or None. One at a time: imports leave room for other work.

        A sheet whose worker fell silent is taken up again; its half-done work was rolled back with its transaction.
        """
        with transaction.atomic(durable=True):
            free = cls.objects.claimable(now).order_by("queued_at", "pk")
            if connection.features.has_select_for_update_skip_locked:
                free = free.select_for_update(skip_locked=True)
            row = None if cls.objects.running(now).exists() else free.first()
            if row:
                row.lease_token, row.lease_until, row.attempt = uuid.uuid4(), now + LEASE, row.attempt + 1
                row.save(update_fields=["lease_token", "lease_until", "attempt"])
        return row

    def renew(self, now) -> bool:
        """Hold it on; False when somebody else took it up meanwhile."""
        return bool(self._held().update(lease_until=now + LEASE))

    def give_back(self, sentence) -> bool:
        """The background could not import it: the person reads why and decides. False when it is no longer ours."""
        return bool(self._held().update(queued_at=None, lease_token=None, lease_until=None, fault=sentence[:500]))

    def _held(self):
        return StagedImport.objects.filter(pk=self.pk, lease_token=self.lease_token, applied_at=None)

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
