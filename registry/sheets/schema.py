"""The columns that each kind of sheet may have: key, label on screen, other headings that people write, what a cell holds."""

from dataclasses import dataclass
from functools import cache

from portal.lib.text import fold


@dataclass(frozen=True)
class Column:
    """`kind` names the reader in `values.py`; `aliases` are other spellings of the heading,
    compared without accents."""

    key: str
    label: str
    kind: str = "text"
    is_required: bool = False
    aliases: tuple[str, ...] = ()
    max_length: int = 200

    def headings(self) -> set[str]:
        return {heading_form(text) for text in (self.label, self.key, *self.aliases)}


def heading_form(text: str) -> str:
    """A heading without accents, case, note in brackets, asterisk or punctuation: "Số ĐT (*)" → "so dt"."""
    folded = fold(text).replace("_", " ")
    for left, right in (("(", ")"), ("[", "]")):
        while left in folded and right in folded.split(left, 1)[1]:
            before, rest = folded.split(left, 1)
            folded = before + " " + rest.split(right, 1)[1]
    kept = "".join(char if char.isalnum() else " " for char in folded)
    return " ".join(kept.split())


AGENCY_NAMES = (
    "Tên cơ quan", "Cơ quan", "Đơn vị", "Cơ quan, đơn vị", "Tên cơ quan, đơn vị", "Tên cơ quan/đơn vị",
    "Cơ quan công tác",
    "Đơn vị công tác", "Tên cơ quan, đơn vị, địa phương", "Cơ quan, đơn vị, địa phương", "Tên cơ quan, địa phương",
    "Tên đơn vị/địa phương", "Địa phương", "Cơ quan chủ quản", "agency",
)  # fmt: skip
AGENCY_CODES = ("Mã cơ quan", "Mã", "Mã định danh", "Mã cơ quan, đơn vị", "Mã ĐV", "code", "agency code")
PERSON_NAMES = (
    "Họ và tên", "Họ tên", "Họ tên đầu mối", "Tên đầu mối", "Đầu mối", "Người phụ trách", "Cán bộ đầu mối", "Họ, tên",
    "Họ và tên cán bộ", "Họ tên cán bộ", "Họ tên cán bộ đầu mối", "Họ và tên cán bộ đầu mối", "Họ & tên",
    "Họ và tên người quản trị", "Người quản trị", "Người phát ngôn", "full name",
)  # fmt: skip
POSITIONS = ("Chức danh", "Chức vụ, đơn vị công tác", "Chức vụ/Chức danh", "Vị trí công tác", "position")
PHONES = (
    "Điện thoại", "SĐT", "Số ĐT", "ĐT", "Di động", "Số di động", "ĐTDĐ", "Số ĐTDĐ", "SĐT di động",
    "Điện thoại di động", "Điện thoại liên hệ",
    "Số điện thoại liên hệ", "Số điện thoại di động", "SĐT liên hệ", "Số Zalo", "phone",
)  # fmt: skip
EMAILS = ("E-mail", "Mail", "Thư điện tử", "Địa chỉ email", "Thư điện tử công vụ", "Email công vụ", "Hộp thư điện tử")
CHANNEL_KINDS = ("Kênh", "Nền tảng", "Loại hình", "Loại hình kênh", "Mạng xã hội", "Loại", "kind")
ADDRESSES = (
    "Link", "URL", "Địa chỉ", "Đường link", "Link kênh", "Địa chỉ kênh", "Đường dẫn kênh", "Địa chỉ truy cập",
    "Đường dẫn (link)", "Địa chỉ trang", "Link trang", "Địa chỉ URL",
)  # fmt: skip
DAYS = ("Ngày", "Từ ngày", "Ngày bắt đầu", "Ngày đăng ký", "Ngày áp dụng", "Hiệu lực từ ngày", "Có hiệu lực từ")
NUMBERS = ("TT", "Số thứ tự", "Số TT", "No", "#")

NUMBER = Column("stt", "STT", "number", aliases=NUMBERS)


def agency_columns() -> list[Column]:
    return [
        Column("ma_don_vi", "Mã đơn vị", "code", aliases=AGENCY_CODES, max_length=35),
        Column("ten_don_vi", "Tên đơn vị", "name", True, AGENCY_NAMES),
    ]


