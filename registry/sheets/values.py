"""One raw cell → one clean value, or a ValueError with the sentence that says what to do about it."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.lib import phones
from portal.lib.documents.csv import restore_text
from portal.lib.text import clean_line, fold, is_plain_line
from registry.sheets import words
from registry.sheets.encodings import is_mojibake, is_old_font
from registry.sheets.grid import Cell, is_blank
from registry.sheets.schema import Column
from registry.sheets.sheet import Value

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST_DAY, LAST_DAY = date(1945, 9, 2), date(2100, 12, 31)
SERIAL_EPOCH = date(1899, 12, 30)
EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")
DAY_FIRST = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4}|\d{2})")
YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})")
DAY_IN_WORDS = re.compile(r"(?:ngay )?(\d{1,2}) thang (\d{1,2}) nam (\d{4})")
FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
MARKUP = re.compile(r"<\s*/?\s*[a-zA-Z!]|javascript:", re.IGNORECASE)
NOT_LATIN = re.compile(r"[\u0370-\u058f\u13a0-\u13ff\uab70-\uabbf]")
DIGITS_OF_A_PHONE = 7
ESCAPED_BREAK = re.compile(r"_x000[aAdD9]_")
NO_VALUE = {"-", "–", "—", "...", "…", "n/a", "không có", "chưa có"}
EXCEL_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")

OLD_FONT = "Chữ gõ bằng phông TCVN3 (.VnTime). Hãy chuyển sang Unicode rồi nhập lại."
BROKEN = "Chữ bị lỗi bảng mã (như “Sá»Ÿ”). Hãy gõ lại ô này."
FORMULA_TEXT = "Nội dung bắt đầu bằng ký tự của công thức (= + - @). Hãy gõ lại bằng chữ thường."
MARKUP_TEXT = "Nội dung chứa thẻ hoặc mã lệnh. Hãy gõ lại bằng chữ thường."
FOREIGN_LETTERS = "Có chữ cái lạ giống chữ Latinh (Hy Lạp, Kirin). Hãy gõ lại bằng bàn phím tiếng Việt."
EXCEL_ERROR = "Ô đang báo lỗi của Excel. Hãy sửa công thức hoặc gõ giá trị."
BAD_EMAIL = "Thư điện tử không đúng. Hãy ghi một địa chỉ dạng ten@tinh.gov.vn."
BAD_DAY = "Ngày không đúng. Hãy ghi dạng ngày/tháng/năm, ví dụ 05/10/2026."
PLAIN_TYPES = (str, int, float, bool)


def clean(column: Column, cell: Cell) -> tuple[Value, bool]:
    """The value to keep and whether it differs from what stood in the cell. ValueError = the cell is refused."""
    raw = _written(cell)
    if isinstance(raw, str):
        _check_written(raw)
    if isinstance(raw, str) and clean_line(raw).casefold() in NO_VALUE:
        value: Value = ""
    else:
        value = READERS[column.kind](column, raw)
    if column.is_required and not value:
        raise ValueError(_required(column))
    return value, _differs(column, cell, value)


def _required(column: Column) -> str:
    return f"Thiếu “{column.label}”. Hãy điền ô này."


def missing(column: Column) -> str:
    """The sentence for an empty cell of a required column, else ''."""
    return _required(column) if column.is_required else ""


def _written(cell: Cell) -> Cell:
    """Whole numbers come back as floats: 7.0 → "7". The apostrophe that protects a formula-like text is dropped."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, int | float):
        return cell
    if isinstance(cell, time | timedelta):
        return str(cell)
    return restore_text(cell) if isinstance(cell, str) else cell


def _check_written(raw: str) -> None:
    if raw.strip() in EXCEL_ERRORS:
        raise ValueError(EXCEL_ERROR)
    if is_plain_line(raw):
        return
    if is_mojibake(raw):
        raise ValueError(BROKEN)
    if is_old_font(raw):
        raise ValueError(OLD_FONT)


def _plain(raw: Cell) -> str:
    """A cell as one clean line."""
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, datetime | date):
        raw = f"{raw:%d/%m/%Y}"
    text = str(raw)
    return clean_line(ESCAPED_BREAK.sub(" ", text) if "_x000" in text else text)


def _text(column: Column, raw: Cell) -> str:
    text = _plain(raw)
    if len(text) > column.max_length:
        raise ValueError(f"Dài {len(text)} ký tự, tối đa {column.max_length}. Hãy viết ngắn lại.")
    if MARKUP.search(text):
        raise ValueError(MARKUP_TEXT)
    return text


def _name(column: Column, raw: Cell) -> str:
    """A name or code of an agency or a person: nothing that a spreadsheet would run, no look-alike letters."""
    text = _text(column, raw)
    if text.startswith(FORMULA_START):
        raise ValueError(FORMULA_TEXT)
    if NOT_LATIN.search(text):
        raise ValueError(FOREIGN_LETTERS)
    return text


def _person(column: Column, raw: Cell) -> str:
    text = _name(column, raw)
    if text and (not any(char.isalpha() for char in text) or sum(char.isdigit() for char in text) >= DIGITS_OF_A_PHONE):
        raise ValueError("Ô này phải là họ và tên một người. Hãy gõ lại.")
    return text


