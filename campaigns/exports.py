"""The month's report as Tables: the same columns and the same values for the screen, XLSX, CSV and JSON."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from campaigns import figures
from campaigns.figures import Figures
from campaigns.models import MonthClosing
from campaigns.models.obligation import ObligationQuerySet
from portal.lib.documents.table import NOTHING, Column, Heading, Table
from portal.lib.periods import month_label
from portal.lib.wording import moment_words, month_words

MEASURES = (
    Column("expected", "Phải nộp", "integer", 9),
    Column("submitted", "Đã nộp", "integer", 8),
    Column("on_time", "Đúng hạn", "integer", 9),
    Column("late", "Trễ", "integer", 8),
    Column("pending", "Chờ duyệt", "integer", 8),
    Column("nothing", "Không phát sinh", "integer", 10),
    Column("missing", "Chưa nộp", "integer", 8),
    Column("not_due", "Trong đó chưa đến hạn", "integer", 11),
    Column("exempt", "Được miễn", "integer", 8),
    Column("rate", "Tỷ lệ hoàn thành", "percent", 11),
    Column("on_time_rate", "Tỷ lệ đúng hạn", "percent", 10),
    Column("accepted", "Sản phẩm được duyệt", "integer", 11),
    Column("extra", "Vượt", "integer", 7),
    Column("agency_days", "Số ngày đơn vị làm", "decimal", 10),
    Column("province_days", "Số ngày tỉnh duyệt", "decimal", 10),
)
NOTES = (
    "Tỷ lệ tính trên số việc phải nộp, không kể được miễn. Sản phẩm vượt số lượng ghi riêng, không làm tăng tỷ lệ.",
    "Ngày tính là ngày nộp của bản được duyệt: chờ duyệt ở tỉnh không làm đơn vị bị trễ.",
)


@dataclass(frozen=True)
class MonthReport:
    """What one month's report says: the whole, by kind of agency, by requirement, and agency by agency.

    `closing`: the month is closed, and these are its frozen figures; None = the figures of today.
    `parents`: by the agency above, when somebody asked for that grouping.
    """

    month: date
    total: Figures
    kinds: list[Figures]
    requirements: list[Figures]
    agencies: figures.FiguresPage
    closing: MonthClosing | None = None
    parents: list[Figures] | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing was asked of anybody: there is nothing to report, and no rate."""
        return not self.total.expected and not self.total.exempt

    @property
    def notes(self) -> tuple[str, ...]:
        """How the figures are counted, and of which moment they are when the month is closed."""
        if self.closing is None:
            return NOTES
        moment = moment_words(self.closing.closed_at)
        return (f"Số liệu đã chốt lúc {moment}, mã kiểm tra {self.closing.checksum[:12]}.", *NOTES)


def month_report(rows: ObligationQuerySet, month: date, today: date, *, by_parent: bool = False) -> MonthReport:
    """The figures of the quota duties of one month among the rows: as they were closed, else as they are today.

    Agencies are read when somebody looks at them. by_parent: also by the agency above (one more query).
    """
    quota = rows.quota().for_month(month)
    closing = MonthClosing.objects.live().filter(month=month).select_related("closed_by").first()
    parts = (figures.closed_part(quota).filter(closing=closing) if closing else figures.open_part(quota),)
    agencies = figures.by_agency(parts, today, with_above=by_parent)
    above = figures.by_parent(parts, today) if by_parent else None
    return MonthReport(month, *figures.summary(parts, today), agencies, closing, above)


def kinds_table(report: MonthReport) -> Table:
    """One row for each kind of agency, with the total."""
    return _table(report, (Column("label", "Khối cơ quan", width=38),), report.kinds, sheet="Theo khối")


def parents_table(report: MonthReport) -> Table:
    """One row for each agency above others, with the total, in a report that was asked for by the agency above."""
    return _table(report, (Column("label", "Cơ quan cấp trên", width=44),), report.parents or [], sheet="Theo cấp trên")


def group_table(report: MonthReport) -> Table:
    """By the agency above when the report was asked for that way, else by kind."""
    return kinds_table(report) if report.parents is None else parents_table(report)


def requirements_table(report: MonthReport) -> Table:
    """One row for each requirement, with the total."""
    return _table(report, (Column("label", "Yêu cầu", width=44),), report.requirements, sheet="Theo yêu cầu")


def monthly_report_table(report: MonthReport, lines: Iterable[Figures] | None = None) -> Table:
    """One row for each agency (or only for the given lines), with the total of all."""
    kind, above = Column("kind_label", "Khối", width=24), Column("above", "Cơ quan cấp trên", width=30)
    leading = (Column("label", "Đơn vị", width=44), kind if report.parents is None else above)
    return _table(report, leading, report.agencies if lines is None else lines, sheet="Theo đơn vị")


def report_tables(report: MonthReport, lines: Iterable[Figures] | None = None) -> list[Table]:
    """All tables of a report, what was asked for first; `lines`: its agencies when they were read already."""
    above = [] if report.parents is None else [parents_table(report)]
    return [*above, kinds_table(report), requirements_table(report), monthly_report_table(report, lines)]


def file_name(month: date, extension: str, *, by_parent: bool = False) -> str:
    return f"bao-cao-san-pham-{month_label(month)}{'-theo-cap-tren' if by_parent else ''}.{extension}"


def json_document(report: MonthReport) -> dict[str, Any]:
    """The report for other programs: shares between 0 and 1, null where nothing was expected."""
    above = {} if report.parents is None else {"parents": [_plain(line) for line in report.parents]}
    return {
        "month": month_label(report.month),
        "closed": report.closing
        and {"at": timezone.localtime(report.closing.closed_at).isoformat(), "checksum": report.closing.checksum},
        "total": _plain(report.total),
        **above,
        "kinds": [_plain(line) | {"kind": line.kind} for line in report.kinds],
        "requirements": [_plain(line) for line in report.requirements],
        "agencies": [
            _plain(line) | {"agency": line.agency, "kind": line.kind} | ({"above": line.above} if above else {})
            for line in report.agencies
        ],
    }


def _table(report: MonthReport, leading: tuple[Column, ...], lines: Iterable[Figures], sheet: str) -> Table:
    measures = tuple(replace(column, total=_cell(report.total, column)) for column in MEASURES)
    columns = leading + measures
    return Table(
        title=f"Kết quả sản phẩm truyền thông {month_words(report.month)}",
        subtitle=settings.PROVINCE_NAME,
        columns=columns,
        rows=([_cell(line, column) for column in columns] for line in lines),
        heading=Heading(
            f"UBND {settings.PROVINCE_NAME}".upper(),
            settings.PROVINCE_OFFICE.upper(),
            "(Kèm theo Báo cáo số        /BC-        ngày     tháng     năm        )",
        ),
        notes=report.notes,
        sheet=sheet,
    )


def _cell(line: Figures, column: Column) -> Any:
    value = getattr(line, column.key)
    return NOTHING if value is None else value


def _plain(line: Figures) -> dict[str, Any]:
    return {"label": line.label} | {column.key: getattr(line, column.key) for column in MEASURES}
