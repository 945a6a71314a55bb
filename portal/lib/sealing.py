"""Secrets at rest, sealed with the keys of CONNECTOR_KEY: a stolen dump of the database opens nothing.

The first key seals, all of them unseal: put a new key in front, paste the secrets again, then drop the old key.
"""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(Exception):
    """A sealed text which no key of this machine opens."""


def keys() -> MultiFernet | None:
    """The keys of this machine; None when there is none or one of them is not a Fernet key."""
    try:
        return MultiFernet([Fernet(key) for key in settings.CONNECTOR_KEYS]) if settings.CONNECTOR_KEYS else None
    except ValueError:
        return None


def is_ready() -> bool:
    """Whether secrets can be kept at all."""
    return keys() is not None


def seal(text: str) -> str:
    """What may be stored of a secret; "" stays "". SealBroken without a key."""
    if not text:
        return ""
    if not (ring := keys()):
        raise SealBroken("CONNECTOR_KEY chưa được khai báo.")
    return ring.encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret again; SealBroken when the key changed or the row was written by another machine."""
    if not sealed:
        return ""
    ring = keys()
    try:
        return ring.decrypt(sealed.encode()).decode() if ring else refuse()
    except InvalidToken:
        return refuse()


def refuse():
    raise SealBroken("CONNECTOR_KEY không mở được khoá đã lưu.")
