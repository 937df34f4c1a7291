"""Proposing rounds to the committee: previewed, put to the vote, computed anew, withdrawn."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationKind, AllocationState, Line, check_lines, why_not_withdraw
from aid.domain.clock import Instant
from aid.domain.entitlement import Reason, ReasonCode, Terms, check_terms, describe
from aid.domain.goods import summed
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion
from aid.models.ledger import Available
from aid.models.programmes import Programme
from aid.services import audit, counters
from aid.services.freezing import freeze
from aid.services.goods import check_known
from aid.services.held_out import families_held_out
from aid.services.programmes import lock_programme
from aid.services.putting import Proposed as Proposed
from aid.services.putting_anew import put_anew
from aid.services.rounds import NO_TERMS, Round, compute
from aid.services.shops.currencies import check_currency
from aid.vault.actor import Actor
from aid.vault.content import content_root, line_hash


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many families get nothing for one reason."""

    why: Message
    families: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a round would give, before it is put to the committee."""

    programme_id: UUID
    families: int
    children: int
    total: Money
    available: Money
    smallest: Money
    median: Money
    largest: Money
    unconfirmed: int
    already: int
    not_eligible: tuple[LeftOut, ...]
    terms: Terms
    digest: str  # what `propose` is shown again, to refuse when something changed in between

    @property
    def budget(self) -> Money | None:
        """How much it may give, where that was said."""
        return None if self.terms.budget is None else Money(self.terms.budget, self.total.currency)

    @property
    def in_coins(self) -> Money | None:
        """An amount that nobody could be paid in notes, where there is one."""
        return next((each for each in (self.smallest, self.median, self.largest) if not each.is_whole), None)

    @property
    def left(self) -> Money:
        """What would be available afterwards; below zero, it can't be carried."""
        return self.available - self.total

    @property
    def missing(self) -> Money | None:
        """What has to come in before it can be carried; nothing where there is enough."""
        return -self.left if self.left.minor < 0 else None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An allocation was taken back."""

    allocation_id: UUID


def preview(session: Session, *, actor: Actor, now: Instant, programme_id: UUID, terms: Terms = NO_TERMS) -> Preview:
    """Compute a round without putting it to anyone. Facts are opened, so call it by `look`."""
    actor.must(Permission.PROPOSE)
    programme = _newest(session, programme_id)
    check_terms(terms)
    computed = compute(session, actor=actor, now=now, programme=programme, terms=terms)
    return _previewed(session, programme, computed)


def preview_again(session: Session, *, actor: Actor, now: Instant, allocation_id: UUID) -> Preview:
    """Compute an open allocation anew without changing it. Call it by `look`."""
    actor.must(Permission.PROPOSE)
    allocation = session.get_one(Allocation, allocation_id)
    programme = session.get_one(Programme, allocation.programme_id)
    terms = _terms_of(session, allocation)
    computed = compute(session, actor=actor, now=now, programme=programme, besides=allocation_id, terms=terms)
    return _previewed(session, programme, computed.without(families_held_out(session, allocation_id)))


def propose(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    programme_id: UUID,
    seen: str | None = None,
    terms: Terms = NO_TERMS,
) -> Proposed:
    """Put a round to the committee. `seen` is the digest of the preview; another result is refused."""
    actor.must(Permission.PROPOSE)
    check_terms(terms)
    programme = _newest(session, programme_id, lock=True)
    computed = compute(session, actor=actor, now=now, programme=programme, terms=terms)
    _refuse_unseen(session, computed, seen)
    allocation = Allocation(
        id=new_id(),
        number=counters.take(session, "allocation"),
        kind=AllocationKind.ROUND,
        programme_id=programme.id,
        purpose_id=programme.purpose_id,
        state=AllocationState.PROPOSED,
        version=1,
    )
    session.add(allocation)
    session.flush()
    version, lines = freeze(session, allocation=allocation, computed=computed, actor=actor, now=now)
    audit.say(session, "allocation.proposed", subject=allocation.id, made=[allocation, version, *lines])
    return Proposed(allocation.id, allocation.number, 1)


def repropose(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    allocation_id: UUID,
    seen: str | None = None,
    without: frozenset[UUID] = frozenset(),
) -> Proposed:
    """Compute an open allocation anew, without the lines that are held out. Votes stay with the old version."""
    actor.must(Permission.PROPOSE)
    allocation = lock_allocation(session, allocation_id)
    _refuse_decided(allocation)
    if allocation.kind is not AllocationKind.ROUND:
        return put_anew(session, allocation=allocation, without=without, actor=actor, now=now)
    programme = session.get_one(Programme, allocation.programme_id)
    lock_programme(session, programme.code)
    terms = _terms_of(session, allocation)
    computed = compute(session, actor=actor, now=now, programme=programme, besides=allocation.id, terms=terms)
    out = _families_of(session, allocation, without) | families_held_out(session, allocation.id)
    computed = computed.without(out)
    _refuse_unseen(session, computed, seen)
    allocation.version += 1
    version, lines = freeze(session, allocation=allocation, computed=computed, actor=actor, now=now)
    audit.say(session, "allocation.reproposed", subject=allocation.id, made=[version, *lines])
    return Proposed(allocation.id, allocation.number, allocation.version)


def _families_of(session: Session, allocation: Allocation, lines: frozenset[UUID]) -> frozenset[UUID]:
    """Whose lines of the present version these are. Raises RuleBroken when one is not among them."""
    wanted = (AllocationLine.allocation_id == allocation.id) & (AllocationLine.version == allocation.version)
    found = session.execute(select(AllocationLine.id, AllocationLine.family_id).where(wanted))
    of_line = {line: family for line, family in found}  # noqa: C416
    if not lines <= of_line.keys():
        raise RuleBroken(_("One of these lines is no longer part of the allocation. Look at what it says now."))
    return frozenset(family for line in lines if (family := of_line[line]) is not None)


def _terms_of(session: Session, allocation: Allocation) -> Terms:
    """The terms an allocation was put to the committee with: what is computed anew keeps them."""
    basis = session.get_one(AllocationVersion, (allocation.id, allocation.version)).basis
    return Terms.from_plain(basis) if basis else NO_TERMS


def withdraw(session: Session, *, actor: Actor, now: Instant, allocation_id: UUID) -> Withdrawn:
    """Take back an open allocation. Only who proposed it may."""
    actor.must(Permission.PROPOSE)
    allocation = lock_allocation(session, allocation_id)
    version = session.get_one(AllocationVersion, (allocation.id, allocation.version))
    if reason := why_not_withdraw(allocation.state, is_proposer=version.proposed_by_id == actor.person_id):
        raise RuleBroken(reason)
    allocation.state = AllocationState.WITHDRAWN
    audit.say(session, "allocation.withdrawn", subject=allocation.id)
    return Withdrawn(allocation.id)


def lock_allocation(session: Session, allocation_id: UUID) -> Allocation:
    """An allocation that nobody else changes or votes on until the commit. Raises RuleBroken where there is none."""
    found = session.scalars(select(Allocation).where(Allocation.id == allocation_id).with_for_update()).one_or_none()
    if found is None:
        raise RuleBroken(_("This allocation does not exist; choose one from the list."))
    return found


def hash_of_line(line: AllocationLine) -> bytes:
    """A line's hash, from what stands in the row."""
    return line_hash(
        line.family_code, line.amount_minor, line.currency, line.point_id, list(line.items), line.facts_hash
    )


