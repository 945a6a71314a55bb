"""A change of a published channel that waits for the province: the published version stays live until it is accepted."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from portal.lib import text
from registry.models.agency import Agency
from registry.models.channel import Channel
from registry.models.channel_key import ChannelKey, refuse_taken
from registry.models.channel_kinds import own_address
from registry.models.people import User


class ChangeStatus(models.TextChoices):
    PROPOSED = "proposed", "Chờ xác nhận"
    ACCEPTED = "accepted", "Đã xác nhận"
    RETURNED = "returned", "Trả lại"
    WITHDRAWN = "withdrawn", "Đã rút"


S = ChangeStatus
TRANSITIONS = {
    "correct": {S.RETURNED: S.PROPOSED},
    "accept": {S.PROPOSED: S.ACCEPTED},
    "return_for_changes": {S.PROPOSED: S.RETURNED},
    "withdraw": {S.PROPOSED: S.WITHDRAWN, S.RETURNED: S.WITHDRAWN},
}
OPEN = (S.PROPOSED, S.RETURNED)
FACTS = ("name", "description", "url", "key", "keeps_old_address")


class ChangeQuerySet(models.QuerySet):
    def awaiting_review(self):
        return self.filter(status=S.PROPOSED)

    def open(self):
        """Waiting at the province, or returned to the agency."""
        return self.filter(status__in=OPEN)

    def visible_to(self, user):
        """Staff see all; a focal point those of their agencies; nobody else any: a change is never public."""
        if not user.is_authenticated or user.scope:
            return self.none()
        if user.is_province_staff:
            return self
        return self.filter(channel__agency__in=Agency.objects.editable_by(user))

    def search(self, words):
        folded = text.fold_query(words)
        return self.filter(Q(channel__name_norm__contains=folded) | Q(channel__agency__search_norm__contains=folded))

    def withdraw_open(self, *, actor, now, reason):
        """The channel is closed, given up, or gets another proposal. Its row is locked by the caller."""
        self.open().update(status=S.WITHDRAWN, decided_at=now, decided_by=actor, decision_reason=reason)


class ChannelChange(models.Model):
    """What the channel would be after the change. `key` is the new address read; '' when the address stays."""

    channel = models.ForeignKey(Channel, verbose_name="kênh", on_delete=models.CASCADE, related_name="changes")
    name = models.CharField("tên kênh", max_length=200)
    description = models.CharField("giới thiệu ngắn", max_length=300, blank=True)
    url = models.URLField("đường link", max_length=500, blank=True)
    key = models.CharField("khoá nhận diện", max_length=300, blank=True, editable=False)
    keeps_old_address = models.BooleanField("địa chỉ cũ vẫn dùng được", default=False)
    note = models.CharField("lý do thay đổi", max_length=300, blank=True)
    status = models.CharField("tình trạng", max_length=10, choices=S.choices, default=S.PROPOSED, editable=False)
    proposed_at = models.DateTimeField("đề xuất lúc", default=timezone.now, editable=False)
    proposed_by = models.ForeignKey(
        User, verbose_name="người đề xuất", on_delete=models.PROTECT, related_name="+", editable=False
    )
    decided_at = models.DateTimeField("quyết định lúc", null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        User,
        verbose_name="người quyết định",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    decision_reason = models.CharField("lý do", max_length=500, blank=True, editable=False)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "thay đổi của kênh"
        verbose_name_plural = "thay đổi của kênh"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel"],
                condition=Q(status="proposed"),
                name="one_waiting_change_per_channel",
                violation_error_message="Kênh này đang có một thay đổi chờ xác nhận.",
            ),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_at=None, decided_by=None)
                | ~Q(status="proposed") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="change_decided_exactly_when_dated",
                violation_error_message="Thay đổi đã quyết định phải có người và ngày quyết định.",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned") | ~Q(decision_reason=""),
                name="returned_change_says_why",
                violation_error_message="Hãy ghi lý do.",
            ),
        ]

    def __str__(self):
        return f"Thay đổi của kênh “{self.channel}”"

    @classmethod
    @transaction.atomic
    def propose(cls, *, actor, channel, name="", description="", url="", keeps_old_address=False, note="", now=None):
        """Ask for other facts of a confirmed channel; an empty name or address stays as it is.

        Raises ValidationError when nothing would change, the address can't be this channel's or is another's, or
        another proposal waits. The same proposal sent twice gives the row of the first time; a returned one gives way.
        """
        channel.lock_to_change()
        now = now or timezone.now()
        change = cls(channel=channel, proposed_by=actor, proposed_at=now)
        change.fill(name=name, description=description, url=url, keeps_old_address=keeps_old_address, note=note)
        if waiting := change.waiting_twin():
            return waiting
        channel.changes.withdraw_open(actor=actor, now=now, reason="Có đề xuất mới thay thế")
        change.full_clean()
        change.save()
        change.tell_channel(actor, f"Đề xuất thay đổi: {change.words}", answered_at=now)
        return change

    def waiting_twin(self):
        """The row that waits already, when it asks for the same; ValidationError when it asks for something else."""
        waiting = self.channel.changes.awaiting_review().first()
        if waiting and any(getattr(waiting, name) != getattr(self, name) for name in FACTS):
            raise ValidationError(
                "Kênh này đang có một thay đổi chờ xác nhận. Hãy rút đề xuất đó, hoặc chờ tỉnh trả lời."
            )
        return waiting

    def fill(self, *, name, description, url, keeps_old_address, note):
        """Take over what was typed; ValidationError when it can't be or changes nothing."""
        channel = self.channel
        self.name, self.note = text.clean_line(name) or channel.name, text.clean_line(note)
        self.description = text.clean_line(description)
        self.url, self.key = channel.url, ""
        if url.strip():
            address = own_address(channel.kind, url)
            refuse_taken(address.key, channel)
            if address.key != channel.primary_key:
                self.url, self.key = address.canonical_url, address.key
        self.keeps_old_address = bool(keeps_old_address and self.key and channel.primary_key)
        if not self.key and (self.name, self.description) == (channel.name, channel.description):
            raise ValidationError("Chưa có gì thay đổi. Hãy dán đường link mới hoặc ghi tên mới của kênh.")

    @transaction.atomic
    def correct(self, *, actor, name="", description="", url="", keeps_old_address=False, note="", now=None):
        """Mend a returned change and put it before the province again."""
        now = now or timezone.now()
        self.advance("correct")
        self.channel.lock_to_change()
        self.fill(name=name, description=description, url=url, keeps_old_address=keeps_old_address, note=note)
        self.proposed_by, self.proposed_at = actor, now
        self.decided_at = self.decided_by = None
        self.full_clean()
        self.save()
        self.tell_channel(actor, f"Sửa và đề xuất lại thay đổi: {self.words}", answered_at=now)

    @transaction.atomic
    def withdraw(self, *, actor, now=None):
        """The agency takes the proposal back; the channel stays as it is."""
        self.advance("withdraw")
        self.decide(actor, now)
        self.tell_channel(actor, "Rút đề xuất thay đổi")

    @transaction.atomic
    def return_for_changes(self, *, actor, reason, now=None):
        self.advance("return_for_changes", reason)
        self.decide(actor, now)
        self.tell_channel(actor, f"Trả lại đề xuất thay đổi: {reason}")

    @transaction.atomic
    def accept(self, *, actor, now=None):
        """Make it so. The new address goes live; the old one ends today unless it stays in use beside it.

        Raises ValidationError when the channel is no more confirmed, or the address is another's or a known fake.
        """
        now = now or timezone.now()
        self.advance("accept")
        self.channel.lock_to_change()
        words, today = self.words, timezone.localdate(now)
        if self.key:
            self.move_address(today)
        self.decide(actor, now)
        facts = {"name": self.name, "description": self.description, "url": self.url, "reconfirmed_on": today}
        self.channel.amend(actor=actor, reason=f"Xác nhận thay đổi: {words}", **facts)

    @classmethod
    @transaction.atomic
    def make(cls, *, actor, channel, reason, now=None, **facts):
        """The province changes the channel by its own decision: proposed and accepted in one act, with its reason."""
        if channel.changes.awaiting_review().exists():
            raise ValidationError("Đơn vị đang có một thay đổi chờ xác nhận. Hãy quyết định thay đổi đó trước.")
        change = cls.propose(actor=actor, channel=channel, note=reason, now=now, **facts)
        change.accept(actor=actor, now=now)
        return change

    def move_address(self, today):
        """The new key goes live before the old one ends: nobody can slip in between."""
        channel = self.channel
        old = channel.keys.filter(key=channel.primary_key).first()
        new = ChannelKey.of(channel, self.key)
        new.url = self.url
        if not new.is_live:
            new.go_live(today)
        if old is None:
            return
        old.url = channel.url
        if self.keeps_old_address:
            old.save()
        else:
            old.retire(today)

    @property
    def words(self):
        """What changes, from what to what; compares with the channel as it is now."""
        channel, parts = self.channel, []
        if self.name != channel.name:
            parts.append(f"tên “{channel.name}” thành “{self.name}”")
        if self.key:
            kept = " (địa chỉ cũ vẫn dùng)" if self.keeps_old_address else ""
            parts.append(f"địa chỉ {channel.url or 'chưa có'} thành {self.url}{kept}")
        if self.description != channel.description:
            parts.append(f"giới thiệu thành “{self.description}”")
        return "; ".join(parts) + (f". Lý do: {self.note}" if self.note else "")

    def decide(self, actor, now):
        self.decided_by, self.decided_at = actor, now or timezone.now()
        self.save()

    def tell_channel(self, actor, reason, *, answered_at=None):
        """The history of the channel tells the whole story of its changes; an agency that proposes has answered."""
        if answered_at and not actor.is_province_staff:
            self.channel.answered_at = answered_at
        self.channel.record(actor, reason)

    def advance(self, act, reason=None):
        """Lock channel and change, always in this order, and move the status; ValidationError when it came too late."""
        self.lock()
        allowed = TRANSITIONS[act]
        if self.status not in allowed:
            raise ValidationError(self.too_late())
        if reason is not None and not reason.strip():
            raise ValidationError("Hãy ghi lý do.")
        self.status = allowed[self.status]
        self.decision_reason = (reason or "").strip()

    def lock(self):
        channel = Channel.objects.select_for_update(of=("self",)).get(pk=self.channel_id)
        self.refresh_from_db(from_queryset=ChannelChange.objects.select_for_update(of=("self",)))
        self.channel = channel

    def too_late(self):
        """Who was faster, and what became of the change."""
        state = f"Thay đổi này đang ở tình trạng “{self.get_status_display()}”"
        if self.decided_by is None:
            return f"{state} nên không thực hiện được việc này."
        return f"{state}: {self.decided_by} đã xử lý lúc {timezone.localtime(self.decided_at):%H:%M %d/%m/%Y}."
