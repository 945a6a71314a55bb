"""Look-alikes: letters of other scripts, small typing differences, a known name inside another one.

Confusable letters: a hand-made extract of Unicode TS 39, the letters seen in fake page names and hosts.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from registry.addresses import platforms

CONFUSABLE_PAIRS = (
    "аa вb сc ԁd еe ёe ґr гr іi їi јj кk ӏl мm нh оo рp ѕs тt уy ѵv ԝw хx һh ьb ԛq пn вb зe иu "
    "αa βb εe ηn ιi κk νv οo ρp τt υu ωw χx ϲc ϳj γy ɑa ɡg ıi ȷj ʟl ɴn ʀr օo սu հh ոn ցg քf զq ᴏo ᴠv ᴡw ᴢz ᴄc ℓl "
    "đd ðd øo łl ħh ŧt ƒf ɩi ʏy ꜱs"
)
CONFUSABLES = str.maketrans({pair[0]: pair[1] for pair in CONFUSABLE_PAIRS.split() if len(pair) == 2})
LEET = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "i": "l", "|": "l", "j": "l"})
PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
FOREIGN_SCRIPTS = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "GEORGIAN", "LISU", "DESERET")
MIN_CLOSE, MIN_CLOSE_TWICE = 8, 14
LONGEST_HANDLE = 64
MIN_NAMED = 8
MIN_NAMED_ANYHOW = 12


def latin(text: str) -> str:
    """The plain Latin text that strange letters pretend to be: zalо (Cyrillic о), facebóok → zalo, facebook."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(CONFUSABLES)
    return "".join(char for char in plain if not unicodedata.combining(char))


@lru_cache(maxsize=50_000)
def skeleton(text: str) -> str:
    """The form in which look-alike texts are equal: Latin letters, no accents, 0 = o, 1 = i = l."""
    plain = latin(text).translate(LEET)
    for pair, letter in PAIRS:
        plain = plain.replace(pair, letter)
    return plain


REPEATED = re.compile(r"(.)\1+")
JOINED_GOV = re.compile(r"go(?:v[.-]?v|w)n([.-]|$)")
NEARLY_GOV = re.compile(r"\.(?:qov|cov|gou|goy|gob|gow|gvo|ogv|goov|govv|qou)\.vn$")
"""A host below one of these endings reads as `.gov.vn` at a glance."""
ADDED_BEFORE, ADDED_AFTER = (
    f"({'|'.join(map(skeleton, words))})?"
    for words in (
        ("oa", "my", "chat", "nhom", "web", "app"),
        ("oa", "vn", "me", "app", "chat", "group", "nhom", "web", "pro"),
    )
)


ADDITIONS = """official chinhthuc thongtin tintuc news new vn viet vietnam online page fanpage trang kenh cong portal group nhom
real the 24h 247 tv media info hotro hoidap tracuu dichvu tuyendung channel s so moi cu gov govvn com net org web oa zalo fb"""
ADDED = sorted(map(skeleton, [*ADDITIONS.split(), *"0123456789"]), key=len, reverse=True)
ADDITION = re.compile(rf"(?:{'|'.join(ADDED)})*+")


def has_mixed_scripts(text: str) -> bool:
    """Latin letters together with letters of a script that looks like Latin."""
    scripts = {unicodedata.name(char, "").split(" ")[0] for char in text if char.isalpha()}
    return "LATIN" in scripts and any(script in FOREIGN_SCRIPTS for script in scripts)


def has_foreign_letters(text: str) -> bool:
    """Any letter of a script that looks like Latin but isn't."""
    return any(unicodedata.name(char, "").startswith(FOREIGN_SCRIPTS) for char in text if not char.isascii())


def has_accents(text: str) -> bool:
    """Latin letters with marks, as in Vietnamese: facebóok."""
    return any(unicodedata.name(char, "").startswith("LATIN") for char in text if not char.isascii())


def distance(left: str, right: str, limit: int) -> int:
    """Edits (insert, drop, replace, swap of neighbours) between two texts; limit + 1 when there are more."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        two_before, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, two_before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def imitated_host(host: str) -> str:
    """The platform's host or the .gov.vn host that a host of someone else disguises itself as; "" when none."""
    plain = unicodedata.normalize("NFKC", host).casefold()
    if platforms.is_known(plain):
        return ""
    return imitated_platform(plain) or (government_host(plain) if imitates_government(plain) else "")


