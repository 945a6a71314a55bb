"""The office's papers out of the figures: báo cáo tháng and công văn đôn đốc, to be numbered, dated and signed.

Figures come from `exports`, words from the editable texts; nothing is counted here a second time.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from campaigns import exports, texts
from campaigns.exports import MonthReport
from campaigns.figures import Figures, by_month
from campaigns.models import Obligation, Recurrence, RequirementKind
from campaigns.models.obligation import ObligationQuerySet
from campaigns.wording import duty_words
from portal.lib.documents.paper import GAP, Annex, Paper, Title, blank_number
from portal.lib.documents.table import Column, Heading, Table, show
from portal.lib.periods import local_day, months_back
from portal.lib.wording import day_words, month_words
from registry.models import AgencyKind, TextTemplate, Wordings

ROMAN_LINE = re.compile(r"[IVX]+\. ")
MOST_NAMES = 30
"""Agencies named in a sentence; of more of them it gives the number, and the annex the names."""
MOST_ADDRESSEES = 10
ATTACHED = f"(Kèm theo {{}} số{GAP}/{{}} ngày{GAP}tháng{GAP}năm{GAP})"
ADDRESSED = {
    AgencyKind.DEPARTMENT: "Các sở, cơ quan thuộc Ủy ban nhân dân tỉnh",
    AgencyKind.PARTY: "Các cơ quan Đảng của tỉnh",
    AgencyKind.FRONT: "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh và các đoàn thể tỉnh",
    AgencyKind.ASSOCIATION: "Các hội quần chúng của tỉnh",
    AgencyKind.ARMED_FORCES: "Các cơ quan lực lượng vũ trang tỉnh",
    AgencyKind.VERTICAL: "Các cơ quan ngành dọc trên địa bàn tỉnh",
    AgencyKind.PRESS: "Các cơ quan báo chí, thông tin của tỉnh",
    AgencyKind.BOARD: "Các ban quản lý thuộc tỉnh",
    AgencyKind.WARD: "Ủy ban nhân dân các phường",
    AgencyKind.COMMUNE: "Ủy ban nhân dân các xã",
    AgencyKind.SPECIAL_ZONE: "Ủy ban nhân dân các đặc khu",
    AgencyKind.OTHER: "Các cơ quan, doanh nghiệp khác",
}
"""How a dispatch addresses a kind of agency as a whole."""
KINDS = AgencyKind.values
ANNEX_TITLES = {
    "Theo cấp trên": "THEO CƠ QUAN CẤP TRÊN",
    "Theo khối": "THEO KHỐI CƠ QUAN",
    "Theo yêu cầu": "THEO YÊU CẦU",
    "Theo đơn vị": "CỦA TỪNG ĐƠN VỊ",
}
"""What an annex with the table of that sheet is called."""
OWED = (
    Column("number", "TT", "integer", 5),
    Column("agency", "Đơn vị", width=34),
    Column("duty", "Việc còn nợ", width=40),
    Column("due", "Hạn", "date", 12),
    Column("left", "Còn thiếu", "integer", 9),
)


def month_paper(
    rows: ObligationQuerySet, month: date, today: date, scope: str = "", *, by_parent: bool = False
) -> Paper:
    """Báo cáo tháng with its annexes: by kind, by requirement, agency by agency. scope: words for a narrowed report.

    by_parent: an annex by the agency above comes first.
    """
    report = exports.month_report(rows, month, today, by_parent=by_parent)
    lines = [*iter(report.agencies)]  # without asking first how many
    words = TextTemplate.objects.wordings((*texts.HEAD, *texts.REPORT_TEXTS))
    values = month_values(report, lines, rows, today)
    standing = texts.standing_values() | {"don_vi_soan": words.fill(texts.UNIT_NAME)}
    to = words.fill(texts.REPORT_TO, **standing).split("\n")
    values |= standing | {"noi_nhan_chinh": to[0].strip(" ;.-")}
    summary = words.fill(texts.REPORT_SUMMARY, **values)
    return Paper(
        title="BÁO CÁO",
        summary=f"{summary} ({scope})" if scope else summary,
        parts=parts_of(words.fill(texts.REPORT_BODY, **values)),
        addressees=to,
        number=blank_number(f"BC-{symbol(words, standing)}"),
        recipients=words.fill(texts.REPORT_RECIPIENTS, **values).split("\n"),
        annexes=annexes_of(report, lines, ATTACHED.format("Báo cáo", f"BC-{symbol(words, standing)}")),
        **office_of(words, standing, today),
    )


def annexes_of(report: MonthReport, lines: list[Figures], attached_to: str) -> list[Annex]:
    month = month_words(report.month).upper()
    return [
        Annex(f"KẾT QUẢ {month} {ANNEX_TITLES[table.sheet]}", [bare(table)], attached_to, is_landscape=True)
        for table in exports.report_tables(report, lines)
    ]


def bare(table: Table) -> Table:
    """The table without a title of its own: that of the annex stands above it."""
    return Table("", table.columns, table.rows, notes=table.notes)


def month_values(report: MonthReport, lines: list[Figures], rows: ObligationQuerySet, today: date) -> dict[str, str]:
    """Every variable that the texts of a month know (one more query: the months that it is compared with)."""
    total = report.total
    counts = {
        "so_don_vi": len(lines), "phai_nop": total.expected, "hoan_thanh": total.done, "dung_han": total.on_time,
        "tre": total.late, "cho_duyet": total.pending, "khong_phat_sinh": total.nothing, "duoc_mien": total.exempt,
        "chua_nop": total.missing, "qua_han": total.overdue, "san_pham": total.accepted,
    }  # fmt: skip
    values = {name: show(count, "integer") for name, count in counts.items()}
    values |= {"chua_den_han": optional(total.not_due), "vuot": optional(total.extra)}
    values |= {"ty_le": show(total.rate, "percent"), "ty_le_dung_han": show(total.on_time_rate, "percent")}
    values |= {"thang": month_words(report.month), "ngay": day_words(counted_on(report, today))}
    values |= {name: names_of(lines, wanted) for name, wanted in LISTS.items()}
    earlier = {"so_thang_truoc": months_back(report.month, 1), "so_nam_truoc": months_back(report.month, 12)}
    before = rows.quota().of_months().filter(period__month__in=earlier.values())
    found = by_month(before, today)
    return values | {name: compared(total, found.get(month, Figures()), month) for name, month in earlier.items()}


def counted_on(report: MonthReport, today: date) -> date:
    """The day of the figures: that on which the month was closed, else today."""
    return local_day(report.closing.closed_at) if report.closing else today


LISTS = {
    "ds_chua_nop": lambda line: line.overdue,
    "ds_tre": lambda line: line.late,
    "ds_cho_duyet": lambda line: line.pending,
    "ds_khong_phat_sinh": lambda line: line.nothing,
    "ds_duoc_mien": lambda line: line.exempt,
}
"""Which agencies stand in which list of a report."""


def optional(count: int) -> str:
    """A number that is left out with its line when it is 0."""
    return show(count, "integer") if count else ""


def names_of(lines: Iterable[Figures], wanted) -> str:
    names = [line.label for line in lines if wanted(line)]
    if len(names) > MOST_NAMES:
        return f"{len(names)} đơn vị (tên tại Phụ lục kèm theo)"
    return "; ".join(names)


def compared(total: Figures, earlier: Figures, month: date) -> str:
    """ "tăng 3,2 điểm phần trăm so với tháng 9/2026 (83,5 %)"; "" where one of the two had nothing to deliver."""
    if total.rate is None or earlier.rate is None:
        return ""
    points = round(total.rate * 100, 1) - round(earlier.rate * 100, 1)
    against = f"{month_words(month)} ({show(earlier.rate, 'percent')})"
    if abs(points) < 0.05:
        return f"bằng {against}"
    return f"{'tăng' if points > 0 else 'giảm'} {show(abs(points), 'decimal')} điểm phần trăm so với {against}"


def urging_paper(duties: ObligationQuerySet, month: date, today: date, new_due: date) -> Paper:
    """Công văn đôn đốc to the agencies that owe these duties: what each owes in the annex, and until when."""
    found = duties.select_related("agency", "requirement__campaign", "period")
    owed = sorted(found, key=lambda row: (KINDS.index(row.agency.kind), row.agency.sort_key, row.due_on, row.pk))
    words = TextTemplate.objects.wordings((*texts.HEAD, *texts.URGE_TEXTS))
    standing = texts.standing_values() | {"don_vi_soan": words.fill(texts.UNIT_NAME)}
    values = standing | {
        "thang": month_words(month), "ngay": day_words(today), "han_moi": day_words(new_due),
        "so_viec": show(len(owed), "integer"), "so_don_vi": show(len({row.agency_id for row in owed}), "integer"),
        "lien_he": words.fill(texts.URGE_CONTACT),
    }  # fmt: skip
    mark = "-".join(filter(None, [symbol(words, standing), standing["don_vi_soan"]]))
    return Paper(
        title="",
        about=words.fill(about_of(owed, month), **values),
        parts=parts_of(words.fill(texts.URGE_BODY, **values)),
        addressees=addressees_of(owed, words),
        number=blank_number(mark),
        recipients=words.fill(texts.URGE_RECIPIENTS, **values).split("\n"),
        annexes=[Annex("DANH SÁCH ĐƠN VỊ VÀ VIỆC CÒN NỢ", [owed_table(owed)], ATTACHED.format("Công văn", mark))],
        **office_of(words, standing, today),
    )


def about_of(owed: Sequence[Obligation], month: date) -> texts.EditableText:
    """The subject: the month's products, or everything overdue where something else is among it."""
    of_month = all(row.period.month == month and row.requirement.kind == RequirementKind.SUBMIT_CONTENT for row in owed)
    return texts.URGE_ABOUT if of_month else texts.URGE_ABOUT_ALL


