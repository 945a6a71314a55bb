"""Small true pictures for tests of uploads."""

from io import BytesIO

from PIL import Image


def png(colour="red", size=(24, 16)) -> bytes:
    """A PNG that the real parser opens; another colour gives another file."""
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()
