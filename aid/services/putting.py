"""Putting a grant, a purchase or a transfer to the committee: its lines, and under seal what each of them rests on.

Rounds are computed and frozen by themselves; what is voted on, signed and proved is one and the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationKind, AllocationState, Line, check_lines
from aid.domain.clock import Instant
from aid.domain.goods import Item
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.refusals import RuleBroken
from aid.domain.rings import RingKind
from aid.domain.words import _
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion
from aid.models.families import Family
from aid.models.fund import Locality, Purpose
from aid.models.people import Ring
from aid.models.records import RecordKind
from aid.services import audit, counters, records
from aid.services.certificates import in_force
from aid.services.goods import check_known
from aid.services.provisional import must_be_whole
from aid.services.shops.currencies import check_currency
from aid.vault.actor import Actor
from aid.vault.content import content_root, facts_hash, line_hash, new_salt

NOTHING_LEFT = _("Nothing would be left of this allocation: withdraw it instead.")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A version of an allocation now waits for votes."""

    allocation_id: UUID
    number: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One line as it is proposed: money or goods, for a family or to a point, and what it rests on."""

    minor: int
    point_id: UUID
    why: Mapping[str, Any] = field(repr=False)
    items: tuple[Item, ...] = ()
    family: Family | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Everything that is put to the vote at once, but for who proposes it and when."""

    kind: AllocationKind
    purpose_id: UUID | None
    currency: str
    lines: tuple[Wanted, ...]
    children: int = 0
    grant_rules_version: int | None = None

    @property
    def basis(self) -> dict[str, Any]:
        """What is signed beside the lines."""
        return {
            "kind": self.kind.value,
            "purpose": str(self.purpose_id) if self.purpose_id else None,
            "grant_rules": self.grant_rules_version,
        }


def put_new(session: Session, *, proposal: Proposal, actor: Actor, now: Instant) -> Proposed:
    """Put a new allocation to the committee. Raises RuleBroken."""
    must_be_whole(session)
    _check(session, proposal)
    allocation = Allocation(
        id=new_id(),
        number=counters.take(session, "allocation"),
        kind=proposal.kind,
        programme_id=None,
        purpose_id=proposal.purpose_id,
        state=AllocationState.PROPOSED,
        version=1,
    )
    session.add(allocation)
    session.flush()
    version, lines = _put(session, allocation, proposal, actor=actor, now=now)
    audit.say(session, "allocation.proposed", subject=allocation.id, made=[allocation, version, *lines])
    return Proposed(allocation.id, allocation.number, 1)


def put_again(session: Session, *, allocation: Allocation, proposal: Proposal, actor: Actor, now: Instant) -> Proposed:
    """Put an open, locked allocation to the committee anew. Votes stay with the old version and count no more."""
    if not proposal.lines:
        raise RuleBroken(NOTHING_LEFT)
    _check(session, proposal)
    allocation.version += 1
    version, lines = _put(session, allocation, proposal, actor=actor, now=now)
    audit.say(session, "allocation.reproposed", subject=allocation.id, made=[version, *lines])
    return Proposed(allocation.id, allocation.number, allocation.version)


def _check(session: Session, proposal: Proposal) -> None:
    currency = proposal.currency
    check_lines(
        [
            Line(
                wanted.family.code if wanted.family else None,
                wanted.minor,
                currency,
                str(wanted.point_id),
                wanted.items,
            )
            for wanted in proposal.lines
        ]
    )
    check_known(session, [item for wanted in proposal.lines for item in wanted.items])
    money = ((each.family.code, each.point_id) for each in proposal.lines if each.family and each.minor)
    check_currency(session, currency, money)
    if proposal.purpose_id is not None and session.get(Purpose, proposal.purpose_id) is None:
        raise RuleBroken(_("Choose what the money is for."), "purpose")


def _put(
    session: Session, allocation: Allocation, proposal: Proposal, *, actor: Actor, now: Instant
) -> tuple[AllocationVersion, list[AllocationLine]]:
    """Write the allocation's version with its lines, each with what it rests on under seal."""
    assert actor.person_id is not None, "a person proposes"
    salted = [_line(allocation, n, wanted, proposal.currency) for n, wanted in enumerate(proposal.lines, start=1)]
    lines = [line for line, _salt in salted]
    total = sum((Money(line.amount_minor, line.currency) for line in lines), Money.zero(proposal.currency))
    version = AllocationVersion(
        allocation_id=allocation.id,
        version=allocation.version,
        proposed_by_id=actor.person_id,
        proposed_at=now.instant,
        policy_version=in_force(session, at=now.instant).row.policy_version,
        content_root=content_root([line.line_hash for line in lines], proposal.basis),
        currency=proposal.currency,
        total_minor=total.minor,
        families=sum(line.family_id is not None for line in lines),
        children=proposal.children,
        unconfirmed=0,
        not_eligible=0,
        grant_rules_version=proposal.grant_rules_version,
        basis=proposal.basis,
    )
    session.add(version)
    session.flush()
    session.add_all(lines)
    _seal(session, zip(salted, proposal.lines, strict=True), actor=actor)
    return version, lines


def _line(allocation: Allocation, n: int, wanted: Wanted, currency: str) -> tuple[AllocationLine, bytes]:
    salt = new_salt()
    line = AllocationLine(
        id=new_id(),
        allocation_id=allocation.id,
        version=allocation.version,
        n=n,
        family_id=wanted.family.id if wanted.family else None,
        family_code=wanted.family.code if wanted.family else None,
        amount_minor=wanted.minor,
        currency=currency,
        point_id=wanted.point_id,
        items=[item.plain() for item in wanted.items],
        facts_hash=facts_hash(salt, wanted.why),
    )
    line.line_hash = line_hash(
        line.family_code, line.amount_minor, line.currency, line.point_id, list(line.items), line.facts_hash
    )
    return line, salt


def _seal(session: Session, salted: Iterable[tuple[tuple[AllocationLine, bytes], Wanted]], *, actor: Actor) -> None:
    """Seal what each line rests on: for a family to its locality, for goods and cash to who pays for them."""
    for (line, salt), wanted in salted:
        locality = wanted.family.locality_id if wanted.family else None
        targets = records.targets(session, _rings(session, locality))
        records.put(
            session,
            {"salt": salt, **wanted.why},
            kind=RecordKind.LINE,
            row_id=line.id,
            family_id=line.family_id,
            rings=list(targets.values()),
            keyring=actor.keyring,
        )


def _rings(session: Session, locality: UUID | None) -> Sequence[UUID]:
    kinds = [RingKind.NEEDS] if locality else [RingKind.NEEDS, RingKind.DONORS]
    rings = list(session.scalars(select(Ring.id).where(Ring.kind.in_(kinds))))
    if locality is not None:
        rings.append(session.execute(select(Locality.ring_id).where(Locality.id == locality)).scalar_one())
    return rings


def grounds_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a line rests on, from its opened record."""
    return {name: part for name, part in record.items() if name != "salt"}
