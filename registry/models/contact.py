"""Contact points (đầu mối): a person of an agency in a role. Their phone and e-mail are personal data."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from portal.lib import phones, text
from registry.models.agency import Agency
from registry.models.contact_states import CARRIED, TRANSITIONS, ContactRole, ContactStatus
from registry.models.people import Role, User, free_username

S = ContactStatus
STAFF_EMAIL = "Thư điện tử này là của một cán bộ tỉnh. Hãy dùng thư của chính đầu mối."
NOT_YOURS = "Đề cử này không phải của bạn, hoặc đã thay đổi. Hãy báo cơ quan vận hành cổng."


class ContactQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(status=S.CONFIRMED)

    def current(self):
        """Everybody who has not left."""
        return self.exclude(status=S.LEFT)

    def awaiting_review(self):
        return self.filter(status=S.PROPOSED)

    def visible_to(self, user):
        """Staff see all; a focal point sees those of their agencies; nobody else sees any."""
        if not user.is_authenticated or user.scope:
            return self.none()
        if user.is_province_staff:
            return self
        return self.filter(agency__in=Agency.objects.editable_by(user))

    def unaccepted(self):
        """Confirmed people with an account who have not said yet that they take the work on."""
        return self.filter(status=S.CONFIRMED, accepted_at=None, user__isnull=False)

    def to_end(self, today):
        """People whose successor is confirmed and whose last day has come."""
        taken = ContactPoint.objects.filter(status=S.CONFIRMED, ended_old=False, starts_on__lte=today)
        return self.current().filter(successors__in=taken).distinct()

    def public_spokespersons(self):
        """Spokespersons whose official phone and e-mail the agency chose to make public."""
        return self.filter(status=S.CONFIRMED, role=ContactRole.SPOKESPERSON, is_public=True)

    def search(self, words):
        folded = text.fold_query(words)
        return self.filter(Q(name_norm__contains=folded) | Q(agency__search_norm__contains=folded))


class ContactPoint(models.Model):
    agency = models.ForeignKey(Agency, verbose_name="cơ quan", on_delete=models.PROTECT, related_name="contact_points")
    role = models.CharField("vai trò", max_length=20, choices=ContactRole.choices)
    is_deputy = models.BooleanField("là người thay thế", default=False)
    full_name = models.CharField("họ và tên", max_length=120)
    name_norm = models.CharField(max_length=120, editable=False, db_index=True)
    sort_key = models.CharField(max_length=400, editable=False, db_index=True)
    position = models.CharField("chức vụ", max_length=120, blank=True)
    phone = models.CharField("số điện thoại", max_length=20, blank=True)
    email = models.EmailField("thư điện tử", blank=True)
    is_public = models.BooleanField("công khai điện thoại, thư công vụ", default=False)
    public_ground = models.CharField("căn cứ công khai", max_length=200, blank=True)
    user = models.ForeignKey(
        User,
        verbose_name="tài khoản",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contact_points",
        editable=False,
    )
    status = models.CharField(
        "tình trạng", max_length=10, choices=S.choices, default=S.PROPOSED, editable=False, db_index=True
    )
    status_reason = models.CharField("lý do", max_length=500, blank=True, editable=False)
    proposed_at = models.DateTimeField("đề xuất lúc", editable=False)
    proposed_by = models.ForeignKey(
        User, verbose_name="người đề xuất", on_delete=models.PROTECT, related_name="+", editable=False
    )
    confirmed_at = models.DateTimeField("xác nhận lúc", null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        User,
        verbose_name="người xác nhận",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    returned_at = models.DateTimeField("trả lại lúc", null=True, blank=True, editable=False)
    reconfirmed_at = models.DateTimeField("xác nhận lại lúc", null=True, blank=True, editable=False)
    left_on = models.DateField("thôi từ ngày", null=True, blank=True, editable=False)
    mandate_number = models.CharField("công văn cử, số", max_length=60, blank=True)
    mandate_on = models.DateField("ngày công văn cử", null=True, blank=True)
    accepted_at = models.DateTimeField(
        "nhận việc lúc", null=True, blank=True, editable=False, help_text="Người được cử tự xác nhận là nhận việc."
    )
    carried_from = models.ForeignKey(
        "self",
        verbose_name="chuyển từ (sắp xếp tổ chức)",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="carried_to",
        editable=False,
    )

    replaces = models.ForeignKey(
        "self",
        verbose_name="nhận bàn giao từ",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="successors",
        editable=False,
    )
    starts_on = models.DateField("nhận việc từ ngày", null=True, blank=True, editable=False)
    ended_old = models.BooleanField("người cũ đã thôi theo bàn giao", default=False, editable=False)

    objects = ContactQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["name_norm", "sort_key", "phone", "email", "ended_old"])

    class Meta:
        verbose_name = "đầu mối"
        verbose_name_plural = "đầu mối"
        ordering = ["sort_key", "pk"]
        indexes = [models.Index(fields=["agency", "status", "role"], name="contact_by_agency")]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "role", "name_norm"],
                condition=~Q(status=S.LEFT),
                name="one_current_contact_per_person_and_role",
                violation_error_message="Người này đã là đầu mối của cơ quan với vai trò đó.",
            ),
            models.CheckConstraint(
                condition=~Q(status=S.CONFIRMED) | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="confirmed_contact_was_confirmed_by_someone",
                violation_error_message="Đầu mối đã xác nhận phải có người và ngày xác nhận.",
            ),
            models.CheckConstraint(
                condition=Q(status=S.LEFT, left_on__isnull=False) | ~Q(status=S.LEFT) & Q(left_on=None),
                name="contact_left_exactly_when_dated",
                violation_error_message="Đầu mối đã thôi phải có ngày thôi.",
            ),
            models.CheckConstraint(
                condition=~Q(phone="") | ~Q(email="") | Q(status=S.LEFT),
                name="contact_can_be_reached",
                violation_error_message="Hãy ghi ít nhất số điện thoại hoặc thư điện tử.",
            ),
            models.CheckConstraint(
                condition=~Q(status=S.RETURNED) | ~Q(status_reason=""),
                name="returned_contact_says_why",
                violation_error_message="Hãy ghi lý do.",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(status=S.PROPOSED),
                name="one_waiting_successor_per_contact",
                violation_error_message="Đã có một người được cử thay, đang chờ tỉnh xác nhận.",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(status__in=(S.CONFIRMED, S.LEFT)),
                name="only_a_confirmed_contact_accepts",
                violation_error_message="Chỉ đầu mối đã xác nhận mới nhận việc.",
            ),
        ]

    def __str__(self):
        return self.full_name

    def save(self, *args, **kwargs):
        self.clean_fields_of_person()
        super().save(*args, **kwargs)

    @property
    def waits_for_answer(self):
        """Confirmed, with an account, and has not said yet "tôi nhận việc" (the same rule as `unaccepted`)."""
        return self.status == S.CONFIRMED and self.accepted_at is None and self.user_id is not None

    def clean_fields_of_person(self):
        self.full_name = text.person_name(self.full_name)
        self.name_norm, self.sort_key = text.fold(self.full_name), text.person_sort_key(self.full_name)
        self.email = self.email.strip().lower()

    def clean(self):
        self.clean_fields_of_person()
        if self.phone:
            try:
                self.phone = phones.normalise_phone(self.phone)
            except ValueError as error:
                raise ValidationError({"phone": str(error)}) from error

    @classmethod
    @transaction.atomic
    def propose(cls, *, actor, agency, role, full_name, now=None, replaces=None, **facts):
        """Nominate a person. Raises ValidationError when unreachable or already a contact point in that role.

        `facts`: position, phone, email, is_deputy, mandate_number, mandate_on. `replaces` and `starts_on`: a hand-over.
        """
        contact = cls(agency=agency, role=role, full_name=full_name, replaces=replaces, **facts)
        contact.proposed_by, contact.proposed_at = actor, now or timezone.now()
        if replaces:
            contact.refuse_wrong_receiver()
        contact.check_and_record(actor, f"Nhận bàn giao từ {replaces.full_name}" if replaces else "Cử đầu mối")
        return contact

    @transaction.atomic
    def correct(self, *, actor, full_name, now=None, **facts):
        """Change a returned nomination and put it before the province again."""
        self.advance("resubmit")
        self.full_name, self.status_reason, self.returned_at = full_name, "", None
        for field, value in facts.items():
            setattr(self, field, value)
        self.proposed_by, self.proposed_at = actor, now or timezone.now()
        if self.replaces:
            self.refuse_wrong_receiver()
        self.check_and_record(actor, "Sửa và cử lại")

    @transaction.atomic
    def confirm(self, *, actor, now=None):
        """Accept the nomination; with an e-mail the person gets a focal point's account for the agency.

        A hand-over is one act: the other roles of the same hand-over go along, and whose work it was leaves.
        """
        now = now or timezone.now()
        self.advance("confirm")
        self.confirmed_at, self.confirmed_by, self.status_reason = now, actor, ""
        self.user = self.account()
        self.record(actor, "Xác nhận")
        if self.replaces_id:
            self.end_old(actor=actor, today=timezone.localdate(now))
            for row in self.rest_of_hand_over():
                row.confirm(actor=actor, now=now)

    def rest_of_hand_over(self):
        """Waiting rows by which the same person takes over other roles of the same person."""
        rows = ContactPoint.objects.awaiting_review().filter(agency=self.agency_id, name_norm=self.name_norm)
        return rows.filter(replaces__name_norm=self.replaces.name_norm).exclude(pk=self.pk) if self.replaces else []

    def end_old(self, *, actor, today):
        """Whose work this was leaves on the day agreed; a later day is left to the tick."""
        old = self.replaces
        if self.starts_on and self.starts_on > today:
            return
        old.refresh_from_db(from_queryset=ContactPoint.objects.select_for_update(of=("self",)))
        if old.status != S.LEFT:
            old.leave(actor=actor, on=self.starts_on or today, reason=f"Bàn giao cho {self.full_name}")
            self.ended_old = True
        for membership in old.memberships.filter(left_at=None):
            facts = {"agency": self.agency, "noted_by": actor}
            self.memberships.get_or_create(group=membership.group, defaults=facts)
        if self.ended_old:
            self.record(actor, f"Nhận bàn giao từ {old.full_name}")

    def refuse_wrong_receiver(self):
        """ValidationError when the work would go to the same person, to the province's staff or to a locked account."""
        self.clean_fields_of_person()
        old, email = self.replaces, self.email
        own = {old.email, old.user.email.lower() if old.user else ""} - {""}
        if email in own or self.name_norm == old.name_norm and self.phone == old.phone:
            raise ValidationError({"email": "Đây là chính người đang bàn giao. Hãy ghi người nhận việc."})
        person = User.objects.filter(email__iexact=email).first() if email else None
        if person and person.role != Role.FOCAL_POINT:
            raise ValidationError({"email": STAFF_EMAIL})
        if person and not person.is_active:
            raise ValidationError({"email": "Tài khoản của người này đang bị khoá. Hãy báo cơ quan vận hành cổng."})

    @transaction.atomic
    def accept(self, *, actor, now=None):
        """The person says "tôi nhận việc". A second press changes nothing."""
        self.advance("accept")
        if self.user_id != actor.pk:
            raise ValidationError(NOT_YOURS)
        if not self.accepted_at:
            self.accepted_at = now or timezone.now()
            self.record(actor, "Tự xác nhận nhận việc")

    @transaction.atomic
    def decline(self, *, actor, reason):
        """The person says "không phải tôi": the nomination lies before the province again, the old state comes back."""
        if self.user_id != actor.pk:
            raise ValidationError(NOT_YOURS)
        self.advance("decline", reason)
        if self.accepted_at:
            raise ValidationError("Bạn đã nhận việc này. Muốn thôi, hãy bàn giao cho người khác.")
        self.status_reason = f"Người được cử báo không nhận việc: {self.status_reason}"
        self.user = self.confirmed_at = self.confirmed_by = None
        ended, self.ended_old = self.ended_old, False
        self.record(actor, self.status_reason[:100])
        if ended:
            self.replaces.come_back(actor=actor, reason=f"{self.full_name} không nhận việc")

    @transaction.atomic
    def come_back(self, *, actor, reason):
        """The successor declined: whoever had handed over answers for the agency again, if they can be reached."""
        self.advance("come_back")
        if not (self.phone or self.email):
            return
        self.left_on, self.status_reason = None, ""
        self.check_and_record(actor, reason)

    @transaction.atomic
    def amend(self, *, actor, reason, **facts):
        """Correct position, phone, e-mail or deputy flag of a current contact; a new e-mail brings its own account."""
        self.refresh_from_db(from_queryset=ContactPoint.objects.select_for_update(of=("self",)))
        if self.status == S.LEFT:
            raise ValidationError("Người này đã thôi làm đầu mối.")
        for field, value in facts.items():
            setattr(self, field, value)
        if "email" in facts and self.status == S.CONFIRMED:
            self.user = self.account()
        self.check_and_record(actor, reason)

    @transaction.atomic
    def return_for_changes(self, *, actor, reason, now=None):
        self.advance("return_for_changes", reason)
        self.returned_at = now or timezone.now()
        self.record(actor, f"Trả lại: {reason}")

    @transaction.atomic
    def reconfirm(self, *, actor, now=None):
        """The agency says that this person still answers for it."""
        self.advance("reconfirm")
        self.reconfirmed_at = now or timezone.now()
        self.record(actor, "Vẫn là đầu mối")

    @transaction.atomic
    def leave(self, *, actor, on, reason):
        """The person no longer answers for the agency: access through this row ends at once."""
        self.advance("leave", reason)
        self.left_on = on
        self.record(actor, f"Thôi làm đầu mối từ {on:%d/%m/%Y}: {reason}")

    @transaction.atomic
    def carry_to(self, agency, *, actor, on, reason):
        """A reorganisation: this row ends and the person goes on in the agency that takes over, in a row of its own.

        Answers the new row; None when the person has that role there. Nobody nominated carried people for a duty.
        """
        self.refresh_from_db(from_queryset=ContactPoint.objects.select_for_update(of=("self",)))
        facts = {name: getattr(self, name) for name in CARRIED}
        self.leave(actor=actor, on=on, reason=reason)
        if self.row_in(agency):
            return None
        carried = ContactPoint(agency=agency, carried_from=self, **facts)
        if self.replaces and carried.status != S.CONFIRMED:  # a hand-over that waits goes along
            carried.replaces, carried.starts_on = self.replaces.row_in(agency), self.starts_on
        carried.check_and_record(actor, reason)
        return carried

    def row_in(self, agency):
        """The same person's current row in this role at another agency; None when there is none."""
        return ContactPoint.objects.current().filter(agency=agency, role=self.role, name_norm=self.name_norm).first()

    def account(self):
        """The focal point's account of this person: found by e-mail, else made without a password. None = no e-mail."""
        if not self.email:
            return None
        person = User.objects.filter(email__iexact=self.email).first()
        if person is None:
            person = User(
                username=free_username(self.email), email=self.email, full_name=self.full_name, phone=self.phone
            )
            person.set_unusable_password()
            try:
                with transaction.atomic():
                    person.save()
            except IntegrityError:  # another confirmation made the account a moment ago
                person = User.objects.get(email__iexact=self.email)
        if person.role != Role.FOCAL_POINT:
            raise ValidationError(STAFF_EMAIL)
        return person

    def advance(self, act, reason=None):
        """Lock the row and move its status by the transition table; ValidationError when the act came too late."""
        self.refresh_from_db(from_queryset=ContactPoint.objects.select_for_update(of=("self",)))
        allowed = TRANSITIONS[act]
        if self.status not in allowed:
            raise ValidationError(
                f"Đầu mối đang ở tình trạng “{self.get_status_display()}” nên không thực hiện được việc này."
            )
        if reason is not None and not reason.strip():
            raise ValidationError("Hãy ghi lý do.")
        self.status = allowed[self.status]
        self.status_reason = (reason or "").strip()

    def check_and_record(self, actor, reason):
        self.clean_fields_of_person()
        self.full_clean()
        self.record(actor, reason)

    def record(self, actor, reason):
        """Save with author and reason in the history."""
        self._history_user, self._change_reason = actor, reason
        self.save()
