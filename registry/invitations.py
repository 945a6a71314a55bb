"""The link with which an invited person sets their first password: theirs alone, works once, ends after some days."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.encoding import force_bytes
from django.utils.http import base36_to_int, urlsafe_base64_decode, urlsafe_base64_encode

DAY = 24 * 3600


class InvitationTokens(PasswordResetTokenGenerator):
    """Django's reset token under another salt, valid for INVITATION_DAYS. Setting the password ends it."""

    key_salt = "registry.invitations.InvitationTokens"

    def check_token(self, user, token):
        if not user or not token or token.count("-") != 1:
            return False
        try:
            made = base36_to_int(token.split("-")[0])
        except ValueError:
            return False
        if not any(
            constant_time_compare(self._make_token_with_timestamp(user, made, secret), token)
            for secret in (self.secret, *self.secret_fallbacks)
        ):
            return False
        return self._num_seconds(self._now()) - made <= settings.INVITATION_DAYS * DAY


tokens = InvitationTokens()


def invitation_path(user) -> str:
    """Address, without host, at which the invited person sets their first password."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("invitation", kwargs={"uidb64": uid, "token": tokens.make_token(user)})


def invited_person(uidb64, token):
    """The active person of a link that is still good, or None."""
    people = get_user_model()
    try:
        pk = int(urlsafe_base64_decode(uidb64).decode())
    except (ValueError, UnicodeDecodeError):
        return None
    person = people.objects.filter(pk=pk, is_active=True).first()
    return person if person and tokens.check_token(person, token) else None
