"""Carry jobs out: claim with a lease, post outside any transaction, write down how it ended.

Exactly once: the words are recognised on the platform, so after a lost answer, a dead worker or a restored backup we
look before anything is posted again; and the database takes one publication per item and channel.
"""

import logging
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from campaigns import notifications
from campaigns.models.connector import Connector, Provider
from campaigns.models.content import ContentStatus
from campaigns.models.job import JobState, PublicationJob
from campaigns.models.publication import Publication
from campaigns.publishing import composing, zalo
from campaigns.publishing.facebook import Page
from portal.lib.platforms.answers import AnswerLost, Kind, NotSent, Post, Refused
from portal.lib.platforms.tokens import unsealed, with_token
from registry.models import SendingSwitch

logger = logging.getLogger(__name__)

S = JobState
LEASE = timedelta(seconds=180)
MOST_AT_ONCE = 20
SKEW = timedelta(minutes=5)
LATE = timedelta(hours=1)
"""A job that is this late may have been posted before a backup was restored: look first."""
FIRST_LOOK, LOOKS, SURE_AFTER = timedelta(minutes=2), 2, timedelta(minutes=10)
"""Looks that found nothing, the last of them so long after the doubt began: then it is not there."""
CHECK_EVERY, TOO_LONG = timedelta(minutes=1), timedelta(hours=2)
RETRY_MINUTES = (1, 5, 15, 30, 60)
GIVE_UP_AFTER = timedelta(hours=24)
FAULTS = 3
DOUBT_IS_TOLD_AFTER = timedelta(hours=1)
QUIET_FROM, QUIET_TO = 22, 6
WORKER_DIED = "Tiến trình đăng dừng giữa chừng, sẽ đối chiếu với nền tảng trước khi đăng lại."


@dataclass
class Ending:
    """How one try ended: the state after it, what the story says, and other columns."""

    state: str
    words: str
    wait: timedelta = timedelta()
    kind: str = ""
    post: Post | None = None
    columns: dict = field(default_factory=dict)


def publish_due(now, *, seconds=25.0) -> Counter:
    """Do what is due for at most `seconds`; how many tries ended in which state. One query when nothing is due."""
    endings, started = Counter(), time.monotonic()
    found = list(PublicationJob.objects.to_look_after(now).order_by("next_at", "pk")[:MOST_AT_ONCE])
    if not found or SendingSwitch.is_paused():
        return endings
    for job in found:
        passed = time.monotonic() - started
        if passed > seconds:
            break
        if ending := take_up(job, now + timedelta(seconds=passed)):
            endings[ending] += 1
    return endings


def take_up(job, now) -> str:
    """One job: a lost one becomes a doubt, a due one is claimed and carried out. "" when another worker has it."""
    if job.state == S.PUBLISHING:
        return doubt_lost(job, now)
    if not Connector.objects.at_work(now).filter(channel=job.channel_id).exists() or not claim(job, now):
        return ""
    return finish(job, carry_out(job, now), now)


def claim(job, now) -> bool:
    """Take the row for ourselves and commit before the network is touched."""
    with transaction.atomic(durable=True):
        return job.claim(now, LEASE)


def doubt_lost(job, now) -> str:
    """The worker that posted is gone: nobody knows whether the post is there."""
    with transaction.atomic():
        lost = PublicationJob.objects.lost(now).filter(pk=job.pk)
        values = {"state": S.UNKNOWN, "doubted_at": now, "looks": 0, "next_at": now + FIRST_LOOK}
        if not lost.update(**values, lease_token=None, lease_until=None, last_error=WORKER_DIED):
            return ""
        job.note(now, WORKER_DIED)
    return S.UNKNOWN


