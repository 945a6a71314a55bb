"""Chốt kỳ: the figures of a month as they stood when the province closed it, and what is different since.

Rows are copied, not marked: whatever happens later to duties, names and people, a closed month says what it said.
Locks always in this order: the line of closings, then the month's duties by pk. A verb that hands something in holds
its duty, so it ends either before the copy (and is in it) or after it (and is an amendment).
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils import timezone

from campaigns.models.obligation import NO_TIME, Obligation, Outcome, outcome_case
from campaigns.models.requirement import Requirement, RequirementKind
from portal.lib import periods
from portal.lib.advisory import wait_in_line
from portal.lib.wording import moment_words, month_words
from registry.models import Agency, AgencyKind, User

LINE = "campaigns.closing"
BATCH = 500
COMPARED = (
    "required_count", "accepted_count", "due_on", "extended_to", "met_on", "province_time", "nothing_reason",
    "exempt_reason",
)  # fmt: skip
"""What may change on a duty after its month was closed, besides its outcome: all of it shows in some figure."""


class MonthClosingQuerySet(models.QuerySet):
    def live(self):
        """Closings that hold: those which nobody reopened."""
        return self.filter(reopened_at=None)

    def visible_to(self, user):
        """The province's staff."""
        return self if user.is_authenticated and user.is_province_staff else self.none()


class MonthClosing(models.Model):
    """One month closed once. A reopened closing stays as it was; closing again is a row of its own."""

    month = models.DateField("tháng", help_text="Ngày 1 của tháng.")
    closed_at = models.DateTimeField("chốt lúc", editable=False)
    closed_by = models.ForeignKey(User, verbose_name="người chốt", on_delete=models.PROTECT, related_name="+")
    history_mark = models.BigIntegerField(default=0, editable=False)
    checksum = models.CharField("mã kiểm tra", max_length=64, editable=False)
    reopened_at = models.DateTimeField("mở lại lúc", null=True, blank=True, editable=False)
    reopened_by = models.ForeignKey(
        User, verbose_name="người mở lại", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reopen_reason = models.CharField("lý do mở lại", max_length=300, blank=True)

    objects = MonthClosingQuerySet.as_manager()

    class Meta:
        verbose_name = "lần chốt kỳ"
        verbose_name_plural = "chốt kỳ"
        ordering = ["-month", "-closed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["month"],
                condition=Q(reopened_at=None),
                name="one_live_closing_per_month",
                violation_error_message="Tháng này đã chốt.",
            ),
            models.CheckConstraint(
                condition=Q(reopened_at=None, reopened_by=None, reopen_reason="")
                | (Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~Q(reopen_reason="")),
                name="reopened_closing_says_who_and_why",
                violation_error_message="Mở lại tháng đã chốt phải có người và lý do.",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="closing_month_is_a_first",
                violation_error_message="Tháng ghi bằng ngày 1.",
            ),
        ]

    def __str__(self):
        return f"Chốt {month_words(self.month)}"

    @property
    def is_live(self):
        return self.reopened_at is None

    @classmethod
    @transaction.atomic
    def close(cls, *, actor, month, now=None):
        """Copy every duty of the month as it stands now. ValidationError: who was faster, none, or not begun."""
        now = now or timezone.now()
        wait_in_line(LINE)
        known = cls.objects.live().filter(month=month).select_related("closed_by").first()
        if known:
            raise ValidationError(
                f"{known.closed_by} đã chốt {month_words(month)} lúc {moment_words(known.closed_at)}."
            )
        if month > periods.local_day(now):
            raise ValidationError(f"{month_words(month).capitalize()} chưa bắt đầu nên chưa chốt được.")
        duties = Obligation.objects.for_month(month).order_by("pk").select_for_update(of=("self",))
        duties = list(duties.select_related("requirement", "period", "agency__parent"))
        if not duties:
            raise ValidationError(f"{month_words(month).capitalize()} chưa có đầu việc nào nên không có gì để chốt.")
        mark = Obligation.history.aggregate(newest=Max("history_id"))["newest"] or 0
        closing = cls(month=month, closed_at=now, closed_by=actor, history_mark=mark)
        rows = [ClosedDuty.of(duty, closing, periods.local_day(now)) for duty in duties]
        closing.checksum = closing.checksum_of(rows)
        closing.save()
        ClosedDuty.objects.bulk_create(rows, batch_size=BATCH)
        return closing

    @transaction.atomic
    def reopen(self, *, actor, reason, now=None):
        """Figures follow the duties again until the month is closed anew; this closing stays to be read."""
        wait_in_line(LINE)
        self.refresh_from_db(from_queryset=MonthClosing.objects.select_for_update(of=("self",)))
        if not self.is_live:
            moment = moment_words(self.reopened_at)
            raise ValidationError(f"{self.reopened_by} đã mở lại {month_words(self.month)} lúc {moment}.")
        if not reason.strip():
            raise ValidationError({"reason": "Hãy ghi lý do mở lại tháng đã chốt."})
        self.reopened_at, self.reopened_by, self.reopen_reason = now or timezone.now(), actor, reason.strip()[:300]
        self.save()

    def checksum_of(self, rows) -> str:
        """SHA-256 over the month, the moment and the rows by duty, written the same way on every database."""
        head = {"month": plain(self.month), "closed_at": plain(self.closed_at)}
        lines = [head, *(row.as_evidence() for row in sorted(rows, key=lambda row: row.obligation_id))]
        text = "\n".join(json.dumps(line, ensure_ascii=False, sort_keys=True) for line in lines)
        return hashlib.sha256(text.encode()).hexdigest()

    def is_intact(self) -> bool:
        """Whether the rows are those that were closed (one query over all of them)."""
        return self.checksum == self.checksum_of(self.rows.all())

    def amended(self):
        """Rows whose duty is different now, with the duty; `now_result` is its outcome today."""
        rows = self.rows.annotate(now_result=outcome_case("obligation__"))
        changed = Q(result__lt=F("now_result")) | Q(result__gt=F("now_result"))
        for name in COMPARED:
            changed |= differs(name, f"obligation__{name}")
        rows = rows.filter(changed).select_related("obligation__requirement", "obligation__period", "agency")
        return rows.order_by("order_key", "pk")

    def added(self):
        """Duties that came into the month after it was closed."""
        frozen = Exists(self.rows.filter(obligation=OuterRef("pk")))
        rows = Obligation.objects.for_month(self.month).filter(~frozen).with_outcome()
        return rows.select_related("requirement", "period", "agency").order_by("agency__sort_key", "pk")

    def amendment_count(self) -> int:
        """How many duties are different from what was closed (two queries)."""
        return self.amended().count() + self.added().count()