def person_columns(*, email_required: bool) -> list[Column]:
    return [
        Column("ho_ten", "Họ và tên đầu mối", "person", True, PERSON_NAMES, 120),
        Column("chuc_vu", "Chức vụ", "text", aliases=POSITIONS, max_length=120),
        Column("dien_thoai", "Số điện thoại", "phone", email_required, PHONES),
        Column("email", "Email", "email", email_required, EMAILS),
    ]


KINDS: dict[str, tuple[Column, ...]] = {
    "registrations": (
        NUMBER,
        *agency_columns(),
        *person_columns(email_required=True),
        Column("loai_kenh", "Loại kênh", "channel_kind", True, CHANNEL_KINDS),
        Column("duong_dan", "Đường dẫn", "url", True, ADDRESSES, 500),
        Column("ngay", "Ngày hiệu lực", "day", True, DAYS),
    ),
    "agencies": (
        NUMBER,
        Column("ma_don_vi", "Mã đơn vị", "code", aliases=(*AGENCY_CODES, "Mã viết tắt"), max_length=35),
        Column("ten_don_vi", "Tên đơn vị", "name", True, (*AGENCY_NAMES, "Tên", "name")),
        Column("ten_viet_tat", "Tên viết tắt", "text", aliases=("Viết tắt", "Tên tắt", "short", "short name"), max_length=60),
        Column("loai", "Loại", "agency_kind", aliases=("Loại cơ quan", "Loại đơn vị", "Khối", "Nhóm", "type", "kind")),
        Column("ma_gso", "Mã đơn vị hành chính", "code", aliases=("Mã GSO", "Mã ĐVHC", "gso_code", "Mã TCTK"), max_length=10),
        Column("cap_tren", "Cơ quan cấp trên", "name", aliases=("Cấp trên", "Trực thuộc", "Đơn vị cấp trên", "parent")),
        Column("tu_ngay", "Hoạt động từ ngày", "day", aliases=("Ngày thành lập", "Thành lập ngày", "founded_on")),
    ),
    "contacts": (
        NUMBER,
        *agency_columns(),
        *person_columns(email_required=False),
        Column("vai_tro", "Vai trò", "contact_role", aliases=("Nhiệm vụ", "Phụ trách", "Lĩnh vực", "role")),
        Column("thay_the", "Là người thay thế", "yes_no", aliases=("Dự phòng", "Thay thế", "is_deputy")),
    ),
    "channels": (
        NUMBER,
        *agency_columns(),
        Column("loai_kenh", "Loại kênh", "channel_kind", True, CHANNEL_KINDS),
        Column("ten_kenh", "Tên kênh", "text", aliases=("Tên trang", "Tên fanpage", "Tên", "name")),
        Column("duong_dan", "Đường dẫn", "url", aliases=ADDRESSES, max_length=500),
        Column("gioi_thieu", "Giới thiệu", "text", aliases=("Mô tả", "description"), max_length=300),
        Column("so_quyet_dinh", "Số quyết định", "text", aliases=("Quyết định số", "Số QĐ"), max_length=60),
        Column("ngay_quyet_dinh", "Ngày quyết định", "day", aliases=("Ngày QĐ",)),
    ),
}  # fmt: skip

KIND_LABELS = {
    "registrations": "Đăng ký đầu mối và kênh",
    "agencies": "Cơ quan, đơn vị",
    "contacts": "Đầu mối",
    "channels": "Kênh",
}


QUALIFIERS = {
    "lien he",
    "lien lac",
    "cong vu",
    "truy cap",
    "zalo",
    "ca nhan",
    "neu co",
    "chinh thuc",
    "hien nay",
    "bat buoc",
}


def bare_heading(form: str) -> str:
    """A heading form without the words that only qualify it: "dt lien he" → "dt"."""
    padded = f" {form} "
    for words in QUALIFIERS:
        padded = padded.replace(f" {words} ", " ")
    return padded.strip()


def columns_of(kind: str) -> tuple[Column, ...]:
    return KINDS[kind]


@cache
def headings_of(kind: str) -> dict[str, Column]:
    """Heading form → column. A label wins over another column's alias."""
    columns = KINDS[kind]
    aliases = {form: column for column in reversed(columns) for form in column.headings()}
    return aliases | {heading_form(column.label): column for column in columns}