def carry_out(job, now) -> Ending:
    """One try outside any transaction: every way it can end, as a value."""
    came_from = S.PLANNED if job.state == S.PUBLISHING else job.state
    try:
        return refused_now(job) or step(job, now)
    except Refused as refusal:
        return after_refusal(job, refusal, came_from, now)
    except NotSent as fault:
        return after_silence(job, str(fault), came_from, now)
    except AnswerLost as fault:
        if came_from == S.PLANNED:
            return in_doubt(str(fault), now)
        return after_silence(job, str(fault), came_from, now)
    except Exception as fault:
        logger.exception("job %s cannot be carried out", job.pk)
        words = f"Lỗi của cổng: {type(fault).__name__}."
        if came_from == S.PLANNED and job.attempt <= FAULTS:  # perhaps in the middle of a call: look first
            return in_doubt(words, now)
        return Ending(S.FAILED, words, kind="fault")


def refused_now(job) -> Ending | None:
    """The last look at our own rows before anything leaves."""
    if Publication.objects.filter(item=job.item_id, channel=job.channel_id).exists() and not job.publication_id:
        return Ending(S.DONE, "Đã có người ghi nhận đăng trên kênh này.")
    if job.item.status not in (ContentStatus.APPROVED, ContentStatus.PUBLISHED) and job.state == S.PUBLISHING:
        return Ending(S.CANCELLED, f"Sản phẩm đang ở tình trạng “{job.item.get_status_display()}” nên không đăng.")
    return None


def step(job, now) -> Ending:
    """What comes next for this job."""
    if job.state == S.CHECKING:
        return tell_followers(job, now) if job.remote_id else check_article(job, now)
    if job.state == S.UNKNOWN:
        return look(job, now)
    if now - job.next_at > LATE and (post := find(job, now)):
        return found_again(job, post)
    return publish(job, now)


def publish(job, now) -> Ending:
    connector = job.channel.connector
    if connector.provider == Provider.FACEBOOK:
        pictures = [composing.small_jpeg(file) for file in composing.pictures_of(job.version)]
        words, link = composing.message(job), job.version.link
        post = with_token(connector, now, lambda token: page(connector, token).publish(words, pictures, link))
        return Ending(S.DONE, "Đã đăng", post=with_address(job, post, now))
    draft = composing.draft(job)
    if not draft.picture_urls:
        sentence = "Bài Zalo cần ảnh bìa: hãy đặt ảnh bìa mặc định cho kết nối rồi thử lại, hoặc đăng tay."
        raise Refused(Kind.CONTENT, "cover", sentence)
    made = with_token(connector, now, lambda token: zalo.create(token, draft))
    return Ending(S.CHECKING, "Zalo đã nhận bài, đang xử lý", CHECK_EVERY, columns={"article_token": made})


def check_article(job, now) -> Ending:
    """Ask Zalo for the finished article. The publication is written as soon as it is there."""
    connector = job.channel.connector
    article_id = with_token(connector, now, lambda token: zalo.verify(token, job.article_token))
    return there(job, with_address(job, Post(article_id), now), "Bài đã có trên Zalo")


def tell_followers(job, now) -> Ending:
    """Broadcast an article that is there, at most once: the note is committed before the call."""
    if job.broadcast_at:
        return Ending(S.DONE, "Chưa rõ người quan tâm đã nhận bài chưa, không gửi lại để tránh trùng.")
    local = timezone.localtime(now)
    if local.hour >= QUIET_FROM or local.hour < QUIET_TO:
        return Ending(S.CHECKING, "Chờ đến 06:00 để gửi cho người quan tâm", next_morning(now) - now, Kind.LATER)
    if not held(job).update(broadcast_at=now):
        return Ending(S.CHECKING, "Lượt này đã chuyển cho tiến trình khác.")
    try:
        with_token(job.channel.connector, now, lambda token: zalo.broadcast(token, job.remote_id))
    except (Refused, NotSent):
        held(job).update(broadcast_at=None)
        raise
    except AnswerLost:
        return Ending(S.DONE, "Chưa rõ người quan tâm đã nhận bài chưa, không gửi lại để tránh trùng.")
    return Ending(S.DONE, "Đã gửi bài cho người quan tâm OA")


