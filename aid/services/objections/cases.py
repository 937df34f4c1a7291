"""A case: the objection locked until the commit, what happened to it so far, and the keys it is spoken about under."""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.domain.objections import CaseFacts
from aid.domain.refusals import RuleBroken
from aid.domain.rings import RingKind
from aid.domain.words import _
from aid.models.families import Erasure, Family, FamilyVersion
from aid.models.fund import Locality
from aid.models.objections import Objection, ObjectionAnswer, ObjectionPassedOn
from aid.models.people import Ring
from aid.models.records import RecordKind
from aid.services import records
from aid.vault.actor import Actor
from aid.vault.records import RingTarget

NO_SUCH_OBJECTION = _("This objection does not exist; choose one from the list.")


def lock_case(session: Session, objection_id: UUID) -> tuple[Objection, Family]:
    """An objection and its family; nobody else answers it, or erases the family, until the commit."""
    found = session.execute(select(Objection.family_id).where(Objection.id == objection_id)).one_or_none()
    if found is None:
        raise RuleBroken(NO_SUCH_OBJECTION)
    family = session.scalars(select(Family).where(Family.id == found.family_id).with_for_update()).one()
    objection = session.scalars(select(Objection).where(Objection.id == objection_id).with_for_update()).one()
    return objection, family


def facts_of(session: Session, objection: Objection) -> CaseFacts:
    """What happened to an objection so far."""
    answers = set(session.scalars(select(ObjectionAnswer.n).where(ObjectionAnswer.objection_id == objection.id)))
    passed_on = select(ObjectionPassedOn.id).where(ObjectionPassedOn.objection_id == objection.id)
    return CaseFacts(
        is_answered=1 in answers,
        is_passed_on=session.scalar(passed_on) is not None,
        is_final=2 in answers,
        is_erased=session.get(Erasure, objection.family_id) is not None,
    )


def wrote(session: Session, person_id: UUID | None, family_id: UUID) -> bool:
    """Whether this person registered a family, or corrected what is written of it."""
    theirs = exists().where(FamilyVersion.family_id == family_id, FamilyVersion.by_id == person_id)
    return bool(session.scalar(select(theirs)))


def put_words(
    session: Session, *, words: str, kind: RecordKind, row_id: UUID, family: Family, actor: Actor, for_all: bool = True
) -> None:
    """Seal what was said for the committee and, but for what members say among themselves, the family's locality.

    It goes with the family: erasing it deletes these words too.
    """
    wanted = [session.execute(select(Ring.id).where(Ring.kind == RingKind.NEEDS)).scalar_one()]
    if for_all:
        wanted.append(session.execute(select(Locality.ring_id).where(Locality.id == family.locality_id)).scalar_one())
    targets: dict[UUID, RingTarget] = records.targets(session, wanted)
    records.put(
        session,
        {"words": words},
        kind=kind,
        row_id=row_id,
        family_id=family.id,
        rings=[targets[ring_id] for ring_id in wanted],
        keyring=actor.keyring,
    )