def differs(name, other):
    """A condition that holds when two columns have different values; one NULL is different, two are not."""
    one_empty = Q(**{f"{name}__isnull": True, f"{other}__isnull": False})
    one_empty |= Q(**{f"{name}__isnull": False, f"{other}__isnull": True})
    return one_empty | Q(**{f"{name}__lt": F(other)}) | Q(**{f"{name}__gt": F(other)})


def plain(value):
    """A value as evidence writes it: days and moments in ISO (UTC), spans in microseconds."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    return value.isoformat() if hasattr(value, "isoformat") else value


class ClosedDutyQuerySet(models.QuerySet):
    def counting(self):
        """Rows of closings that hold."""
        return self.filter(closing__reopened_at=None)


class ClosedDuty(models.Model):
    """One duty as it stood when its month was closed: who, what, by when, the outcome and the counts.

    Never changed and never deleted: a trigger refuses both. `was_due`: its last day had passed by then.
    """

    closing = models.ForeignKey(MonthClosing, on_delete=models.PROTECT, related_name="rows")
    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="closed_rows")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    kind = models.CharField(max_length=20, choices=RequirementKind.choices)
    title = models.CharField(max_length=200)
    agency_name = models.CharField(max_length=200)
    agency_kind = models.CharField(max_length=30, choices=AgencyKind.choices)
    parent_name = models.CharField(max_length=200, blank=True)
    order_key = models.CharField(max_length=700)
    first_on = models.DateField()
    due_on = models.DateField()
    extended_to = models.DateField(null=True, blank=True)
    was_due = models.BooleanField()
    result = models.CharField(max_length=10, choices=Outcome.choices)
    required_count = models.PositiveSmallIntegerField()
    accepted_count = models.PositiveSmallIntegerField()
    first_submitted_at = models.DateTimeField(null=True, blank=True)
    met_on = models.DateField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    province_time = models.DurationField(default=NO_TIME)
    nothing_reason = models.CharField(max_length=300, blank=True)
    exempt_reason = models.CharField(max_length=300, blank=True)

    objects = ClosedDutyQuerySet.as_manager()

    class Meta:
        verbose_name = "đầu việc đã chốt"
        verbose_name_plural = "đầu việc đã chốt"
        ordering = ["closing", "order_key", "pk"]
        indexes = [models.Index(fields=["agency", "month"], name="closed_duty_by_agency")]
        constraints = [
            models.UniqueConstraint(
                fields=["closing", "obligation"],
                name="duty_closed_once",
                violation_error_message="Đầu việc này đã có trong lần chốt.",
            ),
            models.CheckConstraint(
                condition=Q(result__in=("on_time", "late"), met_on__isnull=False)
                | Q(result="exempt")
                | Q(result__in=("pending", "nothing", "missing"), met_on=None),
                name="closed_duty_dated_exactly_when_met",
                violation_error_message="Việc đã hoàn thành phải có ngày.",
            ),
        ]

    def __str__(self):
        return f"{self.agency_name}: {self.title} ({self.month:%Y-%m})"

    @classmethod
    def of(cls, duty, closing, today):
        """The row of one duty, not saved yet."""
        agency = duty.agency
        return cls(
            closing=closing, obligation=duty, requirement=duty.requirement, agency=agency, parent=agency.parent,
            month=closing.month, kind=duty.requirement.kind, title=duty.requirement.title,
            agency_name=duty.agency_name, agency_kind=duty.agency_kind,
            parent_name=agency.parent.name if agency.parent else "", order_key=agency.sort_key,
            first_on=duty.period.first_on, was_due=duty.last_day < today, result=duty.outcome(),
            first_submitted_at=duty.first_submitted_at, accepted_at=duty.accepted_at,
            **{name: getattr(duty, name) for name in COMPARED},
        )  # fmt: skip

    def as_evidence(self) -> dict:
        """Every column but the row's own numbers, as plain values."""
        fields = [field for field in self._meta.concrete_fields if field.name not in ("id", "closing")]
        return {field.attname: plain(field.value_from_object(self)) for field in fields}

    @property
    def last_day(self):
        return self.extended_to or self.due_on

    @property
    def extra_count(self):
        return max(0, self.accepted_count - self.required_count)

    def outcome(self):
        return Outcome(self.result)

    def is_not_due(self, today):
        """Missing, and its last day had not passed when the month was closed; `today` changes nothing any more."""
        return self.result == Outcome.MISSING and not self.was_due
