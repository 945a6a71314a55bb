"""The words of an accepted document for the screen: a child process with hard limits reads it, and may be killed."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

CHILD = Path(__file__).with_name("reading_child.py")
SECONDS = 10
PROCESSOR_SECONDS = 5
MOST_BYTES = 20 * 1024 * 1024
KINDS = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}


@dataclass(frozen=True)
class Reading:
    """What was read, plain words only. `is_cut`: the file goes on; not `is_read`: it took too long or is broken."""

    blocks: list[dict] = field(default_factory=list)
    is_cut: bool = False
    is_read: bool = True


def read_document(file: BinaryIO, media_type: str) -> Reading:
    """The paragraphs, headings and tables of a Word file, or the text of the first pages of a PDF; never an error."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        return Reading(is_read=False)
    command = [sys.executable, "-I", str(CHILD), KINDS[media_type], str(PROCESSOR_SECONDS)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=True, env={})
        return Reading(**json.loads(done.stdout))
    except (subprocess.SubprocessError, OSError, ValueError, TypeError):
        return Reading(is_read=False)
