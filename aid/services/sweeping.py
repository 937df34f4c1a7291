"""Rows that have outlived their time. None of them is permanent."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.guesses import FORGOTTEN
from aid.models.people import Device, Draft, Guess, SignIn
from aid.services.drafts import KEPT_FOR
from aid.services.giving.references import erase_wishes
from aid.services.imports.lists import sweep_lists
from aid.services.jobs import forget_ended
from aid.services.sign_ins import LONGEST
from aid.vault.actor import Actor

A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Swept:
    """It is gone."""


def sweep_rows(session: Session, *, actor: Actor, now: Instant) -> Swept:
    """Delete sign-ins that ended, drafts, lists and wishes that nobody came back for, old devices, guesses and jobs."""
    session.execute(delete(SignIn).where(SignIn.started_at < now.instant - LONGEST))
    session.execute(delete(Draft).where(Draft.kept_at < now.instant - KEPT_FOR))
    sweep_lists(session, now=now)
    erase_wishes(session, now=now)
    session.execute(delete(Device).where(Device.seen_at < now.instant - A_YEAR))
    session.execute(delete(Guess).where(Guess.last_at < now.instant - FORGOTTEN))
    forget_ended(session, now=now)
    return Swept()
