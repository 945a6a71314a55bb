"""E-mail: one SMTP connection for a batch, and what each answer of the mail server means."""

import logging
import smtplib
from urllib.parse import urlsplit

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend

from registry.media.endings import ACCEPTED, BROKEN, PERMANENT, TEMPORARY, UNKNOWN, Ending, describe
from registry.media.mime import LetterOfRow
from registry.smtp import ReusedConnection
from registry.unsubscribing import list_headers

logger = logging.getLogger(__name__)


class EmailCarrier:
    """Carries the e-mails of one batch. `is_stopped` never: a server that is down ends the batch by its failures."""

    is_stopped = False
    at_risk = 10
    """Mails that are begun together: so many at most go out a second time when the machine dies."""

    def __init__(self):
        self.backend = open_backend()

    def send(self, message, now) -> Ending:
        return send_one(message, self.backend)

    def close(self):
        """Say goodbye; what was accepted stays accepted even when the goodbye fails."""
        try:
            self.backend.close()
        except (OSError, smtplib.SMTPException):
            drop(self.backend)


def open_backend():
    """The configured mail backend; for SMTP our own, which knows how far a message got."""
    backend = get_connection()
    return ReusedConnection() if type(backend) is EmailBackend else backend


def drop(backend):
    if isinstance(backend, ReusedConnection):
        backend.drop()


def send_one(message, backend) -> Ending:
    """One try of one message: every way it can end, as a value."""
    try:
        backend.open()
    except (OSError, smtplib.SMTPException) as fault:
        drop(backend)
        return Ending(TEMPORARY, describe(fault), network=True)
    try:
        backend.send_messages([as_email(message)])
    except (OSError, smtplib.SMTPException) as fault:
        text_was_sent = getattr(backend, "text_was_sent", False)
        if not isinstance(fault, smtplib.SMTPRecipientsRefused):
            drop(backend)
        return judge(fault, text_was_sent)
    except SoftTimeLimitExceeded:  # the task is being ended: as after a crash, the lease tells what is in doubt
        raise
    except Exception as fault:  # our own mistake in one message, found before it left, must not stop the others
        logger.exception("message %s cannot be sent as it is", message.pk)
        drop(backend)
        return Ending(BROKEN, describe(fault))
    return Ending(ACCEPTED)


def judge(fault, text_was_sent: bool) -> Ending:
    """What a failure of the mail server means for the message."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(fault.recipients.values()))
        permanent = 500 <= code < 600
        return Ending(PERMANENT if permanent else TEMPORARY, describe_answer(code, answer), bad_address=permanent)
    if isinstance(fault, smtplib.SMTPDataError):
        permanent = 500 <= fault.smtp_code < 600
        return Ending(PERMANENT if permanent else TEMPORARY, describe_answer(fault.smtp_code, fault.smtp_error))
    if isinstance(fault, smtplib.SMTPResponseException):  # the server refuses us, not this message: wait and try again
        return Ending(TEMPORARY, describe_answer(fault.smtp_code, fault.smtp_error), network=True)
    if isinstance(fault, (OSError, smtplib.SMTPServerDisconnected)):
        return Ending(UNKNOWN if text_was_sent else TEMPORARY, describe(fault), network=True)
    return Ending(BROKEN, describe(fault))


def as_email(message) -> LetterOfRow:
    """The e-mail of a row; its Message-ID is the row's key in every try."""
    host = urlsplit(settings.SITE_URL).hostname
    mail = LetterOfRow(
        message.subject,
        message.text,
        to=[message.address],
        headers={
            "Message-ID": f"<{message.key}@{host}>",
            "Auto-Submitted": "auto-generated",
            **list_headers(message),
        },
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


def describe_answer(code, answer) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return f"{code} {words}"
