"""Long work as rows: a page leaves one, a worker holds it with a lease, does it, and tells the person.

Waiting (`queued_at`), running (a lease as well), ended (the moment in the field that `ENDED` names) or given back to
the person with a sentence (`fault`, no longer queued).
"""

import uuid
from datetime import timedelta

from django.core.cache import cache
from django.db import connection, models, transaction
from django.db.models import Q

LEASE = timedelta(minutes=2)
"""How long a worker that is silent holds a job. Once it writes, the lock on the row holds it as long as it lives."""
TRIES = 3


def held_only_while_queued(name, sentence):
    """The constraint of every such table: a lease is whole, and of a row that waits for its work."""
    return models.CheckConstraint(
        condition=Q(lease_token__isnull=False, lease_until__isnull=False, queued_at__isnull=False)
        | Q(lease_token=None, lease_until=None),
        name=name,
        violation_error_message=sentence,
    )


class LeasedQuerySet(models.QuerySet):
    def not_ended(self):
        return self.filter(**{self.model.ENDED: None})

    def running(self, now):
        """Rows that a worker holds."""
        return self.not_ended().filter(lease_until__gt=now)

    def claimable(self, now):
        """Rows that wait, or whose worker fell silent."""
        return self.not_ended().filter(Q(lease_until=None) | Q(lease_until__lte=now), queued_at__isnull=False)


class LeasedJob(models.Model):
    queued_at = models.DateTimeField("xếp hàng lúc", null=True, blank=True)
    fault = models.CharField("lỗi", max_length=500, blank=True)
    row_count = models.PositiveIntegerField("số dòng", default=0)
    attempt = models.PositiveSmallIntegerField("lần thử", default=0)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    ENDED: str

    class Meta:
        abstract = True

    @property
    def is_running(self):
        """A worker took it up; whether that still lives, the lease tells."""
        return self.lease_token is not None

    @property
    def rows_done(self):
        """How far the worker is. Kept in the cache: what it writes is often one transaction that nobody sees into."""
        return min(cache.get(self.progress_key, 0), self.row_count)

    @property
    def progress_key(self):
        return f"{self._meta.model_name}-{self.pk}"

    def note_progress(self, rows):
        cache.set(self.progress_key, rows, timeout=LEASE.total_seconds() * 5)

    @classmethod
    def claim_next(cls, now):
        """The row that waits longest, held for us, or None. One at a time: long work leaves room for other work.

        A row whose worker fell silent is taken up again; its half-done work was rolled back or is done anew.
        """
        with transaction.atomic(durable=True):
            free = cls._default_manager.claimable(now).order_by("queued_at", "pk")
            if connection.features.has_select_for_update_skip_locked:
                free = free.select_for_update(skip_locked=True, of=("self",))
            row = None if cls._default_manager.running(now).exists() else free.first()
            if row:
                row.lease_token, row.lease_until, row.attempt = uuid.uuid4(), now + LEASE, row.attempt + 1
                row.save(update_fields=["lease_token", "lease_until", "attempt"])
        return row

    def renew(self, now) -> bool:
        """Hold it on; False when somebody else took it up meanwhile."""
        return bool(self.held().update(lease_until=now + LEASE))

    def give_back(self, sentence) -> bool:
        """The background could not do it: the person reads why and decides. False when it is no longer ours."""
        fields = {"queued_at": None, "lease_token": None, "lease_until": None, "fault": sentence[:500]}
        return bool(self.held().update(**fields))

    def held(self):
        """This row as long as it is ours and not ended."""
        return type(self)._default_manager.not_ended().filter(pk=self.pk, lease_token=self.lease_token)
