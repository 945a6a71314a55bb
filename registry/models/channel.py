"""Channels through which agencies speak, from proposal to the end."""

import secrets

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, FilteredRelation, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from simple_history.models import HistoricalRecords

from portal.lib import text
from registry.addresses.parser import read_address
from registry.models.agency import Agency, AgencyStatus
from registry.models.channel_key import read_own_address
from registry.models.channel_kinds import OFFLINE_KINDS, ChannelKind
from registry.models.channel_status import LIVE, TRANSITIONS, ChannelStatus
from registry.models.people import User

QR_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
QR_LENGTH = 13  # letters of 32 = 65 bits: codes can't be guessed by trying

S = ChannelStatus


class ChannelQuerySet(models.QuerySet):
    def published(self):
        """What the public is told is official: confirmed channels of agencies that live. Nothing under review is."""
        closed = Agency.objects.exclude(status=AgencyStatus.ACTIVE)  # few: so no join of all channels with all agencies
        return self.filter(status=S.CONFIRMED).exclude(agency__in=closed)

    def known_to_public(self):
        """Published channels and those that were: paused and closed ones answer honestly."""
        return self.filter(status__in=(S.CONFIRMED, S.SUSPENDED, S.CLOSED))

    def awaiting_review(self):
        return self.filter(status=S.PROPOSED)

    def to_decide(self):
        """New channels, those with a waiting change (`waiting_change`: its pk), those that their agency gave up."""
        waiting = FilteredRelation("changes", condition=Q(changes__status="proposed"))
        rows = self.annotate(waiting=waiting).annotate(
            waiting_change=F("waiting__pk"), waits_since=Coalesce("waiting__proposed_at", "given_up_at", "proposed_at")
        )
        return rows.filter(pk__in=Channel.objects.keys_to_decide())

    def parts_to_decide(self):
        """The same in three parts that share no channel, each with the name of the moment since which it waits."""
        yield self.filter(changes__status="proposed"), "changes__proposed_at"
        yield (
            self.filter(status=S.SUSPENDED, given_up_at__isnull=False).exclude(changes__status="proposed"),
            "given_up_at",
        )
        yield self.filter(status=S.PROPOSED).exclude(changes__status="proposed"), "proposed_at"

    def keys_to_decide(self):
        """The keys of those alone, each found by an index."""
        keys = Channel.objects.order_by().values("pk")
        given_up = keys.filter(status=S.SUSPENDED, given_up_at__isnull=False)
        return keys.filter(status=S.PROPOSED).union(given_up, keys.filter(changes__status="proposed"))

    def visible_to(self, user):
        """Staff see all; a focal point sees what is public and everything of their agencies; others what is public."""
        if user.is_authenticated and user.is_province_staff:
            return self
        public = Q(status__in=(S.CONFIRMED, S.SUSPENDED, S.CLOSED))
        if not user.is_authenticated or user.scope:
            return self.filter(public)
        return self.filter(public | Q(agency__in=Agency.objects.editable_by(user)))

    def search(self, words):
        folded = text.fold_query(words)
        return self.filter(
            Q(name_norm__contains=folded) | Q(agency__in=Agency.objects.filter(search_norm__contains=folded))
        )