def imitated_platform(host: str) -> str:
    """`facebook.com.evil.vn`, `faceb00k.com`, `facebok.vn`, `fb.com.vn`, `zallo.me`, `zalo-oa.vn` imitate a platform."""
    inside = next((name for name in platforms.HOSTS if f".{name}." in f".{host}."), "")
    if inside:
        return inside
    shape = skeleton(".".join(host.removeprefix("www.").split(".")[-2:]))
    near = (name for name in platforms.HOSTS if len(name) >= 7 and distance(shape, skeleton(name), 1) <= 1)
    return next(near, "") or imitated_brand(host)


def imitated_brand(host: str) -> str:
    """A part of the host that is a platform's name, misspelt or with something attached."""
    labels = [label for label in re.split(r"[.-]", skeleton(host)) if label]
    for brand, true_host in platforms.BRANDS.items():
        shape = skeleton(brand)
        if any(imitates_brand(label, shape) for label in labels):
            return true_host
    return ""


def imitates_brand(label: str, shape: str) -> bool:
    """Short names and common words must be the whole label but for a usual addition: zalora is a shop, zalooa a fake."""
    squeezed = REPEATED.sub(r"\1", label)
    if len(shape) < 6 or shape == "threads":
        whole = re.compile(rf"{ADDED_BEFORE}{shape}{ADDED_AFTER}")
        return bool(whole.fullmatch(label) or whole.fullmatch(squeezed))
    return shape in label or REPEATED.sub(r"\1", shape) in squeezed or distance(label, shape, 1) <= 1


def imitates_government(host: str) -> bool:
    """`laichau.gov.vn.com`, `laichaugov.vn`, `gov-vn.net`, `laichau.g0v.vn`, `laichau.qov.vn`; a true `.gov.vn` never."""
    if host.endswith(".gov.vn") or host == "gov.vn":
        return "gov-vn" in host or host.count("gov.vn") > 1
    plain = skeleton(host)
    if JOINED_GOV.search(plain) or NEARLY_GOV.search(plain):
        return True
    is_abroad = re.search(r"\.gov(\.[a-z]{2})?$", host) and not host.endswith(".vn")
    return "gov" in re.split(r"[.-]", plain) and not is_abroad


def government_host(host: str) -> str:
    """The true host that `laichau-gov.vn` or `laichau.gov.vn.com` wants to be taken for."""
    found = re.search(r"^(?:www\.)?([a-z0-9.-]*?)(?:[.-]?g[o0]v|\.[a-z]{3,4}\.vn$)", latin(host))
    return f"{found.group(1)}.gov.vn".lstrip(".") if found else "gov.vn"


def nearest(key: str, known: list[str]) -> str:
    """The known key that this unknown key looks like, or "": same letters to the eye, a small typing difference,
    or the known name inside this one or on another platform. Numeric identities are never alike."""
    mine, best, longest = handle(key), "", 0
    shape = skeleton(mine)
    for other in known if mine else ():
        theirs = handle(other)
        if not theirs or other == key:
            continue
        if shape == skeleton(theirs):
            return other
        if len(theirs) > longest and (is_close(mine, theirs) or is_named(mine, theirs, other)):
            best, longest = other, len(theirs)
    return best


# --- Finding the few known keys that `nearest` must judge, without reading the whole register ------------------------

ANCHOR = 32
"""Letters of a shape by which it is looked up; longer ones share a row of the index with the like."""
THERMOMETER = {
    letter: count
    for count, letters in ((4, "nhaoltu"), (3, "cgse"), (2, "pyxbmdv"), (1, "qkrwfz"))
    for letter in letters
}
RARE = "2689"
GROUPS = ("nr", "hcq", "ap", "odb", "ltx", "ugmsf")
"""Letters that are counted together, about equally frequent in names of pages; all others make one more group."""
GROUP_OF = {letter: index for index, group in enumerate(GROUPS) for letter in group}
BITS, MOST_COUNTED = 7, 127


def letters(shape: str) -> int:
    """Which letters a shape has, and how many of each, as 62 bits: one edit of the shape changes two bits at most."""
    bits, at = 0, 0
    counts = Counter(shape)
    for letter, most in THERMOMETER.items():
        bits |= ((1 << min(counts.pop(letter, 0), most)) - 1) << at
        at += most
    if any(letter in RARE for letter in counts):
        bits |= 1 << at
    if any(letter not in RARE for letter in counts):
        bits |= 2 << at
    return bits


