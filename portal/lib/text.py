"""Vietnamese text: one spelling for storing, one form for searching, one key for sorting.

Keys are plain ASCII, so SQLite and every PostgreSQL collation order them the same way.
"""

import re
import string
import unicodedata
from functools import lru_cache

# The dictionary order of tones: a à ả ã á ạ.
TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
LETTER_CODES = {letter: letter + "0" for letter in string.ascii_lowercase} | {
    **{"ă": "a1", "â": "a2", "đ": "d1", "ê": "e1"},
    **{"ô": "o1", "ơ": "o2", "ư": "u1"},
}
END_OF_LETTERS = "00"
WORD_GAP = "01"
OTHER_LETTER = "z9"
KEY_LETTERS = 80
GIVEN_NAME_LETTERS = 20
OTHER_NAME_LETTERS = 55
LONGEST_QUERY = 300
PLAIN_SIGNS = str.maketrans({"đ": "d", "Đ": "D", "–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "·": "-"})
WORDS = re.compile(r"[^\W_]+")
VIETNAMESE = "àáâãèéêìíòóôõùúýăđĩũơư" + "".join(map(chr, range(0x1EA1, 0x1EFA, 2)))
VIETNAMESE += VIETNAMESE.upper()
# What nearly every text is: printable ASCII and Vietnamese letters, words one space apart. It is its own clean line.
PLAIN_LINE = re.compile(f"[!-~{VIETNAMESE}]+(?: [!-~{VIETNAMESE}]+)*")


def nfc(text: str) -> str:
    """The composed form in which everything is stored and compared."""
    return unicodedata.normalize("NFC", text)


def is_plain_line(text: str) -> bool:
    """Only ASCII and Vietnamese letters, composed, one space between words: nothing to clean. Quick."""
    return PLAIN_LINE.fullmatch(text) is not None


def clean_line(text: str) -> str:
    """One line as a person meant it: NFC, no zero-width, bidi or control characters, spaces folded."""
    if is_plain_line(text):
        return text
    kept = (" " if char.isspace() else char for char in nfc(text))
    return " ".join("".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs")).split())


def person_name(text: str) -> str:
    """A person's name with its capitals: "nguyễn văn đức" → "Nguyễn Văn Đức", "h'bia niê-kđăm" → "H'Bia Niê-Kđăm".

    A name with both large and small letters was written with care and stays; "NGUYỄN VĂN A" is lowered first.
    """
    name = clean_line(text)
    shouted = name.isupper() and " " in name
    if not (name.islower() or shouted):
        return name
    parts = re.split(r"([\s\-'’.]+)", name.lower())
    return "".join(part[:1].upper() + part[1:] for part in parts)


def fold(text: str) -> str:
    """The search form: "Sở Y tế" and "so y te" fold to the same text, "hoà" and "hòa" too."""
    if is_plain_line(text):
        return text.translate(PLAIN_FOLDS)
    return _folded(text)


def _folded(text: str) -> str:
    lowered = clean_line(text).casefold().replace("đ", "d").replace("’", "'").replace("‘", "'")
    plain = "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))
    return " ".join(plain.split())


PLAIN_FOLDS = {ord(letter): _folded(letter) for letter in VIETNAMESE + string.ascii_uppercase}


def unaccented(text: str) -> str:
    """One line in plain ASCII as text messages need it, capitals kept: "Sở Y tế – hạn" → "So Y te - han"."""
    plain = unicodedata.normalize("NFKD", clean_line(text).translate(PLAIN_SIGNS))
    return "".join(c if c.isascii() else "?" for c in plain if not unicodedata.combining(c))


def fold_query(text: str) -> str:
    """`fold` of what came in through a search box: no name is longer than `LONGEST_QUERY` characters."""
    return fold(text[:LONGEST_QUERY])


def sort_key(text: str) -> str:
    """Vietnamese dictionary order (a ă â b c d đ …, then tones) as ASCII; at most 242 characters."""
    return _key(text, KEY_LETTERS)


def person_sort_key(name: str) -> str:
    """People are listed by given name, tone included, then by the rest; at most 229 characters."""
    *others, given = clean_line(name).split() or [""]
    return _key(given, GIVEN_NAME_LETTERS) + _key(" ".join(others), OTHER_NAME_LETTERS)


def slugify_vi(text: str) -> str:
    """Address form: "Sở Y tế" → "so-y-te"; empty when nothing of the text is a Latin letter or a digit."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text).replace("'", "")).strip("-")


def _key(text: str, limit: int) -> str:
    """Two characters for each letter, an end mark, then one tone digit for each letter."""
    words = [_word(word) for word in WORDS.findall(nfc(clean_line(text)).casefold())]
    codes, tones = WORD_GAP.join(codes for codes, _ in words), "0".join(tones for _, tones in words)
    return codes[: 2 * limit] + END_OF_LETTERS + tones[:limit]


@lru_cache(maxsize=4_000)
def _word(word: str) -> tuple[str, str]:
    """Codes and tones of one word; syllables come again and again."""
    pairs = [_letter(char) for char in word]
    return "".join(code for code, _ in pairs), "".join(tone for _, tone in pairs)


def _letter(char: str) -> tuple[str, str]:
    marks = unicodedata.normalize("NFD", char)
    tone = next((TONES[mark] for mark in marks if mark in TONES), "0")
    letter = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONES))
    if letter in LETTER_CODES:
        return LETTER_CODES[letter], tone
    plain = unicodedata.normalize("NFKD", letter)[0]
    if plain.isascii() and plain.isdigit():
        return "1" + plain, tone
    return LETTER_CODES.get(plain, OTHER_LETTER), tone
