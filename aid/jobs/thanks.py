"""Sending messages of thanks: each is written down as leaving before it leaves, and what became of it after."""

import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from aid.domain.mails import MailState
from aid.extensions import db, now
from aid.formats import fresh_key
from aid.jobs.run_pair import run_pair
from aid.perform import perform
from aid.post.line import Line, line_to
from aid.post.message import NoMessage, Outgoing, message_of
from aid.services import run_keys
from aid.services.thanks import mails as thanks_mails
from aid.vault.actor import Actor
from config import Mail

SYSTEM: Final = Actor.system()
TOLD_EACH: Final = 30.0  # seconds after which the job's lease is renewed


def send_thanks(job_id: UUID, alive: Callable[[], None]) -> None:
    """Send what is left of a batch. What this worker can't open is given back; what another began is not known.

    Raises NoLine where the mail server can't be reached: it is tried again later.
    """
    perform(fresh_key(), thanks_mails.take_over, actor=SYSTEM, job_id=job_id)
    with Session(db.engine) as session:
        left = thanks_mails.waiting(session, job_id=job_id)
    told, lines = time.monotonic(), _Lines(current_app.config["KOMEK"].mail)
    try:
        for mail_id in left:
            if time.monotonic() - told > TOLD_EACH:
                alive()
                told = time.monotonic()
            _send(lines, job_id, mail_id)
    finally:
        lines.close()


class _Lines:
    """The line to the mail server, opened when it is needed, and anew when it fell."""

    def __init__(self, settings: Mail | None) -> None:
        self.settings = settings
        self._line: Line | None = None

    def ready(self) -> Line:
        """A line on which the server listens. Raises NoLine."""
        assert self.settings is not None, "asked before a message is sent"
        if self._line is None or not self._line.holds():
            self.close()
            self._line = line_to(self.settings)
        return self._line

    def close(self) -> None:
        """Leave no line open."""
        if self._line is not None:
            self._line.close()
            self._line = None


def _send(lines: _Lines, job_id: UUID, mail_id: UUID) -> None:
    mail = _opened(job_id, mail_id) if lines.settings else None
    if mail is None or lines.settings is None:
        perform(fresh_key(), thanks_mails.return_expired, actor=SYSTEM, mail_id=mail_id)
        return
    try:
        message = message_of(mail, mail_id=mail_id, sender=lines.settings.sender, now=now().instant)
    except NoMessage:
        perform(fresh_key(), thanks_mails.return_expired, actor=SYSTEM, mail_id=mail_id)
        return
    line = lines.ready()
    if perform(fresh_key(), thanks_mails.begin, actor=SYSTEM, mail_id=mail_id).state is not MailState.SENDING:
        return
    state, words = line.give(mail, message)
    perform(fresh_key(), thanks_mails.tell, actor=SYSTEM, mail_id=mail_id, state=state, words=words)


def _opened(job_id: UUID, mail_id: UUID) -> Outgoing | None:
    with Session(db.engine) as session:
        parcel = run_keys.opened(session, run=run_pair(), job_id=job_id, item_id=mail_id, now=now())
    return Outgoing.from_parcel(parcel) if parcel else None
