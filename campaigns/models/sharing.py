"""Dùng lại sản phẩm: the library of accepted products, and the copy that another agency posts on its own channel.

A copy names its source and counts only with a post of the agency's own: on a channel that is registered for it.
"""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from campaigns.models.content_status import ContentStatus
from portal.lib.fingerprints import link_key
from portal.lib.wording import month_words
from registry.addresses.parser import read_address
from registry.models import ChannelKey, ChannelStatus

LONGEST_BODY = 20000
HANDED_ON = ("file", "name", "media_type", "size", "sha256", "thumbnail", "picture_hash")
SHARED_HOSTS = ("web:officialaccount.me",)
"""Hosts on which the articles of all Zalo OAs stand: they say nothing of whose it is."""
NOT_IN_LIBRARY = "Sản phẩm này không còn trong thư viện dùng chung."
NO_OWN_LINK = "Hãy đăng lại trên kênh của đơn vị, rồi dán đường link bài đó vào đây."
SAME_AS_SOURCE = "Đây là đường link của bài gốc. Hãy dán đường link bài mà đơn vị đã đăng trên kênh của mình."
NOT_OWN_POST = (
    "Bài đăng không nằm trên kênh đã xác nhận của đơn vị ({owner}) nên chưa tính. Hãy trả lại để đơn vị dán đường link "
    "bài của mình; nếu đúng là kênh của đơn vị thì thêm địa chỉ đó cho kênh trước."
)


class Whose(models.TextChoices):
    """On whose channel a post is, as far as its address tells."""

    OWN = "own", "trên kênh đã xác nhận của đơn vị"
    OTHER = "other", "trên kênh của đơn vị khác"
    STRANGE = "strange", "trên trang chưa đăng ký"
    UNKNOWN = "unknown", "đường link không cho biết là trang nào"


def owners_of(link):
    """Keys of the pages that a post's address names; [] when it names none. No query.

    A page inside a website may belong to the website or to a part of it that is a channel of its own.
    """
    address = read_address(link) if link else None
    key = address.owner or address.key if address else ""
    if not key.startswith("web:"):
        return [key] if key else []
    host = key.partition("/")[0]
    if host in SHARED_HOSTS:
        return []
    parts = [part for part in urlsplit(address.canonical_url or link.strip()).path.split("/") if part]
    return ["/".join([host, *parts[:length]]) for length in range(len(parts) + 1)]


def whose_post(link, agency):
    """On whose channel the post of this address is (at most one query)."""
    owners = owners_of(link)
    if not owners:
        return Whose.UNKNOWN
    rows = ChannelKey.objects.filter(key__in=owners, is_live=True, channel__status=ChannelStatus.CONFIRMED)
    agencies = set(rows.values_list("channel__agency", flat=True))
    if agency.pk in agencies:
        return Whose.OWN
    if agencies:
        return Whose.OTHER
    return Whose.UNKNOWN if ":id:" in owners[0] else Whose.STRANGE  # the page's number, where we may know its name


def credited(source):
    """The body of the copy: the words of the source, and where they come from."""
    credit = f"Nguồn: {source.agency.name}" + (f", {source.link}" if source.link else "")
    room = LONGEST_BODY - len(credit) - 2
    return f"{source.body.strip()[:room]}\n\n{credit}".strip()


def refuse_without_own_post(item):
    """ValidationError when a copy is handed in without a post of its own."""
    if not item.shared_from_id:
        return
    if not item.link:
        raise ValidationError({"link": NO_OWN_LINK})
    known = [item.shared_from.link, *item.shared_from.publications.values_list("url", flat=True)]
    if link_key(item.link) in {link_key(link) for link in known if link}:
        raise ValidationError({"link": SAME_AS_SOURCE})


def refuse_post_elsewhere(item, version):
    """ValidationError when the post of a copy is certainly not on the agency's own channel."""
    if item.shared_from_id and whose_post(version.link, item.agency) in (Whose.OTHER, Whose.STRANGE):
        raise ValidationError(NOT_OWN_POST.format(owner=owners_of(version.link)[0]))


class Sharing:
    """The verbs of the library, on `ContentItem`."""

    @property
    def is_in_library(self):
        """`in_library()` for one product."""
        accepted = self.status in (ContentStatus.APPROVED, ContentStatus.PUBLISHED)
        return accepted and self.is_shareable and not self.shared_from_id

    @transaction.atomic
    def share(self, *, actor, obligation, idempotency_key, now=None):
        """Begin a copy of this product for a duty of another agency. Once per agency and month."""
        self.lock()  # parallel copies of one product stand in line here
        if not self.is_in_library:
            raise ValidationError(NOT_IN_LIBRARY)
        if obligation.agency_id == self.agency_id:
            raise ValidationError("Đây là sản phẩm của chính đơn vị, không cần dùng lại.")
        month = obligation.period.month
        earlier = self.shares.filter(agency=obligation.agency_id, obligation__period__month=month)
        twin = earlier.exclude(status=ContentStatus.WITHDRAWN).first()
        if twin and twin.idempotency_key != idempotency_key:
            raise ValidationError(
                f"Đơn vị đã dùng lại sản phẩm này trong {month_words(month)} (“{twin.title}”). Mỗi tháng chỉ một lần."
            )
        topic = self.topic if self.topic and self.topic.month == month else None
        copy = type(self).start(
            actor=actor, obligation=obligation, idempotency_key=idempotency_key, now=now,
            kind=self.kind, title=self.title, body=credited(self), topic=topic, shared_from=self,
            responsible=actor.full_name,
        )  # fmt: skip
        if not copy.files.exists():
            self.hand_files_to(copy, actor, now)
        return copy

    @property
    def accepted_files(self):
        """The files of what was accepted last."""
        accepted = self.versions.filter(is_accepted=True).order_by("-number").first()
        return accepted.files.all() if accepted else self.files.none()

    def hand_files_to(self, copy, actor, now):
        """The copy gets rows of its own on the same stored bytes: they never change, and nobody deletes them."""
        for file in self.accepted_files:
            facts = {name: getattr(file, name) for name in HANDED_ON}
            row = copy.files.create(added_by=actor, added_at=now or timezone.now(), **facts)
            if row.picture_hash is not None:
                row.mark(row.picture_hash)

    @transaction.atomic
    def put_in_library(self, *, actor):
        """Let other agencies use this product again."""
        self.lock()
        if self.status not in (ContentStatus.APPROVED, ContentStatus.PUBLISHED) or self.shared_from_id:
            raise ValidationError("Chỉ đưa vào thư viện sản phẩm đã duyệt do chính đơn vị làm.")
        if self.is_shareable:
            raise ValidationError("Sản phẩm này đã có trong thư viện.")
        self.is_shareable = True
        self.note_history(actor, "Đưa vào thư viện dùng chung")

    @transaction.atomic
    def take_out_of_library(self, *, actor, reason):
        """Nobody uses this product again from now on; copies that were begun stay."""
        self.lock()
        if not self.is_shareable:
            raise ValidationError("Sản phẩm này không có trong thư viện.")
        if not reason.strip():
            raise ValidationError({"reason": "Hãy ghi lý do đưa ra khỏi thư viện."})
        self.is_shareable = False
        self.note_history(actor, f"Đưa ra khỏi thư viện: {reason.strip()}")
