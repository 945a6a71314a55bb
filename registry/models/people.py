"""People who sign in: province staff and the focal points of agencies. Their role decides what they may see and do."""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from portal.lib import text


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", "Quản trị hệ thống"
    REVIEWER = "reviewer", "Cán bộ xét duyệt"
    LEADER = "leader", "Lãnh đạo"
    FOCAL_POINT = "focal_point", "Đầu mối cơ quan"


PROVINCE_ROLES = (Role.ADMINISTRATOR, Role.REVIEWER, Role.LEADER)
EMAIL_TAKEN = "Thư điện tử này đã có tài khoản. Hãy tìm tài khoản đó, hoặc dùng địa chỉ khác."
APPEND_ONLY = "Nhật ký chỉ ghi thêm, không sửa, không xoá."
REVIEWING_ROLES = (Role.ADMINISTRATOR, Role.REVIEWER)


class UserQuerySet(models.QuerySet):
    def province_staff(self):
        return self.filter(role__in=PROVINCE_ROLES, is_active=True)

    def reviewers(self):
        return self.filter(role__in=REVIEWING_ROLES, is_active=True)

    def focal_points(self):
        return self.filter(role=Role.FOCAL_POINT)

    def never_invited(self):
        """Focal points whose account was made for them (by an import, by confirming them) and who got no letter yet."""
        unused = self.focal_points().filter(is_active=True, last_login=None, invited_at=None)
        return unused.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX).exclude(email="")

    def speaking_for(self, agency):
        """Active people with a confirmed contact point in the agency."""
        return self.filter(is_active=True, contact_points__agency=agency, contact_points__status="confirmed").distinct()

    def search(self, words):
        """People whose name, sign-in name or e-mail contains the words, whatever the accents."""
        folded, words = text.fold_query(words), text.clean_line(words[: text.LONGEST_QUERY])
        return self.filter(
            models.Q(name_norm__contains=folded)
            | models.Q(username__icontains=words)
            | models.Q(email__icontains=words)
        )


class PeopleManager(UserManager.from_queryset(UserQuerySet)):
    """Django's user manager with our QuerySet; `create_superuser` makes an administrator."""

    def create_superuser(self, username, email=None, password=None, **extra):
        extra.setdefault("role", Role.ADMINISTRATOR)
        return super().create_superuser(username, email, password, **extra)


