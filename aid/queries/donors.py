"""Donors as the donors' ring may read them; nobody else learns more than that there is one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.donations import DonorDetails
from aid.domain.names.folding import fold
from aid.domain.permissions import Permission
from aid.models.donations import Donor
from aid.models.records import RecordKind
from aid.services import records
from aid.vault.actor import Actor

SHOWN = 20
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DonorRow:
    """One donor, opened."""

    id: UUID
    known_since: datetime
    details: DonorDetails


@dataclass(frozen=True, slots=True)
class DonorList:
    """Donors found, and whether there are more than are shown."""

    rows: tuple[DonorRow, ...]
    more: bool


def donors(session: Session, *, actor: Actor, name: str = "") -> DonorList:
    """The latest donors, or those whose name has every word sought, however it is spelled."""
    actor.must(Permission.SEE_DONORS)
    sought = fold(name).split()
    found: list[DonorRow] = []
    for chunk in _latest_first(session):
        found += [row for row in _opened(session, actor, chunk) if _has(row.details, sought)]
        if len(found) > SHOWN:
            break
    return DonorList(tuple(found[:SHOWN]), len(found) > SHOWN)


def donor(session: Session, *, actor: Actor, donor_id: UUID) -> DonorRow | None:
    """One donor, or None where there is none."""
    actor.must(Permission.SEE_DONORS)
    row = session.get(Donor, donor_id)
    return _opened(session, actor, [row])[0] if row else None


def details_of(session: Session, *, actor: Actor, donor_ids: Iterable[UUID]) -> dict[UUID, DonorDetails]:
    """The donors by id, for who may see donors; nothing for anybody else."""
    if not actor.may(Permission.SEE_DONORS):
        return {}
    ids = list(set(donor_ids))
    opened = records.take_out_all(session, kind=RecordKind.DONOR, row_ids=ids, keyring=actor.keyring)
    return {donor_id: DonorDetails.from_plain(plain) for donor_id, plain in opened.items()}


def _latest_first(session: Session) -> Iterable[list[Donor]]:
    before: UUID | None = None
    while True:
        statement = select(Donor).order_by(Donor.id.desc()).limit(_AT_ONCE)
        chunk = list(session.scalars(statement.where(Donor.id < before) if before else statement))
        if chunk:
            yield chunk
        if len(chunk) < _AT_ONCE:
            return
        before = chunk[-1].id


def _opened(session: Session, actor: Actor, rows: list[Donor]) -> list[DonorRow]:
    details = details_of(session, actor=actor, donor_ids=[row.id for row in rows])
    return [DonorRow(row.id, row.known_since, details[row.id]) for row in rows if row.id in details]


def _has(details: DonorDetails, sought: list[str]) -> bool:
    known = fold(details.name or "")
    return all(word in known for word in sought)
