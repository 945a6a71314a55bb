"""Agencies of the province: own id, dated names, kind, parent. Closed ones stay readable for ever."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from portal.lib import text

ONE_DAY = timedelta(days=1)
DERIVED = ["slug", "search_norm", "sort_key", "page_name"]
COUNCIL = "uy ban nhan dan "
LONGEST_PAGE_NAME = 24


class AgencyKind(models.TextChoices):
    """The groups that dispatches address, in the order in which reports list them."""

    DEPARTMENT = "so", "Sở, cơ quan thuộc UBND tỉnh"
    PARTY = "dang", "Cơ quan Đảng"
    FRONT = "mttq_doan_the", "MTTQ, đoàn thể"
    ASSOCIATION = "hoi", "Hội quần chúng"
    ARMED_FORCES = "luc_luong_vu_trang", "Lực lượng vũ trang"
    VERTICAL = "nganh_doc", "Cơ quan ngành dọc"
    PRESS = "bao_chi_thong_tin", "Báo chí, thông tin"
    BOARD = "ban_quan_ly", "Ban quản lý"
    WARD = "phuong", "UBND phường"
    COMMUNE = "xa", "UBND xã"
    SPECIAL_ZONE = "dac_khu", "UBND đặc khu"
    OTHER = "khac", "Cơ quan, doanh nghiệp khác"


class AgencyStatus(models.TextChoices):
    ACTIVE = "active", "Đang hoạt động"
    CLOSED = "closed", "Đã kết thúc hoạt động"


class AgencyQuerySet(models.QuerySet):
    def active(self):
        return self.filter(status=AgencyStatus.ACTIVE)

    def existing_on(self, day):
        """Agencies that lived on that day: founded on or before it, not closed before it. NULL founding = long ago."""
        return self.filter(Q(founded_on=None) | Q(founded_on__lte=day), Q(closed_on=None) | Q(closed_on__gt=day))

    def visible_to(self, user):
        """Agencies are public facts: everybody sees all of them."""
        return self

    def editable_by(self, user):
        """Agencies in whose name the person acts: all for reviewers, their own for focal points, else none."""
        if not user.is_authenticated:
            return self.none()
        if user.is_reviewer:
            return self
        return self.filter(
            pk__in=user.contact_points.filter(status="confirmed").values("agency_id"), status=AgencyStatus.ACTIVE
        )

    def search(self, words):
        """Agencies with the words in a name, present or former, or in their code; accents don't matter."""
        folded = text.fold_query(words)
        former = AgencyName.objects.filter(name_norm__contains=folded).values("agency_id")
        return self.filter(Q(search_norm__contains=folded) | Q(pk__in=former))