class User(AbstractUser):
    """One account. `scope` is never stored: it narrows a person who came by a signed link to one obligation."""

    first_name = last_name = None
    scope = None

    full_name = models.CharField("họ và tên", max_length=120)
    name_norm = models.CharField(max_length=120, editable=False, default="", db_index=True)
    sort_key = models.CharField(max_length=400, editable=False, default="", db_index=True)
    email = models.EmailField("thư điện tử", blank=True)
    phone = models.CharField("số điện thoại", max_length=20, blank=True)
    role = models.CharField("vai trò", max_length=20, choices=Role.choices, default=Role.FOCAL_POINT)
    invited_at = models.DateTimeField("được mời lúc", null=True, blank=True)
    invited_by = models.ForeignKey(
        "self", verbose_name="người mời", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    email_failed_at = models.DateTimeField("thư bị trả lại lúc", null=True, blank=True)
    media = models.CharField("nhận tin bằng gì, theo thứ tự", max_length=40, default="email,zalo,sms", blank=True)
    zalo_refused = models.CharField("số không nhận được Zalo", max_length=20, blank=True, editable=False)
    sms_refused = models.CharField("số không nhận được SMS", max_length=20, blank=True, editable=False)

    gets_digest = models.BooleanField(
        "nhận bản tóm tắt mỗi sáng", default=True, help_text="Vào sáng ngày làm việc, dành cho cán bộ tỉnh."
    )

    objects = PeopleManager()
    REQUIRED_FIELDS = ["email", "full_name"]

    class Meta:
        verbose_name = "người dùng"
        verbose_name_plural = "người dùng"
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="one_account_per_email",
                violation_error_message="Thư điện tử này đã có tài khoản. Hãy tìm tài khoản đó thay vì tạo mới.",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values),
                name="user_has_a_known_role",
                violation_error_message="Vai trò không hợp lệ.",
            ),
        ]

    def __str__(self):
        return self.full_name or self.username

    def derive(self):
        """Fill what follows from name and role; no query."""
        self.full_name = text.person_name(self.full_name) or self.username
        self.name_norm = text.fold(self.full_name)
        self.sort_key = text.person_sort_key(self.full_name)
        self.is_staff = self.role in REVIEWING_ROLES
        self.is_superuser = self.role == Role.ADMINISTRATOR

    def save(self, *args, **kwargs):
        self.derive()
        super().save(*args, **kwargs)

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return self.full_name.rsplit(" ", 1)[-1]

    def address_by(self, medium) -> str:
        """Where a message of a medium goes: the e-mail, or the phone; "" when there is none."""
        return self.email if medium == "email" else self.phone

    def is_reachable_by(self, medium) -> bool:
        """Whether a message of a medium can arrive: an address, and not the one that was refused."""
        if medium == "email":
            return bool(self.is_active and self.email and not self.email_failed_at)
        return bool(self.is_active and self.phone and self.phone != getattr(self, f"{medium}_refused"))

    @property
    def address_problems(self) -> list[str]:
        """What of the person's addresses must be brought up to date, in words."""
        number = self.phone or None
        problems = [("thư điện tử bị trả lại", self.email_failed_at)]
        problems += [("số điện thoại không nhận được Zalo", number == self.zalo_refused)]
        problems += [("số điện thoại không nhận được tin nhắn", number == self.sms_refused)]
        return [words for words, there in problems if there]

    def choose_media(self, media):
        """By which media the person wants to be told, first choice first; the portal's own notices come always."""
        self.media = ",".join(dict.fromkeys(media))
        self.save(update_fields=["media"])

    @property
    def media_in_order(self) -> list[str]:
        """The media by which the person wants to be told, first choice first; [] = on the portal only."""
        return [medium for medium in self.media.split(",") if medium]

    @property
    def is_province_staff(self):
        return self.role in PROVINCE_ROLES

    @property
    def is_reviewer(self):
        return self.role in REVIEWING_ROLES

    @property
    def is_administrator(self):
        return self.role == Role.ADMINISTRATOR

    @classmethod
    @transaction.atomic
    def invite(cls, *, actor, email, full_name, role=Role.FOCAL_POINT, phone="", now=None):
        """Create an account without a password; its owner sets the first one from the invitation link.

        Reviewers may invite focal points only. Raises ValidationError when the e-mail already has an account.
        """
        if not actor.is_reviewer or (role != Role.FOCAL_POINT and not actor.is_administrator):
            raise PermissionDenied
        email = email.strip().lower()
        person = cls(
            username=free_username(email),
            email=email,
            full_name=full_name,
            phone=phone,
            role=role,
            invited_at=now or timezone.now(),
            invited_by=actor,
        )
        person.set_unusable_password()
        person.full_clean(exclude=["password", "username"])
        try:
            with transaction.atomic():
                person.save()
        except IntegrityError as error:
            raise ValidationError({"email": EMAIL_TAKEN}) from error
        person.note_change(actor, f"Mời với vai trò {person.get_role_display()}", now)
        return person

    def stop_digest(self):
        """No morning digest any more, by the link at its foot; the settings switch it on again."""
        self.gets_digest = False
        self.save(update_fields=["gets_digest"])

    @transaction.atomic
    def take_email(self, email):
        """Another address for the account; ValidationError when somebody else has it, even since a moment ago."""
        if User.objects.exclude(pk=self.pk).filter(email__iexact=email).exists():
            raise ValidationError(EMAIL_TAKEN)
        self.email, self.email_failed_at = email, None
        try:
            with transaction.atomic():
                self.save(update_fields=["email", "email_failed_at"])
        except IntegrityError as error:
            raise ValidationError(EMAIL_TAKEN) from error

    @transaction.atomic
    def give_role(self, *, actor, role):
        """Another role for the account: administrators only, never their own."""
        self.refresh_from_db(from_queryset=User.objects.select_for_update())
        if not actor.is_administrator or self.pk == actor.pk:
            raise PermissionDenied
        before, self.role = self.get_role_display(), role
        self.save()
        self.note_change(actor, f"Vai trò: {before} → {self.get_role_display()}")

    @transaction.atomic
    def deactivate(self, *, actor):
        """End every access of this account at once; history and signatures stay. Nobody locks themselves out."""
        self.check_actor(actor)
        if self.pk == actor.pk:
            raise ValidationError("Không tự khoá được tài khoản của mình. Hãy nhờ một quản trị viên khác.")
        self.is_active = False
        self.save()
        self.note_change(actor, "Khoá tài khoản")

    @transaction.atomic
    def reactivate(self, *, actor):
        self.check_actor(actor)
        self.is_active = True
        self.save()
        self.note_change(actor, "Mở lại tài khoản")

    def note_change(self, actor, what, now=None):
        """One line of the account's history: who changed what it may do."""
        AccountChange.objects.create(person=self, actor=actor, what=what, at=now or timezone.now())

    def check_actor(self, actor):
        """Reviewers manage focal points; only administrators manage staff."""
        self.refresh_from_db(from_queryset=User.objects.select_for_update())
        if not actor.is_reviewer or (self.role != Role.FOCAL_POINT and not actor.is_administrator):
            raise PermissionDenied


