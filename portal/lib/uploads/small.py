"""What is made of an accepted picture or video for the screen: a small picture, and the mark by which it is known again."""

import shutil
import subprocess
import tempfile
from io import BytesIO
from typing import BinaryIO

from PIL import Image

from portal.lib.fingerprints import picture_hash

SIDE = (480, 480)
QUALITY = 78
FFMPEG_SECONDS = 15
PIECE = 1024 * 1024


def small_picture(content: BinaryIO, preview: Image.Image | None = None) -> tuple[BytesIO, int | None]:
    """A JPEG of at most 480 px a side and the picture's mark. The content was accepted before; it is left at its start.

    preview: its pixels as the check saw them, which saves decoding it once more.
    """
    if preview is None:
        content.seek(0)
        with Image.open(content) as picture:
            picture.draft("RGB", SIDE)
            picture.load()
            preview = picture
        content.seek(0)
    flat = on_white(preview)
    small = BytesIO()
    flat.save(small, format="JPEG", quality=QUALITY)
    small.seek(0)
    return small, picture_hash(flat)


def on_white(picture: Image.Image) -> Image.Image:
    """Small, and without what lets the ground shine through."""
    picture.thumbnail(SIDE)
    if picture.mode in ("RGB", "L"):
        return picture.convert("RGB")
    flat, shown = Image.new("RGB", picture.size, "white"), picture.convert("RGBA")
    flat.paste(shown, mask=shown)
    return flat


def poster_of(content: BinaryIO) -> BytesIO | None:
    """The first second's frame of an accepted video; None where ffmpeg isn't installed or can't read it.

    ffmpeg may open this one file and nothing else: a playlist inside can't reach the network.
    """
    program = shutil.which("ffmpeg")
    if not program:
        return None
    with tempfile.NamedTemporaryFile(suffix=".mp4") as copy:
        content.seek(0)
        shutil.copyfileobj(content, copy, PIECE)
        copy.flush()
        content.seek(0)
        command = [program, "-nostdin", "-v", "quiet", "-protocol_whitelist", "file,pipe", "-f", "mp4", "-ss", "1"]
        command += ["-i", copy.name, "-frames:v", "1", "-vf", "scale='min(480,iw)':-2", "-f", "mjpeg", "pipe:1"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=FFMPEG_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return None
    return BytesIO(done.stdout) if done.stdout.startswith(b"\xff\xd8\xff") else None