def look(job, now) -> Ending:
    """Is the post there? Found: done. Not found often and long enough: it may be posted again."""
    if post := find(job, now):
        return found_again(job, post)
    looks = job.looks + 1
    if looks >= LOOKS and now - job.doubted_at >= SURE_AFTER:
        return Ending(S.PLANNED, "Đối chiếu: bài chưa có trên nền tảng, sẽ đăng lại", columns={"looks": looks})
    wait = max(FIRST_LOOK, job.doubted_at + SURE_AFTER - now)
    return Ending(S.UNKNOWN, "Đối chiếu: chưa thấy bài, sẽ xem lại", wait, columns={"looks": looks})


def find(job, now) -> Post | None:
    """The post of this job on the platform, never one that belongs to another job or publication."""
    connector, since = job.channel.connector, job.created_at - SKEW
    others = PublicationJob.objects.filter(channel=job.channel_id).exclude(pk=job.pk).exclude(remote_id="")
    taken = set(others.values_list("remote_id", flat=True))
    if connector.provider == Provider.FACEBOOK:
        words = composing.message(job)
        return with_token(connector, now, lambda token: page(connector, token).find(words, since, taken))
    draft = composing.draft(job)
    return with_token(connector, now, lambda token: zalo.find(token, draft, since, taken))


def found_again(job, post) -> Ending:
    return there(job, post, "Đối chiếu: bài đã có trên nền tảng, không đăng lại")


def there(job, post, words) -> Ending:
    """The post is there: done, unless its followers are still to be told."""
    tells = job.is_broadcast and job.channel.connector.provider == Provider.ZALO
    return Ending(S.CHECKING if tells else S.DONE, words, post=post)


def with_address(job, post, now) -> Post:
    """The post with its public address; a platform that does not tell it now does not undo the post."""
    connector = job.channel.connector
    try:
        if connector.provider == Provider.FACEBOOK:
            url = with_token(connector, now, lambda token: page(connector, token).address_of(post.id))
        else:
            url = with_token(connector, now, lambda token: zalo.address_of(token, post.id))
    except (Refused, NotSent, AnswerLost):
        url = ""
    return Post(post.id, url, post.at)


def page(connector, token) -> Page:
    return Page(connector, token, unsealed(connector.sealed_app_secret))


def after_refusal(job, refusal, came_from, now) -> Ending:
    """A definite no: wait, stop the connector, look for the twin, or end."""
    connector, words, kind = job.channel.connector, refusal.sentence, refusal.kind
    if kind == Kind.RATE:
        wait = refusal.wait or CHECK_EVERY
        connector.rest(until=now + wait, reason=words)
        return Ending(came_from, words, wait, kind)
    if kind == Kind.LATER:
        return Ending(came_from, words, next_morning(now) - now, kind)
    if kind == Kind.BUSY:
        return still_busy(job, words, came_from, now)
    if came_from == S.CHECKING and job.remote_id:
        return Ending(S.DONE, f"Bài đã đăng; chưa gửi được cho người quan tâm: {words}", kind=kind)
    if kind == Kind.HALT:
        if connector.halt(reason=words, now=now):
            notifications.connector_halted(connector, now)
        return Ending(came_from, words, CHECK_EVERY, kind)
    if kind == Kind.DUPLICATE:
        post = find_twin(job, now)
        if post:
            return found_again(job, post)
        words = "Nền tảng báo trùng với bài khác trên trang. Hãy xem trang, ghi đường link bài đã có hoặc đăng tay."
    return Ending(S.FAILED, words, kind=kind)


def find_twin(job, now):
    try:
        return find(job, now)
    except (Refused, NotSent, AnswerLost):
        return None


def still_busy(job, words, came_from, now) -> Ending:
    """The platform works on it; after two hours nobody believes that any more, and we look for it."""
    if came_from != S.CHECKING or now - job.wanted_at < TOO_LONG:
        return Ending(came_from, words, CHECK_EVERY, Kind.BUSY)
    return in_doubt("Zalo xử lý bài quá lâu, sẽ đối chiếu", now)


