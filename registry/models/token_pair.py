"""A pair of tokens that rotates: the refresh token works once, so one worker exchanges it and saves before anybody uses it."""

import uuid

from django.db import models, transaction
from django.db.models import Q

from portal.lib import sealing


class RotatingPair(models.Model):
    """Kept sealed. `renewing_until`: a worker is exchanging the refresh token; the others wait."""

    sealed_access_token = models.TextField(blank=True, editable=False)
    sealed_refresh_token = models.TextField(blank=True, editable=False)
    token_expires_at = models.DateTimeField("mã truy cập hết hạn", null=True, blank=True, editable=False)
    renewing_until = models.DateTimeField(null=True, blank=True, editable=False)
    renewing_token = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def rows(self):
        return type(self)._default_manager.all()

    def claim_renewal(self, now, lease):
        """A token for the one worker who may exchange the refresh token now; None for the others."""
        mine = uuid.uuid4()
        free = Q(renewing_until=None) | Q(renewing_until__lt=now)
        rows = self.rows().filter(free, pk=self.pk, sealed_access_token=self.sealed_access_token)
        return mine if rows.update(renewing_until=now + lease, renewing_token=mine) else None

    @transaction.atomic
    def keep_pair(self, mine, *, access_token, refresh_token, expires_at):
        """Save the new pair under the row's lock; it is committed before anybody uses it. False when the lease is lost."""
        row = self.rows().select_for_update(of=("self",)).filter(pk=self.pk, renewing_token=mine)
        return bool(
            row.first()
            and row.update(
                sealed_access_token=sealing.seal(access_token),
                sealed_refresh_token=sealing.seal(refresh_token),
                token_expires_at=expires_at,
                renewing_until=None,
                renewing_token=None,
            )
        )

    def release_renewal(self, mine):
        self.rows().filter(pk=self.pk, renewing_token=mine).update(renewing_until=None, renewing_token=None)
