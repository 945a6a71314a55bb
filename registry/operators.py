"""In whose name and at what time a command acts: whoever it names, else an administrator, else the system's account."""

from argparse import ArgumentTypeError
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

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


def moment(text: str) -> datetime:
    """The value of `--at`: an ISO moment, local time when it has no offset."""
    try:
        found = parse_datetime(text) or datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"Không đọc được thời điểm “{text}”: cần dạng 2026-11-21T08:00.") from error
    return found if timezone.is_aware(found) else timezone.make_aware(found)
