"""Lượt đăng theo lịch: one item on one channel through its connector, exactly once whatever breaks on the way."""

import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from campaigns.models.connector import Connector
from campaigns.models.content import ContentItem, ContentStatus
from campaigns.models.publication import Publication
from campaigns.models.version import ContentVersion
from registry.models import Channel, User

FARTHEST = timedelta(days=90)
DOUBLE_CLICK = timedelta(minutes=1)


class JobState(models.TextChoices):
    PLANNED = "planned", "Chờ giờ đăng"
    PUBLISHING = "publishing", "Đang đăng"
    CHECKING = "checking", "Đang xử lý"
    UNKNOWN = "unknown", "Đang đối chiếu"
    DONE = "done", "Đã đăng"
    FAILED = "failed", "Đăng lỗi"
    CANCELLED = "cancelled", "Đã huỷ"


S = JobState
WORKING = (S.PLANNED, S.CHECKING, S.UNKNOWN)
"""States from which a worker takes a job up."""
UNLEASED = (S.PLANNED, S.DONE, S.FAILED, S.CANCELLED)
ENDED = (S.DONE, S.FAILED, S.CANCELLED)
HELD = Q(lease_token__isnull=False, lease_until__isnull=False)
FREE = Q(lease_token=None, lease_until=None)


class PublicationJobQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.is_authenticated and user.is_province_staff and not user.scope else self.none()

    def due(self, now):
        """Rows that a worker may claim now, by the row itself: the claim is this and nothing else."""
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        return self.filter(free, state__in=WORKING, next_at__lte=now)

    def lost(self, now):
        """Somebody was posting and is gone."""
        return self.filter(state=S.PUBLISHING, lease_until__lt=now)

    def to_look_after(self, now):
        """What a pass has to do: due rows of connectors at work, and lost ones."""
        due = Q(pk__in=self.due(now).filter(channel__connector__in=Connector.objects.at_work(now)).values("pk"))
        return self.filter(due | Q(pk__in=self.lost(now).values("pk")))

    def open(self):
        return self.exclude(state__in=ENDED)

    def to_decide(self):
        """Rows that wait for a person."""
        return self.filter(state=S.FAILED, settled_at=None)


