"""Sắp xếp tổ chức as one act: the registry's part and the duties, planned, run once, and undone while nothing is new.

Locks always in this order: the act, agencies, channels, contact points, duties, reminders, messages. Rows of locked
periods and closed months are evidence and stay as they are.
"""

from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from campaigns import figures
from campaigns.models import (
    Appeal,
    ContentItem,
    ContentStatus,
    ExtensionRequest,
    Obligation,
    Reminder,
    Requirement,
    RequirementKind,
)
from campaigns.models.reminder import ReminderState
from portal.lib.periods import local_day
from registry import ledger as ledgers
from registry.models import MessageState, OutgoingMessage, Reorganisation, ReorganisationState
from registry.plan_file import read_request
from registry.regrouping import fakes_that_would_live, forget_successions, lock_agencies, run_registry
from registry.reorganising import Plan, Section, plan_registry

CHANGED = "Dữ liệu vừa thay đổi so với bản xem trước. Hãy đọc lại kế hoạch rồi bấm thực hiện."
TAKEN = "Không hoàn tác được: tên, mã hoặc địa chỉ kênh của cơ quan cũ đã được dùng cho cơ quan, kênh khác."
LOCK_ORDER = (
    "registry.agency",
    "registry.channel",
    "registry.channelchange",
    "registry.contactpoint",
    "registry.groupmembership",
    "campaigns.obligation",
    "campaigns.reminder",
    "registry.outgoingmessage",
)
WAITING = (MessageState.PENDING, MessageState.RETRY)


@dataclass(frozen=True)
class Ended:
    """How an act ended: whether anything was written, and the sentence for the person who pressed."""

    reorganisation: Reorganisation | None
    sentence: str
    is_new: bool = True


# --- Planning --------------------------------------------------------------------------------------------------------


def plan_of(request, today) -> Plan:
    """The whole plan: registry, duties, reminders. Reads only."""
    plan = plan_registry(request, today)
    if plan.closes and plan.is_resolved:
        plan.sections += [section for section in sections_of(plan, today) if section.lines]
    return plan


def sections_of(plan, today) -> list[Section]:
    duties = open_duties(plan, today).select_related("requirement", "period", "agency")
    reminders, messages = waiting_reminders(plan).count(), len(lonely_messages(plan))
    told = [(f"{reminders} lần nhắc chưa gửi", f"huỷ; {messages} thư chưa gửi bị huỷ theo")] if reminders else []
    return [
        Section("Đầu việc chưa xong", [(duty_words(row), f"được miễn: {plan.fate_of(row.agency)}") for row in duties]),
        Section("Đề nghị đang chờ trả lời", asked(plan, today)),
        Section("Giữ nguyên", kept(plan, today)),
        Section("Nhắc hạn", told),
        Section("Yêu cầu nêu đích danh", [(str(row), f"nêu thêm {names}") for row, names in named(plan)]),
    ]


def duty_words(row) -> str:
    return f"{row.agency_name}: {row.requirement} kỳ {row.period.month:%m/%Y}, hạn {row.last_day:%d/%m/%Y}"


def locked_by(today):
    """Rows to which nobody may hand in anything any more."""
    over = [Q(**{f"{name}__lt": today}) | Q(**{name: None}) for name in ("extended_to", "reopened_until")]
    return Q(locks_on__lt=today) & over[0] & over[1]


def duties_of(plan):
    return Obligation.objects.filter(agency__in=plan.sources)


def open_duties(plan, today):
    """What the old agencies still owe in periods that are neither locked nor of a closed month. A nomination that waits for the province is
    excused too: its person goes on elsewhere. Products that wait are judged as if nothing had happened."""
    unmet = duties_of(plan).filter(met_at=None, nothing_at=None, exempt_at=None)
    waits_for_product = Q(open_submission_at__isnull=False) & ~Q(requirement__kind=RequirementKind.NOMINATE_CONTACT)
    unmet = unmet.exclude(waits_for_product).exclude(locked_by(today))
    return unmet.exclude(figures.in_closed_month()).order_by("pk")


