"""Looks are recorded: who opened which family's record, when and why, before the answer is sent."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.models.families import Sighting
from aid.models.records import RecordKind
from aid.services import audit


def saw(
    session: Session, *, person_id: UUID, families: Iterable[UUID], what: RecordKind, why: str, now: Instant
) -> None:
    """Record that a person opened these families' records."""
    sightings = [
        Sighting(id=new_id(), person_id=person_id, family_id=family, what=what, why=why, at=now.instant)
        for family in families
    ]
    session.add_all(sightings)
    if sightings:
        audit.say(session, f"{what.value}.opened", subject=sightings[0].family_id, made=sightings)
