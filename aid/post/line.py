"""The line to the mail server: a message is taken, is not taken, or nobody knows. It is never sent a second time."""

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from typing import Final

from aid.domain.mails import MailState, spoken_by_server
from aid.post.message import Outgoing, domain_of
from config import Mail

PATIENCE: Final = 60.0  # seconds for each answer of the server
MOST_ON_A_LINE: Final = 50  # messages, then a new line: many servers count

Told = tuple[MailState, str | None]
"""What became of a message, and the server's words."""


class NoLine(Exception):
    """The mail server could not be reached, or did not let us in. No message has left."""


class Line:
    """An open line to the mail server."""

    def __init__(self, server: smtplib.SMTP, sender: str) -> None:
        self._server = server
        self._sender = sender
        self._left = MOST_ON_A_LINE

    def holds(self) -> bool:
        """Whether the server still listens to us: asked before a message is said to leave."""
        try:
            return self._left > 0 and self._server.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def give(self, mail: Outgoing, message: EmailMessage) -> Told:
        """Hand over a message. Not one word of the server that could name its reader is given back."""
        server, naming = self._server, (*mail.naming, mail.to, mail.address)
        self._left -= 1

        def said(code: int, words: bytes) -> str:
            return spoken_by_server(f"{code} {words.decode('ascii', 'replace')}", naming=naming)

        try:
            for answer in (server.mail(self._sender), server.rcpt(mail.address)):
                if answer[0] not in (250, 251):
                    self._begin_anew()
                    return MailState.FAILED, said(*answer)
            code, words = server.docmd("DATA")
        except (OSError, smtplib.SMTPException):
            return MailState.FAILED, None  # its words were never sent
        if code != 354:
            self._begin_anew()
            return MailState.FAILED, said(code, words)
        return self._hand_over(message, said)

    def _hand_over(self, message: EmailMessage, said: Callable[[int, bytes], str]) -> Told:
        """From here on the server may have taken it, whatever we hear."""
        try:
            self._server.send(_dotted(bytes(message)))
            code, words = self._server.getreply()
        except (OSError, smtplib.SMTPException):
            return MailState.UNKNOWN, None
        return (MailState.SENT if code == 250 else MailState.FAILED), said(code, words)

    def close(self) -> None:
        """Say goodbye, if anybody listens."""
        with suppress(OSError, smtplib.SMTPException):
            self._server.quit()
        self._server.close()

    def _begin_anew(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._server.rset()


def _dotted(message: bytes) -> bytes:
    """A line with a single dot would end the message: such dots are doubled, and the last one is the end."""
    lines = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n.\r\n"


def line_to(settings: Mail) -> Line:
    """A line to the fund's mail server, under our domain's name and not the machine's. Raises NoLine."""
    try:
        return Line(_connected(settings), settings.sender)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise NoLine(type(error).__name__) from None


def _connected(settings: Mail) -> smtplib.SMTP:
    name, trusted = domain_of(settings.sender), ssl.create_default_context(cafile=settings.ca)
    if settings.tls == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.host, settings.port, local_hostname=name, timeout=PATIENCE, context=trusted
        )
    else:
        server = smtplib.SMTP(settings.host, settings.port, local_hostname=name, timeout=PATIENCE)
    try:
        if settings.tls == "starttls":
            server.starttls(context=trusted)
        server.ehlo()
        if settings.user:
            server.login(settings.user, settings.password())
    except BaseException:
        server.close()
        raise
    return server
