"""What counts and notes about a channel have in common: who may see them."""

from django.db import models

from registry.models.agency import Agency


class OfChannelQuerySet(models.QuerySet):
    """Rows about a channel that only those who answer for it may see."""

    def visible_to(self, user):
        """Staff see all; a focal point those of the channels that their agencies have now; others none."""
        if user.is_authenticated and user.is_province_staff:
            return self
        if not user.is_authenticated or user.scope:
            return self.none()
        return self.filter(channel__agency__in=Agency.objects.editable_by(user))