def in_doubt(words, now) -> Ending:
    """Nobody knows whether the post is there: look for it before anything is sent again."""
    return Ending(S.UNKNOWN, words, FIRST_LOOK, columns={"doubted_at": now, "looks": 0, "article_token": ""})


def after_silence(job, words, came_from, now) -> Ending:
    """Nothing was done for want of a connection: try again, for a day. A doubt and a check go on longer."""
    if came_from == S.PLANNED and now - job.wanted_at > GIVE_UP_AFTER:
        return Ending(S.FAILED, f"{words}. Đã thử trong 24 giờ.", kind="network")
    minutes = RETRY_MINUTES[min(job.attempt, len(RETRY_MINUTES)) - 1]
    return Ending(came_from, words, timedelta(minutes=minutes * random.uniform(0.8, 1.2)), "network")


def held(job):
    """The row, if the lease is still ours."""
    return PublicationJob.objects.filter(pk=job.pk, lease_token=job.lease_token)


def finish(job, ending, now) -> str:
    """Write down how a try ended if the lease is still ours; a late worker changes nothing."""
    mine = job.lease_token
    with transaction.atomic():
        rows = PublicationJob.objects.select_for_update(of=("self",)).select_related("channel__agency", "created_by")
        row = rows.filter(pk=job.pk, lease_token=mine).first()
        if row is None:
            logger.warning("job %s: lease lost before its try ended (%s)", job.pk, ending.state)
            return ""
        settle(row, ending, now)
        row.note(now, ending.words)
    tell_staff(row, now)
    return row.state


def settle(row, ending, now):
    """The row after a try, with its publication when the post is there."""
    row.state, row.next_at = ending.state, now + ending.wait
    row.lease_token = row.lease_until = None
    row.last_kind, row.last_error = ending.kind, ending.words[:300] if ending.kind else ""
    for name, value in ending.columns.items():
        setattr(row, name, value)
    if ending.post:
        row.remote_id = ending.post.id[:100]
        row.last_error = record_publication(row, ending.post, now)
    elif ending.state == S.DONE and not row.publication_id:
        row.publication = Publication.objects.get(item=row.item_id, channel=row.channel_id)
    if row.state in (S.DONE, S.FAILED, S.CANCELLED):
        row.ended_at = now
        row.settled_at = None if row.state == S.FAILED else now
    row.save()


def record_publication(row, post, now) -> str:
    """Write the publication with the post's address as proof, under the planner's name. "" or why it could not be."""
    state, url = row.state, post.url if post.url.startswith("https://") and len(post.url) <= 500 else row.channel.url
    try:
        with transaction.atomic():
            row.complete(url=url, actor=row.created_by, published_at=min(post.at or now, now), now=now)
    except ValidationError as refusal:
        row.state = S.FAILED
        return f"Bài đã có trên kênh nhưng chưa ghi nhận được: {' '.join(refusal.messages)}"[:300]
    if state == S.CHECKING:
        row.state, row.ended_at, row.settled_at = S.CHECKING, None, None
    return ""


def tell_staff(row, now):
    """A failure, followers who could not be told, and a doubt that lasts, are told to those who may decide."""
    if row.state == S.FAILED or (row.state == S.DONE and row.last_kind):
        notifications.job_needs_a_person(row, now, f"ended:{row.attempt}")
    elif row.state == S.UNKNOWN and now - row.doubted_at > DOUBT_IS_TOLD_AFTER:
        notifications.job_needs_a_person(row, now, "doubt")


def next_morning(now):
    """The next 06:00 in Vietnam."""
    local = timezone.localtime(now)
    morning = local.replace(hour=QUIET_TO, minute=0, second=0, microsecond=0)
    return morning if local < morning else morning + timedelta(days=1)
