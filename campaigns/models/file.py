"""Files of a product: private, checked before they are kept."""

import uuid

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.utils import timezone

from campaigns.models.content import ContentItem
from campaigns.models.version import ContentVersion
from portal.lib.fingerprints import pieces_of
from portal.lib.uploads.reading import KINDS
from registry.models import User


def private_path(file, name):
    """Random private path: nothing of the given name reaches the disk."""
    return f"san-pham/{uuid.uuid4().hex}"


class ContentFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Files of products that the person sees; the province sees none that was only put on a draft."""
        rows = self.filter(item__in=ContentItem.objects.visible_to(user))
        return rows.handed_in() if user.is_authenticated and user.is_province_staff else rows

    def handed_in(self):
        return self.filter(Exists(ContentVersion.files.through.objects.filter(contentfile=OuterRef("pk"))))


class ContentFile(models.Model):
    """A file of an item, checked before it is kept; served only as a download to those who may see the item."""

    item = models.ForeignKey(ContentItem, on_delete=models.PROTECT, related_name="files")
    file = models.FileField("tệp", upload_to=private_path)
    name = models.CharField("tên tệp", max_length=200)
    media_type = models.CharField("loại tệp", max_length=100)
    size = models.PositiveBigIntegerField("cỡ, byte")
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField("thêm lúc", default=timezone.now)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField("gỡ lúc", null=True, blank=True)
    thumbnail = models.FileField("ảnh nhỏ", upload_to=private_path, blank=True, editable=False)
    picture_hash = models.BigIntegerField("dấu vân ảnh", null=True, blank=True, editable=False, db_index=True)

    objects = ContentFileQuerySet.as_manager()

    class Meta:
        verbose_name = "tệp đính kèm"
        verbose_name_plural = "tệp đính kèm"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "sha256"],
                condition=Q(removed_at=None),
                name="file_once_per_item",
                violation_error_message="Tệp này đã đính kèm.",
            )
        ]

    def __str__(self):
        return self.name

    @classmethod
    def stored_by(cls, agency) -> int:
        """Bytes that an agency's files take, those of old versions among them, those of another agency's product not."""
        rows = cls.objects.filter(item__agency=agency).exclude(item__shared_from__files__file=F("file"))
        return rows.aggregate(total=Sum("size"))["total"] or 0

    def mark(self, picture_mark):
        """Remember by which pieces this picture can be found again. Call after saving."""
        self.pieces.bulk_create(
            PicturePiece(file=self, place=place, bits=bits) for place, bits in pieces_of(picture_mark)
        )

    @property
    def is_image(self):
        return self.media_type.startswith("image/")

    @property
    def is_video(self):
        return self.media_type.startswith("video/")

    @property
    def is_audio(self):
        return self.media_type.startswith("audio/")

    @property
    def is_pdf(self):
        return self.media_type == "application/pdf"

    @property
    def is_document(self):
        """A file whose words can be read (`previewing`)."""
        return self.media_type in KINDS


class PicturePiece(models.Model):
    """One of six pieces of a picture's mark: pictures that share one are compared (`duplicates`)."""

    file = models.ForeignKey(ContentFile, on_delete=models.CASCADE, related_name="pieces")
    place = models.PositiveSmallIntegerField()
    bits = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["place", "bits"], name="picture_by_piece")]
        constraints = [models.UniqueConstraint(fields=["file", "place"], name="one_piece_per_place")]

    def __str__(self):
        return f"{self.file_id}:{self.place}:{self.bits}"
