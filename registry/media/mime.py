"""An e-mail of the outbox as bytes. Django's own composing costs more than carrying the mail to the server.

The bytes say what Django's would: UTF-8, 8 bits, text and HTML as alternatives; addresses or lines that need more care
than that are left to Django.
"""

import re
from base64 import b64encode
from email.utils import formatdate
from functools import cache

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import BadHeaderError, forbid_multi_line_headers

PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")
LONGEST_LINE = 998
"""Bytes in one line of a mail (RFC 5322)."""
WORD = 45
"""Bytes of text in one encoded word of a header (RFC 2047)."""


class LetterOfRow(EmailMultiAlternatives):
    """One plain text, one HTML alternative at most, one recipient; what backends ask for is ready at once."""

    def message(self):
        bodies = [("plain", self.body)] + [("html", part.content) for part in self.alternatives]
        lines = (line for _, text in bodies for line in lines_of(text))
        if not PLAIN_ADDRESS.fullmatch(self.to[0]) or any(len(line.encode()) > LONGEST_LINE for line in lines):
            return super().message()
        return Written(self, bodies)


class Written:
    """The finished mail."""

    def __init__(self, mail, bodies):
        headers = {
            "MIME-Version": "1.0",
            "Subject": header_words(mail.subject),
            "From": sender(mail.from_email),
            "To": mail.to[0],
            "Date": formatdate(),
            **mail.extra_headers,
        }
        for name, value in headers.items():
            if "\n" in value.replace("\n ", "") or "\r" in value:
                raise BadHeaderError(f"{name}: a header must be one line")
        self.lines = [f"{name}: {value}" for name, value in headers.items()]
        self.lines += parts(bodies, mail.extra_headers["Message-ID"])

    def as_string(self, unixfrom=False, linesep="\n"):
        return self.as_bytes(linesep=linesep).decode()

    def as_bytes(self, unixfrom=False, linesep="\n") -> bytes:
        return "\n".join(self.lines).replace("\n", linesep).encode()

    def get_charset(self):
        """Asked by backends that write to the screen; None means UTF-8."""


def parts(bodies, message_id) -> list[str]:
    """Lines after the headers: one text, or alternatives between boundaries that no text contains."""
    if len(bodies) == 1:
        return part(*bodies[0])
    mark = f"=_{re.sub(r'[^0-9a-zA-Z]', '', message_id)[:60]}"
    lines = [f'Content-Type: multipart/alternative; boundary="{mark}"', ""]
    for body in bodies:
        lines += [f"--{mark}", *part(*body)]
    return [*lines, f"--{mark}--", ""]


def part(kind, text) -> list[str]:
    return [f'Content-Type: text/{kind}; charset="utf-8"', "Content-Transfer-Encoding: 8bit", "", *lines_of(text), ""]


def lines_of(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def header_words(text: str) -> str:
    """A header's text in encoded words of at most `WORD` bytes each; as it is when it is ASCII and short."""
    if "\n" in text or "\r" in text:
        raise BadHeaderError("a subject must be one line")
    if text.isascii() and len(text) < LONGEST_LINE - 20:
        return text
    words, word = [], b""
    for letter in text:
        letter = letter.encode()
        if len(word) + len(letter) > WORD:
            words.append(word)
            word = b""
        word += letter
    return "\n ".join(f"=?utf-8?b?{b64encode(word).decode()}?=" for word in [*words, word])


@cache
def sender(address: str) -> str:
    """The portal's own address as a header, the same in every mail."""
    return forbid_multi_line_headers("From", address, "utf-8")[1]
