"""The outbox: rows that say what must reach whom. The database holds the truth; workers only carry it out."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from portal.lib.periods import end_of_day, start_of_day
from registry.models.people import User
from registry.models.provider import ProviderName
from registry.models.receipt import Stage


class Medium(models.TextChoices):
    EMAIL = "email", "Thư điện tử"
    IN_APP = "in_app", "Trên cổng"
    ZALO = "zalo", "Zalo"
    SMS = "sms", "Tin nhắn SMS"


BY_PHONE = (Medium.ZALO, Medium.SMS)


class MessageState(models.TextChoices):
    PENDING = "pending", "Chờ gửi"
    SENDING = "sending", "Đang gửi"
    RETRY = "retry", "Sẽ gửi lại"
    UNKNOWN = "unknown", "Chưa rõ kết quả"
    ACCEPTED = "accepted", "Đã gửi"
    FAILED = "failed", "Không gửi được"
    DEAD = "dead", "Lỗi soạn tin"
    CANCELLED = "cancelled", "Đã huỷ"


WAITING = (MessageState.PENDING, MessageState.RETRY)
NOT_ARRIVED = "Nhà cung cấp báo tin không đến được máy người nhận."
FORGIVEN = {
    Medium.EMAIL: {"email_failed_at": None},
    Medium.ZALO: {"zalo_refused": ""},
    Medium.SMS: {"sms_refused": ""},
    Medium.IN_APP: {},
}
"""What a new try by a person's decision takes back from the flags of the recipient."""
DECIDABLE = (MessageState.UNKNOWN, MessageState.DEAD, MessageState.FAILED)


class OutgoingMessageQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state__in=WAITING)

    def leaving_on(self, day):
        """Rows that are to leave on that day."""
        return self.filter(next_at__gte=start_of_day(day), next_at__lte=end_of_day(day))

    def due(self, now):
        """Rows that a worker may claim now."""
        return self.waiting().filter(next_at__lte=now)

    def to_look_after(self, now):
        """Rows with which the loop that sends has anything to do: due, their worker gone, or in doubt long enough."""
        lost = Q(state=MessageState.SENDING, lease_until__lt=now)
        rested = Q(state=MessageState.UNKNOWN, next_at__lte=now)
        return self.filter(lost | rested | Q(state__in=WAITING, next_at__lte=now))

    def to_decide(self):
        """Rows that end here unless a person sends them again or drops them."""
        return self.filter(state__in=DECIDABLE)


