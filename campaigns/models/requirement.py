"""What a campaign asks: one thing per requirement, once by a date or every month; and the periods that follow."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from campaigns.models.campaign import Campaign
from portal.lib import periods
from registry.models import Agency, AgencyKind, ChannelKind, ContactRole, NetworkGroup

DEFAULT_STEPS = (-5, -1, 1, 3)


class RequirementKind(models.TextChoices):
    NOMINATE_CONTACT = "nominate_contact", "Cử đầu mối"
    SUBMIT_CONTENT = "submit_content", "Gửi sản phẩm truyền thông"
    REGISTER_CHANNEL = "register_channel", "Khai báo kênh"
    JOIN_GROUP = "join_group", "Tham gia nhóm mạng lưới"
    OUTREACH = "outreach", "Báo kết quả lan toả"
    RECONFIRM_CHANNELS = "reconfirm_channels", "Xác nhận lại kênh"


class Recurrence(models.TextChoices):
    ONCE = "once", "Một lần"
    MONTHLY = "monthly", "Hằng tháng"
    ROLLING = "rolling", "Khi kênh đến kỳ"


def default_steps():
    """Working days before (−) and after (+) the due date on which a reminder goes out."""
    return list(DEFAULT_STEPS)


class RequirementQuerySet(models.QuerySet):
    def binding(self, today):
        """Requirements of issued campaigns which still ask something on that day."""
        return self.filter(campaign__status="issued", starts_on__lte=today).filter(
            Q(ends_on=None) | Q(ends_on__gte=today)
        )


class Requirement(models.Model):
    campaign = models.ForeignKey(Campaign, verbose_name="đợt", on_delete=models.CASCADE, related_name="requirements")
    kind = models.CharField("loại yêu cầu", max_length=20, choices=RequirementKind.choices)
    title = models.CharField("nội dung yêu cầu", max_length=200)
    guidance = models.TextField("hướng dẫn cho đơn vị", blank=True)
    contact_role = models.CharField(
        "vai trò đầu mối",
        max_length=20,
        choices=ContactRole.choices,
        blank=True,
        help_text="Chỉ dùng khi yêu cầu cử đầu mối.",
    )
    channel_kind = models.CharField(
        "loại kênh",
        max_length=20,
        choices=ChannelKind.choices,
        blank=True,
        help_text="Chỉ dùng khi yêu cầu khai báo kênh.",
    )
    group = models.ForeignKey(
        NetworkGroup,
        verbose_name="nhóm cần tham gia",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="requirements",
    )
    measure = models.CharField(
        "con số cần báo",
        max_length=60,
        blank=True,
        help_text="Ghi đúng thứ cần đếm, ví dụ: lượt quét mã QR, người theo dõi Zalo OA, người đã chèn khung avatar.",
    )
    recurrence = models.CharField("định kỳ", max_length=10, choices=Recurrence.choices, default=Recurrence.MONTHLY)
    starts_on = models.DateField("bắt đầu từ ngày")
    ends_on = models.DateField("thực hiện đến ngày", null=True, blank=True)
    due_on = models.DateField("hạn (việc một lần)", null=True, blank=True)
    due_day = models.PositiveSmallIntegerField(
        "hạn vào ngày (hằng tháng)", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    due_next_month = models.BooleanField("ngày của tháng sau", default=True)
    is_strict = models.BooleanField(
        "công văn ghi “trước ngày”",
        default=False,
        help_text="Ngày cuối an toàn là ngày liền trước ngày ghi trong công văn.",
    )
    window_start_day = models.PositiveSmallIntegerField(
        "kỳ tính từ ngày", default=1, choices=[(1, "Mùng 1 đến hết tháng"), (15, "Ngày 15 tháng trước đến ngày 14")]
    )
    lock_after_days = models.PositiveSmallIntegerField("khoá kỳ sau hạn (ngày)", default=5)
    required_count = models.PositiveSmallIntegerField("số lượng mỗi kỳ", default=1, validators=[MinValueValidator(1)])
    addressed_kinds = models.JSONField("nhóm cơ quan phải thực hiện", default=list, blank=True)
    agencies = models.ManyToManyField(
        Agency, verbose_name="cơ quan nêu đích danh", blank=True, related_name="named_in_requirements"
    )
    reminder_steps = models.JSONField("các bước nhắc (ngày làm việc so với hạn)", default=default_steps, blank=True)

    objects = RequirementQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "yêu cầu"
        verbose_name_plural = "yêu cầu"
        ordering = ["campaign", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(recurrence="once", due_on__isnull=False)
                | Q(recurrence="monthly", due_day__isnull=False)
                | Q(recurrence="rolling", kind="reconfirm_channels"),
                name="requirement_has_a_due_rule",
                violation_error_message="Hãy ghi hạn: một ngày cụ thể, hoặc ngày trong tháng với việc hằng tháng.",
            ),
            models.CheckConstraint(
                condition=Q(required_count__gte=1),
                name="requirement_asks_for_something",
                violation_error_message="Số lượng mỗi kỳ phải từ 1.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="nominate_contact") | ~Q(contact_role=""),
                name="nomination_names_a_role",
                violation_error_message="Hãy chọn vai trò của đầu mối cần cử.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="join_group") | Q(group__isnull=False),
                name="joining_names_a_group",
                violation_error_message="Hãy chọn nhóm cần tham gia.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="outreach") | ~Q(measure=""),
                name="outreach_says_what_to_count",
                violation_error_message="Hãy ghi con số cần báo là số gì.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="requirement_ends_after_it_starts",
                violation_error_message="Ngày kết thúc phải từ ngày bắt đầu trở đi.",
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gte=F("starts_on")),
                name="requirement_due_after_it_starts",
                violation_error_message="Hạn phải từ ngày bắt đầu trở đi.",
            ),
        ]

    def __str__(self):
        return self.title

    def clean(self):
        unknown = set(self.addressed_kinds) - set(AgencyKind.values)
        if unknown:
            raise ValidationError({"addressed_kinds": "Khối cơ quan không hợp lệ."})
        if self.kind == RequirementKind.NOMINATE_CONTACT and self.recurrence == Recurrence.MONTHLY:
            raise ValidationError({"recurrence": "Cử đầu mối là việc một lần: hãy chọn “Một lần” và ghi hạn."})

    @transaction.atomic
    def amend(self, *, actor, reason, **facts):
        """Correct title or guidance; whom, how many and by when are changed where open periods are looked after."""
        self.refresh_from_db(from_queryset=Requirement.objects.select_for_update(of=("self",)))
        if self.campaign.status == "closed":
            raise ValidationError("Đợt này đã kết thúc nên không sửa nữa.")
        for field, value in facts.items():
            setattr(self, field, value)
        self.full_clean()
        self._history_user, self._change_reason = actor, reason
        self.save()

    def addressed_agencies(self, day):
        """Agencies that owe this in a period beginning on `day`: those which lived on that day, by group or by name."""
        rows = Agency.objects.existing_on(day)
        if self.addressed_kinds or self.agencies.exists():
            rows = rows.filter(Q(kind__in=self.addressed_kinds) | Q(pk__in=self.agencies.values("pk")))
        return rows

    def windows_opened_by(self, today) -> list[periods.Window]:
        """Every period that has begun by `today`, the first one containing (or after) the start day.

        Rolling ones have no windows: `reconfirming.ask_agencies` opens them when channels ask."""
        if self.recurrence == Recurrence.ROLLING:
            return []
        last = min(today, self.ends_on or today)
        if self.starts_on > last:
            return []
        if self.recurrence == Recurrence.ONCE:
            return [periods.Window(self.starts_on, max(self.due_on, self.starts_on))]
        month, found = self.starts_on.replace(day=1), []
        while (window := periods.month_window(month.year, month.month, self.window_start_day)).first_on <= last:
            if window.last_on >= self.starts_on:
                found.append(window)
            month = periods.next_month(month)
        return found

    def due_of(self, window) -> date:
        """Last day on which a submission for the window is on time."""
        if self.recurrence == Recurrence.MONTHLY:
            return periods.monthly_due(
                window.first_on, window.last_on, self.due_day, self.due_next_month, self.is_strict
            )
        return self.due_on - timedelta(days=1) if self.is_strict else self.due_on

    @property
    def due_words(self):
        """The due rule as a dispatch would say it."""
        if self.recurrence == Recurrence.ROLLING:
            return "trong 14 ngày từ khi kênh đến kỳ"
        word = "trước" if self.is_strict else "chậm nhất"
        if self.recurrence == Recurrence.ONCE:
            return f"{word} ngày {self.due_on:%d/%m/%Y}"
        return f"{word} ngày {self.due_day:02d} " + ("tháng sau" if self.due_next_month else "hằng tháng")


class Period(models.Model):
    """One window of one requirement. Two dates: `due_on` (later is late) and `locks_on` (later needs an exception)."""

    requirement = models.ForeignKey(
        Requirement, verbose_name="yêu cầu", on_delete=models.PROTECT, related_name="periods"
    )
    month = models.DateField("tháng báo cáo", db_index=True, help_text="Ngày 1 của tháng mà kỳ này được tính.")
    first_on = models.DateField("từ ngày")
    last_on = models.DateField("đến ngày")
    due_on = models.DateField("hạn nộp")
    locks_on = models.DateField("khoá kỳ")
    opened_at = models.DateTimeField("mở lúc")

    class Meta:
        verbose_name = "kỳ"
        verbose_name_plural = "kỳ"
        ordering = ["-first_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["requirement", "first_on"], name="period_opened_once", violation_error_message="Kỳ này đã mở."
            ),
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")) & Q(locks_on__gte=F("due_on")) & Q(due_on__gte=F("first_on")),
                name="period_days_in_order",
                violation_error_message="Các mốc của kỳ phải theo thứ tự: từ ngày, đến ngày, hạn nộp, khoá kỳ.",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="period_month_is_a_first",
                violation_error_message="Tháng ghi bằng ngày 1.",
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        """`2026-11`, the form that commands and addresses use."""
        return f"{self.month:%Y-%m}"
