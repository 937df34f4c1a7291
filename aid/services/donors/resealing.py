"""Making anew, under the donors' ring's newest index key, by what donors, bank lines and rules are known again.

Everything is made from what is sealed, which is under the newest keys by then. What can't be opened stays as it is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from aid.domain.clock import Instant
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.records import RecordKind
from aid.models.statements import BankLine, DonorToken, LineRule, LineSeen
from aid.services import audit, records
from aid.services.donors import index as donor_index
from aid.services.lines.rules import rule_mark
from aid.services.statements.keys import LineKeys, donors_ring, keys_of, packed
from aid.vault.actor import Actor
from aid.vault.failures import NoKey, Tampered
from aid.vault.rings import RingRef

LINES_AT_ONCE = 20
"""A line takes so much less than a donor with all of theirs."""

MISSING_AT_ONCE = 200

Keyed: TypeAlias = type[BankLine] | type[LineSeen] | type[LineRule]
Opened: TypeAlias = dict[UUID, dict[str, Any]]
UNDER_DONORS_KEY: tuple[InstrumentedAttribute[Any], ...] = (
    DonorToken.donor_id,
    BankLine.id,
    LineSeen.id,
    LineRule.id,
)
"""What is made under the donors' ring's index key: all say under which epoch of it."""


@dataclass(frozen=True, slots=True)
class FoundAgain:
    """So many donors are found again by this step; so many could not be opened, and stay as they are."""

    done: int
    damaged: int


def find_givers_anew(session: Session, *, actor: Actor, newest: Mapping[UUID, RingRef], size: int) -> tuple[int, int]:
    """One step: how many were made anew, and how many can't be opened."""
    ring_id = donors_ring(session)
    if ring_id not in newest:
        return 0, 0
    epoch, damaged = newest[ring_id].epoch, 0
    for part, at_once in (
        (_donors, size),
        (_lines, size * LINES_AT_ONCE),
        (_seen, size * LINES_AT_ONCE),
        (_rules, size),
    ):
        done, failed = part(session, actor, epoch, at_once)
        damaged += failed
        if done:
            return done, damaged
    return 0, damaged


def find_missing(session: Session, *, actor: Actor, now: Instant, size: int = MISSING_AT_ONCE) -> FoundAgain:
    """One step: let donors be found who are found by nothing, as after an update that emptied the index."""
    actor.must(Permission.RECORD_DONATIONS)
    index = donor_index.index_of(session, actor.keyring)
    if index is None:
        raise RuleBroken(_("You have no key to the donors yet. Ask another treasurer to admit you."))

    def make(some: Sequence[UUID]) -> Opened:
        donor_index.make_anew(session, actor.keyring, index, some)
        return {id_: {} for id_ in some}

    damaged, after = 0, None
    while ids := session.scalars(donor_index.missing(after).limit(size)).all():
        good = _some(ids, make)
        damaged, after = damaged + len(ids) - len(good), ids[-1]
        if good:
            audit.say(session, "donors.found_anew")
            return FoundAgain(len(good), damaged)
    return FoundAgain(0, damaged)


def still_old_givers(session: Session, *, ring_id: UUID, epoch: int) -> Iterator[Select[UUID]]:
    """Asks for what is still under an older key of the ring, where it is the donors'."""
    if ring_id == donors_ring(session):
        for key in UNDER_DONORS_KEY:
            yield select(key).where(key.class_.epoch < epoch)


def old_givers(session: Session, *, newest: Mapping[UUID, RingRef]) -> int:
    """How many donors, lines and rules are known under old keys only."""
    ring = newest.get(donors_ring(session))
    if ring is None:
        return 0
    counts = (select(func.count(key.distinct())).where(key.class_.epoch < ring.epoch) for key in UNDER_DONORS_KEY)
    return sum(session.execute(count).scalar_one() for count in counts)


def _donors(session: Session, actor: Actor, epoch: int, size: int) -> tuple[int, int]:
    index = donor_index.index_of(session, actor.keyring)
    assert index is not None, "they hold the newest"
    damaged = 0

    def make(some: Sequence[UUID]) -> Opened:
        donor_index.make_anew(session, actor.keyring, index, some)
        return {id_: {} for id_ in some}

    for ids in _chunks(session, DonorToken.donor_id, epoch, size):
        good = _some(ids, make)
        damaged += len(ids) - len(good)
        if good:
            return len(good), damaged
    return 0, damaged