def addressees_of(owed: Sequence[Obligation], words: Wordings) -> list[str]:
    """The late agencies by name; when there are many, their kinds in the order in which reports list them."""
    names = list(dict.fromkeys(row.agency.name for row in owed))
    if len(names) <= MOST_ADDRESSEES:
        return names
    kinds = {row.agency.kind for row in owed}
    return [words.fill(texts.URGE_TO_MANY, khoi=ADDRESSED[kind]) for kind in AgencyKind if kind in kinds]


def owed_table(owed: Sequence[Obligation]) -> Table:
    """Agencies numbered; one that owes several things stands once, its lines below each other, months of one duty in one."""
    lines: dict[tuple[int, int], list[Obligation]] = {}
    for row in owed:
        lines.setdefault((row.agency_id, row.requirement_id), []).append(row)
    rows: list[list[Any]] = []
    number, last = 0, None
    for (agency, _), group in lines.items():
        is_next = agency == last
        number += not is_next
        left = sum(max(row.required_count - row.accepted_count, 0) for row in group)
        name = ["", ""] if is_next else [number, group[0].agency.name]
        rows.append([*name, *together(group), left])
        last = agency
    return Table("", OWED, rows)


def together(group: Sequence[Obligation]) -> tuple[str, Any]:
    """One duty and its last day; of several months of it the months, and the first and last of the days."""
    first, last = group[0], group[-1]
    if len(group) == 1 or first.requirement.recurrence != Recurrence.MONTHLY:
        return "; ".join(duty_words(row) for row in group), first.last_day
    years = {year: [row.period.month for row in group if row.period.month.year == year] for year in
             dict.fromkeys(row.period.month.year for row in group)}  # fmt: skip
    months = "; ".join(f"tháng {', '.join(str(day.month) for day in days)}/{year}" for year, days in years.items())
    return f"{first.requirement.title} ({months})", f"{day_words(first.last_day)} đến {day_words(last.last_day)}"


