"""What was recorded of one family: its lines, its life, its facts; each asked for once, however many the lists are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationKind, AllocationState
from aid.domain.clock import Instant
from aid.domain.explanations import Life
from aid.domain.families import Facts
from aid.domain.meetings import HoldReason
from aid.domain.words import InLanguages
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Decision
from aid.models.collections import Collection
from aid.models.families import Confirmation, Erasure, Family, FamilyVersion, Withdrawal
from aid.models.fund import Locality, Point
from aid.models.households import FamilyReturn
from aid.models.meetings import HeldLine
from aid.models.programmes import Programme, ShortLine
from aid.models.records import RecordKind
from aid.models.vouchers import Voucher
from aid.queries.programmes import names_of
from aid.services import records, sightings
from aid.services.collections.parts import COUNTS, GIVEN_MINOR, STANDS
from aid.services.families.open_aid import counts_for
from aid.services.fund_days import zone_of
from aid.services.goods import GoodWords, words_for
from aid.vault.actor import Actor
from aid.vault.failures import NoKey


@dataclass(frozen=True, slots=True)
class Recorded:
    """All that tells why one family is or is not on some lists."""

    family: Family
    is_erased: bool
    locality: str
    zone: ZoneInfo
    names: Mapping[str, InLanguages]  # of places and goods, as rules call them
    lines: Mapping[tuple[UUID, int], Any]  # by allocation and version
    others: Sequence[Any]  # lines of families that its people were part of: they count for it too
    short: frozenset[tuple[UUID, int]]
    held: Mapping[UUID, tuple[HoldReason, ...]]
    life: Life
    goods: GoodWords
    why: Mapping[UUID, Mapping[str, Any]]  # what lines rest on; none without a key
    facts: Facts | None


def lists_about(
    session: Session, family: Family, *, size: int, before: int | None = None, only: UUID | None = None
) -> Sequence[Any]:
    """Rounds, and grants that count for this family, as they stand now; of what was withdrawn nothing is told."""
    own = exists().where(AllocationLine.allocation_id == Allocation.id, counts_for(family.id))
    now = (AllocationVersion.allocation_id == Allocation.id) & (AllocationVersion.version == Allocation.version)
    wanted = (
        select(Allocation, AllocationVersion, Programme, Decision)
        .join(AllocationVersion, now)
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .outerjoin(Decision, Decision.allocation_id == Allocation.id)
        .where(Allocation.state != AllocationState.WITHDRAWN, or_(Allocation.kind == AllocationKind.ROUND, own))
        .order_by(Allocation.number.desc())
        .limit(size)
    )
    if before is not None:
        wanted = wanted.where(Allocation.number < before)
    if only is not None:
        wanted = wanted.where(Allocation.id == only)
    return session.execute(wanted).all()


def recorded_of(
    session: Session, *, family: Family, lists: Sequence[Any], actor: Actor, now: Instant, why: str
) -> Recorded:
    """What was recorded of the family about these lists. What is opened of it is written down as seen."""
    zone = zone_of(session)
    (lines, others), short = _lines(session, family.id), _short(session, family.id)
    shown = {(row.Allocation.id, row.AllocationVersion.version) for row in lists}
    opened = _lines_opened(session, family, [lines[key].AllocationLine.id for key in shown & lines.keys()], actor)
    facts = _facts_opened(session, family, actor) if shown - lines.keys() else None
    assert actor.person_id is not None, "only a person has keys"
    for what, is_seen in ((RecordKind.LINE, bool(opened)), (RecordKind.FACTS, facts is not None)):
        if is_seen:
            sightings.saw(session, person_id=actor.person_id, families=[family.id], what=what, why=why, now=now)
    return Recorded(
        family=family,
        is_erased=session.get(Erasure, family.id) is not None,
        locality=session.execute(select(Locality.code).where(Locality.id == family.locality_id)).scalar_one(),
        zone=zone,
        names=names_of(session),
        lines=lines,
        others=others,
        short=short,
        held=_held(session, family.id),
        life=_life(session, family, zone),
        goods=words_for(session, {plain for line in lines.values() for plain in line.AllocationLine.items}),
        why=opened,
        facts=facts,
    )


def _lines(session: Session, family_id: UUID) -> tuple[dict[tuple[UUID, int], Any], Sequence[Any]]:
    """Every line the family ever had, with what was decided and what became of its voucher; and others' that count."""
    of_version = (AllocationVersion.allocation_id == AllocationLine.allocation_id) & (
        AllocationVersion.version == AllocationLine.version
    )
    decided = (Decision.allocation_id == AllocationLine.allocation_id) & (Decision.version == AllocationLine.version)
    collected_at = (
        select(func.max(Collection.collected_at))
        .where(Collection.voucher_id == Voucher.id, STANDS)
        .correlate(Voucher)
        .scalar_subquery()
    )
    found = session.execute(
        select(
            AllocationLine,
            Allocation.number,
            Allocation.state.label("allocation_state"),
            (Allocation.version == AllocationLine.version).label("is_now"),
            AllocationVersion.proposed_at,
            Programme.code,
            Decision.carried,
            Decision.decided_at,
            Voucher.state,
            Voucher.valid_until,
            Voucher.grace_until,
            Point.names,
            collected_at.label("collected_at"),
            COUNTS.label("counts"),
            GIVEN_MINOR.label("given_minor"),
        )
        .join(Allocation, Allocation.id == AllocationLine.allocation_id)
        .join(AllocationVersion, of_version)
        .join(Point, Point.id == AllocationLine.point_id)
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .outerjoin(Decision, decided)
        .outerjoin(Voucher, Voucher.id == AllocationLine.id)
        .where(counts_for(family_id))
    ).all()
    own = [row for row in found if row.AllocationLine.family_id == family_id]
    by_version = {(row.AllocationLine.allocation_id, row.AllocationLine.version): row for row in own}
    return by_version, [row for row in found if row.AllocationLine.family_id != family_id]


