"""The words of reminders: polite, short, with the date and the working days that remain."""

from dataclasses import dataclass

from django.conf import settings

from campaigns import links, short_links
from campaigns import reminder_texts as texts
from campaigns.models import Obligation, RequirementKind
from portal.lib import text
from portal.lib.wording import day_words, days_left_words, month_words
from registry.outbox import bodies

NAME, WORDS = 30, 80
"""Characters that a value of a Zalo template may have."""
PROGRESS = {
    RequirementKind.SUBMIT_CONTENT: "đã được duyệt {}/{} sản phẩm",
    RequirementKind.RECONFIRM_CHANNELS: "đã trả lời {}/{} kênh",
}
"""How far a duty is, for the kinds that ask for a number."""


@dataclass(frozen=True)
class Duty:
    """One line of a letter."""

    title: str
    agency: str
    campaign: str
    last_day: str
    left: str
    progress: str
    guidance: str
    url: str
    is_overdue: bool


def duty_words(row: Obligation) -> str:
    """What is owed, with the month where the work is monthly, and how many channels a round asks about."""
    if row.is_round:
        return f"{row.requirement.title} ({row.required_count} kênh)"
    if row.requirement.recurrence == "monthly":
        return f"{row.requirement.title} ({month_words(row.period.month)})"
    return row.requirement.title


def duty_line(row: Obligation, person, today, exceptions) -> Duty:
    return Duty(
        title=duty_words(row),
        agency=row.agency.name,
        campaign=row.requirement.campaign.title,
        last_day=day_words(row.last_day),
        left=days_left_words(row.last_day, today, exceptions),
        progress=PROGRESS.get(row.requirement.kind, "").format(row.accepted_count, row.required_count),
        guidance=row.requirement.guidance,
        url=links.work_link(person, row),
        is_overdue=row.last_day < today,
    )


def subject(duties: list[Duty], said, one=texts.SUBJECT_ONE, many=texts.SUBJECT_MANY) -> str:
    """The subject says what and when; with several duties how many, and the nearest date. One line, whatever the names."""
    first = duties[0]
    values = {"nhac": "Quá hạn" if first.is_overdue else "Nhắc hạn", "han": first.last_day, "con_lai": first.left}
    if len(duties) == 1:
        words = said.fill(one, **values, viec=first.title, don_vi=first.agency)
    else:
        words = said.fill(many, **values, so_viec=len(duties))
    return text.clean_line(words)


def letter(person, rows, today, exceptions, said, *, as_head=False) -> dict:
    """Subject and bodies of a reminder to one person about all these duties. `said`: the texts in force."""
    duties = [duty_line(row, person, today, exceptions) for row in rows]
    values = {"ngay": day_words(today), "so_viec": len(duties), "cong": settings.PORTAL_NAME}
    intro = said.fill(texts.HEAD_INTRO if as_head else texts.INTRO, **values)
    context = {"recipient": person, "duties": duties, "intro": intro, "closing": said.fill(texts.CLOSING, **values)}
    return {"subject": subject(duties, said), **bodies("reminder", context)}


def by_phone(person, rows, today, exceptions, code, said) -> dict:
    """Subject, text and template values of a reminder by SMS or Zalo: one unaccented message with one short link."""
    duties = [duty_line(row, person, today, exceptions) for row in rows]
    link = f" Mo: {short_links.address(code)}"
    plain = text.unaccented(subject(duties, said, texts.SMS_ONE, texts.SMS_MANY))
    longest = settings.SMS_LONGEST - len(link)
    plain = f"{plain}." if len(plain) < longest else plain[: longest - 3].rstrip() + "..."
    first = duties[0]
    work = first.title if len(duties) == 1 else f"{len(duties)} việc cần làm"
    data = template_values(person.full_name, work, first.agency, first.last_day, first.left, code)
    return {"subject": subject(duties, said), "text": plain + link, "html": "", "data": data}


def template_values(name, work, agency, last_day, left, code) -> dict:
    """What a Zalo template asks for; its names stand in docs/operations.md."""
    values = {
        "ten": name[:NAME],
        "viec": work[:WORDS],
        "don_vi": agency[:WORDS],
        "han": last_day,
        "con_lai": left[:NAME],
    }
    return {key: text.clean_line(value) for key, value in values.items()} | {"ma": code}


def notice(row: Obligation, today, exceptions) -> str:
    """The same in one sentence, for the notices page."""
    left = days_left_words(row.last_day, today, exceptions)
    return f"{duty_words(row)}: hạn {day_words(row.last_day)} ({left}). {row.agency.name}."