class OutgoingMessage(models.Model):
    """One message to one person by one medium. `key` is made once: Message-ID, or the provider's idempotency key."""

    recipient = models.ForeignKey(User, verbose_name="người nhận", on_delete=models.PROTECT, related_name="messages")
    medium = models.CharField("phương tiện", max_length=10, choices=Medium.choices, default=Medium.EMAIL)
    address = models.CharField("địa chỉ", max_length=254)
    purpose = models.CharField("việc", max_length=40)
    subject = models.CharField("tiêu đề", max_length=250)
    text = models.TextField("nội dung")
    html = models.TextField("nội dung HTML", blank=True)
    data = models.JSONField("giá trị điền vào mẫu", default=dict, blank=True)
    provider = models.CharField("nhà cung cấp", max_length=12, choices=ProviderName.choices, blank=True)
    provider_ref = models.CharField("mã của nhà cung cấp", max_length=80, blank=True)
    key = models.UUIDField("khoá", default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField("kết quả", max_length=10, choices=MessageState.choices, default=MessageState.PENDING)
    created_at = models.DateTimeField("tạo lúc", default=timezone.now)
    next_at = models.DateTimeField("gửi từ lúc", default=timezone.now)
    not_after = models.DateTimeField("không gửi sau", null=True, blank=True)
    attempt = models.PositiveSmallIntegerField("số lần thử", default=0)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    accepted_at = models.DateTimeField("máy chủ thư nhận lúc", null=True, blank=True)
    delivered_at = models.DateTimeField("đến máy người nhận lúc", null=True, blank=True)
    read_at = models.DateTimeField("người nhận xem lúc", null=True, blank=True)
    last_error = models.CharField("lỗi gần nhất", max_length=300, blank=True)

    this_try = None
    """The attempt that the worker which holds this message has begun."""

    objects = OutgoingMessageQuerySet.as_manager()

    class Meta:
        verbose_name = "tin gửi"
        verbose_name_plural = "tin gửi"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state__in=("pending", "retry")), name="message_due"),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="message_leased"),
            models.Index(fields=["recipient", "-created_at"], name="message_by_person"),
            models.Index(fields=["-created_at", "-id"], name="message_newest"),
            models.Index(fields=["next_at"], condition=Q(state__in=DECIDABLE), name="message_to_decide"),
            models.Index(fields=["created_at"], condition=Q(state="failed"), name="message_failed"),
            models.Index(fields=["provider_ref"], condition=~Q(provider_ref=""), name="message_at_provider"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sending", lease_token__isnull=False, lease_until__isnull=False)
                | ~Q(state="sending") & Q(lease_token=None),
                name="message_leased_exactly_while_sending",
                violation_error_message="Tin đang gửi phải có người giữ.",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", accepted_at__isnull=False) | ~Q(state="accepted") & Q(accepted_at=None),
                name="message_accepted_exactly_when_dated",
                violation_error_message="Tin đã gửi phải có giờ máy chủ nhận.",
            ),
        ]

    def __str__(self):
        return f"{self.subject} → {self.recipient}"

    @property
    def is_decidable(self):
        return self.state in DECIDABLE

    def send_again(self, *, actor, reason, now):
        """A person decides that an undelivered message goes once more, to the address that the recipient has today."""
        self.settle_by_hand(
            actor,
            reason,
            now,
            "again",
            state=MessageState.RETRY,
            next_at=now,
            address=self.recipient.address_by(self.medium) or self.address,
            provider="",
        )
        User.objects.filter(pk=self.recipient_id).update(**FORGIVEN[self.medium])

    def note_bad_address(self, now):
        """Nobody can be reached there by this medium: the person's address is flagged while it is still this one."""
        person = User.objects.filter(pk=self.recipient_id)
        if self.medium == Medium.EMAIL:
            person.filter(email=self.address).update(email_failed_at=now)
        else:
            person.filter(phone__in=("", self.address)).update(**{f"{self.medium}_refused": self.address})

    @property
    def result(self) -> str:
        """The word of the badge: how far the message is known to have come."""
        return "read" if self.read_at else "delivered" if self.delivered_at else self.state

    @transaction.atomic
    def note_receipt(self, stage, at) -> bool:
        """What the provider reported, never back from better to worse. False while a worker is sending the message."""
        self.refresh_from_db(from_queryset=OutgoingMessage.objects.select_for_update(of=("self",)))
        if self.state == MessageState.SENDING:
            return False
        if stage == Stage.FAILED:
            if self.delivered_at is None and self.state in (MessageState.ACCEPTED, MessageState.UNKNOWN):
                self.state, self.accepted_at, self.last_error = MessageState.FAILED, None, NOT_ARRIVED
        else:
            self.delivered_at = self.delivered_at or at
            if stage == Stage.READ:
                self.read_at = self.read_at or at
            if self.state in (*WAITING, MessageState.UNKNOWN, MessageState.FAILED):
                self.state, self.accepted_at, self.last_error = MessageState.ACCEPTED, at, ""
        self.save(update_fields=["state", "accepted_at", "last_error", "delivered_at", "read_at"])
        return True

    def drop(self, *, actor, reason, now):
        """A person decides that an undelivered message is not needed any more."""
        self.settle_by_hand(actor, reason, now, "dropped", state=MessageState.CANCELLED)

    @transaction.atomic
    def settle_by_hand(self, actor, reason, now, outcome, **changes):
        """Change a message that waits for a person's decision; ValidationError when a colleague was faster."""
        if not reason.strip():
            raise ValidationError({"reason": "Hãy ghi lý do."})
        undecided = OutgoingMessage.objects.filter(pk=self.pk, state__in=DECIDABLE, attempt=self.attempt)
        if not undecided.update(attempt=F("attempt") + 1, last_error=reason.strip()[:300], **changes):
            raise ValidationError("Tin này vừa được xử lý. Hãy tải lại trang để xem kết quả.")
        self.attempts.create(
            number=self.attempt + 1, started_at=now, ended_at=now, outcome=outcome, detail=f"{actor}: {reason}"[:300]
        )


