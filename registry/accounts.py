"""What is noted of a sign-in, and what the owner of an account is told about its safety. The outbox sends at once."""

from django.conf import settings
from django.urls import reverse

from registry.models import PersonalDataAccess
from registry.outbox import queue_email


def full_address(path) -> str:
    """A path with the portal's own host, whatever host the request claimed."""
    return f"{settings.SITE_URL}{path}"


def send_reset_link(user, url, now):
    """The link with which a person who forgot the password sets a new one."""
    return queue_email(
        recipient=user,
        subject="Đặt lại mật khẩu",
        template="password_reset",
        context={"url": url},
        purpose="account",
        now=now,
    )


def tell_owner(user, what, now):
    """What changed, when, and what to do if it was not them. Goes to the address that `user` holds in memory."""
    return queue_email(
        recipient=user,
        subject="Tài khoản của bạn vừa thay đổi",
        template="account_changed",
        context={"what": what, "at": now, "url": full_address(reverse("account_reset_password"))},
        purpose="account",
        now=now,
    )


def note_sign_in(user, address, now):
    """One line of the append-only log: who came in, from which network address."""
    PersonalDataAccess.objects.create(actor=user, act="Đăng nhập", subject=f"từ địa chỉ mạng {address}"[:300], at=now)
