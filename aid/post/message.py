"""A message as mail servers read it: plain text, one reader, and nothing in it of the machine that sends it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Self
from uuid import UUID

from aid.domain.mails import ascii_domain, why_no_mail_to
from aid.domain.thanks import one_line


class NoMessage(ValueError):
    """What was to be sent is no message that may leave."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What the worker is handed of one message."""

    to: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    language: str
    from_name: str
    naming: tuple[str, ...] = field(repr=False)  # what a server's words are cleaned of

    def parcel(self) -> dict[str, Any]:
        """As it is sealed."""
        plain = {"to": self.to, "subject": self.subject, "body": self.body, "language": self.language}
        return {**plain, "from_name": self.from_name, "naming": list(self.naming)}

    @classmethod
    def from_parcel(cls, parcel: Mapping[str, Any]) -> Self:
        """The message that `parcel` wrote."""
        return cls(**{**parcel, "naming": tuple(parcel["naming"])})

    @property
    def address(self) -> str:
        """Its reader's address, as it is given to the mail server. Raises NoMessage."""
        if why_no_mail_to(self.to):
            raise NoMessage("not an address that is written to")
        local, _at, domain = self.to.rpartition("@")
        return f"{local}@{ascii_domain(domain)}"


def message_id(mail_id: UUID, sender: str) -> str:
    """What mail servers call this message in their logs. It tells nothing of who it thanks, when or from where."""
    token = hashlib.sha256(b"komek/1/message-id" + mail_id.bytes).hexdigest()[:32]
    return f"<{token}@{domain_of(sender)}>"


def domain_of(sender: str) -> str:
    """The domain that the fund writes from."""
    return ascii_domain(sender.rpartition("@")[2])


def message_of(mail: Outgoing, *, mail_id: UUID, sender: str, now: datetime) -> EmailMessage:
    """The message, ready to be sent. Raises NoMessage for an address that is none."""
    message = EmailMessage(policy=SMTP)
    local, _at, _domain = sender.rpartition("@")
    message["From"] = Address(display_name=one_line(mail.from_name), username=local, domain=domain_of(sender))
    message["To"] = Address(addr_spec=mail.address)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(now.astimezone(UTC).replace(microsecond=0))
    message["Message-ID"] = message_id(mail_id, sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body, charset="utf-8", cte="base64" if not mail.body.isascii() else "quoted-printable")
    message["Content-Language"] = mail.language
    return message
