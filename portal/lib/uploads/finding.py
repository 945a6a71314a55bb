"""What a checker of one file type answers: a refusal, or what it removed and what a person should know."""

from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image


class Refused(ValueError):
    """The file cannot be taken; the text is a Vietnamese sentence that says what to do."""


@dataclass(frozen=True)
class Finding:
    """content: what to store instead of the file (None: the file itself). removed and warnings are sentences.

    extension: of the content when it became another type ("": as it came). preview: a picture's pixels, few of them.
    """

    content: BinaryIO | None = None
    removed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    extension: str = ""
    preview: Image.Image | None = None
