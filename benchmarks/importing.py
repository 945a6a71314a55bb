"""Importing 10,000 good rows of each kind against its floor, in turns.

Floor: python-calamine reads the same file to Python values; then the very rows that the import leaves (the record, its
history, keys, dated names, accounts) go in as ready-made tuples in one transaction: raw `executemany` on SQLite,
`INSERT … VALUES` of 500 rows at a time on PostgreSQL (what psycopg2's `execute_values` does).
Subject: `read_sheet` + `plan_import` + `Plan.run`: headings, cells, addresses, look-ups, comparing, all checks, history.
"""

import gc
import io
import resource
import statistics
import time
from datetime import date

import xlsxwriter
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from registry.importing import plan_import
from registry.models import Agency, AgencyName, Channel, ChannelKey, ContactPoint, Role, User
from registry.sheets import read_sheet

ROWS, AGENCIES, ROUNDS, PAGE, TARGET = 10_000, 2_500, 3, 500, 3.0
HEADINGS = {
    "agencies": ("STT", "Mã đơn vị", "Tên đơn vị", "Tên viết tắt", "Loại", "Hoạt động từ ngày"),
    "channels": ("STT", "Mã đơn vị", "Tên đơn vị", "Loại kênh", "Tên kênh", "Đường dẫn", "Giới thiệu", "Số quyết định"),
    "contacts": ("STT", "Mã đơn vị", "Tên đơn vị", "Họ và tên đầu mối", "Chức vụ", "Số điện thoại", "Email", "Vai trò"),
    "registrations": (
        "STT", "Mã đơn vị", "Tên đơn vị", "Họ và tên đầu mối", "Chức vụ", "Số điện thoại", "Email", "Loại kênh",
        "Đường dẫn", "Ngày hiệu lực",
    ),
}  # fmt: skip
PEOPLE = (ContactPoint, ContactPoint.history.model, User)
CHANNELS = (Channel, Channel.history.model, ChannelKey)
WRITTEN: dict[str, tuple[type[models.Model], ...]] = {
    "agencies": (Agency, Agency.history.model, AgencyName),
    "channels": CHANNELS,
    "contacts": PEOPLE,
    "registrations": PEOPLE + CHANNELS,
}
SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ")
MIDDLES = ("Thị", "Văn", "Hữu", "Đức", "Minh", "Thanh", "Quốc", "Ngọc", "Xuân", "Hải")
GIVEN = ("Thử", "Mẫu", "Ví", "Dụ", "Ướm", "Phỏng", "Giả", "Định", "Hình", "Dung", "Tạm", "Đặt")


def rows():
    """One row for each kind of sheet; seconds of the import and of its floor, medians of alternating rounds."""
    actor = User.objects.create(
        username="bench", role=Role.ADMINISTRATOR, full_name="Người đo", email="do@tinh.example"
    )
    for agency in range(AGENCIES):
        Agency.objects.create(name=f"UBND xã Đo Thử {agency}", kind="xa", code=f"X{agency}", slug=f"xa-{agency}")
    for kind in HEADINGS:
        yield measured(kind, actor)


def measured(kind: str, actor) -> dict:
    content = workbook(kind, ROWS)
    marks = {model: model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0 for model in WRITTEN[kind]}
    with CaptureQueriesContext(connection) as queries:
        bring_in(kind, content, actor)
    ready = [(statement(model), tuples_of(model, mark)) for model, mark in marks.items()]
    clear(marks)
    taken: dict[str, list[float]] = {"floor": [], "subject": []}
    for _ in range(ROUNDS):
        taken["floor"].append(timed(put_in, content, ready))
        clear(marks)
        taken["subject"].append(timed(bring_in, kind, content, actor))
        clear(marks)
    floor, subject = (statistics.median(taken[side]) for side in ("floor", "subject"))
    return {
        "name": f"nhập {ROWS} dòng {kind}", "value": round(subject, 2), "floor": round(floor, 2),
        "ratio": round(subject / floor, 2), "target": TARGET, "unit": "s", "queries": len(queries),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def timed(act, *arguments) -> float:
    gc.collect()
    start = time.perf_counter()
    act(*arguments)
    return time.perf_counter() - start


def bring_in(kind: str, content: bytes, actor) -> None:
    """What the page and the command do."""
    plan = plan_import(read_sheet(content, kind=kind, name="bang.xlsx"))
    if plan.outcome != "accept" or not plan.is_runnable:
        raise SystemExit(f"{kind}: {plan.outcome} {plan.sheet.errors} {plan.sheet.warnings[:3]}")
    plan.run(actor)


def put_in(content: bytes, ready) -> None:
    """The floor: read the values, insert the rows."""
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    with transaction.atomic(), connection.cursor() as cursor:
        for (into, one), tuples in ready:
            if connection.vendor != "postgresql":
                cursor.executemany(into + one, tuples)
                continue
            for start in range(0, len(tuples), PAGE):
                page = tuples[start : start + PAGE]
                cursor.execute(into + ", ".join([one] * len(page)), [value for row in page for value in row])


def statement(model) -> tuple[str, str]:
    """INSERT up to VALUES, and the places of one row."""
    columns = [field.column for field in model._meta.concrete_fields]
    names = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ', f"({', '.join(['%s'] * len(columns))})"  # noqa: S608 - names of our own tables


def tuples_of(model, mark: int) -> list[tuple]:
    """The rows after the mark as the driver takes them."""
    fields = model._meta.concrete_fields
    return [
        tuple(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields)
        for row in model.objects.filter(pk__gt=mark).order_by("pk")
    ]


def clear(marks) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for model in reversed(list(marks)):
            table, key = model._meta.db_table, model._meta.pk.column
            if model in (Channel, Agency):
                continue
            cursor.execute(f'DELETE FROM "{table}" WHERE "{key}" > %s', [marks[model]])  # noqa: S608 - names of our own tables
        for model in marks:
            cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE "{model._meta.pk.column}" > %s', [marks[model]])  # noqa: S608 - names of our own tables


def workbook(kind: str, count: int) -> bytes:
    """A sheet like those that offices send: titles in the first row, text cells, one date."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_urls": False})
    page, days = book.add_worksheet("Danh sách"), book.add_format({"num_format": "dd/mm/yyyy"})
    page.write_row(0, 0, HEADINGS[kind])
    for number in range(1, count + 1):
        for index, value in enumerate(line(kind, number)):
            if isinstance(value, date):
                page.write_datetime(number, index, value, days)
            else:
                page.write(number, index, value)
    book.close()
    return stream.getvalue()


def line(kind: str, number: int) -> tuple:
    home = (number, f"X{number % AGENCIES}", f"UBND xã Đo Thử {number % AGENCIES}")
    name = (
        f"{SURNAMES[number % 10]} {MIDDLES[number // 10 % 10]} {GIVEN[number // 100 % 12]} {GIVEN[number // 1200 % 12]}"
    )
    person = (name, "Chuyên viên", f"09{number:08d}", f"nguoi{number}@xa{number % AGENCIES}.example")
    page = f"https://www.facebook.com/xadothu{number}"
    match kind:
        case "agencies":
            return (
                number,
                f"M{number}",
                f"Trung tâm Phục vụ Đo Thử số {number}",
                f"TT{number}",
                "Khác",
                date(2025, 7, 1),
            )
        case "channels":
            return *home, "Facebook", f"Trang xã Đo Thử {number}", page, "Tin chính thống của xã", f"{number}/QĐ-UBND"
        case "contacts":
            return *home, *person, "Truyền thông chính sách"
    return *home, *person, "Facebook", page, date(2026, 11, 1)
