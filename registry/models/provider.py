"""Providers of messages by phone: how fast and how much each may be asked to send, and whether it is stopped."""

from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from portal.lib import sealing
from portal.lib.periods import local_day, start_of_day
from registry.models.people import User
from registry.models.token_pair import RotatingPair

MARGIN = 1.1
"""Messages leave this much further apart than the limit asks, so that no second at the provider's end holds one more."""
LONGEST_QUEUE = timedelta(minutes=5)


class ProviderName(models.TextChoices):
    ZBS = "zbs", "Zalo ZBS"
    ESMS = "esms", "eSMS"
    SPEEDSMS = "speedsms", "SpeedSMS"


class MessageProvider(RotatingPair):
    """One row per provider, shared by all workers. `rests_until`: a limit or today's quota. `halted_at`: a person first.

    `free_at`: the moment from which the next message may leave. Zalo's pair of tokens rotates here; `planted`: the mark
    of the refresh token in the settings from which it began.
    """

    name = models.CharField("nhà cung cấp", max_length=12, choices=ProviderName.choices, primary_key=True)
    free_at = models.DateTimeField(null=True, blank=True)
    day = models.DateField("ngày", null=True, blank=True)
    used = models.PositiveIntegerField("số tin trong ngày", default=0)
    rests_until = models.DateTimeField("tạm nghỉ đến", null=True, blank=True)
    rests_why = models.CharField("vì sao tạm nghỉ", max_length=300, blank=True)
    halted_at = models.DateTimeField("dừng lúc", null=True, blank=True)
    halted_why = models.CharField("vì sao dừng, cần làm gì", max_length=300, blank=True)
    changed_at = models.DateTimeField("dừng hoặc cho chạy lại lúc", null=True, blank=True)
    changed_by = models.ForeignKey(
        User, verbose_name="người làm", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    planted = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = "nhà cung cấp tin nhắn"
        verbose_name_plural = "nhà cung cấp tin nhắn"
        constraints = [
            models.CheckConstraint(
                condition=Q(halted_at=None, halted_why="") | (Q(halted_at__isnull=False) & ~Q(halted_why="")),
                name="provider_halted_exactly_when_it_says_why",
                violation_error_message="Nhà cung cấp đã dừng phải ghi vì sao.",
            ),
        ]

    def __str__(self):
        return self.get_name_display()

    @classmethod
    def of(cls, name):
        return cls.objects.get_or_create(name=name)[0]

    def is_open(self, now) -> bool:
        """Whether it may be asked to send now."""
        return self.halted_at is None and not (self.rests_until and self.rests_until > now)

    def used_on(self, day) -> int:
        return self.used if self.day == day else 0

    @property
    def can_renew(self) -> bool:
        return self.name == ProviderName.ZBS

    def app(self, unsealed) -> tuple[str, str]:
        """Id and secret of the application that may exchange the tokens."""
        return settings.ZBS_APP_ID, settings.ZBS_APP_SECRET

    def plant(self, refresh_token):
        """Begin with the refresh token of the settings, once: pasted anew after a new consent, it replaces the pair."""
        mark = sha256(refresh_token.encode()).hexdigest()
        if self.planted != mark:
            fresh = {"sealed_refresh_token": sealing.seal(refresh_token), "sealed_access_token": "", "planted": mark}
            fresh |= {"token_expires_at": None, "renewing_until": None, "renewing_token": None}
            MessageProvider.objects.filter(pk=self.pk).exclude(planted=mark).update(**fresh)
            self.refresh_from_db()

    @transaction.atomic
    def take_turn(self, now, *, per_second, per_day=0):
        """The moment at which one more message may leave, never more than `per_second`; None when today's are used up.

        `per_day` 0 = no limit of ours.
        """
        self.refresh_from_db(from_queryset=MessageProvider.objects.select_for_update(of=("self",)))
        today = local_day(now)
        used = self.used_on(today)
        if per_day and used >= per_day:
            return None
        queued = self.free_at if self.free_at and self.free_at - now < LONGEST_QUEUE else now
        turn = max(now, queued)
        self.free_at, self.day, self.used = turn + timedelta(seconds=MARGIN / per_second), today, used + 1
        self.save(update_fields=["free_at", "day", "used"])
        return turn

    def rest(self, *, until, reason):
        """Leave the provider alone until a moment; never shortens a rest that is longer."""
        rows = MessageProvider.objects.filter(Q(rests_until=None) | Q(rests_until__lt=until), pk=self.pk)
        rows.update(rests_until=until, rests_why=reason[:300])

    def rest_today(self, *, now, reason):
        """No more before local midnight."""
        self.rest(until=start_of_day(local_day(now) + timedelta(days=1)), reason=reason)

    def halt(self, *, reason, now, actor=None) -> bool:
        """Stop until a person resumes. False when it had stopped before."""
        rows = MessageProvider.objects.filter(pk=self.pk, halted_at=None)
        return bool(rows.update(halted_at=now, halted_why=reason[:300], changed_at=now, changed_by=actor))

    def resume(self, *, actor, now):
        """Somebody did what was asked: messages go on."""
        MessageProvider.objects.filter(pk=self.pk).update(
            halted_at=None, halted_why="", rests_until=None, rests_why="", changed_at=now, changed_by=actor
        )
