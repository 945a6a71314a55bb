"""Sản phẩm truyền thông: what agencies hand in. A version is frozen at each submission; decisions name the version."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from campaigns import notifications
from campaigns.models import counting_once, sharing, writing
from campaigns.models.content_status import EDITABLE, TRANSITIONS, ContentStatus
from campaigns.models.entry import Entry
from campaigns.models.obligation import Obligation
from campaigns.models.publication import Decision, DecisionAct, Publication
from campaigns.models.topic import Topic
from campaigns.models.version import ContentKind
from portal.lib import periods, text
from portal.lib.fingerprints import link_key, text_hash
from registry.models import Agency, Channel, User

S = ContentStatus


class ContentItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Staff see what was submitted; a focal point everything of their agencies; a signed link its duty's items."""
        if not user.is_authenticated:
            return self.none()
        if user.is_province_staff:
            return self.exclude(submitted_at=None)
        rows = self.filter(agency__in=user.contact_points.filter(status="confirmed").values("agency_id"))
        return rows.filter(obligation=user.scope) if user.scope else rows

    def awaiting_review(self):
        return self.filter(status=S.SUBMITTED)

    def published(self):
        return self.filter(status=S.PUBLISHED)

    def to_publish(self):
        return self.filter(status=S.APPROVED)

    def accepted(self):
        return self.filter(status__in=(S.APPROVED, S.PUBLISHED))

    def in_library(self, user):
        """Accepted products that their agencies let others use again: for everybody with an account, no signed link."""
        known = user.is_authenticated and not user.scope
        return self.accepted().filter(is_shareable=True, shared_from=None) if known else self.none()

    def shown_to_public(self):
        """Published products with a post on a channel that is official now."""
        return self.published().filter(publications__channel__in=Channel.objects.published()).distinct()


