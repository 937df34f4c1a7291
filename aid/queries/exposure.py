"""Whom a suspended account exposed: told from what it opened, wrote and printed up to its last moment.

Codes and dates only. The rows it is told from are permanent, so the list is the same whenever it is asked for.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, func, literal, select, union
from sqlalchemy.orm import Session, aliased

from aid.domain.clock import Instant
from aid.domain.custody import SuspensionReason
from aid.domain.exposure import LATELY, Glimpse, Seen, Urgency, urgency_of
from aid.domain.families import FamilyState
from aid.domain.permissions import Permission
from aid.models.base import Moment
from aid.models.custody import LookWarning, Reinstatement, Suspension, WarnedFamily
from aid.models.families import Family, FamilyVersion, Sighting
from aid.models.fund import Locality
from aid.models.people import Person
from aid.models.records import RecordKind
from aid.models.vouchers import Paper, PrintBatch, Voucher
from aid.queries.reach import Reach, reach_of, within
from aid.vault.actor import Actor

Names = Mapping[str, str]
FOREVER = datetime.max.replace(tzinfo=UTC)
OF_FAMILIES = tuple(kind for kind in RecordKind if kind.value in set(Glimpse))


@dataclass(frozen=True, slots=True)
class Warned:
    """Who warned a family, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ExposedFamily:
    """One family of the list, by code."""

    id: UUID
    code: str
    locality: Names
    state: FamilyState
    seen: tuple[Seen, ...]  # none: only within reach
    warned: Warned | None

    @property
    def last(self) -> datetime | None:
        """When the account learnt of it for the last time."""
        return max((one.last for one in self.seen), default=None)


@dataclass(frozen=True, slots=True)
class SuspensionRow:
    """One suspension of the list, with how far the warning has come."""

    id: UUID
    person_id: UUID
    handle: str
    by: str
    reason: SuspensionReason
    at: datetime
    reinstated_at: datetime | None
    opened: int
    warned: int

    @property
    def is_over(self) -> bool:
        """Whether nobody has to be warned any more: they left in peace, or came back."""
        return self.reinstated_at is not None or self.reason is SuspensionReason.LEFT


@dataclass(frozen=True, slots=True)
class Exposure:
    """Everything that one account exposed, the families in the order in which to warn them."""

    suspension: SuspensionRow
    turns: tuple[tuple[Urgency, tuple[ExposedFamily, ...]], ...]
    reach: Reach

    @property
    def families(self) -> tuple[ExposedFamily, ...]:
        """All of them, in order."""
        return tuple(family for _urgency, families in self.turns for family in families)


