"""Sending on the desk: hold and release all messages, try every medium on oneself, decide on what did not arrive."""

from django.conf import settings
from django.contrib import messages as notes
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns import wording
from campaigns.views.acting import desk_act, desk_page, way_back
from portal.lib.fields import numbers_of
from portal.lib.periods import local_day
from portal.lib.text import clean_line, unaccented
from portal.lib.wording import day_words, moment_words
from registry.media.lines import media_at_work
from registry.models import BY_PHONE, Medium, OutgoingMessage, SendingSwitch
from registry.outbox import queue_email, queue_text
from registry.permissions import can_review

PAUSES_SHOWN = 20
TEST_PURPOSE = "trial"


@desk_page
def sending(request):
    """Whether messages leave, who held them when and why, and trying them on oneself."""
    return render(
        request,
        "campaigns/desk/sending.html",
        {
            "switch": SendingSwitch.objects.select_related("paused_by").filter(paused_at__isnull=False).first(),
            "waiting": OutgoingMessage.objects.waiting().count(),
            "past": SendingSwitch.history.select_related("history_user")[:PAUSES_SHOWN],
            "tests": OutgoingMessage.objects.filter(recipient=request.user, purpose=TEST_PURPOSE)[:5],
            "can_act": can_review(request.user),
            "media": [Medium(medium) for medium in media_at_work(timezone.now())],
        },
    )


@require_POST
@desk_act
def sending_switch(request):
    """Hold every message from now on, or let them leave again."""
    now = timezone.now()
    try:
        if request.POST.get("act") == "resume":
            SendingSwitch.resume(actor=request.user, now=now)
            notes.success(
                request, "Đã mở lại việc gửi. Tin đã đến giờ sẽ đi trong vài phút; tin hẹn giờ đi đúng giờ đã hẹn."
            )
        else:
            SendingSwitch.pause(actor=request.user, reason=clean_line(request.POST.get("reason", "")), now=now)
            notes.success(request, "Đã tạm dừng gửi. Tin vẫn được lập và chờ đến khi mở lại.")
    except ValidationError as refusal:
        notes.error(request, " ".join(refusal.messages))
    return redirect("sending")


@require_POST
@desk_page
def message_test(request):
    """A message to oneself by one medium, through the same outbox as every other."""
    now, medium = timezone.now(), request.POST.get("medium")
    waiting = OutgoingMessage.objects.filter(recipient=request.user, purpose=TEST_PURPOSE).waiting()
    if waiting.exists():
        notes.warning(request, "Tin thử trước của bạn còn đang chờ gửi. Hãy xem kết quả ở dưới trước khi thử lại.")
    elif write_test(request.user, medium if medium in media_at_work(now) else Medium.EMAIL, now):
        notes.success(request, f"Đã lập tin thử. {test_leaves()}")
    else:
        lacking = "số điện thoại" if medium in BY_PHONE else "thư điện tử"
        notes.error(request, f"Tài khoản của bạn chưa có {lacking}. Hãy thêm ở trang Tài khoản rồi thử lại.")
    return redirect("sending")


def test_leaves() -> str:
    """When the test will leave: never while all sending is held."""
    if SendingSwitch.is_paused():
        return "Việc gửi đang tạm dừng nên tin chỉ đi sau khi mở lại."
    return "Tin đi trong khoảng một phút; kết quả hiện ở bảng dưới."


def write_test(person, medium, now):
    """The row of a test; None when the person has no address of that medium."""
    subject, common = f"Tin thử lúc {moment_words(now)}", {"recipient": person, "purpose": TEST_PURPOSE, "now": now}
    if medium == Medium.EMAIL:
        return queue_email(subject=subject, template="test_message", context={"at": moment_words(now)}, **common)
    values = wording.template_values(
        person.full_name, "Tin thử", settings.PROVINCE_OFFICE, day_words(local_day(now)), "chỉ để thử", "tin-thu"
    )
    text = unaccented(f"{settings.PORTAL_NAME}: {subject}")[: settings.SMS_LONGEST]
    return queue_text(medium=medium, subject=subject, text=text, data=values, **common)


@require_POST
@desk_act
def messages_decide(request):
    """Ticked messages that did not arrive go once more, or are dropped; one reason for all, a result for each."""
    chosen = OutgoingMessage.objects.select_related("recipient").filter(
        pk__in=numbers_of(request.POST.getlist("message"))
    )
    reason, drop = clean_line(request.POST.get("reason", "")), request.POST.get("act") == "drop"
    done, refused = 0, []
    for message in chosen.order_by("pk"):
        verb = message.drop if drop else message.send_again
        try:
            verb(actor=request.user, reason=reason, now=timezone.now())
            done += 1
        except ValidationError as refusal:
            refused.append(f"{message.recipient}: {' '.join(refusal.messages)}")
    say(request, done, refused, drop)
    return redirect(way_back(request, "messages"))


def say(request, done, refused, drop):
    """How many were decided, and which were refused for what reason."""
    if done:
        notes.success(request, f"Đã {'bỏ' if drop else 'cho gửi lại'} {done} tin.")
    for sentence in list(dict.fromkeys(refused))[:5]:
        notes.error(request, sentence)
    if not done and not refused:
        notes.error(request, "Hãy chọn ít nhất một tin.")
