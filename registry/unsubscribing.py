"""Leaving the morning digest by its own link: RFC 8058, one press in the mail program, without signing in."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from registry.models import User

PURPOSE = "digest"
SALT = "registry.unsubscribing"


def stop_link(person) -> str:
    """The full address that ends the person's digests. It opens nothing else, and lasts as long as the letter is kept."""
    return f"{settings.SITE_URL}{reverse('digest_stop', args=[signing.dumps(person.pk, salt=SALT)])}"


def person_of(token):
    """Whose link it is; None for any other text."""
    try:
        return User.objects.filter(pk=signing.loads(token, salt=SALT), is_active=True).first()
    except (signing.BadSignature, ValueError, TypeError):
        return None


def list_headers(message) -> dict[str, str]:
    """Headers by which mail programs show their own button; letters about one's own duties have none."""
    if message.purpose != PURPOSE:
        return {}
    return {
        "List-Unsubscribe": f"<{stop_link(message.recipient)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
