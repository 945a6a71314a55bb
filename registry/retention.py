"""Phones and e-mails of people who left are erased after a set time; that they answered for the agency stays on record.

Law 91/2025/QH15: personal data is kept no longer than its purpose needs.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from simple_history.utils import bulk_update_with_history

from registry.models import ContactPoint, ContactStatus, OutgoingMessage, User

AT_ONCE = 200
REASON = "Xoá số điện thoại, thư điện tử sau thời hạn lưu"


def erase_left(today) -> int:
    """Blank the contact data of people who left `CONTACT_RETENTION_DAYS` ago, at most `AT_ONCE` per run.

    Gives how many contact points and accounts. Two queries when there is nothing to do.
    """
    last_day = today - timedelta(days=settings.CONTACT_RETENTION_DAYS)
    accounts = erase_accounts(last_day)
    rows = ContactPoint.objects.filter(status=ContactStatus.LEFT, left_on__lte=last_day)
    rows = list(rows.exclude(phone="", email="").order_by("left_on", "pk")[:AT_ONCE])
    for row in rows:
        row.phone = row.email = ""
    if rows:
        bulk_update_with_history(rows, ContactPoint, ["phone", "email"], default_change_reason=REASON)
    return accounts + len(rows)


def erase_accounts(last_day) -> int:
    """Lock and blank accounts of focal points whose every post ended that long ago, with the addresses of old letters."""
    posts = ContactPoint.objects.filter(user=OuterRef("pk"))
    lasting = posts.exclude(status=ContactStatus.LEFT, left_on__lte=last_day)
    people = User.objects.focal_points().exclude(email="", phone="").filter(Exists(posts), ~Exists(lasting))
    found = list(people.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    if found:
        with transaction.atomic():
            User.objects.filter(pk__in=found).update(
                email="", phone="", zalo_refused="", sms_refused="", is_active=False
            )
            OutgoingMessage.objects.filter(Q(recipient__in=found) & ~Q(address="")).update(address="")
    return len(found)
