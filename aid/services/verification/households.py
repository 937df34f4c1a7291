"""Proof that families stand where their permanent rows put them: state, version, confirmation, home, other families.

A family is confirmed as long as nothing was written since but how to reach it. It lives where it was registered, or
where it last moved. Who left and came back is in the fund, and waits. What another family had counts for it only where
the two have to do with each other.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, exists, func, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased

from aid.domain.families import ChangeKind, FamilyState, TieKind, WithdrawalReason
from aid.models.allocations import AllocationLine
from aid.models.families import Confirmation, Family, FamilyVersion, Withdrawal
from aid.models.households import EarlierAid, FamilyMove, FamilyReturn, FamilyTie, came_back
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding


def prove_households(session: Session) -> Iterator[Finding]:
    """Families that stand where nothing put them."""
    yield from faults_found(session, _versions, _confirmations, _homes, _returns, _ties, _earlier_aid)


def _versions() -> Iterator[Fault]:
    written = select(func.count(FamilyVersion.version)).where(FamilyVersion.family_id == Family.id).scalar_subquery()
    last = select(func.max(FamilyVersion.version)).where(FamilyVersion.family_id == Family.id).scalar_subquery()
    wrong = or_(Family.version != written, Family.version != func.coalesce(last, 0))
    yield those(Family.id, wrong, "its version is not the last one written")
    confirmed = _confirmed_version()
    yield those(
        Family.id,
        Family.confirmed_version.is_distinct_from(confirmed),
        "its confirmed version is not the last one confirmed",
    )
    left = exists().where(Withdrawal.family_id == Family.id, ~came_back())
    state = case(
        (left, FamilyState.WITHDRAWN.value),
        (Family.version == confirmed, FamilyState.CONFIRMED.value),
        else_=FamilyState.REGISTERED.value,
    )
    yield those(Family.id, type_coerce(Family.state, String) != state, "its state is not what was done to it")


def _confirmed_version() -> ColumnElement[Any]:
    """The last version confirmed, or the last of those after it that correct no more than how to reach the family."""
    last = select(func.max(Confirmation.version))
    vouched = last.where(Confirmation.family_id == Family.id).correlate(Family).scalar_subquery()
    before = last.where(Confirmation.family_id == FamilyVersion.family_id).correlate(FamilyVersion).scalar_subquery()
    changed = (
        select(func.min(FamilyVersion.version))
        .where(
            FamilyVersion.family_id == Family.id,
            FamilyVersion.version > before,
            FamilyVersion.kind != ChangeKind.CONTACT,
        )
        .scalar_subquery()
    )
    stands = func.coalesce(changed - 1, Family.version)
    return case((vouched.is_(None), None), else_=stands)


def _confirmations() -> Iterator[Fault]:
    """A confirmation is another person's word than theirs who wrote what it confirms."""
    earlier = Confirmation.__table__.alias("earlier")
    before = (
        select(func.coalesce(func.max(earlier.c.version), 0))
        .where(earlier.c.family_id == Confirmation.family_id, earlier.c.version < Confirmation.version)
        .scalar_subquery()
    )
    own = exists().where(
        FamilyVersion.family_id == Confirmation.family_id,
        FamilyVersion.by_id == Confirmation.by_id,
        FamilyVersion.version > before,
        FamilyVersion.version <= Confirmation.version,
        FamilyVersion.kind != ChangeKind.CONTACT,
    )
    yield those(Confirmation.id, own, "who wrote the family down confirmed it too")


def _homes() -> Iterator[Fault]:
    last = aliased(FamilyMove)
    versions = select(func.max(last.version)).where(last.family_id == FamilyMove.family_id)
    newest = versions.correlate(FamilyMove).scalar_subquery()
    moved = (FamilyMove.family_id == Family.id) & (FamilyMove.version == newest)
    to = select(FamilyMove.to_locality_id).where(moved).scalar_subquery()
    yield those(
        Family.id,
        Family.locality_id != func.coalesce(to, Family.registered_in_id),
        "it does not live where it was registered or moved",
    )
    point = select(FamilyMove.to_point_id).where(moved).scalar_subquery()
    yield those(Family.id, Family.point_id != point, "it does not collect where it moved")
    yield from _broken_journeys()
    unsaid = ~exists().where(
        FamilyVersion.family_id == FamilyMove.family_id,
        FamilyVersion.version == FamilyMove.version,
        FamilyVersion.kind.in_((ChangeKind.MOVED, ChangeKind.WRITTEN)),
    )
    yield those(FamilyMove.family_id, unsaid, "it moved in a version that is no move")


