"""How much is still sealed under old keys, of what a person can seal anew."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.models.records import Wrap
from aid.services.donors.resealing import old_givers
from aid.services.open_papers import rings_with_open_papers
from aid.services.resealing import UNDER_INDEX_KEYS, newest_of, old_of, old_wraps
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