def annex_heading() -> Heading:
    """The letterhead of the report's tables where they stand alone, as a workbook (one query)."""
    words, standing = TextTemplate.objects.wordings(texts.HEAD), texts.standing_values()
    attached_to = ATTACHED.format("Báo cáo", f"BC-{symbol(words, standing)}")
    return replace(letterhead_of(words, standing), attached_to=attached_to)


def letterhead_of(words: Wordings, standing: dict[str, str]) -> Heading:
    return Heading(words.fill(texts.GOVERNING, **standing).upper(), words.fill(texts.OFFICE_NAME, **standing).upper())


def symbol(words: Wordings, standing: dict[str, str]) -> str:
    return words.fill(texts.SYMBOL, **standing)


def office_of(words: Wordings, standing: dict[str, str], today: date) -> dict[str, Any]:
    """Letterhead, place and signer of a paper of ours; number and day are the clerk's."""
    return {
        "heading": letterhead_of(words, standing),
        "place": words.fill(texts.PLACE_NAME, **standing),
        "drafted_on": today,
        "signer": words.fill(texts.SIGNER).split("\n"),
        "signer_name": words.fill(texts.SIGNER_NAME),
    }


def parts_of(text: str) -> list[str | Title]:
    """Each line is a paragraph; one that begins with a Roman number is a heading. A heading without text goes."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    parts: list[str | Title] = [Title(line) if ROMAN_LINE.match(line) else line for line in lines]
    followed = [*parts[1:], Title("")]
    return [
        part
        for part, after in zip(parts, followed, strict=True)
        if not (isinstance(part, Title) and isinstance(after, Title))
    ]
