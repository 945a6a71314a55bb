"""Kết nối: how the portal itself posts on one channel of the province. Off until an administrator switches it on.

Tokens are kept sealed and never leave by a page. A connector that cannot work stops and says in words what to do.
"""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from portal.lib import sealing, text
from registry.models import Channel, ChannelKind, ChannelStatus, User
from registry.models.token_pair import RotatingPair

NO_KEY = "Máy chủ chưa có CONNECTOR_KEY nên chưa giữ được khoá của kết nối. Hãy nhờ người vận hành khai báo."
INCOMPLETE = "Kết nối còn thiếu thông tin. Hãy nhập đủ rồi bật lại."


class Provider(models.TextChoices):
    ZALO = "zalo", "Zalo OA"
    FACEBOOK = "facebook", "Trang Facebook"


PROVIDER_OF = {ChannelKind.ZALO_OA: Provider.ZALO, ChannelKind.FACEBOOK_PAGE: Provider.FACEBOOK}
ACCOUNT_SAVED = ~Q(account_id="") & ~Q(sealed_access_token="")
ZALO_SAVED = ~Q(provider="zalo") | (~Q(app_id="") & ~Q(sealed_app_secret="") & ~Q(sealed_refresh_token=""))


class ConnectorQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.is_authenticated and user.is_province_staff and not user.scope else self.none()

    def in_use(self):
        """Switched on, on a confirmed channel: what may be chosen when something is to be posted."""
        return self.filter(is_on=True, channel__status=ChannelStatus.CONFIRMED)

    def at_work(self, now):
        """In use, not stopped, not waiting out a limit: what a worker may call now."""
        return self.in_use().filter(Q(paused_until=None) | Q(paused_until__lte=now), halted_at=None)


