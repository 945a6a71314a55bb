"""Who is told what when an item changes hands. The verbs call these inside their transaction: rows only, nothing is sent here."""

from datetime import timedelta

from django.urls import reverse

from campaigns import links
from portal.lib.periods import local_day
from portal.lib.wording import day_words, month_words
from registry.models import User
from registry.outbox import is_silent, queue_email, tell

STALE_AFTER = timedelta(days=3)
PURPOSE = "item"
DECISIONS = {
    "return": ("item_return", "cần sửa"),
    "approve": ("item_approve", "đã được duyệt"),
    "reject": ("item_reject", "không được chấp nhận"),
}


def item_submitted(item, now):
    """Reviewers see one notice a day that work waits; the queue itself lists what."""
    day = local_day(now)
    tell(
        recipients=User.objects.reviewers(),
        text=f"Có sản phẩm mới chờ duyệt ngày {day_words(day)}.",
        url=reverse("review_queue"),
        key=f"submitted:{day:%Y-%m-%d}",
        now=now,
    )


def item_decided(decision):
    """Whoever handed the version in hears the decision, its reason, and what to do next."""
    if is_silent():
        return
    item, person = decision.item, decision.version.submitted_by
    template, words = DECISIONS[decision.act]
    inform(
        person,
        item,
        subject=f"Sản phẩm {words}: {item.title}",
        template=template,
        context={"reason": decision.get_code_display() if decision.code else "", "note": decision.note},
        key=f"decision:{decision.pk}",
        now=decision.at,
    )


def item_published(publication):
    """Whoever handed the item in gets the address at which it appeared."""
    if is_silent():
        return
    item = publication.item
    inform(
        item.submitted_by,
        item,
        subject=f"Sản phẩm đã đăng: {item.title}",
        template="item_publish",
        context={"channel": publication.channel.name, "url": publication.url},
        key=f"publication:{publication.pk}",
        now=publication.recorded_at,
    )


def asking_made(asked):
    """Reviewers see that an agency waits for an answer."""
    tell(
        recipients=User.objects.reviewers(),
        text=f"{asked} – {asked.asked_by.full_name}.",
        url=reverse("request_list"),
        key=f"{asked._meta.model_name}:{asked.pk}:asked",
        now=asked.asked_at,
    )


def asking_answered(asked):
    """Whoever asked hears the answer."""
    words = f"{asked}: {asked.get_state_display().lower()}." + (f" {asked.answer}" if asked.answer else "")
    tell(
        recipients=[asked.asked_by],
        text=words,
        url=reverse("my_work"),
        key=f"{asked._meta.model_name}:{asked.pk}:answered",
        now=asked.answered_at,
    )


def registration_decided(row, words, now):
    """Whoever proposed a contact point or declared a channel sees the decision among their notices."""
    tell(
        recipients=[] if row.proposed_by.is_province_staff else [row.proposed_by],
        text=words,
        url=reverse("my_work"),
        key=f"{row._meta.model_name}:{row.pk}:{now:%Y-%m-%dT%H:%M:%S}",
        now=now,
    )


def connector_halted(connector, now):
    """A connector stopped by itself: those who may act see which one and what to do."""
    tell(
        recipients=User.objects.reviewers(),
        text=f"Kết nối của kênh “{connector.channel.name}” đã dừng. {connector.halted_reason}",
        url=reverse("connector", args=[connector.channel_id]),
        key=f"connector:{connector.pk}:{now:%Y-%m-%dT%H:%M:%S}",
        now=now,
    )


def job_needs_a_person(job, now, what):
    """A post that did not go, or of which nobody knows: told once for each time it comes to that."""
    tell(
        recipients=User.objects.reviewers(),
        text=f"Lượt đăng “{job.title[:80]}” trên {job.channel.name[:80]} cần xem: {job.last_error or job.get_state_display()}",
        url=reverse("job", args=[job.pk]),
        key=f"job:{job.pk}:{what}",
        now=now,
    )


def inform(person, item, *, subject, template, context, key, now):
    """One notice and one e-mail about an item to one person."""
    duty = item.obligation
    tell(recipients=[person], text=f"{subject}.", url=reverse("item", args=[item.pk]), key=key, now=now)
    queue_email(
        recipient=person,
        subject=subject,
        template=template,
        context={
            "item": item,
            "duty": duty.requirement.title,
            "month": month_words(duty.period.month),
            "last_day": day_words(duty.last_day),
            "work_url": links.work_link(person, duty),
            **context,
        },
        purpose=PURPOSE,
        now=now,
        not_after=now + STALE_AFTER,
    )
