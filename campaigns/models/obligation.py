"""Đầu việc: one agency owes one requirement for one period. The row that lists, reminders, grid and reports read."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from simple_history.models import HistoricalRecords

from campaigns.models.entry import entries_of
from campaigns.models.requirement import Period, Recurrence, Requirement, RequirementKind
from portal.lib import periods
from registry.models import Agency, AgencyKind, ContactPoint, User

NO_TIME = timedelta()


class Outcome(models.TextChoices):
    """Each row is in exactly one."""

    ON_TIME = "on_time", "đúng hạn"
    LATE = "late", "trễ"
    PENDING = "pending", "chờ duyệt"
    NOTHING = "nothing", "không phát sinh"
    EXEMPT = "exempt", "được miễn"
    MISSING = "missing", "chưa nộp"


def outcome_case(prefix=""):
    """The outcome as SQL (the same rule as `Obligation.outcome`); `prefix` leads to the duty from another table."""

    def when(then, **conditions):
        return When(**{prefix + name: value for name, value in conditions.items()}, then=Value(then))

    last_day = Coalesce(f"{prefix}extended_to", f"{prefix}due_on")
    return Case(
        when(Outcome.EXEMPT, exempt_at__isnull=False),
        when(Outcome.ON_TIME, met_at__isnull=False, met_on__lte=last_day),
        when(Outcome.LATE, met_at__isnull=False),
        when(Outcome.NOTHING, nothing_at__isnull=False),
        when(Outcome.PENDING, open_submission_at__isnull=False),
        default=Value(Outcome.MISSING),
        output_field=models.CharField(),
    )


def excepted(today) -> Q:
    """Duties that have longer than their period: extended, or opened again, until today or later."""
    return Q(extended_to__gte=today) | Q(reopened_until__gte=today)


OPEN_WORK = Q(met_at=None, nothing_at=None, exempt_at=None, open_submission_at=None)


class ObligationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Staff see all; a focal point those of their agencies; a signed link only its own."""
        if not user.is_authenticated:
            return self.none()
        if user.is_province_staff:
            return self
        rows = self.filter(agency__in=user.contact_points.filter(status="confirmed").values("agency_id"))
        return rows.filter(pk=user.scope) if user.scope else rows

    def with_outcome(self):
        """Annotates `result`, the outcome of each row (the same rule as `Obligation.outcome`)."""
        return self.annotate(result=outcome_case())

    def open_work(self):
        """The agency still has something to do: not met, not excused, nothing waiting at the province."""
        return self.filter(OPEN_WORK)

    def overdue(self, today):
        """Open work whose last day has passed."""
        return self.open_work().filter(Q(extended_to=None, due_on__lt=today) | Q(extended_to__lt=today))

    def to_remind(self, today):
        """Open work of issued campaigns and living agencies that is not locked yet; nearest deadline first."""
        rows = self.in_force().filter(Q(locks_on__gte=today) | excepted(today))
        return rows.order_by(Coalesce("extended_to", "due_on"), "pk")

    def in_force(self):
        """Open work of issued campaigns and living agencies, locked or not."""
        return self.open_work().filter(requirement__campaign__status="issued", agency__status="active")

    def for_month(self, first_on):
        """The duties of one month's figures. Rounds of re-confirmation come when channels ask: they are of no month."""
        return self.of_months().filter(period__month=first_on)

    def of_months(self):
        """Duties that campaigns set for a month or a day, without the rolling ones."""
        return self.exclude(requirement__recurrence=Recurrence.ROLLING)

    def quota(self):
        """The monthly content quota only."""
        return self.filter(requirement__kind=RequirementKind.SUBMIT_CONTENT)


