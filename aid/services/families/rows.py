"""Families' rows: locked until the commit, and named by their codes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from aid.domain.codes import family_code
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.families import Family as FamilyRow
from aid.models.fund import Locality
from aid.services.holding import hold


def lock_family(session: Session, family_id: UUID) -> FamilyRow:
    """The family's row, locked until the commit."""
    row = session.get(FamilyRow, family_id, with_for_update=True)
    if row is None:
        raise RuleBroken(_("There is no such family."))
    return row


def lock_localities(session: Session, locality_ids: list[UUID]) -> None:
    """Let nobody else enter families here until the commit."""
    hold(session, _HERE, {"here": locality_ids})


_HERE = (
    select(Locality.id)
    .where(Locality.id.in_(bindparam("here", expanding=True)))
    .order_by(Locality.id)
    .with_for_update(key_share=True)
)


def codes_of(session: Session, family_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The families' codes."""
    codes: dict[UUID, str] = {}
    for start in range(0, len(family_ids), 500):
        rows = session.execute(
            select(FamilyRow.id, FamilyRow.code).where(FamilyRow.id.in_(family_ids[start : start + 500]))
        )
        codes |= {row.id: row.code for row in rows}
    return codes


_CODE = FamilyRow.__table__.c.code
_HAS_CODE = select(_CODE).where(bindparam("drawn") == _CODE)
_TAKEN = select(_CODE).where(_CODE.in_(bindparam("drawn", expanding=True)))


def fresh_code(session: Session) -> str:
    """A code that no family has; should a rival take it just now, the constraint refuses one of us."""
    while session.scalar(_HAS_CODE, {"drawn": (code := family_code())}) is not None:
        pass
    return code


def fresh_codes(session: Session, count: int) -> list[str]:
    """Many of them."""
    codes: set[str] = set()
    while len(codes) < count:
        drawn = {family_code() for _each in range(min(count - len(codes), 500))}
        codes |= drawn - set(session.scalars(_TAKEN, {"drawn": list(drawn)}))
    return list(codes)
