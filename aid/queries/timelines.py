"""What happened to one thing, in the order of time: a part for each kind of row, merged into one list.

A part is a function of a session and an id that gives happenings. Codes, numbers and dates stand in them, and who did
it by handle; nothing sealed. Whoever adds a kind of row adds a part, and names it where its timeline is put together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, literal_column, select, union_all
from sqlalchemy.orm import Session, aliased

from aid.domain.codes import grouped
from aid.domain.families import ChangeKind, TieKind
from aid.domain.families.words import CHANGE_TITLES
from aid.domain.permissions import Permission
from aid.domain.vouchers import VoucherState, printed_number
from aid.domain.words import Message, _
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Decision
from aid.models.audit import AuditLine
from aid.models.collections import Collection, CollectionUndo
from aid.models.families import Confirmation, Erasure, Family, FamilyVersion, Withdrawal
from aid.models.goods import GoodsRelease
from aid.models.households import FamilyCard, FamilyTie
from aid.models.ledger import Entry
from aid.models.people import Person
from aid.models.vouchers import Paper, PrintBatch, Voucher
from aid.vault.actor import Actor

MOST = 100
"""So many happenings of one kind are shown, the newest: no page grows with what happened."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that somebody did, and the page that tells more of it, if there is one."""

    at: datetime
    what: Message
    handle: str = ""
    endpoint: str = ""
    key: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


Part = Callable[[Session, UUID], Iterable[Happening]]


def merged(parts: Iterable[Iterable[Happening]]) -> tuple[Happening, ...]:
    """All that the parts tell, the newest first."""
    every = [happening for part in parts for happening in part]
    return tuple(sorted(every, key=lambda happening: happening.at, reverse=True))


def acts_on(session: Session, subjects: Iterable[UUID], titles: Mapping[str, Message]) -> Iterator[Happening]:
    """What the audit trail says was done to these, told in these words; acts that have none are left out."""
    lines = (
        select(AuditLine.at, AuditLine.act, Person.handle)
        .outerjoin(Person, Person.id == AuditLine.actor_id)
        .where(AuditLine.subject_id.in_(list(subjects)), AuditLine.act.in_(list(titles)))
        .order_by(AuditLine.seq.desc())
        .limit(MOST)
    )
    for at, act, handle in session.execute(lines):
        yield Happening(at, titles[act], handle or "")


# ---------------------------------------------------------------- families


def of_family(session: Session, *, actor: Actor, family_id: UUID) -> tuple[Happening, ...]:
    """What happened to a family, so far as the actor may know it."""
    actor.must(Permission.SEE_FAMILIES)
    parts: list[Part] = [_versions, _confirmations, _leaving, _ties, _cards]
    if actor.may(Permission.SEE_ALLOCATIONS):
        parts += [_proposals, _decisions]
    if actor.may(Permission.SEE_VOUCHERS):
        parts += [_printings, _collections, _lapses]
    return merged(part(session, family_id) for part in parts)


def _versions(session: Session, family_id: UUID) -> Iterator[Happening]:
    rows = _told(FamilyVersion.at, FamilyVersion.version, FamilyVersion.kind, by=FamilyVersion.by_id)
    told_by_ties = (ChangeKind.SPLIT, ChangeKind.UNITED)
    written = rows.where(FamilyVersion.family_id == family_id, FamilyVersion.kind.not_in(told_by_ties))
    written = written.order_by(FamilyVersion.version.desc()).limit(MOST)
    for at, version, kind, handle in session.execute(written):
        yield Happening(at, _("Registered") if version == 1 else CHANGE_TITLES[ChangeKind(kind)], handle)


def _confirmations(session: Session, family_id: UUID) -> Iterator[Happening]:
    rows = _told(Confirmation.at, by=Confirmation.by_id).where(Confirmation.family_id == family_id)
    for at, handle in session.execute(rows.order_by(Confirmation.version.desc()).limit(MOST)):
        yield Happening(at, _("Confirmed"), handle)


def _leaving(session: Session, family_id: UUID) -> Iterator[Happening]:
    for kind, what in ((Withdrawal, _("Taken out of the fund")), (Erasure, _("Erased"))):
        for at, handle in session.execute(_told(kind.at, by=kind.by_id).where(kind.family_id == family_id).limit(MOST)):
            yield Happening(at, what, handle)


def _ties(session: Session, family_id: UUID) -> Iterator[Happening]:
    """With which family by code it parted or joined; each side is told of the other."""
    one, other = aliased(Family), aliased(Family)
    rows = (
        _told(FamilyTie.at, FamilyTie.kind, one.id, one.code, other.code, by=FamilyTie.by_id)
        .join(one, one.id == FamilyTie.family_id)
        .join(other, other.id == FamilyTie.other_id)
        .where((FamilyTie.family_id == family_id) | (FamilyTie.other_id == family_id))
        .limit(MOST)
    )
    for at, kind, first_id, first, second, handle in session.execute(rows):
        goes_on = first_id == family_id
        code = second if goes_on else first
        said = _tie_words(TieKind(kind), goes_on=goes_on, code=grouped(code))
        yield Happening(at, said, handle, "families.show", {"code": code})


