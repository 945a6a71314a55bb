"""The keys by which a spelling of an address is recognised as a channel."""

from django.db import models
from django.db.models import Q


class ChannelKey(models.Model):
    """A canonical identity of a channel on its platform, e.g. `facebook:ubndtinhlaichau`. A channel may have several:
    each was confirmed by a person, with the channel or with a change of it. `ended_on`: the address was given up that day."""

    channel = models.ForeignKey("registry.Channel", verbose_name="kênh", on_delete=models.CASCADE, related_name="keys")
    key = models.CharField("khoá nhận diện", max_length=300, db_index=True)
    is_live = models.BooleanField("đang dùng", default=False, editable=False)
    ended_on = models.DateField("thôi dùng từ ngày", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "khoá nhận diện"
        verbose_name_plural = "khoá nhận diện"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(is_live=True),
                name="one_live_channel_per_key",
                violation_error_message="Địa chỉ này đang thuộc một kênh chính thống khác.",
            ),
            models.UniqueConstraint(
                fields=["channel", "key"], name="key_once_per_channel", violation_error_message="Kênh đã có khoá này."
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(is_live=False),
                name="ended_key_is_not_live",
                violation_error_message="Địa chỉ đã thôi dùng không còn là địa chỉ của kênh.",
            ),
        ]

    def __str__(self):
        return self.key

    def go_live(self):
        """Claim the key for its channel; ValidationError when another live channel has it."""
        self.is_live, self.ended_on = True, None
        self.validate_constraints()
        self.save()
