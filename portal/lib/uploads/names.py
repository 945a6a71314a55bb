"""File names as people may see them again. The stored name is the server's own; this one is only shown."""

import unicodedata

from portal.lib.uploads.finding import Refused

LONGEST_STEM = 100
# Extensions that a server or a desk would run; they are refused anywhere in a name, such as "anh.php.jpg".
RUNNABLE = frozenset(
    "php phtml phar php3 php4 php5 php7 asp aspx jsp jspx cgi pl py sh bash bat cmd exe msi scr pif dll jar js mjs vbs "
    "wsf hta ps1 vbe htm html xhtml shtml svg svgz xml xsl htaccess lnk url reg apk docm dotm xlsm xlsb".split()
)
UNSAFE = set('<>:"|?*`;$&\\/')
NO_NAME = "Tên tệp không dùng được. Hãy đổi tên tệp, ví dụ “bai-viet.docx”, rồi tải lên lại."
TWO_EXTENSIONS = "Tên tệp có hai phần mở rộng (.{inner}.{outer}). Hãy đổi tên tệp rồi tải lên lại."


def display_name(name: str) -> str:
    """Composed, last path part only, no control, bidi or mark-up characters; Refused when nothing is left."""
    last_part = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(
        c for c in last_part if c not in UNSAFE and unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co")
    )
    stem, dot, extension = " ".join(visible.split()).rpartition(".")
    stem = stem.strip(" .")
    if not stem or not dot or not extension.strip():
        raise Refused(NO_NAME)
    return f"{stem[:LONGEST_STEM].strip()}.{extension.strip()}"


def extension_of(name: str) -> str:
    """The last extension in lower case, without the dot; Refused when an inner one could be run."""
    *inner, outer = name.lower().split(".")
    for part in inner[1:]:
        if part.strip() in RUNNABLE:
            raise Refused(TWO_EXTENSIONS.format(inner=part.strip(), outer=outer))
    return outer
