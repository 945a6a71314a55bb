"""Network groups (nhóm Zalo của mạng lưới): who was asked to join, who joined, who left."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from registry.models.agency import Agency
from registry.models.contact import ContactPoint
from registry.models.people import User


class NetworkGroup(models.Model):
    """A closed group of the network, e.g. the Zalo group of all contact points. It is not a channel for citizens."""

    name = models.CharField("tên nhóm", max_length=200)
    url = models.URLField("đường dẫn mời vào nhóm", max_length=500)
    purpose = models.CharField("mục đích", max_length=300, blank=True)
    closed_on = models.DateField("thôi dùng từ ngày", null=True, blank=True)
    created_by = models.ForeignKey(
        User, verbose_name="người lập", on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField("lập lúc", default=timezone.now, editable=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "nhóm mạng lưới"
        verbose_name_plural = "nhóm mạng lưới"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["url"],
                condition=Q(closed_on=None),
                name="one_open_group_per_address",
                violation_error_message="Đã có nhóm với đường dẫn mời này.",
            ),
        ]

    def __str__(self):
        return self.name


class MemberStatus(models.TextChoices):
    ASKED = "asked", "Đã mời"
    JOINED = "joined", "Đã tham gia"
    LEFT = "left", "Đã rời nhóm"


S = MemberStatus


class GroupMembership(models.Model):
    """A contact point in a group. The agency has joined when one of its current people has."""

    group = models.ForeignKey(NetworkGroup, verbose_name="nhóm", on_delete=models.CASCADE, related_name="memberships")
    agency = models.ForeignKey(Agency, verbose_name="cơ quan", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(
        ContactPoint, verbose_name="đầu mối", on_delete=models.PROTECT, related_name="memberships"
    )
    status = models.CharField("tình trạng", max_length=10, choices=S.choices, default=S.ASKED, editable=False)
    asked_at = models.DateTimeField("mời lúc", default=timezone.now, editable=False)
    joined_at = models.DateTimeField("tham gia lúc", null=True, blank=True, editable=False)
    left_at = models.DateTimeField("rời lúc", null=True, blank=True, editable=False)
    left_reason = models.CharField("lý do rời", max_length=200, blank=True, editable=False)
    noted_by = models.ForeignKey(
        User, verbose_name="người ghi nhận", on_delete=models.PROTECT, related_name="+", editable=False
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = "thành viên nhóm"
        verbose_name_plural = "thành viên nhóm"
        ordering = ["group", "agency__sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "contact"],
                name="member_once_per_group",
                violation_error_message="Người này đã có trong danh sách của nhóm.",
            ),
            models.CheckConstraint(
                condition=Q(status="asked", joined_at=None, left_at=None)
                | Q(status="joined", joined_at__isnull=False, left_at=None)
                | Q(status="left", left_at__isnull=False),
                name="member_status_is_dated",
                violation_error_message="Tình trạng của thành viên phải đi cùng ngày của nó.",
            ),
        ]

    def __str__(self):
        return f"{self.contact} – {self.group}"