@dataclass(frozen=True, slots=True)
class LeftToWarn:
    """How many families nobody warned yet, and since when the first of the accounts is cut off."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class UnusualLooks:
    """An account that opened more families in a day than its work explains."""

    person_id: UUID
    handle: str
    at: datetime
    quota: int


def suspensions(session: Session, *, actor: Actor) -> list[SuspensionRow]:
    """All suspensions, the latest first."""
    actor.must(Permission.SEE_EXPOSURE)
    return list(_suspensions(session, select(Suspension.id)))


def exposure(session: Session, *, actor: Actor, suspension_id: UUID) -> Exposure | None:
    """Whom one suspended account exposed, or None where there is no such suspension."""
    actor.must(Permission.SEE_EXPOSURE)
    row = next(_suspensions(session, select(Suspension.id).where(Suspension.id == suspension_id)), None)
    if row is None:
        return None
    reach = reach_of(session, person_id=row.person_id, at=row.at)
    seen = _seen(session, person_id=row.person_id, until=row.reinstated_at or FOREVER)
    turns: dict[Urgency, list[ExposedFamily]] = {urgency: [] for urgency in Urgency}
    for family in _families(session, row, reach, seen):
        turns[urgency_of(family.seen, at=row.at)].append(family)
    return Exposure(row, tuple((urgency, tuple(_sorted(found))) for urgency, found in turns.items() if found), reach)


def unusual_looks(session: Session, *, actor: Actor, now: Instant) -> list[UnusualLooks]:
    """Warnings of the last seven days, the latest first."""
    actor.must(Permission.SEE_EXPOSURE)
    rows = select(LookWarning.person_id, Person.handle, LookWarning.at, LookWarning.quota)
    rows = rows.join(Person, Person.id == LookWarning.person_id).where(LookWarning.at > now.instant - LATELY)
    return [UnusualLooks(*row) for row in session.execute(rows.order_by(LookWarning.at.desc()))]


def left_to_warn(session: Session) -> LeftToWarn:
    """Families that were opened by an account in wrong hands, and that nobody warned yet."""
    rows = _suspensions(session, select(Suspension.id).where(Suspension.reason != SuspensionReason.LEFT))
    left = [row for row in rows if not row.is_over and row.opened > row.warned]
    return LeftToWarn(sum(row.opened - row.warned for row in left), min((row.at for row in left), default=None))


# ---------------------------------------------------------------- what is asked


def _suspensions(session: Session, chosen: Select[UUID]) -> Iterator[SuspensionRow]:
    by = aliased(Person)
    rows = (
        select(Suspension, Person.handle, by.handle, Reinstatement.at)
        .join(Person, Person.id == Suspension.person_id)
        .join(by, by.id == Suspension.by_id)
        .outerjoin(Reinstatement, Reinstatement.suspension_id == Suspension.id)
        .where(Suspension.id.in_(chosen))
        .order_by(Suspension.at.desc())
    )
    counts = _counts(session, chosen)
    for suspension, handle, by_handle, back in session.execute(rows):
        opened, warned = counts.get(suspension.id, (0, 0))
        yield SuspensionRow(
            id=suspension.id,
            person_id=suspension.person_id,
            handle=handle,
            by=by_handle,
            reason=suspension.reason,
            at=suspension.at,
            reinstated_at=back,  # none for who is not back
            opened=opened,
            warned=warned,
        )


def _counts(session: Session, chosen: Select[UUID]) -> dict[UUID, tuple[int, int]]:
    """By suspension, how many families the account touched and how many of these were warned, in one question."""
    until = func.coalesce(Reinstatement.at, literal(FOREVER, Moment()))
    touched = union(
        *(
            question.join(Suspension, Suspension.person_id == whose)
            .outerjoin(Reinstatement, Reinstatement.suspension_id == Suspension.id)
            .where(Suspension.id.in_(chosen), at <= until)
            for question, whose, at in _all_glimpses()
        )
    ).subquery()
    is_warned = (WarnedFamily.suspension_id == touched.c.suspension_id) & (
        WarnedFamily.family_id == touched.c.family_id
    )
    rows = (
        select(touched.c.suspension_id, func.count(), func.count(WarnedFamily.family_id))
        .select_from(touched)
        .outerjoin(WarnedFamily, is_warned)
        .group_by(touched.c.suspension_id)
    )
    return {suspension_id: (opened, warned) for suspension_id, opened, warned in session.execute(rows)}


def _all_glimpses() -> Iterator[tuple[Select[UUID, UUID], Any, Any]]:
    """(suspension, family), whose it was, and when: a question for each kind of permanent row that tells of it."""
    its, family = Suspension.id.label("suspension_id"), "family_id"
    seen = select(its, Sighting.family_id.label(family)).select_from(Sighting).where(Sighting.what.in_(OF_FAMILIES))
    yield seen, Sighting.person_id, Sighting.at
    wrote = select(its, FamilyVersion.family_id.label(family)).select_from(FamilyVersion)
    yield wrote, FamilyVersion.by_id, FamilyVersion.at
    printed = select(its, Voucher.family_id.label(family)).select_from(Voucher)
    printed = printed.join(Paper, Paper.voucher_id == Voucher.id).join(PrintBatch, PrintBatch.id == Paper.batch_id)
    yield printed, PrintBatch.printed_by_id, PrintBatch.printed_at


def _touched(person_id: UUID, until: datetime) -> CompoundSelect[UUID]:
    """The families that an account opened, wrote or printed for until a moment."""
    return union(*(select(question.subquery().c.family_id) for question in _glimpses(person_id, until)))


def _glimpses(person_id: UUID, until: datetime) -> Iterator[Select[UUID, Any, datetime]]:
    """(family, how, when), a question for each kind of permanent row that tells of it.

    A suspended account opens nothing, so `until` is when it came back: a look that was being written while somebody
    pressed the button may carry a later time than the suspension, and belongs to it.
    """
    yield select(Sighting.family_id.label("family_id"), Sighting.what, Sighting.at).where(
        Sighting.person_id == person_id, Sighting.at <= until, Sighting.what.in_(OF_FAMILIES)
    )
    yield select(FamilyVersion.family_id.label("family_id"), literal(Glimpse.WROTE.value), FamilyVersion.at).where(
        FamilyVersion.by_id == person_id, FamilyVersion.at <= until
    )
    yield (
        select(Voucher.family_id.label("family_id"), literal(Glimpse.PRINTED.value), PrintBatch.printed_at)
        .join(Paper, Paper.voucher_id == Voucher.id)
        .join(PrintBatch, PrintBatch.id == Paper.batch_id)
        .where(PrintBatch.printed_by_id == person_id, PrintBatch.printed_at <= until)
    )


def _seen(session: Session, *, person_id: UUID, until: datetime) -> dict[UUID, tuple[Seen, ...]]:
    """By family, in which ways the account learnt of it."""
    found: dict[UUID, list[Seen]] = defaultdict(list)
    for question in _glimpses(person_id, until):
        family, how, when = question.subquery().c
        rows = select(family, how, func.min(when), func.max(when), func.count()).group_by(family, how)
        for family_id, way, first, last, times in session.execute(rows):
            found[family_id].append(Seen(Glimpse(str(way)), first, last, times))
    order = list(Glimpse)
    return {family: tuple(sorted(ways, key=lambda one: order.index(one.how))) for family, ways in found.items()}


def _families(
    session: Session, row: SuspensionRow, reach: Reach, seen: Mapping[UUID, tuple[Seen, ...]]
) -> Iterator[ExposedFamily]:
    touched = Family.id.in_(select(_touched(row.person_id, row.reinstated_at or FOREVER).subquery().c.family_id))
    chosen = select(Family.id, Family.code, Locality.names, Family.state)
    chosen = chosen.join(Locality, Locality.id == Family.locality_id).where(touched | within(reach))
    warned = _warned(session, row.id)
    for id_, code, locality, state in session.execute(chosen.order_by(Family.code)):
        yield ExposedFamily(id_, code, locality, state, seen.get(id_, ()), warned.get(id_))


def _warned(session: Session, suspension_id: UUID) -> dict[UUID, Warned]:
    rows = select(WarnedFamily.family_id, Person.handle, WarnedFamily.at)
    rows = rows.join(Person, Person.id == WarnedFamily.by_id).where(WarnedFamily.suspension_id == suspension_id)
    return {family_id: Warned(handle, at) for family_id, handle, at in session.execute(rows)}


def _sorted(families: Sequence[ExposedFamily]) -> list[ExposedFamily]:
    """What was opened last comes first."""
    return sorted(families, key=lambda family: (-(family.last.timestamp() if family.last else 0), family.code))
