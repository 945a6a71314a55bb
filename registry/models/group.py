"""Network groups (nhóm Zalo của mạng lưới): who was asked to join, who joined, who left."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords
from simple_history.utils import bulk_create_with_history

from portal.lib import text
from registry.addresses.parser import read_address
from registry.models.agency import Agency
from registry.models.contact import ContactPoint, ContactStatus
from registry.models.people import User

GROUP_ADDRESSES = ("zalo_group", "facebook_group")
NOT_A_GROUP = "Hãy mở nhóm Zalo hoặc nhóm Facebook, sao chép đường link mời vào nhóm rồi dán vào đây."
IS_CLOSED = "Nhóm này đã thôi dùng."
TAKEN = "Đã có nhóm với đường link mời này."


class GroupQuerySet(models.QuerySet):
    def open(self):
        """Groups that are still in use."""
        return self.filter(closed_on=None)

    def visible_to(self, user):
        """Staff see all; a focal point those to which they were asked; nobody else sees any."""
        if not user.is_authenticated or user.scope:
            return self.none()
        if user.is_province_staff:
            return self
        return self.filter(Exists(GroupMembership.objects.filter(group=OuterRef("pk"), contact__user=user)))

    def with_counts(self):
        """Annotates how many people were asked and wait, joined, left, and how many agencies have somebody inside."""
        of_status = {status: Count("memberships", filter=Q(memberships__status=status)) for status in S.values}
        inside = Q(memberships__status=S.JOINED) & ~Q(memberships__contact__status=ContactStatus.LEFT)
        agencies = Count("memberships__agency", filter=inside, distinct=True)
        return self.annotate(**{f"{status}_count": count for status, count in of_status.items()}, agency_count=agencies)


class NetworkGroup(models.Model):
    """A closed group of the network, e.g. the Zalo group of all contact points. It is not a channel for citizens."""

    name = models.CharField("tên nhóm", max_length=200)
    url = models.URLField("đường link mời vào nhóm", max_length=500)
    purpose = models.CharField("mục đích", max_length=300, blank=True)
    closed_on = models.DateField("thôi dùng từ ngày", null=True, blank=True)
    created_by = models.ForeignKey(
        User, verbose_name="người lập", on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField("lập lúc", default=timezone.now, editable=False)

    objects = GroupQuerySet.as_manager()
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
                violation_error_message=TAKEN,
            ),
        ]

    def __str__(self):
        return self.name

    @classmethod
    @transaction.atomic
    def found(cls, *, actor, name, url, purpose="", now=None):
        """Put a group on the list. ValidationError when the address is not that of a group, or the group is there."""
        group = cls(created_by=actor, created_at=now or timezone.now())
        group.describe(name, url, purpose)
        group.claim_address(actor, "Lập nhóm")
        return group

    @transaction.atomic
    def amend(self, *, actor, name, url, purpose="", reason="Sửa"):
        """Change the words, or the invitation link when the old one was revoked. People stay as they are."""
        self.lock_open()
        self.describe(name, url, purpose)
        self.claim_address(actor, reason)

    @transaction.atomic
    def close(self, *, actor, on, reason):
        """The group is no longer used; who was in it stays on record."""
        self.lock_open()
        if not reason.strip():
            raise ValidationError({"reason": "Hãy ghi lý do thôi dùng nhóm."})
        self.closed_on = on
        self.record(actor, f"Thôi dùng nhóm: {reason.strip()}")

    def describe(self, name, url, purpose):
        """Take the words and the canonical form of the invitation link."""
        address = read_address(url)
        if address.kind not in GROUP_ADDRESSES:
            raise ValidationError({"url": address.reason or NOT_A_GROUP})
        self.name, self.purpose, self.url = text.clean_line(name), text.clean_line(purpose), address.canonical_url
        try:
            self.full_clean()
        except ValidationError as error:
            raise ValidationError(fields_of(error)) from error

    def claim_address(self, actor, reason):
        """Save; ValidationError when a colleague took the same link at the same moment (the constraint decides)."""
        try:
            with transaction.atomic():
                self.record(actor, reason)
        except IntegrityError as error:
            raise ValidationError({"url": TAKEN}) from error

    def lock_open(self):
        """Lock the row; parallel clicks on one group stand in line here. ValidationError when it is closed."""
        self.refresh_from_db(from_queryset=NetworkGroup.objects.select_for_update(of=("self",)))
        if self.closed_on:
            raise ValidationError(IS_CLOSED)

    def record(self, actor, reason):
        """Save with author and reason in the history."""
        self._history_user, self._change_reason = actor, reason
        self.save()


def fields_of(error):
    """The address that is taken is said beside the address, not at the top of the form."""
    found = dict(error.message_dict)
    if taken := found.pop("__all__", None):
        found["url"] = [*found.get("url", []), *taken]
    return found


class MemberStatus(models.TextChoices):
    ASKED = "asked", "Đã mời"
    JOINED = "joined", "Đã tham gia"
    LEFT = "left", "Đã rời nhóm"


S = MemberStatus
TRANSITIONS = {
    "join": {S.ASKED: S.JOINED, S.LEFT: S.JOINED},
    "leave": {S.ASKED: S.LEFT, S.JOINED: S.LEFT},
    "deny": {S.JOINED: S.ASKED},
    "ask_again": {S.LEFT: S.ASKED},
}


class MembershipQuerySet(models.QuerySet):
    def joined(self):
        return self.filter(status=S.JOINED)

    def inside(self):
        """Joined, by people who still answer for their agency."""
        return self.joined().exclude(contact__status=ContactStatus.LEFT)

    def to_remove(self):
        """People who are in the group although they no longer answer for their agency, in any role or successor."""
        people = ContactPoint.objects.current()
        same = people.filter(agency=OuterRef("agency"), name_norm=OuterRef("contact__name_norm"))
        carried = people.filter(carried_from=OuterRef("contact"))
        inside = GroupMembership.objects.inside().filter(
            group=OuterRef("group"), contact__user=OuterRef("contact__user")
        )
        gone = self.joined().filter(contact__status=ContactStatus.LEFT)
        return gone.filter(~Exists(same), ~Exists(carried), ~Exists(inside))

    def visible_to(self, user):
        """Staff see all; a focal point those of their agencies; nobody else sees any."""
        if not user.is_authenticated or user.scope:
            return self.none()
        if user.is_province_staff:
            return self
        return self.filter(agency__in=Agency.objects.editable_by(user))

    def search(self, words):
        folded = text.fold_query(words)
        return self.filter(Q(contact__name_norm__contains=folded) | Q(agency__search_norm__contains=folded))


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

    objects = MembershipQuerySet.as_manager()
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

    @classmethod
    @transaction.atomic
    def ask(cls, *, actor, group, contacts, now) -> int:
        """Ask people to join; who is on the list already stays as they are. Gives how many are new on it."""
        group.lock_open()
        known = set(group.memberships.values_list("contact_id", flat=True))
        contacts = [row for row in contacts if row.pk not in known and row.status != ContactStatus.LEFT]
        new = [cls(group=group, agency_id=row.agency_id, contact=row, asked_at=now, noted_by=actor) for row in contacts]
        bulk_create_with_history(
            new, cls, batch_size=400, default_user=actor, default_change_reason="Mời vào nhóm", default_date=now
        )
        return len(new)

    @transaction.atomic
    def join(self, *, actor, now):
        """The person is in the group."""
        self.advance("join")
        self.joined_at, self.left_at, self.left_reason = now, None, ""
        self.record(actor, "Đã tham gia nhóm")

    @transaction.atomic
    def leave(self, *, actor, reason, now):
        """The person is not in the group any more, or never will be; when they joined stays on record."""
        self.advance("leave", reason)
        self.left_at, self.left_reason = now, reason.strip()[:200]
        self.record(actor, f"Rời nhóm: {self.left_reason}")

    @transaction.atomic
    def deny(self, *, actor, reason):
        """The province does not find the person in the group: as if they had never said so."""
        self.advance("deny", reason)
        self.joined_at = None
        self.record(actor, f"Không thấy trong nhóm: {reason.strip()}")

    @transaction.atomic
    def ask_again(self, *, actor, now):
        """Ask somebody who left; the earlier stay remains in the history."""
        self.advance("ask_again")
        self.asked_at, self.joined_at, self.left_at, self.left_reason = now, None, None, ""
        self.record(actor, "Mời lại")

    @transaction.atomic
    def carry_to(self, contact, *, actor, reason):
        """A reorganisation: the person goes on in another agency, and stays in the group as they were. Somebody who is
        on the list there already keeps that row alone."""
        self.refresh_from_db(from_queryset=GroupMembership.objects.select_for_update(of=("self",)))
        if contact.memberships.filter(group=self.group_id).exists():
            return
        self.contact, self.agency = contact, contact.agency
        self.record(actor, reason)

    def advance(self, act, reason=None):
        """Lock the row and move its status by the transition table; ValidationError when the act came too late."""
        self.refresh_from_db(from_queryset=GroupMembership.objects.select_for_update(of=("self",)))
        allowed = TRANSITIONS[act]
        if self.status not in allowed:
            state = self.get_status_display().lower()
            raise ValidationError(f"Người này đang ở tình trạng “{state}” nên không thực hiện được việc này.")
        if reason is not None and not reason.strip():
            raise ValidationError({"reason": "Hãy ghi lý do."})
        self.status = allowed[self.status]

    def record(self, actor, reason):
        """Save with author and reason in the history."""
        self.noted_by = actor
        self._history_user, self._change_reason = actor, reason
        self.save()
