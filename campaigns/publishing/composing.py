"""What is posted: the words of the approved version with its source, and pictures small enough for every platform."""

from dataclasses import dataclass
from io import BytesIO

from django.conf import settings
from django.urls import reverse
from PIL import Image, ImageOps

from campaigns.publishing import zalo
from portal.lib.text import clean_line

MOST_PICTURES = 10
LONGEST_SIDE = 1600
HEAVIEST_PICTURE = 1_000_000
"""Bytes: what Zalo takes of one picture."""
QUALITIES = (85, 70, 50)


@dataclass(frozen=True)
class Draft:
    """An article for Zalo, cut to its limits."""

    title: str
    author: str
    description: str
    text: str
    picture_urls: tuple


def caption(item, version) -> str:
    """The words under the title: the text as approved, then who stands behind it."""
    source = f"Nguồn: {item.agency.name}"
    return "\n\n".join(part for part in (version.body.replace("\r\n", "\n").strip(), source) if part)


def message(job) -> str:
    """The words of a Facebook post."""
    return f"{job.title}\n\n{job.text}"


def draft(job) -> Draft:
    """The article of a job."""
    pictures = [address_of_picture(job, number) for number, _ in enumerate(pictures_of(job.version))]
    if job.channel.connector.default_cover_url and not pictures:
        pictures = [job.channel.connector.default_cover_url]
    return Draft(
        title=shortened(job.title, zalo.TITLE),
        author=shortened(job.channel.agency.name, zalo.AUTHOR),
        description=shortened(job.text, zalo.DESCRIPTION),
        text=job.text,
        picture_urls=tuple(pictures),
    )


def shortened(words, longest) -> str:
    """One line of at most so many letters, cut between words."""
    line = clean_line(words)
    if len(line) <= longest:
        return line
    return line[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def pictures_of(version) -> list:
    """The version's pictures in their order."""
    return [file for file in version.files.order_by("pk") if file.is_image][:MOST_PICTURES]


def address_of_picture(job, number) -> str:
    """Where the platform fetches a picture: a public address that only it is told, open while the job is."""
    return settings.SITE_URL + reverse("job_picture", args=[job.key, number])


def small_jpeg(file) -> bytes:
    """A picture as JPEG within the limits, without anything that was written into the original."""
    with file.file.open("rb") as stored, Image.open(stored) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.info.clear()
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    for quality in QUALITIES:
        buffer = BytesIO()
        picture.save(buffer, "JPEG", quality=quality, optimize=True)
        if buffer.tell() <= HEAVIEST_PICTURE:
            break
    return buffer.getvalue()
