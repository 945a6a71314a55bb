"""Tải về: a file that takes longer than a page may. Private to who asked for it, and gone after some days."""

import uuid
from datetime import timedelta

from django.core.files.base import File
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from registry.models.leased import LeasedJob, LeasedQuerySet, held_only_while_queued
from registry.models.people import User


def private_path(download, name):
    """Random private path: nothing of the given name reaches the disk."""
    return f"tai-ve/{uuid.uuid4().hex}"


class DownloadQuerySet(LeasedQuerySet):
    def visible_to(self, user):
        """Whoever asked for a file has it; nobody else does, for it may name people. Former staff have none."""
        if not user.is_authenticated or user.scope or not user.is_province_staff:
            return self.none()
        return self.filter(owner=user)

    def waiting(self):
        return self.filter(queued_at__isnull=False, made_at=None)

    def expired(self, now):
        """Files whose days are over, and requests that could not be done as long ago."""
        return self.filter(asked_at__lt=now - self.model.KEPT_FOR, queued_at=None)


class Download(LeasedJob):
    """One file that somebody asked for. `kind` and `request` say which (`campaigns.downloading.MAKERS`)."""

    owner = models.ForeignKey(User, verbose_name="người yêu cầu", on_delete=models.CASCADE, related_name="downloads")
    kind = models.CharField("loại", max_length=30)
    request = models.JSONField("yêu cầu", default=dict)
    title = models.CharField("tệp", max_length=200)
    name = models.CharField("tên tệp", max_length=150)
    media_type = models.CharField("loại tệp", max_length=100)
    key = models.CharField(max_length=80, blank=True, editable=False)
    asked_at = models.DateTimeField("yêu cầu lúc", default=timezone.now)
    made_at = models.DateTimeField("xong lúc", null=True, blank=True)
    file = models.FileField(upload_to=private_path, blank=True, editable=False)
    size = models.PositiveBigIntegerField("cỡ, byte", default=0)

    ENDED = "made_at"
    KEPT_FOR = timedelta(days=7)

    objects = DownloadQuerySet.as_manager()

    class Meta:
        verbose_name = "tệp tải về"
        verbose_name_plural = "tệp tải về"
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["queued_at"], condition=Q(made_at=None), name="download_waiting")]
        constraints = [
            held_only_while_queued("download_lease_of_a_job", "Chỉ tệp đang chờ lập mới có tiến trình giữ."),
            models.CheckConstraint(
                condition=Q(made_at=None, file="") | Q(made_at__isnull=False, queued_at=None) & ~Q(file=""),
                name="download_made_exactly_with_its_file",
                violation_error_message="Tệp đã lập xong phải có tệp và giờ xong.",
            ),
            models.UniqueConstraint(
                fields=["owner", "key"],
                condition=~Q(key=""),
                name="download_once_per_key",
                violation_error_message="Tệp này đã được yêu cầu.",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def expires_at(self):
        return self.asked_at + self.KEPT_FOR

    @classmethod
    def ask(cls, *, owner, kind, request, title, name, media_type, row_count=0, key="", now=None):
        """Leave a file to the background; with a `key` once for each person. None when it was asked for before."""
        now = now or timezone.now()
        row = cls(
            owner=owner, kind=kind, request=request, title=title[:200], name=name[-150:], media_type=media_type,
            row_count=row_count, key=key, asked_at=now, queued_at=now,
        )  # fmt: skip
        if key and cls.objects.filter(owner=owner, key=key).exists():
            return None
        cls.objects.bulk_create([row], ignore_conflicts=bool(key))
        return row

    @transaction.atomic
    def finish(self, content: File, now) -> bool:
        """Keep the file; False when somebody else took the work up meanwhile (the file of the slower one goes)."""
        row = self.held().select_for_update(of=("self",)).first()
        if row is None:
            return False
        row.file.save(self.name, content, save=False)
        row.made_at, row.size, row.fault = now, row.file.size, ""
        row.queued_at = row.lease_token = row.lease_until = None
        row.save()
        self.file, self.made_at, self.size = row.file, row.made_at, row.size
        return True

    def remove(self):
        """Take the row and its file away: its days are over, or the person does not need it any more."""
        stored, storage = self.file.name, self.file.storage
        self.delete()
        if stored:
            transaction.on_commit(lambda: storage.delete(stored))
