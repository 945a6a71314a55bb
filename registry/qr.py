"""QR codes of channels. They open our own address first: who speaks there, since when confirmed, then on.

Error correction Q and a border of four modules: readable from a poster with a quarter of it dirty (ISO/IEC 18004).
"""

from io import BytesIO
from pathlib import Path

import qrcode
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from PIL import Image, ImageDraw, ImageFont

BORDER = 4
MODULE_PIXELS = 24
CAPTION_PIXELS = 44
LATIN_FONT = "vendor/be-vietnam-pro/be-vietnam-pro-latin-600-normal.woff2"
VIETNAMESE_FONT = "vendor/be-vietnam-pro/be-vietnam-pro-vietnamese-600-normal.woff2"


def landing_url(channel) -> str:
    """The absolute address that stands in the code; it outlives every renaming."""
    return settings.SITE_URL + reverse("qr", kwargs={"code": channel.qr_code})


def matrix(text: str) -> list[list[bool]]:
    """Dark and light modules, border included."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=BORDER)
    code.add_data(text)
    code.make(fit=True)
    return code.get_matrix()


def svg(channel) -> str:
    """The code as an SVG picture for pages and for print; its title names the channel."""
    return picture(landing_url(channel), f"Mã QR của kênh {channel.name}")


def picture(address: str, title: str) -> str:
    """Any address as an SVG picture with a title."""
    rows = matrix(address)
    size = len(rows)
    # The only text from outside is escaped here.
    title = escape(title)
    return mark_safe(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" aria-label="{title}"'
        f' shape-rendering="crispEdges"><title>{title}</title><rect width="{size}" height="{size}" fill="#fff"/>'
        f'<path fill="#000" d="{path_of(rows)}"/></svg>'
    )


def path_of(rows: list[list[bool]]) -> str:
    """Runs of dark modules as one path: "M4 4h7v1h-7z…"."""
    steps = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                steps.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            x += 1
    return "".join(steps)


def png(channel) -> bytes:
    """The code with the channel's name below it, about 1,000 pixels wide, for documents and posts."""
    rows = matrix(landing_url(channel))
    side = len(rows) * MODULE_PIXELS
    lines = wrapped(channel.name, side - 2 * BORDER * MODULE_PIXELS)
    line_height = CAPTION_PIXELS * 4 // 3
    picture = Image.new("L", (side, side + line_height * len(lines) + BORDER * MODULE_PIXELS // 2), 255)
    draw = ImageDraw.Draw(picture)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                left, top = x * MODULE_PIXELS, y * MODULE_PIXELS
                draw.rectangle((left, top, left + MODULE_PIXELS - 1, top + MODULE_PIXELS - 1), fill=0)
    for number, line in enumerate(lines):
        write_line(draw, line, side, side - MODULE_PIXELS + number * line_height)
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def fonts() -> tuple[ImageFont.FreeTypeFont, ImageFont.FreeTypeFont]:
    """The screen typeface: its Latin letters and its Vietnamese letters come in two files."""
    latin, vietnamese = (Path(finders.find(name)) for name in (LATIN_FONT, VIETNAMESE_FONT))
    return ImageFont.truetype(latin, CAPTION_PIXELS), ImageFont.truetype(vietnamese, CAPTION_PIXELS)


def font_of(char: str, latin, vietnamese):
    is_vietnamese = "\u1ea0" <= char <= "\u1ef9" or char in "ĂăĐđĨĩŨũƠơƯư₫"
    return vietnamese if is_vietnamese else latin


def width_of(line: str) -> float:
    pair = fonts()
    return sum(font_of(char, *pair).getlength(char) for char in line)


def wrapped(text: str, width: int, most: int = 3) -> list[str]:
    """The text in lines no wider than `width` pixels, at most three."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1] + "…"]


def write_line(draw, line: str, side: int, top: int) -> None:
    """One centred line, letter by letter from the file that has the letter."""
    pair = fonts()
    x = (side - width_of(line)) / 2
    for char in line:
        font = font_of(char, *pair)
        draw.text((x, top + CAPTION_PIXELS), char, font=font, fill=0, anchor="ls")
        x += font.getlength(char)
