"""The same thing handed in before: same link, same text, same file, same picture, by this agency or another one."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db.models import Q

from campaigns.models import ContentFile, ContentItem, ContentVersion, PicturePiece, counting_once
from campaigns.models.content_status import COUNTED
from portal.lib.fingerprints import is_near, pieces_of

MOST = 10
MOST_CANDIDATES = 500
SAME_LINK, SAME_TEXT, SAME_FILE, SAME_PICTURE = "cùng đường link", "cùng nội dung chữ", "cùng tệp", "cùng hình ảnh"


@dataclass
class Twin:
    """Another product that has something in common with the one under review."""

    item: ContentItem
    is_own: bool
    reasons: list[str] = field(default_factory=list)

    @property
    def words(self):
        """`cùng đường link, cùng hình ảnh`."""
        return ", ".join(self.reasons)


def twins_of(version: ContentVersion, user) -> list[Twin]:
    """Products that wait or were accepted and share something with this version: the agency's own first, then the
    earliest. At most five queries, however much was ever handed in."""
    files = list(version.files.all())
    found = defaultdict(list)
    for pk, reason in [
        *same_words(version),
        *same_files(files, source_of(version.item)),
        *same_pictures(files, source_of(version.item)),
    ]:
        if reason not in found[pk]:
            found[pk].append(reason)
    if not found:
        return []
    items = ContentItem.objects.visible_to(user).filter(pk__in=found, status__in=COUNTED)
    agency = version.item.agency_id
    twins = [
        Twin(item, item.agency_id == agency, found[item.pk])
        for item in items.select_related("agency", "obligation__period").order_by("submitted_at", "pk")[: MOST * 3]
    ]
    return sorted(twins, key=lambda twin: not twin.is_own)[:MOST]


def source_of(item):
    """The product that this one was copied from in the library, or itself: all its copies carry the same files."""
    return item.shared_from_id or item.pk


def same_words(version):
    """Items with a version of the same link or text."""
    condition = counting_once.same_words(version)
    if condition is None:
        return
    rows = ContentVersion.objects.order_by().filter(condition).exclude(item=version.item_id)
    for pk, link_key, body_hash in rows.values_list("item_id", "link_key", "body_hash")[:MOST_CANDIDATES]:
        if version.link_key and link_key == version.link_key:
            yield pk, SAME_LINK
        if version.body_hash and body_hash == version.body_hash:
            yield pk, SAME_TEXT


def same_files(files, source):
    """Items that hold one of these files, byte for byte as it was kept."""
    digests = [file.sha256 for file in files]
    if digests:
        rows = ContentFile.objects.filter(sha256__in=digests, versions__isnull=False)
        rows = rows.exclude(Q(item=source) | Q(item__shared_from=source))
        yield from ((pk, SAME_FILE) for pk in rows.values_list("item_id", flat=True).distinct()[:MOST_CANDIDATES])


def same_pictures(files, source):
    """Items with a picture that looks the same: first by shared pieces of the mark, then by counting bits."""
    marks = [file.picture_hash for file in files if file.picture_hash is not None]
    if not marks:
        return
    pieces = reduce(or_, (Q(place=place, bits=bits) for mark in marks for place, bits in pieces_of(mark)))
    rows = PicturePiece.objects.filter(pieces, file__versions__isnull=False)
    rows = rows.values_list("file__item_id", "file__item__shared_from_id", "file__picture_hash").distinct()
    for pk, copied_from, other in rows[: MOST_CANDIDATES * 10]:
        if source not in (pk, copied_from) and any(is_near(mark, other) for mark in marks):
            yield pk, SAME_PICTURE
