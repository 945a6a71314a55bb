"""An accepted product packed for whoever posts it by hand: caption and files."""

import tempfile
import zipfile

from portal.lib.text import slugify_vi

IN_MEMORY = 8 * 1024 * 1024
PIECE = 1024 * 1024


def caption_of(item, version) -> str:
    """What is written above the post: title, text, source. Lines end as Windows' Notepad wants them."""
    source = f"Nguồn: {item.agency.name}" + (f", {version.link}" if version.link else "")
    parts = [version.title, version.body.strip(), source]
    return "\r\n\r\n".join(part.replace("\n", "\r\n") for part in parts if part) + "\r\n"


def bundle_of(item, version):
    """A ZIP at its start: `loi-dang.txt` and the files under plain names. Small ones stay in memory, large ones on disk."""
    bundle = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("loi-dang.txt", "\ufeff" + caption_of(item, version))
        for number, file in enumerate(version.files.all(), 1):
            with file.file.open("rb") as source, packed.open(f"{number:02d}-{plain_name(file.name)}", "w") as target:
                while piece := source.read(PIECE):
                    target.write(piece)
    bundle.seek(0)
    return bundle


def plain_name(name: str) -> str:
    """`Ảnh chụp (1).JPG` → `anh-chup-1.jpg`: every platform's upload window takes it."""
    stem, _, extension = name.rpartition(".")
    return f"{slugify_vi(stem)[:60] or 'tep'}.{extension.lower()}"
