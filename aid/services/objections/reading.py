"""Opening what was said in an objection. Who looked is recorded; members of the committee see no name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.explanations import Explanation
from aid.domain.families import Facts
from aid.domain.permissions import Permission
from aid.models.families import Family
from aid.models.objections import Objection, ObjectionAnswer, ObjectionPassedOn, ObjectionRemark
from aid.models.people import Person
from aid.models.records import RecordKind
from aid.services import records, sightings
from aid.services.explanations import explain_one
from aid.vault.actor import Actor
from aid.vault.failures import NoKey


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """A member's words."""

    member: str
    at: datetime
    words: str | None


@dataclass(frozen=True, slots=True)
class CaseWords:
    """Everything that was said in a case; nothing where it was erased, or where the reader has no key to it."""

    protest: str | None
    appeal: str | None  # when the family did not accept the answer
    replies: Mapping[int, str]  # by the answer's number
    remarks: tuple[RemarkRow, ...]  # of members, for members
    facts: Facts | None  # of need, for members
    why: Explanation | None  # of the list that it is about


def open_case(session: Session, *, actor: Actor, now: Instant, objection_id: UUID) -> CaseWords | None:
    """Open the words of a case, or None where there is none that this reader may see. Call it by `look`."""
    found = session.execute(
        select(Objection, Family.locality_id, ObjectionPassedOn.id)
        .join(Family, Family.id == Objection.family_id)
        .outerjoin(ObjectionPassedOn, ObjectionPassedOn.objection_id == Objection.id)
        .where(Objection.id == objection_id)
    ).one_or_none()
    if found is None or not may_see(actor=actor, locality_id=found.locality_id, is_passed_on=found[2] is not None):
        return None
    objection: Objection = found[0]
    family = session.get_one(Family, objection.family_id)
    is_member = actor.may(Permission.VOTE)
    passed_id: UUID | None = found[2]
    spoken = [row_id for row_id in (objection.id, passed_id) if row_id is not None]
    protests = _words(session, RecordKind.PROTEST, spoken, actor=actor)
    if protests:
        assert actor.person_id is not None, "only a person has keys"
        sightings.saw(
            session,
            person_id=actor.person_id,
            families=[objection.family_id],
            what=RecordKind.PROTEST,
            why="objection",
            now=now,
        )
    return CaseWords(
        protest=protests.get(objection.id),
        appeal=None if passed_id is None else protests.get(passed_id),
        replies=_replies(session, objection.id, actor=actor),
        remarks=_remarks(session, objection.id, actor=actor) if is_member else (),
        facts=_facts(session, family, actor=actor, now=now) if is_member else None,
        why=_why(session, family, objection.allocation_id, actor=actor, now=now),
    )


def may_see(*, actor: Actor, locality_id: UUID, is_passed_on: bool) -> bool:
    """Whether somebody sees a case: who knows the family's locality, and the committee what came before it."""
    if actor.may(Permission.OPEN_OBJECTIONS):
        return actor.may(Permission.OPEN_OBJECTIONS, locality=locality_id)
    return is_passed_on and actor.may(Permission.VOTE)


def _why(
    session: Session, family: Family, allocation_id: UUID | None, *, actor: Actor, now: Instant
) -> Explanation | None:
    if allocation_id is None:
        return None
    return explain_one(session, family=family, actor=actor, now=now, allocation_id=allocation_id)


def _facts(session: Session, family: Family, *, actor: Actor, now: Instant) -> Facts | None:
    assert actor.person_id is not None, "only a person has keys"
    try:
        found = records.take_out(session, kind=RecordKind.FACTS, row_id=family.id, keyring=actor.keyring)
    except NoKey:
        return None
    if found is None:
        return None
    sightings.saw(
        session, person_id=actor.person_id, families=[family.id], what=RecordKind.FACTS, why="objection", now=now
    )
    return Facts.from_plain(found)


def _replies(session: Session, objection_id: UUID, *, actor: Actor) -> Mapping[int, str]:
    answers = session.execute(
        select(ObjectionAnswer.n, ObjectionAnswer.id).where(ObjectionAnswer.objection_id == objection_id)
    ).all()
    words = _words(session, RecordKind.REPLY, [id_ for _n, id_ in answers], actor=actor)
    return {n: words[id_] for n, id_ in answers if id_ in words}


def _remarks(session: Session, objection_id: UUID, *, actor: Actor) -> tuple[RemarkRow, ...]:
    found = session.execute(
        select(ObjectionRemark.id, ObjectionRemark.at, Person.handle)
        .join(Person, Person.id == ObjectionRemark.by_id)
        .where(ObjectionRemark.objection_id == objection_id)
        .order_by(ObjectionRemark.at, ObjectionRemark.id)
    ).all()
    words = _words(session, RecordKind.COUNSEL, [row.id for row in found], actor=actor)
    return tuple(RemarkRow(row.handle, row.at, words.get(row.id)) for row in found)


def _words(session: Session, kind: RecordKind, ids: list[UUID], *, actor: Actor) -> Mapping[UUID, str]:
    """The words of these rows; of an erased family's there are none, and none under keys that the reader lacks."""
    try:
        opened = records.take_out_all(session, kind=kind, row_ids=ids, keyring=actor.keyring)
    except NoKey:
        return {}
    return {row_id: record["words"] for row_id, record in opened.items()}