def kept(plan, today) -> list[tuple[str, str]]:
    """What stays with the old agencies, counted."""
    done = duties_of(plan).exclude(pk__in=open_duties(plan, today).order_by().values("pk")).count()
    items = ContentItem.objects.filter(agency__in=plan.sources)
    waiting = items.awaiting_review().count()
    drafts = items.filter(status__in=(ContentStatus.DRAFT, ContentStatus.CHANGES)).count()
    rows = [
        (done, "đầu việc đã xong hoặc thuộc kỳ đã khoá", "không đổi, số liệu các tháng đã khoá giữ nguyên"),
        (waiting, "sản phẩm chờ duyệt", "vẫn được duyệt, tính cho cơ quan cũ"),
        (drafts, "bản nháp, bản cần sửa", "ở lại hồ sơ cơ quan cũ, không nộp được nữa"),
    ]
    return [(f"{count} {what}", fate) for count, what, fate in rows if count]


def asked(plan, today) -> list[tuple[str, str]]:
    """Requests of the old agencies that the province has not answered: they stay, and can be answered as before."""
    extensions = ExtensionRequest.objects.waiting().filter(obligation__agency__in=plan.sources)
    appeals = Appeal.objects.waiting().filter(item__agency__in=plan.sources).select_related("item").order_by("pk")
    excused = set(open_duties(plan, today).order_by().values_list("pk", flat=True))
    rows = extensions.select_related("obligation__requirement", "obligation__period").order_by("pk")
    return [
        (
            f"{row}: {duty_words(row.obligation)}",
            "đầu việc được miễn nên không cần gia hạn nữa" if row.obligation_id in excused else "vẫn được trả lời",
        )
        for row in rows
    ] + [(f"{row}", "vẫn được trả lời, tính cho cơ quan cũ") for row in appeals]


def waiting_reminders(plan):
    """Reminders of the old agencies that nobody has received yet."""
    unsent = Q(state=ReminderState.PLANNED) | Q(state=ReminderState.QUEUED, message__state__in=WAITING)
    return Reminder.objects.filter(unsent, obligation__agency__in=plan.sources).order_by("pk")


def lonely_messages(plan) -> list[int]:
    """Waiting messages that speak of the old agencies' duties only; others get their words anew before they go."""
    ours = waiting_reminders(plan).exclude(message=None)
    others = Reminder.objects.filter(message__in=ours.values("message")).exclude(obligation__agency__in=plan.sources)
    return sorted(set(ours.values_list("message_id", flat=True)) - set(others.values_list("message_id", flat=True)))


def named(plan) -> list[tuple[Requirement, str]]:
    """Requirements that name an old agency and still ask something, with the successors to name as well."""
    found = []
    rows = Requirement.objects.filter(agencies__in=plan.sources, campaign__status__in=("draft", "issued"))
    rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=plan.request.on)).distinct().order_by("pk")
    for row in rows.prefetch_related("agencies"):
        homes = [
            party.name for source in row.agencies.all() if source in plan.sources for party in homes_of(plan, source)
        ]
        if homes:
            found.append((row, ", ".join(dict.fromkeys(homes))))
    return found


def homes_of(plan, source):
    home = plan.home_of(source)
    return [home] if home else []


# --- Running ---------------------------------------------------------------------------------------------------------


def prepare(request, *, actor, now=None) -> Reorganisation:
    """Keep the plan for its preview. The same plan sent twice is one row."""
    document = request.as_document()
    waiting = Reorganisation.objects.filter(key=request.key, state=ReorganisationState.PLANNED)
    same = next((row for row in waiting if row.request == document), None)
    now = now or timezone.now()
    return same or Reorganisation.objects.create(
        kind=request.kind,
        on=request.on,
        decision=request.decision,
        note=request.note,
        title=plan_registry(request, local_day(now)).title,
        request=document,
        key=request.key,
        planned_at=now,
        planned_by=actor,
    )


def done_before(request) -> Reorganisation | None:
    """The same act, done already and not undone."""
    return Reorganisation.objects.done().filter(key=request.key).select_related("done_by").first()


def already(row) -> Ended:
    moment = timezone.localtime(row.done_at)
    sentence = f"Việc này đã được {row.done_by} thực hiện lúc {moment:%H:%M %d/%m/%Y} (số {row.pk}); không làm lại."
    return Ended(row, sentence, is_new=False)


