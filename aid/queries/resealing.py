"""How much is still sealed under old keys, of what a person can seal anew."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.models.donations import Donor
from aid.models.records import Wrap
from aid.services.donors.index import missing
from aid.services.donors.resealing import old_givers
from aid.services.open_papers import rings_with_open_papers
from aid.services.resealing import UNDER_INDEX_KEYS, newest_of, old_of, old_wraps
from aid.services.statements.keys import donors_ring
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Left:
    """What is left to do."""

    records: int
    families: int  # still found, or known from an import, under old keys
    rings: int  # that have old keys
    for_papers: int  # of these, points whose open vouchers still need them
    givers: int = 0  # donors, bank lines and rules that are known under old keys

    @property
    def total(self) -> int:
        """Everything there is to do now."""
        return self.records + self.families + self.givers + self.rings - self.for_papers


@dataclass(frozen=True, slots=True)
class Findable:
    """How many donors are found by their names and accounts, of how many that there are."""

    done: int
    of: int

    @property
    def left(self) -> int:
        """How many are found by nothing."""
        return self.of - self.done


def findable(session: Session, *, actor: Actor) -> Findable:
    """How far the donors' index is made, as after an update that emptied it; nothing to do for who has no key to it."""
    every = session.scalar(select(func.count()).where(Donor.merged_into_id.is_(None))) or 0
    if not actor.keyring.has(donors_ring(session)):
        return Findable(every, every)
    return Findable(every - (session.scalar(select(func.count()).select_from(missing().subquery())) or 0), every)


def left_under_old_keys(session: Session, *, actor: Actor) -> Left:
    """What this person's keys could seal anew."""
    newest = newest_of(session, actor=actor)
    if not newest:
        return Left(0, 0, 0, 0)
    records = (
        session.scalar(select(func.count(Wrap.record_id.distinct())).where(old_wraps(actor=actor, newest=newest))) or 0
    )
    families = sum(
        session.scalar(select(func.count(kind.family_id.distinct())).where(old_of(session, kind, newest))) or 0
        for kind in UNDER_INDEX_KEYS
    )
    papers = len(rings_with_open_papers(session, list(newest.values())))
    return Left(records, families, len(newest), papers, old_givers(session, newest=newest))
