"""Vietnamese phone numbers as people write them: any spelling in, ten or eleven national digits out.

Mobile prefixes are those after 15/9/2018; the old eleven-digit ones are moved to their new prefix.
"""

import re
import unicodedata

OLD_MOBILE = {
    **{"0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078"},
    **{"0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082"},
    **{f"016{n}": f"03{n}" for n in range(2, 10)},
    **{"0186": "056", "0188": "058", "0199": "059"},
}
MOBILE = re.compile(r"0(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}")
LANDLINE = re.compile(r"02\d{9}")
SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?\s*[eE]\s*\+?\s*\d")
RUN_OF_DIGITS = re.compile(r"\+?\(?\d[\d\s().\-\u2010-\u2015]*\d")

NOT_A_PHONE = "Số điện thoại không đúng. Hãy nhập đủ 10 số di động, ví dụ 0912 345 678, hoặc số máy bàn có mã vùng."
LOST_DIGITS = (
    "Số điện thoại đã bị Excel đổi thành dạng khoa học và mất chữ số. Hãy định dạng ô là văn bản rồi nhập lại."
)


def normalise_phone(text: str) -> str:
    """National digits of the first number in the text; ValueError with a Vietnamese sentence when there is none."""
    plain = unicodedata.normalize("NFKC", str(text)).strip()
    plain = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    if SCIENTIFIC.search(plain):
        raise ValueError(LOST_DIGITS)
    plain = re.sub(r"^(\d+)\.0$", r"\1", plain)
    for run in RUN_OF_DIGITS.findall(plain):
        for candidate in (run, *re.split(r"\s+[-\u2010-\u2015]\s+", run), *run.split()):
            if national := _national(candidate):
                return national
    raise ValueError(NOT_A_PHONE)


def format_phone(digits: str) -> str:
    """0912345678 → "0912 345 678"; a landline as "0205 3812 345"."""
    if len(digits) == 11 and digits.startswith(("024", "028")):
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    if len(digits) == 11:
        return f"{digits[:4]} {digits[4:8]} {digits[8:]}"
    return f"{digits[:4]} {digits[4:7]} {digits[7:]}".strip()


def mask_phone(digits: str) -> str:
    """First four and last three digits, for lists; a number too short to hide stays hidden whole."""
    return f"{digits[:4]}•••{digits[-3:]}" if len(digits) >= 10 else "•••" if digits else ""


def zalo_phone(digits: str) -> str:
    """The form Zalo's API takes: 84912345678."""
    return "84" + digits.removeprefix("0")


def _national(candidate: str) -> str:
    """Ten or eleven digits that can ring today, or "" when the candidate is not a number of Viet Nam."""
    digits = re.sub(r"\D", "", candidate)
    if digits.startswith("0084"):
        digits = "0" + digits[4:].removeprefix("0")
    elif digits.startswith("84") and len(digits) >= 11:
        digits = "0" + digits[2:].removeprefix("0")
    elif candidate.lstrip("( ").startswith("+"):
        return ""
    elif not digits.startswith("0") and len(digits) in (9, 10):
        digits = "0" + digits
    if len(digits) == 11 and digits[:4] in OLD_MOBILE:
        digits = OLD_MOBILE[digits[:4]] + digits[4:]
    return digits if MOBILE.fullmatch(digits) or LANDLINE.fullmatch(digits) else ""
