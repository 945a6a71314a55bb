"""A campaign: a purpose with its dispatches. Issuing it makes its requirements binding."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from portal.lib import text
from registry.models import Channel, User


class CampaignStatus(models.TextChoices):
    DRAFT = "draft", "Bản nháp"
    ISSUED = "issued", "Đang thực hiện"
    CLOSED = "closed", "Đã kết thúc"


class CampaignQuerySet(models.QuerySet):
    def issued(self):
        return self.filter(status=CampaignStatus.ISSUED)

    def visible_to(self, user):
        """Staff see all; focal points see those that ask something of their agencies; others none."""
        if not user.is_authenticated:
            return self.none()
        if user.is_province_staff:
            return self
        agencies = user.contact_points.filter(status="confirmed").values("agency_id")
        rows = self.filter(requirements__obligations__agency__in=agencies)
        if user.scope:
            rows = rows.filter(requirements__obligations=user.scope)
        return rows.distinct()


class Campaign(models.Model):
    title = models.CharField("tên đợt", max_length=200)
    purpose = models.TextField("mục đích, nội dung trọng tâm", blank=True)
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày", null=True, blank=True, help_text="Để trống nếu thực hiện thường xuyên.")
    channels = models.ManyToManyField(Channel, verbose_name="kênh cần phổ biến", blank=True, related_name="campaigns")
    standing = models.CharField(
        "việc thường trực",
        max_length=20,
        null=True,
        blank=True,
        unique=True,
        editable=False,
        help_text="Loại việc mà cổng tự giao; mỗi loại một đợt, không có công văn, không kết thúc.",
    )
    status = models.CharField(
        "tình trạng", max_length=10, choices=CampaignStatus.choices, default=CampaignStatus.DRAFT, editable=False
    )
    created_by = models.ForeignKey(
        User, verbose_name="người lập", on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField("lập lúc", default=timezone.now, editable=False)
    issued_at = models.DateTimeField("ban hành lúc", null=True, blank=True, editable=False)
    issued_by = models.ForeignKey(
        User,
        verbose_name="người ban hành",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    closed_at = models.DateTimeField("kết thúc lúc", null=True, blank=True, editable=False)
    closed_reason = models.CharField("lý do kết thúc", max_length=300, blank=True, editable=False)

    objects = CampaignQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "đợt truyền thông"
        verbose_name_plural = "đợt truyền thông"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft", issued_at=None, issued_by=None)
                | ~Q(status="draft") & Q(issued_at__isnull=False, issued_by__isnull=False),
                name="campaign_issued_exactly_when_dated",
                violation_error_message="Đợt đã ban hành phải có người và ngày ban hành.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="campaign_ends_after_it_starts",
                violation_error_message="Ngày kết thúc phải từ ngày bắt đầu trở đi.",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_draft(self):
        return self.status == CampaignStatus.DRAFT

    @classmethod
    @transaction.atomic
    def establish(cls, *, actor, standing, title, purpose, on, now):
        """The standing campaign of a kind of work that the portal itself asks for: in force at once, without a
        dispatch. Established twice, or by two at once, it is one row; then `is_new` is False."""
        facts = {"title": title, "purpose": purpose, "starts_on": on, "created_by": actor, "created_at": now}
        facts |= {"status": CampaignStatus.ISSUED, "issued_at": now, "issued_by": actor}
        return cls.objects.get_or_create(standing=standing, defaults=facts)

    @transaction.atomic
    def issue(self, *, actor, now=None):
        """Make the requirements binding. The caller opens the periods (`opening.open_periods`)."""
        self.lock()
        if not self.is_draft:
            raise ValidationError("Đợt này đã được ban hành trước đó.")
        if not self.requirements.exists():
            raise ValidationError("Hãy thêm ít nhất một yêu cầu trước khi ban hành.")
        if not self.dispatches.exists():
            raise ValidationError("Hãy thêm công văn làm căn cứ trước khi ban hành.")
        self.status, self.issued_at, self.issued_by = CampaignStatus.ISSUED, now or timezone.now(), actor
        self.record(actor, "Ban hành")

    @transaction.atomic
    def amend(self, *, actor, reason, **facts):
        """Correct title or purpose of a campaign that is not closed; what it asks has its own acts."""
        self.lock()
        if self.status == CampaignStatus.CLOSED:
            raise ValidationError("Đợt này đã kết thúc nên không sửa nữa.")
        for field, value in facts.items():
            setattr(self, field, value)
        self.full_clean()
        self.record(actor, reason)

    @transaction.atomic
    def close(self, *, actor, reason, now=None):
        """Ask nothing more from now on; what is owed stays owed and readable."""
        self.lock()
        if self.standing:
            raise ValidationError("Đợt này thường trực: cổng tự giao việc theo quy định nên không kết thúc.")
        if self.status != CampaignStatus.ISSUED:
            raise ValidationError("Chỉ kết thúc được đợt đang thực hiện.")
        self.status, self.closed_at, self.closed_reason = CampaignStatus.CLOSED, now or timezone.now(), reason
        self.record(actor, f"Kết thúc: {reason}")

    def lock(self):
        self.refresh_from_db(from_queryset=Campaign.objects.select_for_update(of=("self",)))

    def record(self, actor, reason):
        self._history_user, self._change_reason = actor, reason
        self.save()


def dispatch_path(dispatch, name):
    """Random private path: the given name is kept in `file_name` only."""
    return f"cong-van/{uuid.uuid4().hex}"


class DispatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(campaign__in=Campaign.objects.visible_to(user))


class Dispatch(models.Model):
    """Công văn: the mandate. A draft may have a blank number and day, which the clerk fills in later."""

    campaign = models.ForeignKey(Campaign, verbose_name="đợt", on_delete=models.CASCADE, related_name="dispatches")
    number = models.CharField(
        "số, ký hiệu", max_length=60, blank=True, help_text="Ví dụ 1234/SKHCN-CĐS. Để trống nếu chưa phát hành."
    )
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)
    subject = models.CharField("trích yếu (V/v)", max_length=400)
    issuer = models.CharField("cơ quan ban hành", max_length=200)
    signatory = models.CharField("người ký", max_length=120, blank=True)
    recipients = models.TextField("nơi nhận", blank=True)
    file = models.FileField("bản đính kèm", upload_to=dispatch_path, blank=True, editable=False)
    file_name = models.CharField("tên tệp", max_length=200, blank=True, editable=False)
    file_type = models.CharField(max_length=100, blank=True, editable=False)
    file_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    objects = DispatchQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "công văn"
        verbose_name_plural = "công văn"
        ordering = ["-issued_on", "pk"]

    def __str__(self):
        number = self.number or "(chưa có số)"
        return f"Công văn {number}" + (f" ngày {self.issued_on:%d/%m/%Y}" if self.issued_on else "")

    def save(self, *args, **kwargs):
        self.number, self.subject = text.clean_line(self.number), text.clean_line(self.subject)
        super().save(*args, **kwargs)