class Channel(models.Model):
    agency = models.ForeignKey(Agency, verbose_name="cơ quan", on_delete=models.PROTECT, related_name="channels")
    kind = models.CharField("loại kênh", max_length=20, choices=ChannelKind.choices)
    name = models.CharField("tên kênh", max_length=200)
    name_norm = models.CharField(max_length=200, editable=False, db_index=True)
    sort_key = models.CharField(max_length=700, editable=False, db_index=True)
    url = models.URLField("đường link", max_length=500, blank=True)
    description = models.CharField("giới thiệu ngắn", max_length=300, blank=True)
    decision_number = models.CharField("quyết định cho phép hoạt động, số", max_length=60, blank=True)
    decision_on = models.DateField("ngày quyết định", null=True, blank=True)
    is_featured = models.BooleanField("nêu ở trang chủ", default=False)
    qr_code = models.CharField("mã QR", max_length=20, unique=True, editable=False)
    status = models.CharField(
        "tình trạng", max_length=10, choices=S.choices, default=S.PROPOSED, editable=False, db_index=True
    )
    status_reason = models.CharField("lý do", max_length=500, blank=True, editable=False)
    proposed_at = models.DateTimeField("đề xuất lúc", editable=False)
    proposed_by = models.ForeignKey(
        User, verbose_name="người đề xuất", on_delete=models.PROTECT, related_name="+", editable=False
    )
    confirmed_at = models.DateTimeField("xác nhận lúc", null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        User,
        verbose_name="người xác nhận",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    reconfirmed_on = models.DateField("xác nhận lại ngày", null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(
        "trả lời “còn đúng không” lúc",
        null=True,
        blank=True,
        editable=False,
        help_text="Lần gần nhất đơn vị trả lời: vẫn đúng, đã đổi hoặc đã bỏ.",
    )
    given_up_at = models.DateTimeField("đơn vị báo đã bỏ lúc", null=True, blank=True, editable=False)
    given_up_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="người báo đã bỏ"
    )
    closed_on = models.DateField("đóng ngày", null=True, blank=True, editable=False)

    objects = ChannelQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["name_norm", "sort_key"])

    class Meta:
        verbose_name = "kênh"
        verbose_name_plural = "kênh"
        ordering = ["sort_key", "pk"]
        indexes = [
            models.Index(fields=["status", "kind", "sort_key"], name="channel_by_kind"),
            models.Index(
                fields=["sort_key", "id"],
                include=["agency"],
                condition=Q(status=S.CONFIRMED),
                name="channel_official",
            ),
            models.Index(fields=["agency", "kind"], condition=Q(status=S.CONFIRMED), name="channel_official_of"),
            models.Index(fields=["sort_key", "id"], condition=Q(is_featured=True), name="channel_featured"),
            models.Index(fields=["reconfirmed_on"], condition=Q(status=S.CONFIRMED), name="channel_asks"),
            models.Index(
                fields=["given_up_at"],
                condition=Q(status=S.SUSPENDED, given_up_at__isnull=False),
                name="channel_given_up",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=(S.PROPOSED, S.RETURNED))
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, reconfirmed_on__isnull=False),
                name="live_channel_was_confirmed_by_someone",
                violation_error_message="Kênh đã xác nhận phải có người và ngày xác nhận.",
            ),
            models.CheckConstraint(
                condition=Q(status=S.CLOSED, closed_on__isnull=False) | ~Q(status=S.CLOSED) & Q(closed_on=None),
                name="channel_closed_exactly_when_dated",
                violation_error_message="Kênh đã đóng phải có ngày đóng.",
            ),
            models.CheckConstraint(
                condition=~Q(url="") | Q(kind__in=OFFLINE_KINDS),
                name="online_channel_has_an_address",
                violation_error_message="Hãy dán đường link của kênh.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(S.RETURNED, S.SUSPENDED)) | ~Q(status_reason=""),
                name="returned_or_suspended_channel_says_why",
                violation_error_message="Hãy ghi lý do.",
            ),
            models.CheckConstraint(
                condition=Q(given_up_at=None, given_up_by=None)
                | Q(given_up_at__isnull=False, given_up_by__isnull=False, status__in=(S.SUSPENDED, S.CLOSED)),
                name="given_up_channel_was_given_up_by_someone",
                violation_error_message="Kênh đơn vị báo đã bỏ phải tạm dừng, có người báo và thời điểm.",
            ),
        ]

    def __str__(self):
        return self.name

    def derive(self):
        """Fill what follows from the name, and the QR code of a new channel; no query."""
        self.name = text.clean_line(self.name)
        self.name_norm, self.sort_key = text.fold(self.name), text.sort_key(self.name)
        if not self.qr_code:
            self.qr_code = "".join(secrets.choice(QR_ALPHABET) for _ in range(QR_LENGTH))

    def save(self, *args, **kwargs):
        self.derive()
        super().save(*args, **kwargs)

    @property
    def slug(self):
        """The readable tail of the channel's address; the number before it decides."""
        return text.slugify_vi(self.name)[:80] or "kenh"

    @property
    def is_live(self):
        return self.status in LIVE

    @property
    def is_published(self):
        """`published()` for one channel; reads its agency."""
        return self.status == S.CONFIRMED and self.agency.status == AgencyStatus.ACTIVE

    @property
    def primary_key(self):
        """The canonical key of `url`, by which people compare letter by letter; '' for channels without an address."""
        keys = [row.key for row in self.keys.all() if not row.ended_on]
        own = read_address(self.url).key if len(keys) > 1 else ""
        return own if own in keys else next(iter(keys), "")

    @property
    def current_keys(self):
        """The keys that name the channel, the one of `url` first; of a closed channel those that it had to the end."""
        first = self.primary_key
        return sorted((row for row in self.keys.all() if not row.ended_on), key=lambda row: row.key != first)

    @property
    def former_keys(self):
        """Keys that were given up while the channel went on."""
        return [row for row in self.keys.all() if row.ended_on]

    @classmethod
    @transaction.atomic
    def propose(
        cls, *, actor, agency, kind, name, url="", description="", decision_number="", decision_on=None, now=None
    ):
        """Declare a channel of an agency. Raises ValidationError when the address can't be an account of that kind,
        or is already a live channel. The same proposal sent twice gives the row of the first time."""
        Agency.objects.select_for_update().get(pk=agency.pk)  # parallel clicks stand in line here
        channel = cls(
            agency=agency,
            kind=kind,
            name=text.clean_line(name),
            url=url,
            description=description,
            decision_number=decision_number,
            decision_on=decision_on,
            proposed_by=actor,
            proposed_at=now or timezone.now(),
        )
        key = read_own_address(channel)
        if waiting := channel.waiting_twin(key):
            return waiting
        channel.full_clean(exclude=["name_norm", "sort_key", "qr_code"])
        channel.record(actor, "Đề xuất")
        if key:
            channel.keys.create(key=key)
        return channel

    def waiting_twin(self, key):
        """The agency's own waiting row with this address, or without one with this name; None when there is none."""
        rows = Channel.objects.awaiting_review().filter(agency=self.agency, kind=self.kind)
        twin = rows.filter(keys__key=key) if key else rows.filter(url="", name_norm=text.fold(self.name))
        twin = twin.first()
        if twin and (twin.proposed_by_id, twin.name) != (self.proposed_by_id, self.name):
            raise ValidationError({"url": "Kênh này đơn vị đã khai báo, đang chờ tỉnh xác nhận. Không cần gửi lại."})
        return twin

    @transaction.atomic
    def correct(self, *, actor, name, url="", description="", decision_number="", decision_on=None, now=None):
        """Change a returned proposal and put it before the province again."""
        self.advance("resubmit")
        self.name, self.url, self.description = text.clean_line(name), url, description
        self.decision_number, self.decision_on = decision_number, decision_on
        self.proposed_by, self.proposed_at, self.status_reason = actor, now or timezone.now(), ""
        key = read_own_address(self)
        self.full_clean(exclude=["name_norm", "sort_key", "qr_code"])
        self.keys.all().delete()
        if key:
            self.keys.create(key=key)
        self.record(actor, "Sửa và đề xuất lại")

    @transaction.atomic
    def confirm(self, *, actor, now=None):
        """Make the channel official. Raises ValidationError when another live channel has its key."""
        self.advance("confirm")
        now = now or timezone.now()
        self.confirmed_at, self.confirmed_by, self.status_reason = now, actor, ""
        self.reconfirmed_on = timezone.localdate(now)
        for key in self.keys.all():
            key.go_live(self.reconfirmed_on)
        self.record(actor, "Xác nhận")

    @transaction.atomic
    def amend(self, *, actor, reason, **facts):
        """Correct name, introduction or decision of a channel; its address only as `ChannelChange.accept` does."""
        self.lock()
        if self.status == S.CLOSED:
            raise ValidationError("Kênh này đã đóng.")
        for field, value in facts.items():
            setattr(self, field, value)
        self.full_clean(exclude=["name_norm", "sort_key", "qr_code"])
        self.record(actor, reason)

    @transaction.atomic
    def return_for_changes(self, *, actor, reason):
        self.advance("return_for_changes", reason)
        self.record(actor, f"Trả lại: {reason}")

    @transaction.atomic
    def suspend(self, *, actor, reason):
        self.advance("suspend", reason)
        self.record(actor, f"Tạm dừng: {reason}")

    @transaction.atomic
    def resume(self, *, actor):
        self.advance("resume")
        self.status_reason, self.given_up_at, self.given_up_by = "", None, None
        self.record(actor, "Hoạt động lại")

    @transaction.atomic
    def give_up(self, *, actor, reason, now=None):
        """The agency no longer uses the channel: paused at once; closed by the province, or `keep_after_all`."""
        self.advance("give_up", reason)
        self.given_up_at = self.answered_at = now or timezone.now()
        self.given_up_by = actor
        self.changes.withdraw_open(actor=actor, now=self.given_up_at, reason="Đơn vị báo đã bỏ kênh")
        self.record(actor, f"Đơn vị báo đã bỏ: {reason}")

    @transaction.atomic
    def keep_after_all(self, *, actor, now=None):
        """The agency uses the channel after all: back to what it was, as long as the province has not closed it."""
        self.lock()
        if not self.given_up_at:
            raise ValidationError("Kênh này không chờ đóng.")
        self.resume(actor=actor)
        self.answered_at = now or timezone.now()
        self.record(actor, "Đơn vị rút lời báo đã bỏ")

    @transaction.atomic
    def close(self, *, actor, reason, on=None, now=None):
        """End the channel; its keys become free, a waiting change ends, its page and QR code go on answering."""
        self.advance("close", reason)
        self.closed_on = on or timezone.localdate(now)
        self.keys.update(is_live=False)
        self.changes.withdraw_open(actor=actor, now=now or timezone.now(), reason="Kênh đã đóng")
        self.record(actor, f"Đóng kênh: {reason}")

    @transaction.atomic
    def rehome(self, *, actor, agency, reason):
        """Another agency takes the channel over (reorganisation). Id, keys, QR code and status stay."""
        self.lock()
        if self.status == S.CLOSED:
            raise ValidationError("Kênh này đã đóng.")
        self.agency = agency
        self.record(actor, reason)

    @transaction.atomic
    def reconfirm(self, *, actor, on, now=None, note=""):
        """The agency says that the channel is still right; `note`: how it said so."""
        self.advance("reconfirm")
        self.reconfirmed_on, self.answered_at = on, now or timezone.now()
        self.record(actor, f"Vẫn đúng: {note}" if note else "Vẫn đúng")

    def lock(self):
        self.refresh_from_db(from_queryset=Channel.objects.select_for_update(of=("self",)))

    def lock_to_change(self):
        """Lock the row; ValidationError unless the channel is confirmed and its agency lives."""
        self.lock()
        if self.status != S.CONFIRMED or not self.agency.is_active:
            raise ValidationError("Chỉ thay đổi được kênh đang hoạt động, đã xác nhận, của cơ quan còn hoạt động.")

    def advance(self, act, reason=None):
        """Lock the row and move its status by the transition table; ValidationError when the act came too late."""
        self.lock()
        allowed = TRANSITIONS[act]
        if self.status not in allowed:
            raise ValidationError(
                f"Kênh đang ở tình trạng “{self.get_status_display()}” nên không thực hiện được việc này."
            )
        if reason is not None and not reason.strip():
            raise ValidationError("Hãy ghi lý do.")
        self.status = allowed[self.status]
        self.status_reason = (reason or self.status_reason).strip()

    def record(self, actor, reason):
        """Save with author and reason in the history."""
        self._history_user, self._change_reason = actor, reason
        self.save()