def profile(shape: str) -> int:
    """How many letters of each group a shape has, seven bits a group: shapes that are alike have neighbouring profiles."""
    counts = [0] * (len(GROUPS) + 1)
    for letter in shape:
        counts[GROUP_OF.get(letter, len(GROUPS))] += 1
    return sum(min(count, MOST_COUNTED) << BITS * index for index, count in enumerate(counts))


def profiles_near(shape: str, edits: int) -> list[int]:
    """The profiles of all shapes within so many edits, and a few that no shape has."""
    own = profile(shape)
    return [own + step for step in steps(edits)]


@lru_cache(maxsize=4)
def steps(edits: int) -> tuple[int, ...]:
    """What edits do to a profile: each takes a letter, adds one, or both."""
    one = [1 << BITS * index for index in range(len(GROUPS) + 1)]
    near = {0}
    for _ in range(edits):
        near |= {step - letter for step in near for letter in one}
        near |= {step + letter for step in near for letter in one}
    return tuple(sorted(near))


def anchors_inside(shape: str) -> list[str]:
    """What a known handle's anchor may be when it equals this shape or stands inside it."""
    count = len(shape)
    first = [is_addition(shape[:start]) for start in range(count)]
    last = [is_addition(shape[end:]) for end in range(count + 1)]
    found = {shape[:ANCHOR]}
    for start in range(count):
        for end in range(start + SHORTEST_SHAPE, min(count, start + ANCHOR) + 1):
            if end - start >= SHORTEST_ANYHOW or (first[start] and last[end]):
                found.add(shape[start:end])
    return sorted(found)


SHORTEST_SHAPE, SHORTEST_ANYHOW = MIN_NAMED // 2, MIN_NAMED_ANYHOW // 2
"""A skeleton may be half as long as its handle: rn → m."""


def most_edits(mine: str) -> int:
    """How many edits a handle may be away from a known one: 0 when it is too short to be close to any."""
    return 2 if len(mine) >= MIN_CLOSE_TWICE else 1 if len(mine) >= MIN_CLOSE else 0


@lru_cache(maxsize=50_000)
def handle(key: str) -> str:
    """The human-chosen letters of a key, compared without dots, hyphens, underscores; "" for numbers and codes."""
    platform, _, rest = key.partition(":")
    kind, colon, name = rest.rpartition(":")
    if kind in ("id", "oa", "user") and platform in ("facebook", "zalo", "x", "tiktok"):
        return ""
    if key.startswith(("youtube:UC", "zalo:group:", "app:")) or (kind == "group" and name.isdigit()):
        return ""
    name = name if colon else rest
    if platform == "web":
        name = re.sub(r"(\.(gov|com|net|org|edu|info))?\.[a-z]+$", "", name.partition("/")[0])
    return re.sub(r"[\W_]+", "", name)[:LONGEST_HANDLE]


def is_close(mine: str, theirs: str) -> bool:
    """One edit for names of 8 letters and more, two from 14 on. Phường 1 and Phường 2 are two places, not a fake."""
    shorter = min(len(mine), len(theirs))
    if shorter < MIN_CLOSE or abs(len(mine) - len(theirs)) > 2:
        return False
    if re.sub(r"\d", "", mine) == re.sub(r"\d", "", theirs):
        return False
    limit = 2 if shorter >= MIN_CLOSE_TWICE else 1
    return distance(skeleton(mine), skeleton(theirs), limit) <= limit


def is_named(mine: str, theirs: str, their_key: str) -> bool:
    """The known name stands inside: soytetinhmau → soytetinhmau.official. A short name counts only when what is added
    is a usual addition; a host alone is too short a name."""
    shape, other = skeleton(mine), skeleton(theirs)
    if len(theirs) < MIN_NAMED or other not in shape:
        return False
    if len(theirs) >= MIN_NAMED_ANYHOW:
        return True
    before, _, after = shape.partition(other)
    return not their_key.startswith("web:") and is_addition(before) and is_addition(after)


def is_addition(text: str) -> bool:
    """What fakes put around a name: official, news, vn, tintuc, hotro, numbers."""
    return bool(ADDITION.fullmatch(text))
