"""Chốt kỳ as work: what is still open before a month is closed, what changed since, and the word that it is time."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef
from django.urls import reverse

from campaigns import figures
from campaigns.figures import Figures
from campaigns.models import (
    ClosedDuty,
    ContentItem,
    ContentStatus,
    ExtensionRequest,
    MonthClosing,
    Obligation,
    Outcome,
    Period,
    Recurrence,
)
from campaigns.models.closing import COMPARED
from campaigns.models.obligation import excepted
from portal.lib.documents.table import show
from portal.lib.periods import month_label, start_of_day
from portal.lib.wording import day_words, duration_words, month_words
from registry.models import Notice, User
from registry.outbox import tell

LABELS = {
    "required_count": "số lượng phải nộp",
    "accepted_count": "số được duyệt",
    "due_on": "hạn nộp",
    "extended_to": "gia hạn đến",
    "met_on": "ngày hoàn thành",
    "province_time": "thời gian ở tỉnh",
    "nothing_reason": "lý do không phát sinh",
    "exempt_reason": "lý do miễn",
}


@dataclass(frozen=True)
class OpenWork:
    """One thing that is not finished: how much of it, what it means for the closing, and where it is settled."""

    count: int
    words: str
    url: str


@dataclass(frozen=True)
class Preview:
    """A month before it is closed. `locks_on`: the last day on which somebody may still hand in."""

    month: date
    figures: Figures
    open_work: list[OpenWork]
    locks_on: date

    def is_early(self, today: date) -> bool:
        return self.locks_on >= today

    def has_begun(self, today: date) -> bool:
        return self.month <= today


@dataclass(frozen=True)
class Amendment:
    """One duty that is different now from what was closed: each fact before and after, and who did what since."""

    duty: Obligation
    is_added: bool
    changes: list[tuple[str, str, str]]
    events: list[Any]


def preview(user, month: date, today: date) -> Preview:
    """What is still open in a month (six queries)."""
    rows = Obligation.objects.visible_to(user).for_month(month)
    line = figures.total((figures.open_part(rows),), today)
    locks_on = rows.aggregate(last=Max("locks_on"))["last"] or today
    label, items = month_label(month), ContentItem.objects.filter(obligation__in=rows)
    of_month = f"{reverse('obligation_list')}?thang={label}"
    written = items.filter(status__in=(ContentStatus.DRAFT, ContentStatus.CHANGES)).count()
    opened = rows.open_work().filter(excepted(today), locks_on__lt=today).count()
    requests = ExtensionRequest.objects.waiting().filter(obligation__in=rows).count()
    work = [
        OpenWork(items.awaiting_review().count(), "sản phẩm chờ tỉnh duyệt", reverse("review_queue")),
        OpenWork(line.pending, "đầu việc đang chờ duyệt: sẽ chốt là “chờ duyệt”", f"{of_month}&ket_qua=pending"),
        OpenWork(line.overdue, "đầu việc quá hạn chưa nộp: sẽ chốt là “chưa nộp”", f"{of_month}&qua_han=1"),
        OpenWork(line.not_due, "đầu việc chưa đến hạn, chưa nộp", f"{of_month}&ket_qua=missing"),
        OpenWork(opened, "đầu việc được gia hạn hoặc mở lại kỳ: đơn vị còn nộp được", f"{of_month}&ket_qua=missing"),
        OpenWork(written, "bản nháp hoặc bản cần sửa còn ở đơn vị", ""),
        OpenWork(requests, "đề nghị gia hạn chưa trả lời", reverse("request_list")),
    ]
    return Preview(month, line, [one for one in work if one.count], locks_on)


# --- Amendments ------------------------------------------------------------------------------------------------------


def amendments(closing: MonthClosing, rows: list[ClosedDuty] | None = None) -> list[Amendment]:
    """What is different now from what was closed; `rows` = a page of `closing.amended()` (none: all, with new duties)."""
    added = list(closing.added()) if rows is None else []
    rows = list(closing.amended()) if rows is None else rows
    told = _events(closing, [row.obligation_id for row in rows] + [duty.pk for duty in added])
    found = [Amendment(row.obligation, False, changes_of(row), told[row.obligation_id]) for row in rows]
    return found + [Amendment(duty, True, [_result(None, duty.result)], told[duty.pk]) for duty in added]


def changes_of(row: ClosedDuty) -> list[tuple[str, str, str]]:
    """(what, as closed, now) for every fact that reads differently."""
    duty = row.obligation
    pairs = [(name, _words(getattr(row, name)), _words(getattr(duty, name))) for name in COMPARED]
    changes = [(LABELS[name], before, after) for name, before, after in pairs if before != after]
    return ([_result(row.result, row.now_result)] if row.result != row.now_result else []) + changes


def _result(before: str | None, after: str) -> tuple[str, str, str]:
    return "kết quả", Outcome(before).label if before else "–", Outcome(after).label


def _words(value: Any) -> str:
    if value is None or value == "":
        return "–"
    return duration_words(value) if hasattr(value, "total_seconds") else show(value)


def _events(closing: MonthClosing, duties: list[int]) -> dict[int, list[Any]]:
    """Lines of the duties' history after the closing, oldest first (one query)."""
    lines = Obligation.history.filter(id__in=duties, history_id__gt=closing.history_mark)
    told = defaultdict(list)
    for line in lines.select_related("history_user").order_by("history_id"):
        told[line.id].append(line)
    return told


