"""Known fakes: addresses that the province knows to imitate an agency, each with its day and source."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from portal.lib import text
from portal.lib.advisory import wait_in_line
from registry.addresses import cleaning, lookalike, splitting
from registry.addresses.address import REJECTED, Address, Refused
from registry.addresses.parser import read_address
from registry.models.agency import Agency
from registry.models.people import User


class FakeStatus(models.TextChoices):
    LISTED = "listed", "Trong danh sách"
    REMOVED = "removed", "Đã đưa ra"


CHUNK = 400
LINE = "known fakes"
EXCLUDED = ["search_norm", "listed_by"]
A_PERSON = "Đây là số điện thoại hoặc tài khoản Zalo của một cá nhân. Cổng không lập danh sách cá nhân."
NO_ADDRESS = (
    "Đây không phải đường link của một trang, một nhóm hay một website. Hãy dán đường link của chính trang giả."
)
OFFICIAL = "Địa chỉ này đang là của kênh “{channel}” của {agency}. Hãy tạm dừng hoặc đóng kênh đó trước."
LISTED_ONCE = "Địa chỉ này đã có trong danh sách giả mạo."
NOT_YET = "Ngày phát hiện không được sau hôm nay."


class FakeQuerySet(models.QuerySet):
    def listed(self):
        return self.filter(status=FakeStatus.LISTED)

    def listed_among(self, keys):
        """Key → fake of those keys that are on the list; one query for 400 keys."""
        keys, found = list(keys), {}
        for start in range(0, len(keys), CHUNK):
            found |= {fake.key: fake for fake in self.listed().filter(key__in=keys[start : start + CHUNK])}
        return found

    def listed_for_sure(self, keys):
        """As `listed_among`, before these keys go live: until the transaction ends nothing new is listed."""
        wait_in_line(LINE, shared=True)
        return self.listed_among(keys)

    def visible_to(self, user):
        """The list is the province's own; others meet its entries in the answer to what they ask."""
        return self if user.is_authenticated and user.is_province_staff and not user.scope else self.none()

    def search(self, words):
        folded = text.fold_query(words)
        return self.filter(
            Q(search_norm__contains=folded) | Q(key__contains=folded) | Q(imitates__search_norm__contains=folded)
        )


