"""Freezing a computed round: lines, their hashes, what each rests on under seal, and the root that votes are given to.

Thousands of lines are written at once: rows are plain values put in by the statement, not one by one by the session.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.rings import RingKind
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion
from aid.models.fund import Locality
from aid.models.people import Ring
from aid.models.programmes import ShortLine
from aid.models.records import RecordKind
from aid.services import audit, records
from aid.services.certificates import in_force
from aid.services.collector import resting_collector
from aid.services.rounds import Due, Round
from aid.vault.actor import Actor
from aid.vault.cbor import canonical, canonical_map, written_bytes, written_text
from aid.vault.content import content_root, facts_hash_of, line_hash, new_salt
from aid.vault.records import RingTarget


@dataclass(frozen=True, slots=True)
class Salted:
    """A line's row, and the salt that hides what its facts hash to."""

    row: dict[str, Any]
    salt: bytes
    written: Mapping[str, bytes]  # facts and reasons, part by part as `canonical` writes them
    due: Due


@resting_collector()
def freeze(
    session: Session, *, allocation: Allocation, computed: Round, actor: Actor, now: Instant
) -> tuple[AllocationVersion, list[audit.Rows]]:
    """Write the allocation's version with its lines, each with its sealed facts and reasons."""
    assert actor.person_id is not None, "a person proposes"
    place = (allocation.id, allocation.version)
    lines = [_line(place, n, due, computed.currency) for n, due in enumerate(computed.dues, start=1)]
    short = [_short_line(place, n, due) for n, due in enumerate(computed.short, start=1)]
    basis = {**computed.basis, "short": short_root(short, computed.currency)} if computed.basis else None
    version = AllocationVersion(
        allocation_id=allocation.id,
        version=allocation.version,
        proposed_by_id=actor.person_id,
        proposed_at=now.instant,
        policy_version=in_force(session, at=now.instant).row.policy_version,
        content_root=content_root([line.row["line_hash"] for line in lines], basis),
        currency=computed.currency,
        total_minor=computed.total.minor,
        families=len(lines),
        children=computed.children,
        unconfirmed=computed.unconfirmed,
        not_eligible=sum(computed.not_eligible.values()) + len(short),
        basis=basis,
    )
    session.add(version)
    session.flush()
    made = [_put(session, AllocationLine, lines), _put(session, ShortLine, short)]
    _seal(session, [*lines, *short], actor=actor)
    return version, made


def short_root(short: Sequence[Salted], currency: str) -> str | None:
    """Who fell out for want of money, in one hash that is signed with the lines; none where nobody did."""
    said = [(line.row["family_code"], line.row["facts_hash"]) for line in short]
    return root_of_short(said, currency)


def root_of_short(short: Sequence[tuple[str, bytes]], currency: str) -> str | None:
    """The same, from the codes and facts hashes in the order of their numbers."""
    hashes = [line_hash(code, 0, currency, None, [], facts) for code, facts in short]
    return content_root(hashes).hex() if hashes else None


def _line(place: tuple[UUID, int], n: int, due: Due, currency: str) -> Salted:
    salt, written = new_salt(), _written(due)
    items = [item.plain() for item in due.items]
    facts = facts_hash_of(salt, canonical_map(written))
    row = {
        "id": new_id(),
        "allocation_id": place[0],
        "version": place[1],
        "n": n,
        "family_id": due.family_id,
        "family_code": due.code,
        "amount_minor": due.minor,
        "currency": currency,
        "point_id": due.point_id,
        "items": items,
        "facts_hash": facts,
        "line_hash": line_hash(due.code, due.minor, currency, due.point_id, items, facts),
    }
    return Salted(row, salt, written, due)


def _written(due: Due) -> dict[str, bytes]:
    """What the line rests on, once for its hash and for its seal; the facts stay as they were sealed."""
    facts = {"facts": due.facts_written} if due.facts_written else {}
    return facts | {
        name: written_text(part) if type(part) is str else canonical(part)
        for name, part in due.why.items()
        if name not in facts
    }


def _short_line(place: tuple[UUID, int], n: int, due: Due) -> Salted:
    salt, written = new_salt(), _written(due)
    row = {
        "id": new_id(),
        "allocation_id": place[0],
        "version": place[1],
        "n": n,
        "family_id": due.family_id,
        "family_code": due.code,
        "facts_hash": facts_hash_of(salt, canonical_map(written)),
    }
    return Salted(row, salt, written, due)


def _put(session: Session, kind: type[AllocationLine] | type[ShortLine], lines: Sequence[Salted]) -> audit.Rows:
    """Insert the rows in one statement, and name them for the audit chain."""
    rows = [line.row for line in lines]
    if rows:
        session.execute(insert(kind.__table__), rows)  # type: ignore[arg-type]
    return audit.Rows(kind, rows)


def _seal(session: Session, lines: Sequence[Salted], *, actor: Actor) -> None:
    """Seal each line's facts and reasons, with the salt of their hash."""
    needs, by_locality = _rings(session)

    def sealed() -> Iterator[records.New]:
        for line in lines:
            rings = (needs, by_locality[line.due.locality_id])
            written = canonical_map({"salt": written_bytes(line.salt), **line.written})
            yield records.New(line.row["id"], line.due.family_id, written, rings)

    records.put_all(session, sealed(), kind=RecordKind.LINE, keyring=actor.keyring)


def _rings(session: Session) -> tuple[RingTarget, dict[UUID, RingTarget]]:
    """Who may open a line's facts and reasons: the committee, and the family's own locality."""
    needs_id = session.execute(select(Ring.id).where(Ring.kind == RingKind.NEEDS)).scalar_one()
    of_locality = {id_: ring for id_, ring in session.execute(select(Locality.id, Locality.ring_id))}  # noqa: C416
    targets = records.targets(session, [needs_id, *of_locality.values()])
    return targets[needs_id], {locality: targets[ring] for locality, ring in of_locality.items()}