# --- Months and their closings ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MonthState:
    """One month with duties: how many, its last day to hand in, and its closing when it is closed."""

    month: date
    duties: int
    locks_on: date
    closing: MonthClosing | None
    earlier: int

    def is_ripe(self, today: date) -> bool:
        """Nobody can hand in any more, and it is not closed."""
        return self.closing is None and self.locks_on < today


def months(user) -> list[MonthState]:
    """Every month that has duties, newest first (two queries)."""
    rows = Obligation.objects.visible_to(user).of_months().order_by("-period__month").values("period__month")
    counted = rows.annotate(duties=Count("pk"), locks=Max("locks_on"))
    closings = defaultdict(list)
    for closing in MonthClosing.objects.visible_to(user).select_related("closed_by"):
        closings[closing.month].append(closing)
    return [
        MonthState(
            row["period__month"],
            row["duties"],
            row["locks"],
            next((one for one in closings[row["period__month"]] if one.is_live), None),
            sum(not one.is_live for one in closings[row["period__month"]]),
        )
        for row in counted
    ]


def is_ripe(month: date, closing: MonthClosing | None, today: date) -> bool:
    """The month has duties, is not closed, and nobody can hand in any more (one query when it is not closed)."""
    last = closing is None and Obligation.objects.for_month(month).aggregate(last=Max("locks_on"))["last"]
    return bool(last and last < today)


def remind(today: date) -> int:
    """Reviewers hear once that the newest month that can be closed is not closed yet. 0 when there is nothing to say."""
    locked = Period.objects.exclude(requirement__recurrence=Recurrence.ROLLING).filter(obligations__isnull=False)
    still_open = locked.filter(month=OuterRef("month"), locks_on__gte=today)
    closed = MonthClosing.objects.filter(month=OuterRef("month"))
    ripe = locked.filter(~Exists(still_open)).order_by("-month").annotate(is_closed=Exists(closed)).first()
    if ripe is None or ripe.is_closed:
        return 0
    key = f"close-month:{ripe.label}"
    if Notice.objects.filter(key=key).exists():
        return 0
    return tell(
        recipients=User.objects.reviewers(),
        text=f"{month_words(ripe.month).capitalize()} đã khoá từ {day_words(ripe.locks_on)}: có thể chốt số liệu.",
        url=reverse("month_close", args=[ripe.label]),
        key=key,
        now=start_of_day(today),
    )