class KnownFake(models.Model):
    """One address on the list. `source` names who established it: a dispatch, a warning, a decision."""

    url = models.CharField("đường link", max_length=500)
    key = models.CharField("khoá nhận diện", max_length=300, db_index=True, editable=False)
    name = models.CharField("tên trang giả", max_length=200, blank=True)
    imitates = models.ForeignKey(
        Agency,
        verbose_name="mạo danh cơ quan",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="known_fakes",
    )
    noted_on = models.DateField("phát hiện ngày")
    source = models.CharField("căn cứ", max_length=300, help_text="Số công văn, cảnh báo hoặc cơ quan đã kết luận.")
    detail = models.CharField("ghi chú", max_length=500, blank=True)
    search_norm = models.CharField(max_length=600, blank=True, editable=False)
    status = models.CharField(
        "tình trạng", max_length=10, choices=FakeStatus.choices, default=FakeStatus.LISTED, editable=False
    )
    listed_at = models.DateTimeField("ghi lúc", default=timezone.now, editable=False)
    listed_by = models.ForeignKey(
        User, verbose_name="người ghi", on_delete=models.PROTECT, related_name="+", editable=False
    )
    removed_at = models.DateTimeField("đưa ra lúc", null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(
        User,
        verbose_name="người đưa ra",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    removed_reason = models.CharField("lý do đưa ra", max_length=300, blank=True, editable=False)

    objects = FakeQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["search_norm"])

    class Meta:
        verbose_name = "trang giả mạo"
        verbose_name_plural = "trang giả mạo"
        ordering = ["-noted_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(status="listed"),
                name="fake_listed_once",
                violation_error_message=LISTED_ONCE,
            ),
            models.CheckConstraint(
                condition=Q(status="listed", removed_at=None, removed_by=None, removed_reason="")
                | (Q(status="removed", removed_at__isnull=False, removed_by__isnull=False) & ~Q(removed_reason="")),
                name="fake_removed_with_date_and_reason",
                violation_error_message="Đưa ra khỏi danh sách phải có người, ngày và lý do.",
            ),
            models.CheckConstraint(
                condition=~Q(key="") & ~Q(source=""),
                name="fake_has_an_address_and_a_source",
                violation_error_message="Hãy ghi địa chỉ và căn cứ.",
            ),
        ]

    def __str__(self):
        return self.name or self.url

    def save(self, *args, **kwargs):
        self.name, self.source = text.clean_line(self.name), text.clean_line(self.source)
        self.search_norm = text.fold(f"{self.name} {self.source}")
        super().save(*args, **kwargs)

    @classmethod
    @transaction.atomic
    def enlist(cls, *, actor, url, noted_on, source, name="", imitates=None, detail="", now=None):
        """Put an address on the list. ValidationError when it is no account and no website, the address of an official
        channel, a private person's number, or on the list already."""
        now = now or timezone.now()
        if imitates:  # as importers do: the agency before the line
            Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=imitates.pk)
        wait_in_line(LINE)
        fake = cls(noted_on=noted_on, source=source, name=name, imitates=imitates, detail=detail)
        fake.listed_by, fake.listed_at = actor, now
        fake.read(url)
        if noted_on > timezone.localdate(now):
            raise ValidationError({"noted_on": NOT_YET})
        fake.full_clean(exclude=EXCLUDED)
        try:
            with transaction.atomic():
                fake.record(actor, "Ghi vào danh sách giả mạo")
        except IntegrityError as error:
            raise ValidationError({"url": LISTED_ONCE}) from error
        return fake

    @transaction.atomic
    def correct(self, *, actor, noted_on, source, name="", imitates=None, detail="", now=None):
        """Mend what is said about the fake. The address stays: another address is another entry."""
        self.lock()
        if noted_on > timezone.localdate(now):
            raise ValidationError({"noted_on": NOT_YET})
        self.noted_on, self.source, self.name, self.imitates, self.detail = noted_on, source, name, imitates, detail
        self.full_clean(exclude=EXCLUDED)
        self.record(actor, "Sửa thông tin trang giả mạo")

    @transaction.atomic
    def remove(self, *, actor, reason, now=None):
        """Take the address off the list: a mistake, or the page is gone. The entry and its history stay."""
        self.lock()
        if not reason.strip():
            raise ValidationError({"reason": "Hãy ghi lý do."})
        self.status, self.removed_reason = FakeStatus.REMOVED, text.clean_line(reason)
        self.removed_at, self.removed_by = now or timezone.now(), actor
        self.full_clean(exclude=EXCLUDED)
        self.record(actor, f"Đưa ra khỏi danh sách: {self.removed_reason}")

    def lock(self):
        """ValidationError when a colleague took it off the list before."""
        self.refresh_from_db(from_queryset=KnownFake.objects.select_for_update(of=("self",)))
        if self.status == FakeStatus.REMOVED:
            raise ValidationError("Địa chỉ này đã được đưa ra khỏi danh sách.")

    def read(self, url):
        """Take over the canonical address and its key."""
        address = read_address(url)
        if address.kind in ("zalo_user", "phone"):
            raise ValidationError({"url": A_PERSON})
        self.key = identity(url, address)
        if not self.key:
            raise ValidationError({"url": address.reason if address.outcome == REJECTED else NO_ADDRESS})
        owner = Agency.objects.filter(channels__keys__key=self.key, channels__keys__is_live=True)
        if taken := owner.values_list("name", "channels__name").first():
            raise ValidationError({"url": OFFICIAL.format(agency=taken[0], channel=taken[1])})
        self.url = address.canonical_url or f"https://{self.key.partition(':')[2]}"

    def record(self, actor, reason):
        """Save with author and reason in the history."""
        self._history_user, self._change_reason = actor, reason
        self.save()

    def refusal(self):
        """Why this address can't become an official channel."""
        return (
            f"Địa chỉ {self.url} nằm trong danh sách trang giả mạo từ {self.noted_on:%d/%m/%Y} (theo {self.source}). "
            "Nếu đó là nhầm, hãy đưa địa chỉ ra khỏi danh sách trước."
        )


def identity(pasted: str, address: Address) -> str:
    """The key by which a page stands on the list. The parser gives a disguised host no key: here it is the host itself."""
    if address.key or address.outcome != REJECTED or not address.imitates:
        return address.key
    try:
        host = splitting.split(cleaning.tidy(pasted)[0]).host.removeprefix("www.")
    except Refused:
        return ""
    return f"web:{host}" if lookalike.imitated_host(host) else ""