class Obligation(models.Model):
    """Frozen when its period opens: names, kind, count and dates stay as they were then.

    The facts (`accepted_count` … `province_time`) are written only by `settle()`, from the submissions themselves.
    """

    requirement = models.ForeignKey(
        Requirement, verbose_name="yêu cầu", on_delete=models.PROTECT, related_name="obligations"
    )
    period = models.ForeignKey(Period, verbose_name="kỳ", on_delete=models.PROTECT, related_name="obligations")
    agency = models.ForeignKey(Agency, verbose_name="cơ quan", on_delete=models.PROTECT, related_name="obligations")
    agency_name = models.CharField("tên cơ quan khi mở kỳ", max_length=200)
    agency_kind = models.CharField("loại cơ quan khi mở kỳ", max_length=30, choices=AgencyKind.choices)
    required_count = models.PositiveSmallIntegerField("số lượng phải nộp", default=1)
    is_round = models.BooleanField("lần xác nhận lại kênh", default=False, editable=False)
    due_on = models.DateField("hạn nộp")
    locks_on = models.DateField("khoá kỳ")
    extended_to = models.DateField("gia hạn đến", null=True, blank=True)
    reopened_until = models.DateField("mở lại kỳ đến", null=True, blank=True)
    exception_reason = models.CharField("lý do gia hạn, mở lại", max_length=300, blank=True)

    accepted_count = models.PositiveSmallIntegerField("số đã được duyệt", default=0)
    open_submission_at = models.DateTimeField("đang chờ duyệt từ", null=True, blank=True)
    first_submitted_at = models.DateTimeField("nộp lần đầu", null=True, blank=True)
    met_at = models.DateTimeField("hoàn thành lúc", null=True, blank=True)
    met_on = models.DateField("hoàn thành ngày", null=True, blank=True)
    accepted_at = models.DateTimeField("được duyệt lúc", null=True, blank=True)
    province_time = models.DurationField("thời gian ở tỉnh", default=NO_TIME)
    nothing_at = models.DateTimeField("báo không phát sinh lúc", null=True, blank=True)
    nothing_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    nothing_reason = models.CharField("lý do không phát sinh", max_length=300, blank=True)
    exempt_at = models.DateTimeField("được miễn lúc", null=True, blank=True)
    exempt_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    exempt_reason = models.CharField("lý do miễn", max_length=300, blank=True)

    objects = ObligationQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=["agency_name", "agency_kind", "first_submitted_at", "open_submission_at", "province_time"]
    )

    class Meta:
        verbose_name = "đầu việc"
        verbose_name_plural = "đầu việc"
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["agency", "due_on"], name="obligation_by_agency"),
            models.Index(
                fields=["due_on"],
                include=["requirement", "agency"],
                condition=Q(met_at=None, nothing_at=None, exempt_at=None, open_submission_at=None),
                name="obligation_open",
            ),
            models.Index(
                fields=["locks_on"],
                condition=Q(met_at=None, nothing_at=None, exempt_at=None, open_submission_at=None),
                name="obligation_unlocked",
            ),
            models.Index(
                fields=["extended_to"],
                condition=Q(extended_to__isnull=False) | Q(reopened_until__isnull=False),
                name="obligation_excepted",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["requirement", "agency", "period"],
                name="one_obligation_per_agency_and_period",
                violation_error_message="Cơ quan đã có đầu việc này trong kỳ.",
            ),
            models.UniqueConstraint(
                fields=["agency"],
                condition=Q(is_round=True, met_at=None, nothing_at=None, exempt_at=None),
                name="one_open_round_per_agency",
                violation_error_message="Cơ quan đang có một lần xác nhận lại kênh chưa xong.",
            ),
            models.CheckConstraint(
                condition=Q(met_at=None, met_on=None, accepted_at=None)
                | Q(met_at__isnull=False, met_on__isnull=False, accepted_at__isnull=False),
                name="obligation_met_with_all_its_dates",
                violation_error_message="Việc đã hoàn thành phải đủ ngày nộp và ngày duyệt.",
            ),
            models.CheckConstraint(
                condition=Q(met_at=None) | Q(accepted_count__gte=F("required_count")),
                name="obligation_met_only_with_enough",
                violation_error_message="Chưa đủ số lượng nên chưa thể hoàn thành.",
            ),
            models.CheckConstraint(
                condition=Q(nothing_at=None, nothing_by=None, nothing_reason="")
                | (Q(nothing_at__isnull=False, nothing_by__isnull=False) & ~Q(nothing_reason="")),
                name="nothing_to_report_says_who_and_why",
                violation_error_message="Báo không phát sinh phải có người báo và lý do.",
            ),
            models.CheckConstraint(
                condition=Q(exempt_at=None, exempt_by=None, exempt_reason="")
                | (Q(exempt_at__isnull=False, exempt_by__isnull=False) & ~Q(exempt_reason="")),
                name="exemption_says_who_and_why",
                violation_error_message="Miễn phải có người quyết định và lý do.",
            ),
            models.CheckConstraint(
                condition=Q(extended_to=None, reopened_until=None) | ~Q(exception_reason=""),
                name="exception_says_why",
                violation_error_message="Gia hạn hoặc mở lại kỳ phải có lý do.",
            ),
        ]

    def __str__(self):
        return f"{self.agency_name}: {self.requirement} ({self.period})"

    @property
    def last_day(self):
        """The last day on which a submission is on time."""
        return self.extended_to or self.due_on

    @property
    def lock_day(self):
        """The last day on which anything may be submitted."""
        return max(filter(None, (self.locks_on, self.extended_to, self.reopened_until)))

    def outcome(self):
        """The outcome of this row (the same rule as `ObligationQuerySet.with_outcome`)."""
        if self.exempt_at:
            return Outcome.EXEMPT
        if self.met_at:
            return Outcome.ON_TIME if self.met_on <= self.last_day else Outcome.LATE
        if self.nothing_at:
            return Outcome.NOTHING
        return Outcome.PENDING if self.open_submission_at else Outcome.MISSING

    @property
    def is_open_work(self):
        return not (self.met_at or self.nothing_at or self.exempt_at or self.open_submission_at)

    def is_overdue(self, today):
        return self.is_open_work and self.last_day < today

    def is_not_due(self, today):
        """Nothing was handed in, and the last day has not passed: missing, but nobody's fault."""
        return self.outcome() == Outcome.MISSING and self.last_day >= today

    def is_locked(self, today):
        return today > self.lock_day

    @property
    def extra_count(self):
        """Accepted products beyond the quota ("vượt +3")."""
        return max(0, self.accepted_count - self.required_count)

    @transaction.atomic
    def report_nothing(self, *, actor, reason, now=None):
        """The agency says that the period brought nothing to report, and why."""
        self.lock()
        now = now or timezone.now()
        self.refuse_when_locked(periods.local_day(now))
        if not self.is_open_work:
            raise ValidationError("Đầu việc này không còn chờ đơn vị nên không cần báo không phát sinh.")
        if not reason.strip():
            raise ValidationError({"reason": "Hãy ghi lý do không phát sinh."})
        self.nothing_at, self.nothing_by, self.nothing_reason = now, actor, reason.strip()[:300]
        self.record(actor, f"Không phát sinh: {reason}")

    @transaction.atomic
    def take_back_nothing(self, *, actor):
        """Undo "nothing to report": the duty is open again."""
        self.lock()
        if not self.nothing_at:
            raise ValidationError("Đầu việc này chưa báo không phát sinh.")
        self.nothing_at, self.nothing_by, self.nothing_reason = None, None, ""
        self.record(actor, "Rút báo không phát sinh")

    @transaction.atomic
    def exempt(self, *, actor, reason, now=None):
        """The province excuses the agency from this period."""
        self.lock()
        if self.met_at:
            raise ValidationError("Đơn vị đã hoàn thành nên không cần miễn.")
        if not reason.strip():
            raise ValidationError({"reason": "Hãy ghi lý do và số công văn làm căn cứ miễn."})
        self.exempt_at, self.exempt_by, self.exempt_reason = now or timezone.now(), actor, reason.strip()[:300]
        self.record(actor, f"Miễn: {reason}")

    @transaction.atomic
    def take_back_exemption(self, *, actor, reason):
        """The exemption was a mistake: the duty counts again, as it stood."""
        self.lock()
        if not self.exempt_at:
            raise ValidationError("Đầu việc này không được miễn nên không có gì để thu hồi.")
        if not reason.strip():
            raise ValidationError({"reason": "Hãy ghi lý do thu hồi việc miễn."})
        self.exempt_at, self.exempt_by, self.exempt_reason = None, None, ""
        self.validate_constraints()
        self.record(actor, f"Thu hồi miễn: {reason}"[:300])

    @transaction.atomic
    def extend(self, *, actor, until, reason):
        """Grant a later last day, or reopen a locked period for this agency until that day."""
        self.lock()
        if until <= self.last_day:
            raise ValidationError({"until": f"Ngày gia hạn phải sau hạn hiện nay ({self.last_day:%d/%m/%Y})."})
        if not reason.strip():
            raise ValidationError({"reason": "Hãy ghi lý do gia hạn."})
        self.extended_to, self.exception_reason = until, reason.strip()[:300]
        self.record(actor, f"Gia hạn đến {until:%d/%m/%Y}: {reason}")

    @transaction.atomic
    def reopen(self, *, actor, until, reason, now=None):
        """Mở lại kỳ: let this agency hand in until that day though the period is locked. What comes is late."""
        self.lock()
        today = periods.local_day(now or timezone.now())
        if self.met_at or self.exempt_at:
            raise ValidationError("Đầu việc này không còn phải nộp nên không cần mở lại.")
        if not self.is_locked(today):
            raise ValidationError(f"Kỳ này còn mở đến hết ngày {self.lock_day:%d/%m/%Y} nên chưa cần mở lại.")
        if until < today:
            raise ValidationError({"until": f"Hãy chọn ngày từ {today:%d/%m/%Y} trở đi."})
        if not reason.strip():
            raise ValidationError({"reason": "Hãy ghi lý do mở lại kỳ cho đơn vị."})
        self.reopened_until, self.exception_reason = until, reason.strip()[:300]
        self.record(actor, f"Mở lại kỳ đến {until:%d/%m/%Y}: {reason}"[:300])

    def lock(self):
        self.refresh_from_db(from_queryset=Obligation.objects.select_for_update(of=("self",)))

    def refuse_when_locked(self, today):
        if self.is_locked(today):
            since = self.lock_day + timedelta(days=1)
            raise ValidationError(f"Kỳ này đã khoá từ {since:%d/%m/%Y}. Hãy đề nghị cán bộ tỉnh mở lại kỳ cho đơn vị.")

    def settle(self, *, actor, reason):
        """Work out the facts again from the submissions and save. Call in the verb's transaction, row locked."""
        entries = sorted(self.entries(), key=lambda entry: entry.submitted_at)
        accepted = [entry for entry in entries if entry.decided_at and entry.is_accepted]
        waiting = [entry.submitted_at for entry in entries if not entry.decided_at]
        self.accepted_count = len(accepted)
        self.first_submitted_at = entries[0].submitted_at if entries else None
        self.open_submission_at = min(waiting, default=None)
        self.province_time = sum((e.decided_at - e.submitted_at for e in entries if e.decided_at), NO_TIME)
        deciding = accepted[self.required_count - 1] if len(accepted) >= self.required_count else None
        self.met_at = deciding.submitted_at if deciding else None
        self.met_on = periods.local_day(self.met_at) if deciding else None
        self.accepted_at = deciding.decided_at if deciding else None
        if self.nothing_at and (self.met_at or self.open_submission_at):
            self.nothing_at, self.nothing_by, self.nothing_reason = None, None, ""
        self.record(actor, reason)

    @classmethod
    @transaction.atomic
    def settle_if_changed(cls, pk, reason) -> bool:
        """Settle one duty unless its facts say already what its entries say; so a second run writes nothing."""
        duty = cls.objects.select_for_update(of=("self",)).select_related("requirement", "period").get(pk=pk)
        entries = duty.entries()
        count = sum(entry.is_accepted for entry in entries)
        is_waiting = any(entry.decided_at is None for entry in entries)
        if count == duty.accepted_count and is_waiting == bool(duty.open_submission_at):
            return False
        duty.settle(actor=None, reason=reason)
        return True

    def entries(self):
        """Everything submitted for this duty, as `Entry` tuples (one query)."""
        return entries_of(self)

    def nominated_contacts(self):
        """Contact points in the asked role, proposed or confirmed again since the duty began. People whom a
        reorganisation brought count once their new agency confirms them again."""
        begun = periods.start_of_day(self.period.first_on)
        return ContactPoint.objects.filter(agency=self.agency_id, role=self.requirement.contact_role).filter(
            Q(proposed_at__gte=begun, carried_from=None) | Q(reconfirmed_at__gte=begun)
        )

    def record(self, actor, reason):
        """Save with author and reason in the history."""
        self._history_user, self._change_reason = actor, reason
        self.save()
