"""A round, computed: what each confirmed family is due today under a programme. Opens facts, and says whose."""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationState
from aid.domain.clock import Instant
from aid.domain.entitlement import Entitlement, ProgrammeRule, ReasonCode, entitlement
from aid.domain.families import Facts, FamilyState, plain
from aid.domain.goods import Item
from aid.domain.money import Money
from aid.domain.vouchers import VoucherState
from aid.models.allocations import Allocation, AllocationLine
from aid.models.families import Family
from aid.models.programmes import Programme
from aid.models.records import RecordKind
from aid.models.vouchers import Voucher
from aid.services import records, sightings
from aid.vault.actor import Actor
from aid.vault.cbor import canonical


@dataclass(frozen=True, slots=True)
class Due:
    """What one family is due, and the facts it rests on."""

    family_id: UUID
    code: str
    locality_id: UUID
    point_id: UUID
    minor: int
    children: int
    why: Mapping[str, Any]  # facts and reasons, plain: what is sealed with the line
    items: tuple[Item, ...] = ()  # goods, beside the money or instead of it


@dataclass(frozen=True, slots=True)
class Round:
    """What a programme would give today, and who is left out."""

    currency: str
    dues: tuple[Due, ...]  # by family code
    unconfirmed: int
    already: int  # have a line of this programme that is open, or that they can still collect or have collected
    not_eligible: Mapping[ReasonCode, int]

    @property
    def total(self) -> Money:
        """All dues together."""
        return Money(sum(due.minor for due in self.dues), self.currency)

    @property
    def children(self) -> int:
        """The children in the families that get something."""
        return sum(due.children for due in self.dues)

    def digest(self) -> str:
        """Tells whether two computations give the same families the same amounts and goods at the same points."""
        said = [[due.code, due.minor, due.point_id, [item.plain() for item in due.items]] for due in self.dues]
        return hashlib.sha256(canonical(said)).hexdigest()

    def without(self, families: Collection[UUID]) -> "Round":
        """The same round, but these families are held out."""
        return replace(self, dues=tuple(due for due in self.dues if due.family_id not in families))


def compute(
    session: Session, *, actor: Actor, now: Instant, programme: Programme, besides: UUID | None = None
) -> Round:
    """Open the facts of all confirmed families, and compute what each is due.

    `besides` is the allocation that this round would replace: its lines leave nobody out. Raises NoKey.
    """
    taken = _already(session, programme, besides)
    confirmed = select(Family.id, Family.code, Family.locality_id, Family.point_id).where(_confirmed())
    # locked: a correction in this moment would put facts that nobody confirmed in the place of those that were
    families = session.execute(confirmed.order_by(Family.code).with_for_update(read=True)).all()
    wanted = [family for family in families if family.id not in taken]
    opened = _open_facts(session, [family.id for family in wanted], actor=actor, now=now)
    rule = ProgrammeRule.from_plain(programme.rule)
    dues: list[Due] = []
    left_out: Counter[ReasonCode] = Counter()
    for family in wanted:
        facts = Facts.from_plain(opened[family.id])
        match entitlement(facts, rule, now.today):
            case Entitlement(minor, reasons):
                children = sum(member.is_child(now.today, rule.child_until) for member in facts.members)
                why = {"facts": plain(facts), "reasons": [reason.plain() for reason in reasons]}
                dues.append(Due(*family, minor, children, why))
            case refused:
                left_out[refused.reason.code] += 1
    return Round(rule.currency, tuple(dues), _unconfirmed(session), len(families) - len(wanted), left_out)


def _open_facts(
    session: Session, family_ids: Sequence[UUID], *, actor: Actor, now: Instant
) -> dict[UUID, dict[str, Any]]:
    assert actor.person_id is not None, "only a person has keys"
    opened = records.take_out_all(session, kind=RecordKind.FACTS, row_ids=family_ids, keyring=actor.keyring)
    sightings.saw(
        session, person_id=actor.person_id, families=family_ids, what=RecordKind.FACTS, why="allocate", now=now
    )
    return opened


def _confirmed() -> ColumnElement[bool]:
    """A second person vouched for the family as it stands now."""
    return (Family.state == FamilyState.CONFIRMED) & (Family.confirmed_version == Family.version)


def _unconfirmed(session: Session) -> int:
    waiting = select(func.count()).select_from(Family).where(Family.state != FamilyState.WITHDRAWN, ~_confirmed())
    return session.execute(waiting).scalar_one()


def _already(session: Session, programme: Programme, besides: UUID | None) -> frozenset[UUID]:
    """Families that this programme, in any version, gives to or is asked to give to. Nobody benefits twice.

    A voucher that was cancelled or expired gave nothing, so its family may be proposed again.
    """
    lines = (
        select(AllocationLine.family_id)
        .join(
            Allocation,
            (Allocation.id == AllocationLine.allocation_id) & (Allocation.version == AllocationLine.version),
        )
        .join(Programme, Programme.id == Allocation.programme_id)
        .outerjoin(Voucher, Voucher.id == AllocationLine.id)
        .where(
            Programme.code == programme.code,
            Allocation.state.in_((AllocationState.PROPOSED, AllocationState.CARRIED)),
            Voucher.id.is_(None) | Voucher.state.not_in((VoucherState.VOID, VoucherState.EXPIRED)),
        )
    )
    if besides is not None:
        lines = lines.where(Allocation.id != besides)
    return frozenset(session.scalars(lines))
