"""A file on its way: it comes in pieces, so that a cut connection goes on where it stopped."""

import uuid
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from campaigns.models.content import ContentItem
from campaigns.models.file import ContentFile
from registry.models import User


class UploadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person's own, onto products that they can see."""
        return self.filter(person=user.pk, item__in=ContentItem.objects.visible_to(user))

    def unfinished(self):
        return self.filter(file=None)


class Upload(models.Model):
    """Half a file. `mark` says which file of the person's device it is: begun twice, it is one upload."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    item = models.ForeignKey(ContentItem, on_delete=models.CASCADE, related_name="uploads")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    mark = models.CharField(max_length=64)
    name = models.CharField("tên tệp", max_length=200)
    size = models.PositiveBigIntegerField("cỡ, byte")
    received = models.PositiveBigIntegerField("đã nhận, byte", default=0)
    touched_at = models.DateTimeField("nhận lần cuối", default=timezone.now)
    file = models.ForeignKey(ContentFile, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = "tệp đang tải lên"
        verbose_name_plural = "tệp đang tải lên"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "person", "mark"], name="upload_begun_once", violation_error_message="Đang tải tệp này."
            ),
            models.CheckConstraint(
                condition=Q(received__lte=F("size")),
                name="upload_within_its_size",
                violation_error_message="Đã nhận nhiều hơn cỡ của tệp.",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def path(self):
        """Where the pieces lie: a random name, outside of what is ever served."""
        return Path(settings.MEDIA_ROOT) / "dang-tai" / self.key.hex

    @property
    def is_whole(self):
        return self.received == self.size

    @classmethod
    def bytes_begun_by(cls, agency) -> int:
        """What half uploads of an agency will take when they are whole."""
        return cls.objects.unfinished().filter(item__agency=agency).aggregate(total=Sum("size"))["total"] or 0

    @transaction.atomic
    def take(self, place, piece, now):
        """Write the piece that begins at `place`. A piece that came before changes nothing; a gap is refused."""
        self.refresh_from_db(from_queryset=Upload.objects.select_for_update(of=("self",)))
        if place + len(piece) <= self.received:
            return
        if self.received and not self.path.exists():
            self.begin_again(now)
            return
        if place > self.received or place + len(piece) > self.size:
            raise ValidationError("Phần này không nối tiếp phần đã nhận.")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("r+b" if self.path.exists() else "wb") as whole:
            whole.seek(place)
            whole.write(piece)
        self.received, self.touched_at = place + len(piece), now
        self.save(update_fields=["received", "touched_at"])

    def begin_again(self, now):
        """Forget what came: the file changed, or was taken off the product again."""
        self.path.unlink(missing_ok=True)
        self.received, self.file, self.touched_at = 0, None, now
        self.save(update_fields=["received", "file", "touched_at"])

    def drop(self):
        """Remove the row and what came of the file."""
        self.path.unlink(missing_ok=True)
        self.delete()