class ContentItem(sharing.Sharing, writing.Writing, models.Model):
    obligation = models.ForeignKey(Obligation, verbose_name="đầu việc", on_delete=models.PROTECT, related_name="items")
    agency = models.ForeignKey(Agency, verbose_name="cơ quan", on_delete=models.PROTECT, related_name="items")
    kind = models.CharField("loại", max_length=10, choices=ContentKind.choices, default=ContentKind.ARTICLE)
    title = models.CharField("tiêu đề", max_length=200)
    title_norm = models.CharField(max_length=200, editable=False, default="")
    body = models.TextField("nội dung", blank=True, max_length=20000)
    link = models.URLField("đường link bài đã đăng", max_length=500, blank=True)
    responsible = models.CharField("người chịu trách nhiệm nội dung", max_length=120, blank=True)
    topic = models.ForeignKey(
        Topic, verbose_name="nội dung trọng tâm", null=True, blank=True, on_delete=models.SET_NULL, related_name="items"
    )
    late_reason = models.CharField("lý do nộp trễ", max_length=300, blank=True)
    is_shareable = models.BooleanField("cho đơn vị khác dùng lại", default=False)
    shared_from = models.ForeignKey(
        "self",
        verbose_name="dùng lại từ",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="shares",
        editable=False,
    )
    status = models.CharField("tình trạng", max_length=10, choices=S.choices, default=S.DRAFT, editable=False)
    version = models.PositiveSmallIntegerField("bản nộp số", default=0, editable=False)
    idempotency_key = models.UUIDField(default=uuid.uuid4, editable=False)
    written_in = models.UUIDField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField("lập lúc", default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, verbose_name="người lập", on_delete=models.PROTECT, related_name="+", editable=False
    )
    submitted_at = models.DateTimeField("nộp lúc", null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        User,
        verbose_name="người nộp",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    decided_at = models.DateTimeField("quyết định lúc", null=True, blank=True, editable=False)
    published_at = models.DateTimeField("đăng lúc", null=True, blank=True, editable=False)
    reviewer = models.ForeignKey(
        User,
        verbose_name="người duyệt được giao",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    held_at = models.DateTimeField("tạm giữ lúc", null=True, blank=True, editable=False)
    held_by = models.ForeignKey(
        User,
        verbose_name="người tạm giữ",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    held_reason = models.CharField("lý do tạm giữ", max_length=300, blank=True, editable=False)

    objects = ContentItemQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["title_norm", "idempotency_key", "written_in"])

    class Meta:
        verbose_name = "sản phẩm truyền thông"
        verbose_name_plural = "sản phẩm truyền thông"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["submitted_at"], condition=Q(status="submitted"), name="item_awaiting_review"),
            models.Index(fields=["status", "-submitted_at"], name="item_by_status"),
            models.Index(fields=["id"], include=["agency", "topic"], name="item_whose"),
            models.Index(
                fields=["-decided_at", "-id"],
                condition=Q(is_shareable=True, shared_from=None, status__in=(S.APPROVED, S.PUBLISHED)),
                name="item_in_library",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "idempotency_key"], name="item_saved_once", violation_error_message="Đã lưu rồi."
            ),
            models.UniqueConstraint(
                fields=["shared_from", "obligation"],
                condition=Q(shared_from__isnull=False) & ~Q(status=S.WITHDRAWN),
                name="shared_once_per_duty",
                violation_error_message="Đơn vị đã dùng lại sản phẩm này trong kỳ.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=(S.DRAFT, S.WITHDRAWN))
                | Q(submitted_at__isnull=False, submitted_by__isnull=False, version__gte=1),
                name="submitted_item_says_who_and_when",
                violation_error_message="Sản phẩm đã nộp phải có người nộp và giờ nộp.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(S.APPROVED, S.PUBLISHED, S.REJECTED, S.CHANGES)) | Q(decided_at__isnull=False),
                name="decided_item_is_dated",
                violation_error_message="Sản phẩm đã quyết định phải có ngày.",
            ),
            models.CheckConstraint(
                condition=Q(held_at=None, held_by=None, held_reason="")
                | (Q(status=S.SUBMITTED, held_at__isnull=False, held_by__isnull=False) & ~Q(held_reason="")),
                name="held_item_waits_and_says_why",
                violation_error_message="Chỉ tạm giữ sản phẩm đang chờ duyệt, có người và lý do.",
            ),
            models.CheckConstraint(
                condition=Q(status=S.PUBLISHED, published_at__isnull=False)
                | ~Q(status=S.PUBLISHED) & Q(published_at=None),
                name="item_published_exactly_when_dated",
                violation_error_message="Sản phẩm đã đăng phải có ngày đăng.",
            ),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.title = text.clean_line(self.title)
        self.title_norm = text.fold(self.title)
        super().save(*args, **kwargs)

    @property
    def is_editable(self):
        return self.status in EDITABLE

    @property
    def current_version(self):
        return self.versions.filter(number=self.version).first()

    @property
    def last_decision(self):
        return self.decisions.order_by("-at", "-pk").first()

    @property
    def current_files(self):
        return self.files.filter(removed_at=None)

    @classmethod
    @transaction.atomic
    def start(cls, *, actor, obligation, idempotency_key, now=None, **fields):
        """Begin an item for a duty. The same key gives the item that was begun before (double click, resend)."""
        obligation.refuse_when_locked(periods.local_day(now or timezone.now()))
        item, is_new = cls.objects.get_or_create(
            agency=obligation.agency,
            idempotency_key=idempotency_key,
            defaults={"obligation": obligation, "created_by": actor, "created_at": now or timezone.now(), **fields},
        )
        if not is_new and item.obligation_id != obligation.pk:
            raise ValidationError("Biểu mẫu này đã dùng cho việc khác. Hãy tải lại trang rồi nhập lại.")
        return item

    @transaction.atomic
    def submit(self, *, actor, is_declared=False, now=None):
        """Hand the item in: freeze a version and tell the duty. `is_declared`: the agency answers for the content."""
        now = now or timezone.now()
        self.advance("submit")
        self.obligation.lock()
        self.obligation.refuse_when_locked(periods.local_day(now))
        self.refuse_empty()
        counting_once.refuse_same_link(self)
        sharing.refuse_without_own_post(self)
        self.version += 1
        self.submitted_at, self.submitted_by = now, actor
        version = self.versions.create(
            number=self.version,
            kind=self.kind,
            title=self.title,
            body=self.body,
            link=self.link,
            responsible=self.responsible,
            is_declared=is_declared,
            link_key=link_key(self.link),
            body_hash=text_hash(self.body),
            submitted_at=now,
            submitted_by=actor,
        )
        version.files.set(self.current_files)
        self.record(actor, f"Nộp bản {self.version}")
        notifications.item_submitted(self, now)

    @transaction.atomic
    def return_for_changes(self, *, actor, version, code, note, now=None):
        """Send the version back with a coded reason and a text that says what to mend."""
        self.decide(actor, version, DecisionAct.RETURN, code, note, now)

    @transaction.atomic
    def approve(self, *, actor, version, note="", now=None):
        self.decide(actor, version, DecisionAct.APPROVE, "", note, now)

    @transaction.atomic
    def reject(self, *, actor, version, code, note, now=None):
        """Refuse the item for good, with a coded reason."""
        self.decide(actor, version, DecisionAct.REJECT, code, note, now)

    @transaction.atomic
    def reopen(self, *, actor):
        """Lift a refusal that was appealed against: a copy of the version waits, with the day on which that one was
        handed in. The old version keeps its decision."""
        self.advance("reopen")
        version = self.current_version
        files = list(version.files.all())
        self.version += 1
        version.pk, version.number, version.decided_at = None, self.version, None
        version.save(force_insert=True)
        version.files.set(files)
        self.record(actor, "Xem lại theo đề nghị của đơn vị")

    @transaction.atomic
    def withdraw(self, *, actor, now=None):
        """The agency takes the item back."""
        now = now or timezone.now()
        self.advance("withdraw")
        self.versions.filter(decided_at=None).update(decided_at=now)
        self.record(actor, "Rút")

    @transaction.atomic
    def publish(self, *, actor, channel, url, published_at=None, now=None):
        """Record where the item appeared. Once per channel."""
        now = now or timezone.now()
        if published_at and not periods.FIRST_MONTH.year <= published_at.year <= periods.LAST_MONTH.year:
            raise ValidationError({"published_at": "Hãy xem lại năm của ngày đăng."})
        self.advance("publish")
        self.published_at = self.published_at or published_at or now
        publication = Publication(
            item=self, channel=channel, url=url, published_at=published_at or now, recorded_at=now, recorded_by=actor
        )
        publication.full_clean()
        publication.save()
        self.record(actor, f"Đã đăng trên {channel}")
        notifications.item_published(publication)
        return publication

    @transaction.atomic
    def assign(self, *, actor, reviewer):
        """Say which reviewer looks at the product; None = whoever comes first. Everybody may still decide."""
        self.lock()
        if self.status != S.SUBMITTED:
            raise ValidationError(self.too_late_sentence())
        if reviewer and not reviewer.is_reviewer:
            raise ValidationError({"reviewer": "Chỉ giao được cho cán bộ xét duyệt."})
        self.reviewer = reviewer
        self.note_history(actor, f"Giao cho {reviewer.full_name} duyệt" if reviewer else "Thôi giao riêng")

    @transaction.atomic
    def hold(self, *, actor, reason, now=None):
        """Set the product aside inside the province, e.g. until a figure is checked. The agency's clock stands still anyway."""
        self.lock()
        if self.status != S.SUBMITTED or self.held_at:
            raise ValidationError("Chỉ tạm giữ được sản phẩm đang chờ duyệt.")
        if not reason.strip():
            raise ValidationError({"reason": "Hãy ghi lý do tạm giữ."})
        self.held_at, self.held_by, self.held_reason = now or timezone.now(), actor, reason.strip()[:300]
        self.note_history(actor, f"Tạm giữ: {self.held_reason}")

    @transaction.atomic
    def release(self, *, actor):
        """Back into the queue."""
        self.lock()
        if not self.held_at:
            raise ValidationError("Sản phẩm này không còn bị tạm giữ.")
        self.held_at, self.held_by, self.held_reason = None, None, ""
        self.note_history(actor, "Thôi tạm giữ")

    def decide(self, actor, number, act, code, note, now):
        """One decision on one version: status, row, duty. ValidationError when a colleague was faster."""
        now = now or timezone.now()
        self.advance(DecisionAct(act).verb)
        if number != self.version:
            raise ValidationError("Đơn vị vừa nộp bản mới. Hãy tải lại trang và xem bản mới nhất trước khi quyết định.")
        version = self.versions.get(number=number)
        if act == DecisionAct.APPROVE:
            counting_once.refuse_counted_twice(self, version)
            sharing.refuse_post_elsewhere(self, version)
        decision = Decision(item=self, version=version, actor=actor, act=act, code=code, note=note.strip(), at=now)
        decision.full_clean()
        decision.save()
        version.decided_at, version.is_accepted = now, act == DecisionAct.APPROVE
        version.save(update_fields=["decided_at", "is_accepted"])
        self.decided_at = now
        self.record(actor, f"{decision.get_act_display()}: {note}".rstrip(": "))
        notifications.item_decided(decision)

    def advance(self, act):
        """Lock the row and move its status by the transition table; ValidationError names who was faster."""
        self.lock()
        allowed = TRANSITIONS[act]
        if self.status not in allowed:
            raise ValidationError(self.too_late_sentence())
        self.status = allowed[self.status]
        if self.status != S.SUBMITTED:
            self.held_at, self.held_by, self.held_reason = None, None, ""

    def too_late_sentence(self):
        decision = self.last_decision
        if decision:
            moment = timezone.localtime(decision.at)
            return f"{decision.actor} đã xử lý lúc {moment:%H:%M %d/%m/%Y}: {self.get_status_display().lower()}."
        return f"Sản phẩm đang ở tình trạng “{self.get_status_display()}” nên không thực hiện được việc này."

    def refuse_empty(self):
        if not self.title:
            raise ValidationError({"title": "Hãy ghi tiêu đề."})
        if not self.body.strip() and not self.link and not self.current_files.exists():
            raise ValidationError("Hãy dán đường link bài đã đăng, nhập nội dung, hoặc đính kèm ít nhất một tệp.")

    def entries(self):
        """Versions as the duty counts them; a withdrawn item counts for nothing."""
        if self.status == S.WITHDRAWN:
            return []
        return [Entry(row.submitted_at, row.decided_at, row.is_accepted) for row in self.versions.all()]

    def lock(self):
        self.refresh_from_db(from_queryset=ContentItem.objects.select_for_update(of=("self",)))

    def note_history(self, actor, reason):
        """Save with author and reason; nothing that the duty counts has changed."""
        self._history_user, self._change_reason = actor, reason[:300]
        self.save()

    def record(self, actor, reason):
        """Save with author and reason in the history, then let the duty work out its facts."""
        self.note_history(actor, reason)
        self.obligation.lock()
        self.obligation.settle(actor=actor, reason=f"{reason} (“{self.title}”)"[:300])