def _broken_journeys() -> Iterator[Fault]:
    """Each journey begins where the one before it ended, the first where the family was registered."""
    before = aliased(FamilyMove)
    newest = (
        select(func.max(before.version))
        .where(before.family_id == FamilyMove.family_id, before.version < FamilyMove.version)
        .correlate(FamilyMove)
        .scalar_subquery()
    )
    ended = aliased(FamilyMove)
    there = (
        select(ended.to_locality_id)
        .where(ended.family_id == FamilyMove.family_id, ended.version == newest)
        .scalar_subquery()
    )
    home = select(Family.registered_in_id).where(Family.id == FamilyMove.family_id).scalar_subquery()
    fault = FamilyMove.from_locality_id != func.coalesce(there, home)
    yield those(FamilyMove.family_id, fault, "it moved away from where it did not live")


def _returns() -> Iterator[Fault]:
    own = exists().where(
        Withdrawal.id == FamilyReturn.withdrawal_id,
        Withdrawal.family_id == FamilyReturn.family_id,
        Withdrawal.at <= FamilyReturn.at,
    )
    yield those(FamilyReturn.family_id, ~own, "it came back before it had left")
    other = aliased(Withdrawal)
    twice = exists().where(other.family_id == Withdrawal.family_id, other.id > Withdrawal.id) & ~came_back()
    yield those(Withdrawal.family_id, twice, "it left again without having come back")
    written = exists().where(
        FamilyVersion.family_id == FamilyReturn.family_id,
        FamilyVersion.kind == ChangeKind.RETURNED,
        FamilyVersion.at == FamilyReturn.at,
        FamilyVersion.by_id == FamilyReturn.by_id,
    )
    yield those(FamilyReturn.family_id, ~written, "it came back without a version of its own")


def _ties() -> Iterator[Fault]:
    came_of = exists().where(Family.id == FamilyTie.other_id, Family.registered_at == FamilyTie.at)
    yield those(FamilyTie.id, (FamilyTie.kind == TieKind.SPLIT) & ~came_of, "the other did not come of it")
    went = exists().where(
        Withdrawal.family_id == FamilyTie.other_id,
        Withdrawal.at == FamilyTie.at,
        Withdrawal.by_id == FamilyTie.by_id,
        Withdrawal.reason.in_((WithdrawalReason.UNITED, WithdrawalReason.TWICE)),
    )
    yield those(FamilyTie.id, (FamilyTie.kind != TieKind.SPLIT) & ~went, "the other did not go into it")


def _earlier_aid() -> Iterator[Fault]:
    """A line counts for a family that it was not for, only through one it was for, or for which it counted."""
    known = aliased(EarlierAid)
    others = or_(
        and_(FamilyTie.family_id == EarlierAid.family_id, FamilyTie.other_id == AllocationLine.family_id),
        and_(FamilyTie.other_id == EarlierAid.family_id, FamilyTie.family_id == AllocationLine.family_id),
    )
    direct = exists().where(FamilyTie.id == EarlierAid.tie_id, AllocationLine.id == EarlierAid.line_id, others)
    through = exists().where(
        FamilyTie.id == EarlierAid.tie_id,
        known.line_id == EarlierAid.line_id,
        known.tie_id != EarlierAid.tie_id,
        or_(
            and_(FamilyTie.family_id == EarlierAid.family_id, FamilyTie.other_id == known.family_id),
            and_(FamilyTie.other_id == EarlierAid.family_id, FamilyTie.family_id == known.family_id),
        ),
    )
    yield those(EarlierAid.family_id, ~(direct | through), "aid counts for it that no family it knows ever had")
