"""The calendar that a person's phone subscribes to: a secret address, renewed or ended by the person."""

from django.db import models, transaction
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from registry.models import User

SALT = "campaigns.feed"


class CalendarFeedQuerySet(models.QuerySet):
    def opened_by(self, token):
        """The feed of an address, None when there is none such: ended, renewed, or its person's account locked."""
        number = token.partition("-")[0]
        if not number.isascii() or not number.isdecimal() or len(number) > 18:
            return None
        feed = self.select_related("person").filter(pk=int(number), person__is_active=True).first()
        return feed if feed and constant_time_compare(feed.token, token) else None


class CalendarFeed(models.Model):
    """`secret` alone opens nothing: the address also needs the portal's key, so that a stolen backup shows no calendar."""

    person = models.OneToOneField(
        User, verbose_name="người dùng", on_delete=models.CASCADE, related_name="calendar_feed"
    )
    secret = models.CharField(max_length=32, editable=False)
    made_at = models.DateTimeField("lập lúc", editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = "lịch đăng ký"
        verbose_name_plural = "lịch đăng ký"

    def __str__(self):
        return f"Lịch của {self.person}"

    @property
    def token(self):
        return f"{self.pk}-{salted_hmac(SALT, f'{self.pk}:{self.secret}', algorithm='sha256').hexdigest()[:40]}"

    @classmethod
    @transaction.atomic
    def renew(cls, person, now):
        """A new address; the one before, if any, opens nothing from now on."""
        facts = {"secret": get_random_string(32), "made_at": now}
        return cls.objects.update_or_create(person=person, defaults=facts)[0]

    @classmethod
    def revoke(cls, person):
        """End the address; whether there was one."""
        return bool(cls.objects.filter(person=person).delete()[0])
