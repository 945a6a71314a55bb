"""Bytes of a CSV or of pasted text → Unicode. Knows the encodings that Vietnamese offices still send.

Sources: TCVN 5712:1993 (VN3, "ABC" fonts), VNI Windows, Windows-1258, UTF-16 of Excel's "Unicode Text".
"""

import re
from collections.abc import Callable, Iterator

from portal.lib.text import nfc
from registry.sheets.sheet import SheetRefused

BROKEN_TEXT = (
    "Tệp bị lỗi phông chữ (chữ hiện thành “Sá»Ÿ”, “Ä‘Æ¡n”). Hãy mở tệp gốc trong Excel và lưu lại dạng .xlsx "
    "hoặc CSV UTF-8."
)
UNKNOWN_ENCODING = "Không đọc được bảng mã chữ của tệp. Hãy lưu lại dạng .xlsx hoặc CSV UTF-8."

TCVN3_BYTES = (
    "A1Ă A2Â A3Ê A4Ô A5Ơ A6Ư A7Đ A8ă A9â AAê ABô ACơ ADư AEđ B5à B6ả B7ã B8á B9ạ BBằ BCẳ BDẵ BEắ C6ặ C7ầ C8ẩ C9ẫ CAấ "
    "CBậ CCè CEẻ CFẽ D0é D1ẹ D2ề D3ể D4ễ D5ế D6ệ D7ì D8ỉ DCĩ DDí DEị DFò E1ỏ E2õ E3ó E4ọ E5ồ E6ổ E7ỗ E8ố E9ộ EAờ EBở "
    "ECỡ EDớ EEợ EFù F1ủ F2ũ F3ú F4ụ F5ừ F6ử F7ữ F8ứ F9ự FAỳ FBỷ FCỹ FDý FEỵ"
)
TCVN3 = {int(pair[:2], 16): pair[2:] for pair in TCVN3_BYTES.split()}

# VNI writes a vowel, then its marks as a second letter. Base vowels with the marks that may follow.
VNI_MARKS = {
    "a": "ùá øà ûả õã ïạ ââ áấ àầ åẩ ãẫ äậ êă éắ èằ úẳ üẵ ëặ",
    "e": "ùé øè ûẻ õẽ ïẹ âê áế àề åể ãễ äệ",
    "o": "ùó øò ûỏ õõ ïọ âô áố àồ åổ ãỗ äộ",
    "u": "ùú øù ûủ õũ ïụ",
    "y": "ùý øỳ ûỷ õỹ",
    "ô": "ùớ øờ ûở õỡ ïợ",
    "ö": "ùứ øừ ûử õữ ïự",
}
VNI_SINGLES = {"ñ": "đ", "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}

# UTF-8 bytes read as Latin-1 or Windows-1252, as "Sá»Ÿ Ná»™i vá»¥" or "Ä‘Æ¡n vá»‹".
MOJIBAKE = re.compile("á[»º][\\x80-\\xbf\\u0150-\\u2122\\u02c6\\u02dc]?|Æ[°¡]|Ä[\\x80-\\x9f‘ƒ\\u2018]|Ã[\\x80-\\xbf ]")
TCVN3_TRACES = re.compile("[A-Za-z][¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÑÖ×ØÞß÷þ]|[¨©ª«¬®µ¶·¸¹»¼½¾ÆÇËÏÑÖ×ØÞßäåæçëîïñöø÷þ][a-z]")
LATIN_OF_VIETNAMESE = set("àáâãèéêìíòóôõùúýÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ")

Decoder = Callable[[bytes], str]


def readings(content: bytes) -> Iterator[tuple[str, bool]]:
    """Every plausible reading of the bytes, likeliest first: (text, True when it is not plain UTF-8).

    The caller keeps the first one in which it recognises headings. Raises SheetRefused when nothing can be read.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield _strictly(content, "utf-16"), True
        return
    if wide := _wide_without_mark(content):
        yield wide, True
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield from _legacy_readings(content)
        return
    if MOJIBAKE.search(text[:4000]) and (repaired := repair_mojibake(text)):
        yield repaired, True
    else:
        yield text, False


def repair_mojibake(text: str) -> str:
    """Undo one round of UTF-8 read as Latin-1 or Windows-1252; "" when that doesn't give clean text."""
    try:
        raw = b"".join(_western_byte(char) for char in text)
        repaired = raw.decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return ""
    return "" if MOJIBAKE.search(repaired) else nfc(repaired)


def is_mojibake(text: str) -> bool:
    return bool(MOJIBAKE.search(text)) and bool(repair_mojibake(text))


def is_old_font(text: str) -> bool:
    """Text typed with a TCVN3 ("ABC", .VnTime) font: Latin-1 signs where Vietnamese letters should be."""
    if any(ord(char) > 0xFF for char in text) or not TCVN3_TRACES.search(text):
        return False
    return any(char not in LATIN_OF_VIETNAMESE for char in text if ord(char) > 0x7F)


def from_tcvn3(content: bytes) -> str:
    return "".join(TCVN3.get(byte, chr(byte)) for byte in content)


def from_vni(content: bytes) -> str:
    """Longest match first: a vowel with its mark, then single letters; capitals keep their case."""
    text = content.decode("cp1252", errors="replace")
    return VNI_PATTERN.sub(lambda found: VNI[found.group()], text)


def _vni_table() -> dict[str, str]:
    table = {base + pair[0]: pair[1] for base, pairs in VNI_MARKS.items() for pair in pairs.split()} | VNI_SINGLES
    mixed = {key[0].upper() + key[1:]: value.upper() for key, value in table.items()}
    return {key.upper(): value.upper() for key, value in table.items()} | mixed | table


VNI = _vni_table()
VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))


def _legacy_readings(content: bytes) -> Iterator[tuple[str, bool]]:
    decoders: list[Decoder] = [lambda raw: nfc(raw.decode("cp1258")), from_tcvn3, from_vni]
    for decode in decoders:
        try:
            yield decode(content), True
        except UnicodeDecodeError:
            continue


def _wide_without_mark(content: bytes) -> str:
    """UTF-16 without a byte order mark shows as a zero in every second byte of the separators."""
    head = content[:2000]
    if len(content) % 2 or head.count(0) < len(head) // 5:
        return ""
    odd, even = head[1::2].count(0), head[0::2].count(0)
    try:
        return content.decode("utf-16-le" if odd > even else "utf-16-be")
    except UnicodeDecodeError:
        return ""


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise SheetRefused(UNKNOWN_ENCODING) from error


def _western_byte(char: str) -> bytes:
    return char.encode("latin-1") if ord(char) < 0x100 else char.encode("cp1252")
