"""Django's SMTP backend, plus the one fact it does not tell: whether the server may already have the message."""

import smtplib

from django.core.mail.backends.smtp import EmailBackend


class Conversation:
    """Remembers whether the text of the current message was on its way when something went wrong."""

    text_was_sent = False

    def sendmail(self, *args, **kwargs):
        self.text_was_sent = False
        return super().sendmail(*args, **kwargs)

    def data(self, msg):
        self.text_was_sent = True
        return super().data(msg)


class PlainConversation(Conversation, smtplib.SMTP):
    pass


class SecureConversation(Conversation, smtplib.SMTP_SSL):
    pass


class ReusedConnection(EmailBackend):
    """One connection for a batch; opened again by itself after the server hung up."""

    @property
    def connection_class(self):
        return SecureConversation if self.use_ssl else PlainConversation

    @property
    def text_was_sent(self) -> bool:
        return bool(self.connection and self.connection.text_was_sent)

    def drop(self):
        """Forget a connection in an unknown state."""
        if self.connection:
            self.connection.close()
        self.connection = None
