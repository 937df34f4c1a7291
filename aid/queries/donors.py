"""Donors as the donors' ring may read them; nobody else learns more than that there is one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.donations import DonorDetails
from aid.domain.names.folding import fold
from aid.domain.permissions import Permission
from aid.models.donations import Donation, Donor, stands_for
from aid.models.records import RecordKind
from aid.services import records
from aid.services.donors import index as donor_index
from aid.vault.actor import Actor

SHOWN = 20
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DonorRow:
    """One donor, opened."""

    id: UUID
    known_since: datetime
    details: DonorDetails = field(repr=False)
    version: int = 1
    gifts: int = 0
    last_gift: date | None = None
    union: str | None = field(default=None, repr=False)  # of a branch: its union's name


@dataclass(frozen=True, slots=True)
class DonorList:
    """Donors found, and after whom the next page begins."""

    rows: tuple[DonorRow, ...]
    before: UUID | None

    @property
    def more(self) -> bool:
        """Whether there are more than are shown."""
        return self.before is not None


def donors(session: Session, *, actor: Actor, name: str = "", before: UUID | None = None) -> DonorList:
    """The latest donors, or those with every word sought in name or e-mail address, however it is spelled."""
    actor.must(Permission.SEE_DONORS)
    sought = fold(name).split()
    found: list[DonorRow] = []
    for chunk in _latest_first(session, before, SHOWN + 1 if not sought else _AT_ONCE):
        found += [row for row in _opened(session, actor, chunk) if _has(row.details, sought)]
        if len(found) > SHOWN:
            break
    shown = found[:SHOWN]
    return DonorList(_with_gifts(session, actor, shown), shown[-1].id if len(found) > SHOWN else None)


def donor(session: Session, *, actor: Actor, donor_id: UUID) -> DonorRow | None:
    """One donor, or whoever stands for them by now; None where there is none."""
    actor.must(Permission.SEE_DONORS)
    root = session.scalar(select(stands_for()).where(Donor.id == donor_id))
    row = session.get(Donor, root) if root else None
    return _with_gifts(session, actor, _opened(session, actor, [row]))[0] if row else None


def rows_of(session: Session, *, actor: Actor, donor_ids: Iterable[UUID]) -> dict[UUID, DonorRow]:
    """These donors by id; whoever was merged into another is not among them."""
    actor.must(Permission.SEE_DONORS)
    standing = select(Donor).where(Donor.id.in_(set(donor_ids)), Donor.merged_into_id.is_(None))
    opened = _opened(session, actor, session.scalars(standing).all())
    return {row.id: row for row in _with_gifts(session, actor, opened)}


def unions(session: Session, *, actor: Actor) -> tuple[DonorRow, ...]:
    """All unions, by name: to choose from."""
    return _found_by(session, actor, [donor_index.UNIONS])


def branches(session: Session, *, actor: Actor, union_id: UUID) -> tuple[DonorRow, ...]:
    """The branches of a union, and of those that were merged into it, by name."""
    theirs = session.scalars(select(Donor.id).where(stands_for() == union_id)).all()
    return _found_by(session, actor, [donor_index.branches_of(id_) for id_ in theirs])


def details_of(session: Session, *, actor: Actor, donor_ids: Iterable[UUID]) -> dict[UUID, DonorDetails]:
    """The donors by id, for who may see donors; nothing for anybody else. Whoever was merged reads as who was kept."""
    if not actor.may(Permission.SEE_DONORS):
        return {}
    ids = list(set(donor_ids))
    roots: dict[UUID, UUID] = {}
    for start in range(0, len(ids), _AT_ONCE):
        asked = select(Donor.id, stands_for()).where(Donor.id.in_(ids[start : start + _AT_ONCE]))
        roots |= {donor_id: root for donor_id, root in session.execute(asked)}  # noqa: C416
    wanted = list(set(roots.values()))
    opened = records.take_out_all(session, kind=RecordKind.DONOR, row_ids=wanted, keyring=actor.keyring)
    details = {donor_id: DonorDetails.from_plain(plain) for donor_id, plain in opened.items()}
    return {donor_id: details[root] for donor_id, root in roots.items() if root in details}


def _latest_first(session: Session, before: UUID | None, size: int) -> Iterable[list[Donor]]:
    standing = select(Donor).where(Donor.merged_into_id.is_(None)).order_by(Donor.id.desc()).limit(size)
    while True:
        chunk = list(session.scalars(standing.where(Donor.id < before) if before else standing))
        if chunk:
            yield chunk
        if len(chunk) < size:
            return
        before = chunk[-1].id


def _opened(session: Session, actor: Actor, rows: Iterable[Donor]) -> list[DonorRow]:
    every = list(rows)
    ids = [row.id for row in every]
    plain = records.take_out_all(session, kind=RecordKind.DONOR, row_ids=ids, keyring=actor.keyring)
    return [
        DonorRow(row.id, row.known_since, DonorDetails.from_plain(plain[row.id]), row.version)
        for row in every
        if row.id in plain
    ]


def _with_gifts(session: Session, actor: Actor, rows: list[DonorRow]) -> tuple[DonorRow, ...]:
    """How often they gave and when last, and of branches which union they are of."""
    given = (
        select(stands_for(), func.count(), func.max(Donation.received_on))
        .join(Donation, Donation.donor_id == Donor.id)
        .where(stands_for().in_([row.id for row in rows]))
        .group_by(stands_for())
    )
    gifts = {donor_id: (count, last) for donor_id, count, last in session.execute(given)}
    names = details_of(session, actor=actor, donor_ids=[row.details.union_id for row in rows if row.details.union_id])
    return tuple(
        DonorRow(
            row.id,
            row.known_since,
            row.details,
            row.version,
            gifts=gifts.get(row.id, (0, None))[0],
            last_gift=gifts.get(row.id, (0, None))[1],
            union=names[row.details.union_id].name if row.details.union_id in names else None,
        )
        for row in rows
    )


def _found_by(session: Session, actor: Actor, terms: list[donor_index.Term]) -> tuple[DonorRow, ...]:
    actor.must(Permission.SEE_DONORS)
    index = donor_index.index_of(session, actor.keyring)
    if index is None:
        return ()
    ids = {donor_id for found in donor_index.find(session, index, terms).values() for donor_id in found}
    rows = rows_of(session, actor=actor, donor_ids=ids).values()
    return tuple(sorted(rows, key=lambda row: fold(row.details.name or "")))


def _has(details: DonorDetails, sought: list[str]) -> bool:
    known = fold(f"{details.name or ''} {details.email or ''}")
    return all(word in known for word in sought)