@transaction.atomic
def run(reorganisation, *, actor, now=None, seen="") -> Ended:
    """Do it, once. `seen`: fingerprint of the plan that the person read. ValidationError = nothing was done."""
    now = now or timezone.now()
    today = local_day(now)
    reorganisation.lock()
    request = read_request(reorganisation.request)
    if reorganisation.state == ReorganisationState.UNDONE:
        raise ValidationError("Việc này đã hoàn tác. Hãy lập kế hoạch mới.")
    lock_agencies(plan_registry(request, today))
    if done := done_before(request):
        return already(done)
    plan = plan_of(request, today)
    if plan.faults:
        raise ValidationError(plan.faults)
    if seen and seen != plan.fingerprint:
        raise ValidationError(CHANGED)
    book = ledgers.Ledger()
    run_registry(plan, reorganisation, actor=actor, now=now, ledger=book)
    if plan.closes:
        run_duties(plan, actor, now, book)
    reorganisation.finish(actor=actor, report=plan.report, changes=book.entries(), now=now)
    return Ended(reorganisation, f"Đã thực hiện: {plan.title}.")


def run_duties(plan, actor, now, book):
    """Excuse what is open, cancel what would remind of it, name the successors where the old ones were named."""
    duties = list(open_duties(plan, local_day(now)).select_for_update(of=("self",)).select_related("agency"))
    reminders = list(waiting_reminders(plan).select_for_update(of=("self",)))
    messages = OutgoingMessage.objects.waiting().filter(pk__in=lonely_messages(plan))
    letters = list(messages.select_for_update(of=("self",)).order_by("pk"))
    book.watch(duties)
    for row in duties:
        row.exempt(actor=actor, reason=plan.reason_of(row.agency), now=now)
    book.watch(reminders)
    Reminder.objects.filter(pk__in=[row.pk for row in reminders]).update(state=ReminderState.CANCELLED)
    book.watch(letters)
    OutgoingMessage.objects.filter(pk__in=[row.pk for row in letters]).update(
        state=MessageState.CANCELLED, last_error="Cơ quan đã sắp xếp lại."
    )
    name_successors(plan, book)


def name_successors(plan, book):
    through = Requirement.agencies.through
    for row, _ in named(plan):
        for source in [agency for agency in row.agencies.all() if agency in plan.sources]:
            for home in homes_of(plan, source):
                link, is_new = through.objects.get_or_create(requirement=row, agency=home.agency)
                if is_new:
                    book.add([link])


# --- Undoing ---------------------------------------------------------------------------------------------------------


def obstacles_to_undo(reorganisation) -> list[str]:
    """Why it can't be undone: what was written since. Empty = it can."""
    return ledgers.written_since(reorganisation.changes) + fakes_that_would_live(reorganisation.changes)


@transaction.atomic
def undo(reorganisation, *, actor, now=None) -> Ended:
    """Put every row back as it was. ValidationError names what was written since; then nothing is undone."""
    reorganisation.lock()
    if reorganisation.state == ReorganisationState.UNDONE:
        return Ended(reorganisation, "Việc sắp xếp này đã được hoàn tác trước đó.", is_new=False)
    if reorganisation.state == ReorganisationState.PLANNED:
        raise ValidationError("Việc sắp xếp này chưa được thực hiện nên không có gì để hoàn tác.")
    lock_touched(reorganisation.changes)
    if faults := obstacles_to_undo(reorganisation):
        raise ValidationError([f"Không hoàn tác được vì đã có dữ liệu mới. {faults[0]}", *faults[1:]])
    forget_successions(reorganisation)
    try:
        with transaction.atomic():
            ledgers.take_back(reorganisation.changes, actor=actor, reason=f"Hoàn tác: {reorganisation.title}")
    except IntegrityError as error:
        raise ValidationError(TAKEN) from error
    reorganisation.take_back(actor=actor, now=now or timezone.now())
    return Ended(reorganisation, f"Đã hoàn tác: {reorganisation.title}. Mọi dòng trở lại như trước.")


def lock_touched(changes):
    for label in LOCK_ORDER:
        pks = [entry["pk"] for entry in changes if entry["model"] == label]
        for start in range(0, len(pks), ledgers.BATCH):
            rows = apps.get_model(label).objects.select_for_update(of=("self",)).order_by("pk")
            list(rows.filter(pk__in=sorted(pks)[start : start + ledgers.BATCH]).values_list("pk"))
