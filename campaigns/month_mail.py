"""The month's report goes to its readers by itself: a letter with the figures, the files in each reader's download centre."""

from datetime import date

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from campaigns import exports, texts
from campaigns.models import Obligation, ReportMailing, ReportReader, ReportSchedule
from campaigns.narrowing import Narrowing
from campaigns.papers import month_values
from campaigns.reporting import month_download
from portal.lib.periods import month_label, months_back, start_of_day
from registry.models import Download, TextTemplate, User
from registry.outbox import exceptions_around, queue_email, tell

PURPOSE = "month_report"
WHOLE = Narrowing("", "")


def send_due(today: date) -> int:
    """Send last month's report when its day has come; how many months went (0 or 1). Two queries when none is due."""
    schedule = ReportSchedule.current()
    month = months_back(today.replace(day=1), 1)
    if not schedule.is_due(today) or ReportMailing.objects.filter(month=month).exists():
        return 0
    return send(month, schedule.formats, today)


@transaction.atomic
def send(month: date, formats: list[str], today: date) -> int:
    """Rows for everybody, all or none; a run that was faster, or a list without readers, leaves nothing to do."""
    now = start_of_day(today)
    readers = list(User.objects.province_staff().exclude(report_reader=None).order_by("sort_key", "pk"))
    if not readers:
        return 0
    _, is_first = ReportMailing.objects.get_or_create(month=month, defaults={"at": now, "readers": len(readers)})
    if not is_first:
        return 0
    words, exceptions = letter(month, today), exceptions_around(now)
    count = Obligation.objects.quota().for_month(month).count()
    for person in readers:
        for kind in formats:
            wanted = month_download(kind, month, WHOLE)
            Download.ask(owner=person, now=now, row_count=count, key=f"{PURPOSE}-{month_label(month)}-{kind}", **wanted)
        queue_email(
            recipient=person, template="month_report", context=words, subject=words["subject"], purpose=PURPOSE, now=now,
            exceptions=exceptions,
        )  # fmt: skip
    path = reverse("month_report", args=[month_label(month)])
    tell(recipients=readers, text=words["subject"], url=path, key=f"{PURPOSE}-{month_label(month)}", now=now)
    return 1


def put_on_list(*, actor, person, now) -> None:
    """A reviewer arranges that somebody of the staff gets the report; the person hears of it and may leave again."""
    ReportReader.join(person)
    text = f"{actor} đã ghi tên bạn vào danh sách nhận báo cáo hằng tháng. Không cần nhận thì bấm Thôi nhận."
    tell(recipients=[person], text=text, url=reverse("report_schedule"), key=f"report-reader:{now:%Y-%m-%d}", now=now)


def letter(month: date, today: date) -> dict:
    """Subject and paragraphs in the office's words, and where to go on."""
    rows = Obligation.objects.all()
    report = exports.month_report(rows, month, today)
    values = month_values(report, list(report.agencies), rows, today)
    words = TextTemplate.objects.wordings(texts.LETTER_TEXTS)
    return {
        "subject": words.fill(texts.LETTER_SUBJECT, **values),
        "lines": words.fill(texts.LETTER_BODY, **values).split("\n"),
        "report_url": settings.SITE_URL + reverse("month_report", args=[month_label(month)]),
        "files_url": settings.SITE_URL + reverse("download_list"),
    }