def free_username(email: str) -> str:
    """A sign-in name made from the e-mail, numbered when it is taken."""
    base = text.slugify_vi(email.split("@")[0])[:120] or "nguoi-dung"
    taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
    if base not in taken:
        return base
    return next(name for number in range(2, len(taken) + 3) if (name := f"{base}-{number}") not in taken)


class AppendOnlyQuerySet(models.QuerySet):
    """Rows of a log: written one by one, never changed or removed in bulk either."""

    def update(self, **values):
        raise ValidationError(APPEND_ONLY)

    def delete(self):
        raise ValidationError(APPEND_ONLY)

    def bulk_update(self, *args, **kwargs):
        raise ValidationError(APPEND_ONLY)


class PersonalDataAccess(models.Model):
    """Append-only log: who read or exported personal data, of whom, why (Law 91/2025/QH15)."""

    actor = models.ForeignKey(User, verbose_name="người xem", on_delete=models.PROTECT, related_name="+")
    act = models.CharField("việc", max_length=40)
    subject = models.CharField("về ai, dữ liệu nào", max_length=300)
    reason = models.CharField("lý do", max_length=300, blank=True)
    at = models.DateTimeField("lúc", default=timezone.now, db_index=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = "lượt xem dữ liệu cá nhân"
        verbose_name_plural = "nhật ký xem dữ liệu cá nhân"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.actor}: {self.act} {self.subject}"

    def save(self, *args, **kwargs):
        if self.pk:
            raise ValidationError(APPEND_ONLY)
        self.subject, self.reason = text.clean_line(self.subject)[:300], text.clean_line(self.reason)[:300]
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValidationError(APPEND_ONLY)


class AccountChange(models.Model):
    """Append-only history of an account: invited, role changed, locked, unlocked. It holds no number and no address."""

    person = models.ForeignKey(User, verbose_name="tài khoản", on_delete=models.PROTECT, related_name="changes")
    actor = models.ForeignKey(User, verbose_name="người làm", null=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField("thay đổi", max_length=200)
    at = models.DateTimeField("lúc", default=timezone.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = "thay đổi của tài khoản"
        verbose_name_plural = "nhật ký tài khoản"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.what

    def save(self, *args, **kwargs):
        if self.pk:
            raise ValidationError(APPEND_ONLY)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValidationError(APPEND_ONLY)
