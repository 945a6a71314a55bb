"""The keys by which a spelling of an address is recognised as a channel."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from registry.addresses import lookalike
from registry.addresses.cleaning import without_scheme
from registry.models.channel_kinds import OFFLINE_KINDS, own_address
from registry.models.fake import KnownFake

TAKEN = "Địa chỉ này đang thuộc một kênh chính thống khác."


class ChannelKey(models.Model):
    """A canonical identity of a channel on its platform, e.g. `facebook:ubndtinhlaichau`. A channel may have several:
    each was confirmed by a person, with the channel or with a change of it. `ended_on`: the address was given up that day.
    `url` stands on further and former addresses only: the channel's own `url` is that of its main key.

    `shape`, `profile` and `letters` follow from the key: by them the register finds what a strange address looks like.
    A change of `lookalike.skeleton` or `handle` needs a migration that writes them again.
    """

    channel = models.ForeignKey("registry.Channel", verbose_name="kênh", on_delete=models.CASCADE, related_name="keys")
    key = models.CharField("khoá nhận diện", max_length=300, db_index=True)
    url = models.URLField("đường link", max_length=500, blank=True, editable=False)
    is_live = models.BooleanField("đang dùng", default=False, editable=False)
    live_from = models.DateField("dùng từ ngày", null=True, blank=True, editable=False)
    ended_on = models.DateField("thôi dùng từ ngày", null=True, blank=True, editable=False)
    shape = models.CharField(max_length=lookalike.ANCHOR, blank=True, editable=False)
    profile = models.BigIntegerField(default=0, editable=False)
    letters = models.BigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = "khoá nhận diện"
        verbose_name_plural = "khoá nhận diện"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["shape"], condition=Q(is_live=True), name="live_key_by_shape"),
            models.Index(fields=["profile", "letters", "id"], condition=Q(is_live=True), name="live_key_by_letters"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(is_live=True),
                name="one_live_channel_per_key",
                violation_error_message=TAKEN,
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

    @property
    def address(self):
        """How people read it, without https:// and www.; the key of a row that has no address of its own."""
        is_main = not self.url and not self.ended_on and self.channel.primary_key == self.key
        return without_scheme(self.channel.url if is_main else self.url) or self.key

    def derive(self):
        """Fill what follows from the key; no query."""
        shape = lookalike.skeleton(lookalike.handle(self.key))
        self.shape = shape[: lookalike.ANCHOR]
        self.profile, self.letters = lookalike.profile(shape), lookalike.letters(shape)

    def save(self, *args, **kwargs):
        self.derive()
        super().save(*args, **kwargs)

    @classmethod
    def of(cls, channel, key):
        """The channel's row of this key, unsaved when it never had it: an address may come back."""
        return cls.objects.filter(channel=channel, key=key).first() or cls(channel=channel, key=key)

    def go_live(self, on):
        """Claim the key for its channel from a day on; ValidationError when another live channel has it (also one that
        takes it at the same moment: the constraint decides) or when it stands on the list of known fakes."""
        if fake := KnownFake.objects.listed_for_sure([self.key]).get(self.key):
            raise ValidationError(fake.refusal())
        self.is_live, self.live_from, self.ended_on = True, on, None
        self.validate_constraints()
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError as error:
            raise ValidationError(TAKEN) from error

    @classmethod
    @transaction.atomic
    def add(cls, *, actor, channel, url, reason, now=None):
        """A further address of a confirmed channel ("cũng là địa chỉ này"), by the province's own decision."""
        channel.lock_to_change()
        address = own_address(channel.kind, url)
        refuse_taken(address.key, channel)
        row = cls.of(channel, address.key)
        if row.is_live:
            raise ValidationError({"url": "Kênh đã có địa chỉ này."})
        row.url = address.canonical_url
        row.go_live(timezone.localdate(now))
        channel.record(actor, f"Thêm địa chỉ {row.url}: {reason}")
        return row

    @transaction.atomic
    def end(self, *, actor, on, reason, now=None):
        """One of several addresses is no more. The main one can't end: the channel moves to another address first."""
        channel = self.channel
        channel.lock_to_change()
        self.refresh_from_db(fields=["is_live", "live_from", "ended_on"])
        if not self.is_live:
            raise ValidationError("Địa chỉ này đã thôi dùng.")
        if self.key == channel.primary_key:
            raise ValidationError("Đây là địa chỉ chính của kênh. Hãy đổi địa chỉ của kênh, hoặc đóng kênh.")
        if on > timezone.localdate(now) or (self.live_from and on < self.live_from):
            raise ValidationError({"on": "Ngày thôi dùng phải từ ngày bắt đầu dùng đến hôm nay."})
        self.retire(on)
        channel.record(actor, f"Thôi dùng địa chỉ {self.url or self.key}: {reason}")

    def retire(self, on):
        """The key is free for others from now on; the public reads until when it was this channel's."""
        self.is_live, self.ended_on = False, on
        self.save()


def refuse_taken(key, channel):
    """ValidationError naming the other live channel that has the key."""
    taken = ChannelKey.objects.filter(key=key, is_live=True).exclude(channel=channel.pk)
    row = taken.select_related("channel__agency").first()
    if row is None:
        return
    advice = "Nếu kênh là của đơn vị bạn, hãy báo cơ quan vận hành cổng."
    if row.channel.agency_id == channel.agency_id:
        advice = "Không cần khai báo lại."
    known = f"Địa chỉ này đã đăng ký: kênh “{row.channel.name}” của {row.channel.agency.name}."
    raise ValidationError({"url": f"{known} {advice}"})


def read_own_address(channel):
    """Check the channel's address, put its canonical form in `url`, and return its key ('' for offline kinds without one)."""
    if not channel.url and channel.kind in OFFLINE_KINDS:
        return ""
    address = own_address(channel.kind, channel.url)
    refuse_taken(address.key, channel)
    channel.url = address.canonical_url
    return address.key
