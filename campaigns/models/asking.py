"""What an agency asks of the province: more time for a duty, or a second look at a refused product."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from campaigns import notifications
from campaigns.models.content import ContentItem, ContentStatus
from campaigns.models.obligation import Obligation
from campaigns.models.publication import Decision
from portal.lib import periods
from registry.models import User

LONGEST_EXTENSION = timedelta(days=92)
APPEAL_WITHIN = timedelta(days=30)


class AnswerState(models.TextChoices):
    WAITING = "waiting", "Chờ trả lời"
    GRANTED = "granted", "Đồng ý"
    REFUSED = "refused", "Không đồng ý"


S = AnswerState


class AskingQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=S.WAITING)

    def visible_to(self, user):
        """Those about duties or products that the person can see."""
        return self.filter(**self.model.about_visible_to(user))


class Asking(models.Model):
    """Asked by the agency, answered once by the province."""

    reason = models.CharField("lý do", max_length=500)
    asked_at = models.DateTimeField("gửi lúc", default=timezone.now, editable=False)
    asked_by = models.ForeignKey(
        User, verbose_name="người gửi", on_delete=models.PROTECT, related_name="+", editable=False
    )
    state = models.CharField("tình trạng", max_length=10, choices=S.choices, default=S.WAITING, editable=False)
    answered_at = models.DateTimeField("trả lời lúc", null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        User,
        verbose_name="người trả lời",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    answer = models.CharField("ý kiến của tỉnh", max_length=500, blank=True, editable=False)

    objects = AskingQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at=None, answered_by=None)
                | ~Q(state="waiting") & Q(answered_at__isnull=False, answered_by__isnull=False),
                name="%(class)s_answered_exactly_when_dated",
                violation_error_message="Trả lời phải có người và ngày.",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(answer=""),
                name="%(class)s_refused_with_words",
                violation_error_message="Không đồng ý thì phải ghi lý do.",
            ),
        ]

    @property
    def is_waiting(self):
        return self.state == S.WAITING

    def close(self, state, actor, answer, now):
        """Lock the row and answer it once; ValidationError names the colleague who was faster."""
        self.refresh_from_db(from_queryset=type(self).objects.select_for_update(of=("self",)))
        if not self.is_waiting:
            moment = timezone.localtime(self.answered_at)
            raise ValidationError(
                f"{self.answered_by} đã trả lời lúc {moment:%H:%M %d/%m/%Y}: {self.get_state_display().lower()}."
            )
        if state == S.REFUSED and not answer.strip():
            raise ValidationError({"answer": "Hãy ghi lý do để đơn vị biết."})
        self.state, self.answer = state, answer.strip()[:500]
        self.answered_at, self.answered_by = now or timezone.now(), actor
        self.save()
        notifications.asking_answered(self)


class ExtensionRequest(Asking):
    """Xin gia hạn: one agency asks for a later last day of one duty."""

    obligation = models.ForeignKey(
        Obligation, verbose_name="đầu việc", on_delete=models.CASCADE, related_name="extension_requests"
    )
    until = models.DateField("xin đến ngày")

    class Meta(Asking.Meta):
        verbose_name = "đề nghị gia hạn"
        verbose_name_plural = "đề nghị gia hạn"
        constraints = [
            *Asking.Meta.constraints,
            models.UniqueConstraint(
                fields=["obligation"],
                condition=Q(state="waiting"),
                name="one_waiting_extension_per_duty",
                violation_error_message="Đầu việc này đang có một đề nghị chờ trả lời.",
            ),
        ]

    def __str__(self):
        return f"Xin gia hạn đến {self.until:%d/%m/%Y}"

    @staticmethod
    def about_visible_to(user):
        return {"obligation__in": Obligation.objects.visible_to(user)}

    @classmethod
    @transaction.atomic
    def ask(cls, *, actor, obligation, until, reason, now=None):
        """The agency asks. The same request sent twice gives the row of the first time."""
        now = now or timezone.now()
        obligation.lock()
        if obligation.met_at or obligation.exempt_at:
            raise ValidationError("Đầu việc này không còn phải nộp nên không cần gia hạn.")
        waiting = obligation.extension_requests.waiting().first()
        if waiting:
            if (waiting.asked_by_id, waiting.until, waiting.reason) == (actor.pk, until, reason.strip()):
                return waiting
            raise ValidationError("Đơn vị đã xin gia hạn việc này, đang chờ tỉnh trả lời. Không cần gửi lại.")
        first = max(obligation.last_day, periods.local_day(now))
        if not first < until <= first + LONGEST_EXTENSION:
            last = first + LONGEST_EXTENSION
            raise ValidationError({"until": f"Hãy chọn ngày sau {first:%d/%m/%Y} và không quá {last:%d/%m/%Y}."})
        asked = cls(obligation=obligation, until=until, reason=reason.strip(), asked_at=now, asked_by=actor)
        asked.full_clean()
        asked.save()
        notifications.asking_made(asked)
        return asked

    @transaction.atomic
    def grant(self, *, actor, until=None, answer="", now=None):
        """Give the day that was asked for, or another one; the duty is extended in the same act."""
        given = until or self.until
        self.close(S.GRANTED, actor, answer, now)
        if given != self.until:
            self.until = given
            self.save(update_fields=["until"])
        self.obligation.extend(actor=actor, until=given, reason=f"Theo đề nghị của đơn vị: {self.reason}")

    @transaction.atomic
    def refuse(self, *, actor, answer, now=None):
        self.close(S.REFUSED, actor, answer, now)


class Appeal(Asking):
    """Đề nghị xem lại: the agency disagrees with a refusal."""

    item = models.ForeignKey(ContentItem, verbose_name="sản phẩm", on_delete=models.CASCADE, related_name="appeals")
    decision = models.OneToOneField(
        Decision, verbose_name="quyết định", on_delete=models.PROTECT, related_name="appeal"
    )

    class Meta(Asking.Meta):
        verbose_name = "đề nghị xem lại"
        verbose_name_plural = "đề nghị xem lại"
        constraints = list(Asking.Meta.constraints)

    def __str__(self):
        return f"Đề nghị xem lại: {self.item}"

    @staticmethod
    def about_visible_to(user):
        return {"item__in": ContentItem.objects.visible_to(user)}

    @classmethod
    @transaction.atomic
    def file(cls, *, actor, item, reason, now=None):
        """Ask for a second look at a refusal, once and within 30 days of it."""
        now = now or timezone.now()
        item.lock()
        decision = item.last_decision
        if item.status != ContentStatus.REJECTED:
            raise ValidationError("Chỉ đề nghị xem lại được sản phẩm đã bị từ chối.")
        known = cls.objects.filter(decision=decision).first()
        if known:
            if known.is_waiting and (known.asked_by_id, known.reason) == (actor.pk, reason.strip()):
                return known
            raise ValidationError("Quyết định này đã được đề nghị xem lại. Kết quả ghi ở trang của sản phẩm.")
        if now > decision.at + APPEAL_WITHIN:
            raise ValidationError(f"Đã quá {APPEAL_WITHIN.days} ngày kể từ khi bị từ chối. Hãy nộp sản phẩm khác.")
        asked = cls(item=item, decision=decision, reason=reason.strip(), asked_at=now, asked_by=actor)
        asked.full_clean()
        asked.save()
        notifications.asking_made(asked)
        return asked

    @transaction.atomic
    def grant(self, *, actor, answer="", now=None):
        """The refusal is lifted: the same version waits in the queue again, submitted when it was submitted."""
        self.close(S.GRANTED, actor, answer, now)
        self.item.reopen(actor=actor)

    @transaction.atomic
    def refuse(self, *, actor, answer, now=None):
        """The refusal stands."""
        self.close(S.REFUSED, actor, answer, now)


class InternalNote(models.Model):
    """A note among reviewers. The agency never sees it."""

    item = models.ForeignKey(ContentItem, on_delete=models.CASCADE, related_name="internal_notes")
    text = models.CharField("ghi chú nội bộ", max_length=1000)
    author = models.ForeignKey(User, verbose_name="người ghi", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("lúc", default=timezone.now)

    class Meta:
        verbose_name = "ghi chú nội bộ"
        verbose_name_plural = "ghi chú nội bộ"
        ordering = ["at", "pk"]

    def __str__(self):
        return self.text[:60]
