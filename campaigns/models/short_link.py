"""Short signed links for text messages: a code nobody can guess stands for one person's one duty, for a limited time."""

import secrets
import string

from django.db import models
from django.utils import timezone

from campaigns.models.obligation import Obligation
from registry.models import User

LETTERS = string.ascii_letters + string.digits
CODE_LENGTH = 11
"""65 bits: as many tries as a signature would take."""


def new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


class ShortLink(models.Model):
    """`mark`: the person's sign-in state when it was made, so that a new password ends it."""

    code = models.CharField(max_length=16, unique=True, default=new_code, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    obligation = models.ForeignKey(Obligation, on_delete=models.CASCADE, related_name="+")
    mark = models.CharField(max_length=12)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = "đường link ngắn"
        verbose_name_plural = "đường link ngắn"

    def __str__(self):
        return f"{self.person} → {self.obligation}"