class DeliveryAttempt(models.Model):
    """One try of one message: when, how it ended. Written before the network is touched."""

    message = models.ForeignKey(OutgoingMessage, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField("lần thứ")
    started_at = models.DateTimeField("bắt đầu")
    ended_at = models.DateTimeField("kết thúc", null=True, blank=True)
    outcome = models.CharField("kết quả", max_length=12, blank=True)
    detail = models.CharField("chi tiết", max_length=300, blank=True)

    class Meta:
        verbose_name = "lần gửi"
        verbose_name_plural = "lần gửi"
        ordering = ["message", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "number"], name="attempt_number_once", violation_error_message="Trùng lần gửi."
            )
        ]

    def __str__(self):
        return f"{self.message_id} lần {self.number}: {self.outcome or 'đang gửi'}"


class NoticeQuerySet(models.QuerySet):
    def unread(self):
        return self.filter(read_at=None)

    def visible_to(self, user):
        return self.filter(recipient=user) if user.is_authenticated and not user.scope else self.none()


class Notice(models.Model):
    """An in-app notice: a sentence and where to go. `key` keeps one event from being told twice."""

    recipient = models.ForeignKey(User, verbose_name="người nhận", on_delete=models.CASCADE, related_name="notices")
    text = models.CharField("nội dung", max_length=300)
    url = models.CharField("mở", max_length=300)
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField("lúc", default=timezone.now)
    read_at = models.DateTimeField("đã xem lúc", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "thông báo"
        verbose_name_plural = "thông báo"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["recipient", "read_at"], name="notice_unread")]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "key"], name="notice_once_per_event", violation_error_message="Đã thông báo."
            )
        ]

    def __str__(self):
        return self.text


class Heartbeat(models.Model):
    """When a named loop last finished: the dead-man switch that /healthz reads."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.name} {self.at:%H:%M:%S %d/%m/%Y}"


class SendingSwitch(models.Model):
    """Whether messages may leave. Paused by hand, and after a restore until somebody releases it."""

    paused_at = models.DateTimeField("tạm dừng lúc", null=True, blank=True)
    paused_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("lý do", max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "công tắc gửi tin"
        verbose_name_plural = "công tắc gửi tin"

    def __str__(self):
        return "Đang tạm dừng gửi" if self.paused_at else "Đang gửi"

    @classmethod
    def is_paused(cls):
        return cls.objects.filter(paused_at__isnull=False).exists()

    @classmethod
    @transaction.atomic
    def pause(cls, *, reason, now, actor=None):
        """Hold every message from now on, whoever held them before. `actor` None: a command, after a restore."""
        reason = reason.strip()[:200]
        if not reason:
            raise ValidationError({"reason": "Hãy ghi lý do tạm dừng."})
        cls.put(actor, f"Tạm dừng gửi: {reason}", paused_at=now, paused_by=actor, reason=reason)

    @classmethod
    @transaction.atomic
    def resume(cls, *, now, actor=None):
        """Let messages leave again; ValidationError when nothing is held."""
        if not cls.is_paused():
            raise ValidationError("Việc gửi tin đang không tạm dừng.")
        cls.put(actor, "Mở lại việc gửi", paused_at=None, paused_by=None, reason="")

    @classmethod
    def put(cls, actor, told, **facts):
        """The one row, with author and reason in its history."""
        switch, _ = cls.objects.select_for_update(of=("self",)).get_or_create(pk=1)
        for name, value in facts.items():
            setattr(switch, name, value)
        switch._history_user, switch._change_reason = actor, told
        switch.save()