class PublicationJob(models.Model):
    """`title` and `text` are frozen when it is planned: every try posts the same words, and is recognised by them.

    `article_token`: Zalo took the article and works on it. `remote_id`: the post is there. `broadcast_at`: set before
    the only try of telling the followers. `doubted_at`: since when nobody knows whether the post is there;
    `looks`: how often we looked for it since then. `settled_at`: a person has dealt with a failure.
    """

    item = models.ForeignKey(ContentItem, verbose_name="sản phẩm", on_delete=models.PROTECT, related_name="jobs")
    channel = models.ForeignKey(Channel, verbose_name="kênh", on_delete=models.PROTECT, related_name="jobs")
    version = models.ForeignKey(ContentVersion, verbose_name="bản được duyệt", on_delete=models.PROTECT)
    key = models.UUIDField("khoá", default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField("tiêu đề", max_length=200)
    text = models.TextField("lời đăng")
    wanted_at = models.DateTimeField("giờ đăng")
    is_broadcast = models.BooleanField("gửi cho người quan tâm OA", default=False)
    state = models.CharField("tình trạng", max_length=10, choices=S.choices, default=S.PLANNED, editable=False)
    attempt = models.PositiveSmallIntegerField("số lần thử", default=0, editable=False)
    next_at = models.DateTimeField("làm tiếp lúc", editable=False)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    doubted_at = models.DateTimeField("chưa rõ từ lúc", null=True, blank=True, editable=False)
    looks = models.PositiveSmallIntegerField("số lần đối chiếu", default=0, editable=False)
    article_token = models.CharField("mã chờ của Zalo", max_length=300, blank=True, editable=False)
    remote_id = models.CharField("mã bài trên nền tảng", max_length=100, blank=True, editable=False)
    broadcast_at = models.DateTimeField("gửi người quan tâm lúc", null=True, blank=True, editable=False)
    last_kind = models.CharField("loại lỗi", max_length=12, blank=True, editable=False)
    last_error = models.CharField("lỗi gần nhất", max_length=300, blank=True, editable=False)
    publication = models.OneToOneField(
        Publication, null=True, blank=True, on_delete=models.PROTECT, related_name="job", editable=False
    )
    created_at = models.DateTimeField("lập lúc", default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, verbose_name="người lập", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField("kết thúc lúc", null=True, blank=True, editable=False)
    settled_at = models.DateTimeField("đã xử lý lúc", null=True, blank=True, editable=False)

    objects = PublicationJobQuerySet.as_manager()

    class Meta:
        verbose_name = "lượt đăng qua kết nối"
        verbose_name_plural = "lượt đăng qua kết nối"
        ordering = ["-wanted_at", "-pk"]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state__in=WORKING), name="job_due"),
            models.Index(fields=["lease_until"], condition=Q(state="publishing"), name="job_leased"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "channel"],
                condition=~Q(state__in=("failed", "cancelled")),
                name="one_live_job_per_item_and_channel",
                violation_error_message="Sản phẩm này đã có lịch đăng hoặc đã đăng trên kênh này.",
            ),
            models.UniqueConstraint(
                fields=["channel", "remote_id"],
                condition=~Q(remote_id=""),
                name="post_belongs_to_one_job",
                violation_error_message="Bài này trên kênh đã thuộc một lượt đăng khác.",
            ),
            models.CheckConstraint(
                condition=(Q(state="publishing") & HELD)
                | (Q(state__in=UNLEASED) & FREE)
                | (Q(state__in=("checking", "unknown")) & (HELD | FREE)),
                name="job_publishing_is_held_and_resting_is_not",
                violation_error_message="Lượt đang đăng phải có người giữ.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False) | (~Q(state__in=ENDED) & Q(ended_at=None)),
                name="job_ended_exactly_when_dated",
                violation_error_message="Lượt đăng đã kết thúc phải có giờ kết thúc.",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(publication__isnull=False),
                name="job_done_has_its_proof",
                violation_error_message="Lượt đã đăng phải có đường link bài đăng.",
            ),
            models.CheckConstraint(
                condition=~Q(state="unknown") | Q(doubted_at__isnull=False),
                name="job_in_doubt_says_since_when",
                violation_error_message="Lượt chưa rõ phải ghi từ lúc nào.",
            ),
            models.CheckConstraint(
                condition=Q(broadcast_at=None) | ~Q(remote_id=""),
                name="job_broadcasts_what_is_there",
                violation_error_message="Chỉ gửi cho người quan tâm khi bài đã có.",
            ),
        ]

    def __str__(self):
        return f"{self.title} → {self.channel}"

    @property
    def is_open(self):
        return self.state not in ENDED

    @property
    def can_be_cancelled(self):
        """Nothing has left yet."""
        return self.state == S.PLANNED

    @property
    def can_be_settled(self):
        """A person may decide: it failed, or nobody knows."""
        return self.state in (S.FAILED, S.UNKNOWN)

    @classmethod
    @transaction.atomic
    def plan(cls, *, actor, item, channel, title, text, wanted_at=None, is_broadcast=False, now):
        """Put an approved item onto the schedule of a channel. The same plan sent twice gives the first row."""
        item = ContentItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
        if item.status not in (ContentStatus.APPROVED, ContentStatus.PUBLISHED):
            raise ValidationError("Chỉ đăng sản phẩm đã duyệt.")
        if not Connector.objects.in_use().filter(channel=channel).exists():
            raise ValidationError({"channel": "Kênh này chưa bật kết nối. Hãy đăng tay rồi ghi đường link."})
        wanted_at = max(wanted_at or now, now)
        if wanted_at > now + FARTHEST:
            raise ValidationError({"wanted_at": "Chỉ đặt lịch trong vòng 90 ngày."})
        around = (wanted_at - DOUBLE_CLICK, wanted_at + DOUBLE_CLICK)
        same = cls.objects.open().filter(item=item, channel=channel, created_by=actor, wanted_at__range=around)
        if twin := same.first():
            return twin
        version = item.versions.filter(is_accepted=True).order_by("-number").first()
        job = cls(item=item, channel=channel, version=version, title=title, text=text, wanted_at=wanted_at,
                  next_at=wanted_at, is_broadcast=is_broadcast, created_by=actor, created_at=now)  # fmt: skip
        job.refuse_published()
        job.full_clean()
        job.save()
        job.note(now, "Lập lịch đăng", actor=actor)
        return job

    def refuse_published(self):
        if Publication.objects.filter(item=self.item_id, channel=self.channel_id).exists():
            raise ValidationError({"channel": "Sản phẩm đã ghi nhận đăng trên kênh này."})

    @transaction.atomic
    def cancel(self, *, actor, now):
        """Take it off the schedule while nothing has left."""
        self.lock()
        if not self.can_be_cancelled:
            raise ValidationError(self.too_late_sentence())
        self.state, self.ended_at, self.settled_at = S.CANCELLED, now, now
        self.save()
        self.note(now, "Huỷ lịch", actor=actor)

    @transaction.atomic
    def retry(self, *, actor, now):
        """Once more after a failure. Looks first whether the post is there after all; a doubt is looked into at once."""
        self.lock()
        if not self.can_be_settled or self.lease_token:
            raise ValidationError(self.too_late_sentence())
        if self.state == S.FAILED:
            self.refuse_published()
            self.state, self.doubted_at, self.looks = S.UNKNOWN, self.doubted_at or self.ended_at, 1
            self.ended_at = self.settled_at = None
            self.article_token = ""
            self.validate_constraints()
        self.next_at, self.last_kind, self.last_error = now, "", ""
        self.save()
        self.note(now, "Thử lại", actor=actor)

    @transaction.atomic
    def give_up(self, *, actor, now):
        """A person looked at the channel, the post is not there, and it shall not be tried any more."""
        self.lock()
        if not self.can_be_settled or self.lease_token:
            raise ValidationError(self.too_late_sentence())
        self.state, self.settled_at = S.CANCELLED, now
        self.ended_at = self.ended_at or now
        self.save()
        self.note(now, "Thôi không đăng nữa", actor=actor)

    @transaction.atomic
    def posted_by_hand(self, *, actor, url, now):
        """The post is there, a person says so with its address."""
        self.lock()
        if not self.can_be_settled or self.lease_token:
            raise ValidationError(self.too_late_sentence())
        self.complete(url=url, actor=actor, published_at=now, now=now)
        self.validate_constraints()
        self.save()
        self.note(now, f"Ghi đường link bài đã đăng: {url}", actor=actor)

    def complete(self, *, url, actor, published_at, now):
        """Write the one publication of this item on this channel, or take the one that somebody wrote meanwhile."""
        known = Publication.objects.filter(item=self.item_id, channel=self.channel_id).first()
        self.publication = known or ContentItem.objects.get(pk=self.item_id).publish(
            actor=actor, channel=self.channel, url=url, published_at=published_at, now=now
        )
        self.state, self.ended_at, self.settled_at = S.DONE, now, now
        self.lease_token = self.lease_until = None

    def too_late_sentence(self):
        return f"Lượt đăng đang ở tình trạng “{self.get_state_display()}” nên không thực hiện được việc này."

    def note(self, now, words, *, actor=None):
        """One line of the job's own story."""
        return self.notes.create(at=now, words=words[:300], actor=actor, number=self.attempt)

    def lock(self):
        self.refresh_from_db(from_queryset=PublicationJob.objects.select_for_update(of=("self",)))

    def claim(self, now, lease):
        """Take the row for this worker and commit; False when somebody was faster."""
        mine = uuid.uuid4()
        state = S.PUBLISHING if self.state == S.PLANNED else self.state
        rows = PublicationJob.objects.due(now).filter(pk=self.pk, state=self.state)
        return bool(
            rows.update(state=state, attempt=F("attempt") + 1, lease_token=mine, lease_until=now + lease)
        ) and self.hold(mine)

    def hold(self, mine):
        related = ("channel__connector", "channel__agency", "item__agency", "version", "created_by")
        self.refresh_from_db(from_queryset=PublicationJob.objects.select_related(*related))
        return self.lease_token == mine


class JobNote(models.Model):
    """What happened to a job, in order: written by workers and by people, never edited."""

    job = models.ForeignKey(PublicationJob, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField("lúc")
    number = models.PositiveSmallIntegerField("lần thử")
    words = models.CharField("việc", max_length=300)
    actor = models.ForeignKey(
        User, verbose_name="người", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "nhật ký lượt đăng"
        verbose_name_plural = "nhật ký lượt đăng"
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.at:%H:%M %d/%m/%Y} {self.words}"
