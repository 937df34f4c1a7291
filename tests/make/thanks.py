"""Thanks for tests: donors who have an address, a mail server on this machine, and what it took."""

import asyncio
import random
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from uuid import UUID

from aiosmtpd.controller import Controller
from flask import current_app
from sqlalchemy import select

from aid.documents.thanking import in_public, letters, mails
from aid.documents.thanks import own_text
from aid.jobs.run_pair import say_that_we_run
from aid.jobs.running import run_job
from aid.models.donations import Thanks
from aid.queries.thanks_words import gifts
from aid.services.thanks.acknowledging import Acknowledgement
from aid.services.thanks.publishing import take_off
from aid.services.thanks.texts import write_text
from config import Mail
from tests.make import do, rows, see
from tests.make.donations import a_donor, make_donation
from tests.make.fund import FoundedFund
from tests.make.server import free_port

SENDER = "thanks@fund.example"
Answer = Callable[[str], str | None]


@dataclass
class MailServer:
    """A real mail server; `answer` may refuse a reader or a message, `taken` is what it took."""

    port: int
    answer: Answer = lambda _reader: None
    after_data: Answer = lambda _reader: None
    slow: float = 0.0  # seconds at most between having a message and saying so
    tried: bool = False  # somebody has tried to send already
    hangs_up: bool = False  # when it has a message, before it says so
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    seen: threading.Condition = field(default_factory=threading.Condition)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if refusal := self.answer(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        [reader] = envelope.rcpt_tos
        if refusal := self.after_data(reader):
            return refusal
        message = message_from_bytes(envelope.content, _class=EmailMessage, policy=SMTP)
        with self.seen:
            self.taken.append((reader, message))
            self.seen.notify_all()
        if self.slow:
            await asyncio.sleep(random.uniform(0, self.slow))
        if self.hangs_up:
            server.transport.close()
        return "250 OK: queued as 4AF9"

    @property
    def readers(self) -> list[str]:
        """To whom it took a message, in order."""
        return [reader for reader, _message in self.taken]

    def settings(self) -> Mail:
        """How the fund reaches it."""
        return Mail(host="127.0.0.1", port=self.port, sender=SENDER, tls="none")


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server on this machine, while it is needed."""
    server = MailServer(free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port, ready_timeout=20)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@contextmanager
def reached_at(settings: Mail | None) -> Iterator[None]:
    """The fund's configuration names this mail server; and a worker runs."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    before = app.config["KOMEK"]
    app.config["KOMEK"] = replace(before, mail=settings)
    say_that_we_run()
    try:
        yield
    finally:
        app.config["KOMEK"] = before
        app.extensions.pop("run_pair", None)


def make_gifts(fund: FoundedFund, count: int, **of_donor: Any) -> list[UUID]:
    """Donations of so many donors, each with an address of their own."""
    return [
        make_donation(fund, donor=a_donor(name=f"Giver{n} Solheim", email=f"giver{n}@post.example.org", **of_donor))
        for n in range(count)
    ]


def press_send(fund: FoundedFund, donation_ids: list[UUID]) -> UUID:
    """The treasurer presses send; the batch's id."""
    return mails(fund.treasurer, donation_ids, secrets.token_hex(16))


def send_now(fund: FoundedFund, donation_ids: list[UUID]) -> UUID:
    """The treasurer presses send, and the worker does it."""
    job_id = press_send(fund, donation_ids)
    assert run_job(job_id)
    return job_id


def an_acknowledgement(fund: FoundedFund, donation_id: UUID, **changed: Any) -> Acknowledgement:
    """How a donation would be acknowledged now."""
    [gift] = see(gifts, actor=fund.treasurer, donation_ids=[donation_id])
    plain = Acknowledgement(
        donation_id=donation_id,
        corrections=gift.corrections,
        language=gift.language,
        text_id=gift.text_id,
        code_hash=secrets.token_bytes(32),
    )
    return replace(plain, **changed)


def make_thanks(fund: FoundedFund) -> None:
    """A text of the fund's own and a letter in it, a message that was sent and one in doubt, two lines in public."""
    do(write_text, actor=fund.treasurer, text=replace(own_text("en"), greeting="Good day, {name}!"), seen=0)
    gifts_ = make_gifts(fund, 5)
    letters(fund.treasurer, gifts_[:1], secrets.token_hex(16))
    with mail_server() as server, reached_at(server.settings()):
        server.answer = lambda reader: "550 No such mailbox" if "giver2" in reader else None
        send_now(fund, gifts_[1:3])
    for donation_id in gifts_[3:]:
        in_public(fund.treasurer, donation_id, secrets.token_hex(16), line="From the dockers")
        thanks = rows(select(Thanks).where(Thanks.donation_id == donation_id))
    do(take_off, actor=fund.treasurer, thanks_id=thanks[0].id, reason="They asked for it")