class Agency(models.Model):
    """One body. `name` is today's name; `AgencyName` holds every name with its dates."""

    slug = models.SlugField("địa chỉ", max_length=140, unique=True, editable=False)
    code = models.CharField("mã cơ quan", max_length=35, blank=True, help_text="Mã dùng trong bảng biểu, ví dụ SYT.")
    gso_code = models.CharField("mã đơn vị hành chính", max_length=10, blank=True)
    kind = models.CharField("loại", max_length=30, choices=AgencyKind.choices)
    parent = models.ForeignKey(
        "self",
        verbose_name="cơ quan cấp trên",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    name = models.CharField("tên", max_length=200)
    short_name = models.CharField("tên viết tắt", max_length=60, blank=True)
    name_norm = models.CharField(max_length=200, editable=False, db_index=True)
    search_norm = models.CharField(max_length=320, editable=False)
    sort_key = models.CharField(max_length=700, editable=False, db_index=True)
    page_name = models.CharField(max_length=LONGEST_PAGE_NAME, blank=True, editable=False)
    status = models.CharField(
        "tình trạng", max_length=10, choices=AgencyStatus.choices, default=AgencyStatus.ACTIVE, editable=False
    )
    founded_on = models.DateField("hoạt động từ", null=True, blank=True)
    closed_on = models.DateField("kết thúc từ", null=True, blank=True, editable=False)
    closed_reason = models.CharField("lý do kết thúc", max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField("tạo lúc", auto_now_add=True)

    objects = AgencyQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["name_norm", "search_norm", "sort_key", "page_name"])

    class Meta:
        verbose_name = "cơ quan"
        verbose_name_plural = "cơ quan"
        ordering = ["sort_key", "pk"]
        indexes = [
            models.Index(fields=["status", "kind", "sort_key"], name="agency_by_kind"),
            models.Index(fields=["page_name"], condition=Q(status="active"), name="agency_by_page_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code="") & Q(status="active"),
                name="one_active_agency_per_code",
                violation_error_message="Mã này đang thuộc một cơ quan khác.",
            ),
            models.UniqueConstraint(
                fields=["name_norm"],
                condition=Q(status="active"),
                name="one_active_agency_per_name",
                violation_error_message="Đã có cơ quan đang hoạt động với tên này.",
            ),
            models.CheckConstraint(
                condition=Q(status="active", closed_on=None) | Q(status="closed", closed_on__isnull=False),
                name="agency_closed_exactly_when_dated",
                violation_error_message="Cơ quan kết thúc hoạt động phải có ngày kết thúc.",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(founded_on=None) | Q(closed_on__gte=F("founded_on")),
                name="agency_closed_after_founded",
                violation_error_message="Ngày kết thúc phải sau ngày bắt đầu hoạt động.",
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="agency_has_a_name", violation_error_message="Hãy ghi tên cơ quan."
            ),
        ]

    def __str__(self):
        return self.name

    def derive(self):
        """Fill what follows from the name; no query."""
        self.name = text.clean_line(self.name)
        self.short_name = text.clean_line(self.short_name)
        self.name_norm = text.fold(self.name)
        self.search_norm = text.fold(f"{self.name} {self.short_name} {self.code}")
        self.sort_key = text.sort_key(self.name)
        self.page_name = common_spelling(self.name_norm)

    def save(self, *args, **kwargs):
        self.derive()
        if not self.slug:
            self.slug = free_slug(Agency, self.name)
        super().save(*args, **kwargs)

    @property
    def is_active(self):
        return self.status == AgencyStatus.ACTIVE

    @property
    def last_day(self):
        """The last day on which a closed agency lived; None for a living one."""
        return self.closed_on - ONE_DAY if self.closed_on else None

    def name_on(self, day):
        """The name borne on a day (one query); today's name when no dated one covers it."""
        row = self.names.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day)
        ).first()
        return row.name if row else self.name

    @classmethod
    @transaction.atomic
    def found(cls, *, actor, name, kind, code="", short_name="", gso_code="", parent=None, founded_on=None):
        """Enter a new agency with its first name. Raises ValidationError when name or code is taken."""
        agency = cls(
            name=text.clean_line(name),
            kind=kind,
            code=code.strip(),
            short_name=short_name,
            gso_code=gso_code,
            parent=parent,
            founded_on=founded_on,
        )
        agency.name_norm = text.fold(agency.name)
        agency.full_clean(exclude=DERIVED)
        agency._history_user = actor
        agency._change_reason = "Thành lập"
        agency.save()
        agency.names.create(name=agency.name, short_name=agency.short_name, valid_from=founded_on)
        return agency

    @transaction.atomic
    def rename(self, *, actor, name, on, short_name=None, decision=""):
        """Give the agency a new name from a day on; the old name stays searchable with its last day."""
        self.lock()
        current = self.names.get(valid_to=None)
        if current.valid_from and on <= current.valid_from:
            raise ValidationError(
                f"Ngày đổi tên phải sau {current.valid_from:%d/%m/%Y}, ngày tên hiện nay có hiệu lực."
            )
        self.name, self.short_name = text.clean_line(name), self.short_name if short_name is None else short_name
        self.name_norm = text.fold(self.name)
        self.full_clean(exclude=DERIVED)
        current.end(on)
        self.names.create(name=self.name, short_name=self.short_name, valid_from=on, decision=decision)
        self.record(actor, f"Đổi tên từ {on:%d/%m/%Y}. {decision}".strip())

    @transaction.atomic
    def amend(self, *, actor, reason, **facts):
        """Correct kind, code, abbreviation, parent or founding day. The name has its own act: `rename`."""
        self.lock()
        for field, value in facts.items():
            setattr(self, field, value)
        self.full_clean(exclude=DERIVED)
        if "short_name" in facts:
            current = self.names.get(valid_to=None)
            current.short_name = text.clean_line(self.short_name)
            current.save()
        self.record(actor, reason)

    @transaction.atomic
    def close(self, *, actor, on, reason):
        """End the agency from a day on. It stays readable; nothing new is asked of it."""
        self.lock()
        if self.status == AgencyStatus.CLOSED:
            raise ValidationError("Cơ quan này đã kết thúc hoạt động.")
        self.status, self.closed_on, self.closed_reason = AgencyStatus.CLOSED, on, reason
        self.full_clean(exclude=DERIVED)
        self.record(actor, f"Kết thúc hoạt động từ {on:%d/%m/%Y}: {reason}")

    def lock(self):
        self.refresh_from_db(from_queryset=Agency.objects.select_for_update(of=("self",)))

    def record(self, actor, reason):
        """Save with author and reason in the history."""
        self._history_user, self._change_reason = actor, reason
        self.save()


