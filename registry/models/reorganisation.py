"""Sắp xếp tổ chức: rename, merge, split, close, re-parent as one act with its decision, and who came after whom."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from registry.models.agency import Agency
from registry.models.people import User


class ReorganisationKind(models.TextChoices):
    MERGE = "merge", "Sáp nhập"
    SPLIT = "split", "Chia tách"
    RENAME = "rename", "Đổi tên"
    CLOSE = "close", "Kết thúc hoạt động"
    REPARENT = "reparent", "Đổi cơ quan cấp trên"


class ReorganisationState(models.TextChoices):
    PLANNED = "planned", "Đã lập, chưa thực hiện"
    DONE = "done", "Đã thực hiện"
    UNDONE = "undone", "Đã hoàn tác"


S = ReorganisationState


class ReorganisationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Reviewers and administrators plan and run them; the public sees only who came after whom."""
        return self if user.is_authenticated and user.is_reviewer and not user.scope else self.none()

    def done(self):
        return self.filter(state=S.DONE)


class Reorganisation(models.Model):
    """`request` is what was asked for (kind, day, from → to), `report` the words of what was done, `changes` what undo
    needs: the fields as they were, and a digest of each row as the act left it. No phone or e-mail is kept here."""

    kind = models.CharField("loại", max_length=10, choices=ReorganisationKind.choices)
    on = models.DateField("từ ngày")
    decision = models.CharField("số, ngày văn bản", max_length=200)
    note = models.CharField("ghi chú", max_length=300, blank=True)
    title = models.CharField("nội dung", max_length=1000)
    request = models.JSONField("kế hoạch", editable=False)
    key = models.CharField(max_length=64, editable=False)
    state = models.CharField("tình trạng", max_length=10, choices=S.choices, default=S.PLANNED, editable=False)
    planned_at = models.DateTimeField("lập lúc", default=timezone.now, editable=False)
    planned_by = models.ForeignKey(User, verbose_name="người lập", on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField("thực hiện lúc", null=True, blank=True, editable=False)
    done_by = models.ForeignKey(
        User, verbose_name="người thực hiện", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField("hoàn tác lúc", null=True, blank=True, editable=False)
    undone_by = models.ForeignKey(
        User, verbose_name="người hoàn tác", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    report = models.JSONField(default=list, blank=True, editable=False)
    changes = models.JSONField(default=list, blank=True, editable=False)

    objects = ReorganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "lần sắp xếp"
        verbose_name_plural = "sắp xếp tổ chức"
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(state="done"),
                name="reorganisation_done_once",
                violation_error_message="Việc sắp xếp này đã được thực hiện.",
            ),
            models.CheckConstraint(
                condition=Q(state="planned", done_at=None, done_by=None)
                | Q(state__in=("done", "undone"), done_at__isnull=False, done_by__isnull=False),
                name="reorganisation_done_exactly_when_dated",
                violation_error_message="Việc sắp xếp đã thực hiện phải có người và ngày thực hiện.",
            ),
            models.CheckConstraint(
                condition=Q(state="undone", undone_at__isnull=False, undone_by__isnull=False)
                | ~Q(state="undone") & Q(undone_at=None, undone_by=None),
                name="reorganisation_undone_exactly_when_dated",
                violation_error_message="Việc sắp xếp đã hoàn tác phải có người và ngày hoàn tác.",
            ),
            models.CheckConstraint(
                condition=~Q(decision=""),
                name="reorganisation_names_its_decision",
                violation_error_message="Hãy ghi số, ngày văn bản quyết định việc sắp xếp.",
            ),
        ]

    def __str__(self):
        return self.title

    def lock(self):
        self.refresh_from_db(from_queryset=Reorganisation.objects.select_for_update(of=("self",)))

    @transaction.atomic
    def finish(self, *, actor, report, changes, now):
        """The act is done: keep its words and what undo needs. Call in the act's transaction, row locked."""
        if self.state != S.PLANNED:
            raise ValidationError("Việc sắp xếp này đã được thực hiện hoặc đã hoàn tác.")
        self.state, self.done_at, self.done_by = S.DONE, now, actor
        self.report, self.changes = report, changes
        self.save()

    @transaction.atomic
    def drop(self):
        """Throw away a plan that was never carried out."""
        self.lock()
        if self.state != S.PLANNED:
            raise ValidationError("Chỉ bỏ được kế hoạch chưa thực hiện.")
        self.delete()

    @transaction.atomic
    def take_back(self, *, actor, now):
        """The act is undone. Call in the undo's transaction, row locked, rows already restored."""
        if self.state != S.DONE:
            raise ValidationError("Chỉ hoàn tác được việc sắp xếp đã thực hiện.")
        self.state, self.undone_at, self.undone_by = S.UNDONE, now, actor
        self.changes = []
        self.save()


class AgencySuccession(models.Model):
    """One agency followed another, many to many. `is_home`: the successor took over channels and people."""

    reorganisation = models.ForeignKey(
        Reorganisation, verbose_name="lần sắp xếp", on_delete=models.PROTECT, related_name="successions"
    )
    predecessor = models.ForeignKey(
        Agency, verbose_name="cơ quan cũ", on_delete=models.PROTECT, related_name="successions"
    )
    successor = models.ForeignKey(
        Agency, verbose_name="cơ quan tiếp nhận", on_delete=models.PROTECT, related_name="inheritances"
    )
    on = models.DateField("từ ngày")
    is_partial = models.BooleanField("chỉ một phần", default=False)
    is_home = models.BooleanField("tiếp nhận kênh, đầu mối", default=False)

    class Meta:
        verbose_name = "quan hệ kế thừa"
        verbose_name_plural = "quan hệ kế thừa"
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reorganisation", "predecessor", "successor"],
                name="succession_told_once",
                violation_error_message="Quan hệ kế thừa này đã được ghi.",
            ),
            models.UniqueConstraint(
                fields=["reorganisation", "predecessor"],
                condition=Q(is_home=True),
                name="one_home_per_predecessor",
                violation_error_message="Kênh và đầu mối của một cơ quan chỉ chuyển về một nơi.",
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="nobody_succeeds_oneself",
                violation_error_message="Cơ quan không thể kế thừa chính mình.",
            ),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor} từ {self.on:%d/%m/%Y}"