def _lines(session: Session, actor: Actor, epoch: int, size: int) -> tuple[int, int]:
    def open_(ids: Sequence[UUID]) -> Opened:
        return records.take_out_all(session, kind=RecordKind.BANK_LINE, row_ids=ids, keyring=actor.keyring)

    return _keyed(session, actor, BankLine, open_, epoch, size)


def _seen(session: Session, actor: Actor, epoch: int, size: int) -> tuple[int, int]:
    def open_(ids: Sequence[UUID]) -> Opened:
        """A line shown as it was the first time is known by the same."""
        own = records.take_out_all(session, kind=RecordKind.BANK_SIGHT, row_ids=ids, keyring=actor.keyring)
        of = {id_: line_id for id_, line_id in session.execute(_lines_of([id_ for id_ in ids if id_ not in own]))}  # noqa: C416
        lines = records.take_out_all(
            session, kind=RecordKind.BANK_LINE, row_ids=sorted(set(of.values())), keyring=actor.keyring
        )
        return own | {id_: lines[line_id] for id_, line_id in of.items() if line_id in lines}

    return _keyed(session, actor, LineSeen, open_, epoch, size)


def _lines_of(seen: Sequence[UUID]) -> Select[UUID, UUID]:
    return select(LineSeen.id, LineSeen.line_id).where(LineSeen.id.in_(seen))


def _keyed(
    session: Session,
    actor: Actor,
    kind: type[BankLine] | type[LineSeen],
    open_: Callable[[Sequence[UUID]], Opened],
    epoch: int,
    size: int,
) -> tuple[int, int]:
    keys: LineKeys = keys_of(session, actor.keyring)
    damaged = 0
    for ids in _chunks(session, kind.id, epoch, size):
        opened = _some(ids, open_)
        damaged += len(ids) - len(opened)
        for id_, value in opened.items():
            made = {"identity": keys.identity(value["id"]), "marks": packed(keys.marks(value["marks"]))}
            _write(session, kind, id_, made | {"epoch": keys.epoch})
        if opened:
            return len(opened), damaged
    return 0, damaged


def _rules(session: Session, actor: Actor, epoch: int, size: int) -> tuple[int, int]:
    index = donor_index.index_of(session, actor.keyring)
    assert index is not None, "they hold the newest"
    damaged = 0

    def open_(some: Sequence[UUID]) -> Opened:
        return records.take_out_all(session, kind=RecordKind.LINE_RULE, row_ids=some, keyring=actor.keyring)

    for ids in _chunks(session, LineRule.id, epoch, size):
        opened = _some(ids, open_)
        damaged += len(ids) - len(opened)
        for rule in session.scalars(select(LineRule).where(LineRule.id.in_(list(opened)))).all():
            mark = rule_mark(index, rule.known_by, opened[rule.id]["said"])
            _write(session, LineRule, rule.id, {"mark": mark, "epoch": index.epoch})
        if opened:
            return len(opened), damaged
    return 0, damaged


def _write(session: Session, kind: Keyed, id_: UUID, made: Mapping[str, Any]) -> None:
    session.execute(update(kind).where(kind.id == id_).values(**made).execution_options(synchronize_session=False))


def _some(ids: Sequence[UUID], take: Callable[[Sequence[UUID]], Opened]) -> Opened:
    """All of them at once, or those that can be opened."""
    try:
        return take(ids)
    except (NoKey, Tampered):
        if len(ids) == 1:
            return {}
    half = len(ids) // 2
    return _some(ids[:half], take) | _some(ids[half:], take)


def _chunks(session: Session, key: InstrumentedAttribute[UUID], epoch: int, size: int) -> Iterator[Sequence[UUID]]:
    """What is still to do, so many at a time, each once."""
    after: UUID | None = None
    while True:
        old = key.class_.epoch < epoch
        wanted = select(key).where(old if after is None else old & (key > after))
        ids = session.scalars(wanted.distinct().order_by(key).limit(size)).all()
        if not ids:
            return
        yield ids
        after = ids[-1]