class AgencyName(models.Model):
    """A name with its days. `valid_from` NULL = from before the register began; `valid_to` NULL = today's name."""

    agency = models.ForeignKey(Agency, verbose_name="cơ quan", on_delete=models.CASCADE, related_name="names")
    name = models.CharField("tên", max_length=200)
    short_name = models.CharField("tên viết tắt", max_length=60, blank=True)
    name_norm = models.CharField(max_length=280, editable=False, db_index=True)
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    decision = models.CharField("văn bản", max_length=200, blank=True)

    class Meta:
        verbose_name = "tên gọi"
        verbose_name_plural = "các tên gọi"
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency"],
                condition=Q(valid_to=None),
                name="one_current_name_per_agency",
                violation_error_message="Mỗi cơ quan có đúng một tên hiện hành.",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="agency_name_ends_after_it_begins",
                violation_error_message="Ngày hết hiệu lực phải sau ngày có hiệu lực.",
            ),
        ]

    def __str__(self):
        return f"{self.name} (đến {self.valid_to:%d/%m/%Y})" if self.valid_to else self.name

    def save(self, *args, **kwargs):
        self.name_norm = text.fold(f"{self.name} {self.short_name}".strip())
        super().save(*args, **kwargs)

    def end(self, on):
        """Last day is the day before the next name begins."""
        self.valid_to = on - ONE_DAY
        self.save()


def spellings(name: str) -> set[str]:
    """How pages write an agency's name: "uy ban nhan dan xa suoi mo" → ubndxasuoimo, xasuoimo and in full."""
    return {squeezed(form) for form in (name, name.replace(COUNCIL, "ubnd "), name.replace(COUNCIL, ""))}


def common_spelling(name: str) -> str:
    """The longest part that stands in every spelling, by which a page's name leads to the agency."""
    return max(map(squeezed, name.split(COUNCIL)), key=len)[:LONGEST_PAGE_NAME]


def squeezed(name: str) -> str:
    return "".join(char for char in name if char.isalnum())


def free_slug(model, name: str) -> str:
    """A slug made from the name, numbered when another row has it."""
    base = text.slugify_vi(name)[:120] or "co-quan"
    taken = set(model.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{base}-{number}") not in taken)
