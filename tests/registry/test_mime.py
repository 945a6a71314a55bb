"""Mails composed by hand say what Django's own composing says."""

import email
import email.policy

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import BadHeaderError

from registry.media.email import as_email
from registry.models import OutgoingMessage

SUBJECT = (
    "Nhắc hạn thứ Hai 05/10/2026 (còn 5 ngày làm việc): Tối thiểu 01 sản phẩm truyền thông/tháng – UBND xã Suối Mơ"
)


def row(**fields):
    values = {"subject": SUBJECT, "text": "Kính gửi ông/bà,\n\nđường link", "html": "<p>Kính gửi</p>\n<p>–</p>"}
    return OutgoingMessage(**{"address": "a.b@xa.example"} | values | fields)


def read(content):
    mail = email.message_from_bytes(content, policy=email.policy.default)
    headers = {name: str(mail[name]).strip() for name in ("Subject", "From", "To", "Message-ID", "Auto-Submitted")}
    parts = [(part.get_content_type(), part.get_content().strip()) for part in mail.walk() if not part.is_multipart()]
    return headers, parts, mail.get_content_type(), mail.defects


def by_django(mail):
    mail.__class__ = EmailMultiAlternatives
    return mail.message().as_bytes(linesep="\r\n")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"html": ""},
        {"subject": "Plain words"},
        {"subject": "Nhắc " * 40},
        {"text": ".một dòng bắt đầu bằng chấm\r\n..hai\rba\n"},
        {"text": "x" * 2000},
        {"address": "khác@xã.example"},
    ],
)
def test_it_reads_as_djangos_own(fields):
    ours, theirs = as_email(row(**fields)), as_email(row(**fields))
    theirs.extra_headers = ours.extra_headers
    content = ours.message().as_bytes(linesep="\r\n")
    assert read(content) == read(by_django(theirs))
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")


@pytest.mark.parametrize("subject", ["Hai\ndòng", "Hai\r\nBcc: ai-do@xa.example", "a\rb"])
def test_a_header_of_two_lines_is_refused(subject):
    with pytest.raises(BadHeaderError):
        as_email(row(subject=subject)).message()


def test_the_message_id_is_the_key_in_every_try():
    message = row()
    first, again = (read(as_email(message).message().as_bytes())[0] for _ in range(2))
    assert first == again
    assert first["Message-ID"] == f"<{message.key}@localhost>"