def _short(session: Session, family_id: UUID) -> frozenset[tuple[UUID, int]]:
    found = select(ShortLine.allocation_id, ShortLine.version).where(ShortLine.family_id == family_id)
    return frozenset((allocation_id, version) for allocation_id, version in session.execute(found))


def _held(session: Session, family_id: UUID) -> dict[UUID, tuple[HoldReason, ...]]:
    found = session.execute(
        select(HeldLine.allocation_id, HeldLine.reason)
        .join(AllocationLine, AllocationLine.id == HeldLine.line_id)
        .where(AllocationLine.family_id == family_id)
        .order_by(HeldLine.at)
    )
    held: defaultdict[UUID, tuple[HoldReason, ...]] = defaultdict(tuple)
    for allocation_id, reason in found:
        held[allocation_id] += (reason,)
    return dict(held)


def _life(session: Session, family: Family, zone: ZoneInfo) -> Life:
    absences = session.execute(
        select(Withdrawal.at, FamilyReturn.at)
        .outerjoin(FamilyReturn, FamilyReturn.withdrawal_id == Withdrawal.id)
        .where(Withdrawal.family_id == family.id)
    )
    return Life(
        registered_on=family.registered_at.astimezone(zone).date(),
        registered_at=family.registered_at,
        absences=tuple((left, back) for left, back in absences),
        written=_versions(session, FamilyVersion, family.id),
        confirmed=_versions(session, Confirmation, family.id),
    )


def _versions(
    session: Session, kind: type[FamilyVersion] | type[Confirmation], family_id: UUID
) -> tuple[tuple[int, datetime], ...]:
    found = session.execute(select(kind.version, kind.at).where(kind.family_id == family_id))
    return tuple((version, at) for version, at in found)


def _lines_opened(session: Session, family: Family, ids: list[UUID], actor: Actor) -> Mapping[UUID, Mapping[str, Any]]:
    try:
        return records.take_out_all(session, kind=RecordKind.LINE, row_ids=ids, keyring=actor.keyring)
    except NoKey:  # sealed where the family lived before
        return {}


def _facts_opened(session: Session, family: Family, actor: Actor) -> Facts | None:
    try:
        found = records.take_out(session, kind=RecordKind.FACTS, row_id=family.id, keyring=actor.keyring)
    except NoKey:
        return None
    return Facts.from_plain(found) if found else None
