"""In whose name a command acts: the person it names, else the first administrator, else the system's own account."""

from django.core.exceptions import ValidationError

from registry.models import Role, User

SYSTEM_NAME = "he-thong"


def operator(username: str = "") -> User:
    """The acting account of a command. ValidationError when the named person may not act on the registry."""
    if username:
        person = User.objects.reviewers().filter(username=username).first()
        if person is None:
            raise ValidationError(f"Không có cán bộ xét duyệt hay quản trị nào có tên đăng nhập “{username}”.")
        return person
    administrator = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk").first()
    return administrator or system_account()


def system_account() -> User:
    """An account that nobody can sign in to; history shows its name for what a fresh installation's commands did."""
    person = User.objects.filter(username=SYSTEM_NAME).first()
    if person is None:
        person = User(username=SYSTEM_NAME, full_name="Hệ thống", role=Role.ADMINISTRATOR, is_active=False)
        person.set_unusable_password()
        person.save()
    return person