def _tie_words(kind: TieKind, *, goes_on: bool, code: str) -> Message:
    match kind, goes_on:
        case TieKind.SPLIT, True:
            return _("Family %(code)s came of it", code=code)
        case TieKind.SPLIT, False:
            return _("Came of family %(code)s", code=code)
        case _, True:
            return _("Family %(code)s went into it", code=code)
        case _:
            return _("Went into family %(code)s", code=code)


def _cards(session: Session, family_id: UUID) -> Iterator[Happening]:
    rows = _told(FamilyCard.at, by=FamilyCard.by_id).where(FamilyCard.family_id == family_id)
    for at, handle in session.execute(rows.order_by(FamilyCard.at.desc()).limit(MOST)):
        yield Happening(at, _("Card printed"), handle)


def _proposals(session: Session, family_id: UUID) -> Iterator[Happening]:
    version = (AllocationVersion.allocation_id == AllocationLine.allocation_id) & (
        AllocationVersion.version == AllocationLine.version
    )
    rows = (
        _told(AllocationVersion.proposed_at, Allocation.id, Allocation.number, by=AllocationVersion.proposed_by_id)
        .join(AllocationLine, version)
        .join(Allocation, Allocation.id == AllocationVersion.allocation_id)
        .where(AllocationLine.family_id == family_id)
        .order_by(AllocationVersion.proposed_at.desc())
        .limit(MOST)
    )
    for at, id_, number, handle in session.execute(rows):
        said = _("Proposed in allocation %(number)s", number=number)
        yield Happening(at, said, handle, "allocations.show", {"allocation_id": id_})


def _decisions(session: Session, family_id: UUID) -> Iterator[Happening]:
    line = (AllocationLine.allocation_id == Decision.allocation_id) & (AllocationLine.version == Decision.version)
    rows = (
        select(Decision.decided_at, Decision.carried, Allocation.id, Allocation.number)
        .join(AllocationLine, line)
        .join(Allocation, Allocation.id == Decision.allocation_id)
        .where(AllocationLine.family_id == family_id)
        .order_by(Decision.decided_at.desc())
        .limit(MOST)
    )
    for at, carried, id_, number in session.execute(rows):
        said = (
            _("The committee carried allocation %(number)s", number=number)
            if carried
            else _("The committee rejected allocation %(number)s", number=number)
        )
        yield Happening(at, said, "", "allocations.show", {"allocation_id": id_})


def _printings(session: Session, family_id: UUID) -> Iterator[Happening]:
    rows = (
        _told(PrintBatch.printed_at, Voucher.serial, Paper.number, by=PrintBatch.printed_by_id)
        .join(Paper, Paper.batch_id == PrintBatch.id)
        .join(Voucher, Voucher.id == Paper.voucher_id)
        .where(Voucher.family_id == family_id)
        .order_by(PrintBatch.printed_at.desc())
        .limit(MOST)
    )
    for at, serial, number, handle in session.execute(rows):
        printed = printed_number(serial)
        said = _("Voucher %(number)s printed", number=printed)
        yield Happening(at, said if number == 1 else _("Voucher %(number)s printed again", number=printed), handle)


def _collections(session: Session, family_id: UUID) -> Iterator[Happening]:
    rows = (
        _told(Collection.collected_at, Voucher.serial, by=Collection.handed_by_id)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .where(Voucher.family_id == family_id)
        .order_by(Collection.collected_at.desc())
        .limit(MOST)
    )
    for at, serial, handle in session.execute(rows):
        yield Happening(at, _("Voucher %(number)s collected", number=printed_number(serial)), handle)
    undone = (
        _told(CollectionUndo.at, Voucher.serial, by=CollectionUndo.by_id)
        .join(Collection, Collection.id == CollectionUndo.collection_id)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .where(Voucher.family_id == family_id)
        .order_by(CollectionUndo.at.desc())
        .limit(MOST)
    )
    for at, serial, handle in session.execute(undone):
        yield Happening(at, _("Collection of voucher %(number)s undone", number=printed_number(serial)), handle)


def _lapses(session: Session, family_id: UUID) -> Iterator[Happening]:
    """Vouchers that nobody collected: their money went back, or their goods are promised no more."""
    closed = Voucher.state.in_((VoucherState.EXPIRED, VoucherState.VOID))
    of_money = select(Entry.posted_at.label("at"), Voucher.serial, Voucher.state)
    of_goods = select(GoodsRelease.released_at.label("at"), Voucher.serial, Voucher.state)
    rows: CompoundSelect[Any] = union_all(
        of_money.join(Voucher, Voucher.id == Entry.cause_id).where(Voucher.family_id == family_id, closed),
        of_goods.join(Voucher, Voucher.id == GoodsRelease.voucher_id).where(
            Voucher.family_id == family_id, GoodsRelease.released_at.is_not(None)
        ),
    )
    for at, serial, state in session.execute(rows.order_by(literal_column("at").desc()).limit(MOST)):
        number = printed_number(serial)
        expired, cancelled = (
            _("Voucher %(number)s expired", number=number),
            _("Voucher %(number)s cancelled", number=number),
        )
        yield Happening(at, expired if state is VoucherState.EXPIRED else cancelled)


def _told(*columns: Any, by: Any) -> Select[Any]:
    """These columns, and the handle of who did it."""
    return select(*columns, Person.handle).select_from(by.class_).join(Person, Person.id == by)