def _code(column: Column, raw: Cell) -> str:
    return _name(column, raw)


def _phone(column: Column, raw: Cell) -> str:
    """One number for one cell; digits that Excel turned into 9,01E+08 are gone for good."""
    text = _plain(raw)
    if not text:
        return ""
    if len(text) > 60:
        raise ValueError(phones.NOT_A_PHONE)
    first = phones.normalise_phone(text)
    others = [
        part for part in re.split(r"[;,/&\n]|\s[-–]\s|\bhoặc\b|\bvà\b", text) if sum(c.isdigit() for c in part) >= 9
    ]
    if len(others) > 1:
        raise ValueError("Ô có nhiều số điện thoại. Hãy ghi một số; số khác ghi ở dòng khác.")
    return first


def _email(column: Column, raw: Cell) -> str:
    """Any line break or second address is refused: it could add a recipient to every message we send."""
    text = unicodedata.normalize("NFKC", str(raw)).strip("\u200b\ufeff \t\r\n").removeprefix("mailto:")
    if not text:
        return ""
    if len(text) > 254 or not EMAIL.fullmatch(text) or ".." in text:
        raise ValueError(BAD_EMAIL)
    return text.lower()


def _url(column: Column, raw: Cell) -> str:
    text = "".join(char for char in str(raw).strip() if unicodedata.category(char) != "Cf")
    if any(ord(char) < 32 for char in text):
        raise ValueError("Đường link có dấu xuống dòng. Hãy dán lại đúng một đường link.")
    if len(text) > column.max_length:
        raise ValueError("Đường link quá dài. Hãy dán đường link của trang, không phải của một bài viết.")
    if re.match(r"(?:javascript|data|vbscript|file|blob|ftp):", text, re.IGNORECASE) or text.startswith(FORMULA_START):
        raise ValueError("Đây không phải đường link của một kênh. Hãy dán đường link bắt đầu bằng https://.")
    return text


def _day(column: Column, raw: Cell) -> Value:
    if isinstance(raw, str) and not raw.strip():
        return ""
    day = _as_day(raw)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"Ngày {day:%d/%m/%Y} không hợp lý. Hãy kiểm tra lại năm.")
    return day


def _as_day(raw: Cell) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, int | float):
        if not 1 <= raw < 80_000:
            raise ValueError(BAD_DAY)
        return SERIAL_EPOCH + timedelta(days=int(raw))
    return _written_day(str(raw))


def _written_day(raw: str) -> date:
    text = clean_line(unicodedata.normalize("NFKC", raw)).rstrip(".")
    text = re.sub(r"^ngày\s+(?=\d+\s*[/.-])", "", text, flags=re.IGNORECASE)
    try:
        if re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text):
            moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
            return (moment.astimezone(LOCAL) if moment.tzinfo else moment).date()
        text = re.sub(r"\s+\d{1,2}:\d\d(:\d\d)?$", "", text)
        if found := YEAR_FIRST.fullmatch(text):
            return date(*map(int, found.groups()))
        if found := DAY_FIRST.fullmatch(text) or DAY_IN_WORDS.fullmatch(fold(text)):
            day, month, year = map(int, found.groups())
            return date(year if year > 99 else 2000 + year, month, day)
    except (ValueError, OverflowError) as error:
        raise ValueError(BAD_DAY) from error
    raise ValueError(BAD_DAY)


def _one_of(vocabulary: dict[str, tuple[str, ...]], what: str):
    table = {fold(word): code for code, spellings in vocabulary.items() for word in (code, *spellings)}

    def read(column: Column, raw: Cell) -> str:
        text = _plain(raw)
        if not text:
            return ""
        if code := table.get(fold(text)):
            return code
        options = ", ".join(spellings[0] for spellings in vocabulary.values())
        raise ValueError(f"Không hiểu {what} “{text[:40]}”. Hãy ghi một trong: {options}.")

    return read


def _differs(column: Column, cell: Cell, value: Value) -> bool:
    """Words turned into codes and days typed as dd/mm/yyyy are not corrections; a cut, joined or changed text is."""
    if column.kind in ("number", "agency_kind", "channel_kind", "contact_role", "yes_no"):
        return isinstance(cell, str) and clean_line(cell) != cell
    if column.kind == "day":
        if isinstance(cell, str):
            return not re.fullmatch(r"\d{2}/\d{2}/\d{4}|\d{4}-\d{2}-\d{2}", cell) and bool(cell)
        return isinstance(cell, datetime) or isinstance(cell, int | float)
    if column.kind == "code" and isinstance(cell, int | float):
        return False
    return str(cell) != value


READERS = {
    "text": _text,
    "number": lambda column, raw: _plain(raw)[:20],
    "name": _name,
    "person": _person,
    "code": _code,
    "phone": _phone,
    "email": _email,
    "url": _url,
    "day": _day,
    "agency_kind": _one_of(words.AGENCY_KINDS, "loại cơ quan"),
    "channel_kind": _one_of(words.CHANNEL_KINDS, "loại kênh"),
    "contact_role": _one_of(words.CONTACT_ROLES, "vai trò"),
    "yes_no": _one_of(words.YES_NO, "câu trả lời có/không"),
}


def is_empty(cell: Cell) -> bool:
    return is_blank(cell)