def root_of(version: AllocationVersion, lines: Sequence[AllocationLine]) -> bytes:
    """The content root of a version's lines, each hashed anew, in the order of their numbers."""
    return content_root([hash_of_line(line) for line in sorted(lines, key=lambda line: line.n)], version.basis)


def _newest(session: Session, programme_id: UUID, *, lock: bool = False) -> Programme:
    programme = session.get(Programme, programme_id)
    if programme is None:
        raise RuleBroken(_("This programme does not exist; choose one from the list."), "programme_id")
    newest = (
        lock_programme(session, programme.code)
        if lock
        else session.execute(select(func.max(Programme.version)).where(Programme.code == programme.code)).scalar_one()
    )
    if programme.version != newest:
        raise RuleBroken(_("This programme has a newer version; propose that one."), "programme_id")
    return programme


def _refuse_decided(allocation: Allocation) -> None:
    if reason := why_not_withdraw(allocation.state, is_proposer=True):
        raise RuleBroken(reason)


def _refuse_unseen(session: Session, computed: Round, seen: str | None) -> None:
    check_lines([Line(due.code, due.minor, computed.currency, str(due.point_id), due.items) for due in computed.dues])
    check_known(session, summed(item for due in computed.dues for item in due.items))
    check_currency(session, computed.currency, ((due.code, due.point_id) for due in computed.dues if due.minor))
    if seen is not None and seen != computed.digest():
        raise RuleBroken(_("Families changed since you looked. Look at the figures again before you propose them."))


def _previewed(session: Session, programme: Programme, computed: Round) -> Preview:
    minors = [due.minor for due in computed.dues] or [0]
    currency = computed.currency
    available = select(Available.amount_minor).where(
        Available.purpose_id == programme.purpose_id, Available.currency == currency
    )
    return Preview(
        programme_id=programme.id,
        families=len(computed.dues),
        children=computed.children,
        total=computed.total,
        available=Money(session.scalar(available) or 0, currency),
        smallest=Money(min(minors), currency),
        median=Money(statistics.median_low(minors), currency),
        largest=Money(max(minors), currency),
        unconfirmed=computed.unconfirmed,
        already=computed.already,
        not_eligible=tuple(
            LeftOut(describe(Reason(code, 0, 0)), families)
            for code, families in [
                *sorted(computed.not_eligible.items()),
                *([(ReasonCode.NO_MONEY, len(computed.short))] if computed.short else []),
            ]
        ),
        terms=computed.terms,
        digest=computed.digest(),
    )