class Connector(RotatingPair):
    """`paused_until`: the platform asked us to wait. `halted_at`: a person must do something first.

    The pair of tokens rotates (`RotatingPair`).
    """

    channel = models.OneToOneField(Channel, verbose_name="kênh", on_delete=models.PROTECT, related_name="connector")
    provider = models.CharField("nền tảng", max_length=10, choices=Provider.choices)
    is_on = models.BooleanField("đang bật", default=False, editable=False)
    app_id = models.CharField("mã ứng dụng (App ID)", max_length=40, blank=True)
    account_id = models.CharField("mã OA hoặc mã trang", max_length=40)
    sealed_app_secret = models.TextField(blank=True, editable=False)
    is_broadcasting = models.BooleanField("gửi bài cho người quan tâm OA sau khi đăng", default=False)
    default_cover_url = models.URLField("ảnh bìa mặc định", max_length=500, blank=True)
    account_name = models.CharField("tên trên nền tảng", max_length=200, blank=True, editable=False)
    follower_count = models.PositiveIntegerField("số người theo dõi", null=True, blank=True, editable=False)
    checked_at = models.DateTimeField("kiểm tra lúc", null=True, blank=True, editable=False)
    paused_until = models.DateTimeField("tạm nghỉ đến", null=True, blank=True, editable=False)
    halted_at = models.DateTimeField("dừng lúc", null=True, blank=True, editable=False)
    halted_reason = models.CharField("vì sao dừng, cần làm gì", max_length=300, blank=True, editable=False)
    last_error = models.CharField("lỗi gần nhất", max_length=300, blank=True, editable=False)
    changed_at = models.DateTimeField("sửa lúc", default=timezone.now, editable=False)
    changed_by = models.ForeignKey(
        User, verbose_name="người sửa", on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = ConnectorQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=[
            "sealed_app_secret",
            "sealed_access_token",
            "sealed_refresh_token",
            "renewing_until",
            "renewing_token",
        ]
    )

    class Meta:
        verbose_name = "kết nối"
        verbose_name_plural = "kết nối"
        ordering = ["channel__sort_key", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_on=False) | (ACCOUNT_SAVED & ZALO_SAVED),
                name="connector_on_has_account_and_token",
                violation_error_message=INCOMPLETE,
            ),
            models.CheckConstraint(
                condition=Q(halted_at=None, halted_reason="") | (Q(halted_at__isnull=False) & ~Q(halted_reason="")),
                name="connector_halted_exactly_when_it_says_why",
                violation_error_message="Kết nối đã dừng phải ghi vì sao.",
            ),
            models.CheckConstraint(
                condition=Q(renewing_until=None, renewing_token=None)
                | Q(renewing_until__isnull=False, renewing_token__isnull=False),
                name="connector_renewed_by_one_holder",
                violation_error_message="Việc đổi mã phải có người giữ.",
            ),
        ]

    def __str__(self):
        return f"{self.get_provider_display()}: {self.channel}"

    @property
    def state(self):
        """The word of the badge: off, halted, resting, on."""
        if not self.is_on:
            return "connector_off"
        if self.halted_at:
            return "connector_halted"
        return "connector_resting" if self.paused_until and self.paused_until > timezone.now() else "connector_on"

    @classmethod
    @transaction.atomic
    def arrange(cls, *, actor, channel, secrets, now, **facts):
        """Save what an administrator typed. `secrets` {app_secret, access_token, refresh_token}: "" keeps the old one."""
        Channel.objects.select_for_update(of=("self",)).get(pk=channel.pk)
        connector = cls.objects.select_for_update(of=("self",)).filter(channel=channel).first()
        connector = connector or cls(channel=channel, provider=PROVIDER_OF[channel.kind])
        for name, value in facts.items():
            setattr(connector, name, value)
        connector.keep_secrets(secrets)
        connector.changed_by, connector.changed_at = actor, now
        connector.full_clean()
        connector.record(actor, "Sửa kết nối")
        return connector

    def keep_secrets(self, secrets):
        """Seal what was pasted. A token pasted by hand says nothing of its end: it is asked for anew when refused."""
        given = {name: value.strip() for name, value in secrets.items() if value.strip()}
        if given and not sealing.is_ready():
            raise ValidationError(NO_KEY)
        for name, value in given.items():
            setattr(self, f"sealed_{name}", sealing.seal(value))
        if given:
            self.token_expires_at = self.renewing_until = self.renewing_token = None

    @transaction.atomic
    def switch_on(self, *, actor):
        self.lock()
        if not sealing.is_ready():
            raise ValidationError(NO_KEY)
        if self.channel.status != ChannelStatus.CONFIRMED:
            raise ValidationError("Kênh chưa được xác nhận hoặc đang tạm dừng nên không bật kết nối được.")
        self.is_on = True
        self.full_clean()
        self.record(actor, "Bật kết nối")

    @transaction.atomic
    def switch_off(self, *, actor):
        """Nothing is posted any more; planned jobs wait."""
        self.lock()
        self.is_on = False
        self.record(actor, "Tắt kết nối")

    @transaction.atomic
    def resume(self, *, actor):
        """Somebody did what was asked: work goes on."""
        self.lock()
        self.halted_at, self.halted_reason, self.paused_until = None, "", None
        self.record(actor, "Cho kết nối chạy lại")

    @transaction.atomic
    def halt(self, *, reason, now):
        """Stop until a person resumes. Gives False when it had stopped before."""
        self.lock()
        if self.halted_at:
            return False
        self.halted_at, self.halted_reason = now, reason[:300]
        self.last_error = self.halted_reason
        self.record(None, f"Kết nối tự dừng: {reason}")
        return True

    def rest(self, *, until, reason):
        """Leave the platform alone until a moment; never shortens a rest that is longer."""
        rows = Connector.objects.filter(Q(paused_until=None) | Q(paused_until__lt=until), pk=self.pk)
        rows.update(paused_until=until, last_error=reason[:300])

    def note_check(self, *, name, followers, now):
        """What the platform said of the account when asked."""
        name = text.clean_line(name)[:200]
        self.account_name, self.follower_count, self.checked_at, self.last_error = name, followers, now, ""
        self.save(update_fields=["account_name", "follower_count", "checked_at", "last_error"])

    @property
    def can_renew(self) -> bool:
        """Whether the platform exchanges tokens by itself."""
        return self.provider == Provider.ZALO

    def app(self, unsealed) -> tuple[str, str]:
        """Id and secret of the application that may exchange the tokens."""
        return self.app_id, unsealed(self.sealed_app_secret)

    def lock(self):
        self.refresh_from_db(from_queryset=Connector.objects.select_for_update(of=("self",)).select_related("channel"))

    def record(self, actor, reason):
        self._history_user, self._change_reason = actor, reason
        self.save()
