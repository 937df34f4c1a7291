"""Proof that imports are what was done: who brought each family, and that an import was undone wholly or not at all.

Only families of an import that was undone were taken out and erased at once by one person, and nothing had rested on
them. Of families that were erased nothing waits in anybody's list.
"""

from collections.abc import Iterator

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from aid.domain.families import Circumstance, Kinship, WithdrawalReason
from aid.domain.layouts import NOTHING_HAPPENED, Column, DateOrder, WordKind
from aid.models.allocations import AllocationLine
from aid.models.families import Confirmation, Erasure, FamilyVersion, Withdrawal
from aid.models.fund import Locality, Point
from aid.models.imports import BroughtPart, FamilyImport, ImportedFamily, PartKind, TableLayout, UndoneImport
from aid.models.vouchers import Voucher
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding
from aid.services.verification.reading import Unreadable, rows_of


def prove_imports(session: Session) -> Iterator[Finding]:
    """Imports that are not what was done, or that were undone in part."""
    yield from faults_found(session, _families, _undone, _waiting)
    yield from _layouts(session)


def _families() -> Iterator[Fault]:
    own = exists().where(
        FamilyImport.id == ImportedFamily.import_id,
        FamilyVersion.family_id == ImportedFamily.family_id,
        FamilyVersion.version == 1,
        FamilyVersion.by_id == FamilyImport.by_id,
        FamilyVersion.at >= FamilyImport.at,
    )
    yield those(ImportedFamily.family_id, ~own, "who brought its list did not write it down")
    count = select(func.count()).where(ImportedFamily.import_id == FamilyImport.id).scalar_subquery()
    yield those(FamilyImport.id, count > FamilyImport.households, "more families came by it than it had households")


def _undone() -> Iterator[Fault]:
    count = select(func.count()).where(ImportedFamily.import_id == UndoneImport.import_id).scalar_subquery()
    yield those(UndoneImport.import_id, count != UndoneImport.families, "it undid another number of families")
    gone = and_(
        exists().where(
            Withdrawal.family_id == ImportedFamily.family_id,
            Withdrawal.reason == WithdrawalReason.UNDONE,
            Withdrawal.by_id == UndoneImport.by_id,
            Withdrawal.at == UndoneImport.at,
        ),
        exists().where(
            Erasure.family_id == ImportedFamily.family_id,
            Erasure.by_id == UndoneImport.by_id,
            Erasure.at == UndoneImport.at,
        ),
    )
    left = exists().where(UndoneImport.import_id == ImportedFamily.import_id, ~gone)
    yield those(ImportedFamily.family_id, left, "its import was undone, but it was left")
    rested = or_(
        exists().where(Confirmation.family_id == ImportedFamily.family_id),
        exists().where(FamilyVersion.family_id == ImportedFamily.family_id, FamilyVersion.version > 1),
        exists().where(AllocationLine.family_id == ImportedFamily.family_id),
        exists().where(Voucher.family_id == ImportedFamily.family_id),
    )
    resting = exists().where(UndoneImport.import_id == ImportedFamily.import_id) & rested
    yield those(ImportedFamily.family_id, resting, "its import was undone although something rested on it")
    undone = exists().where(
        ImportedFamily.family_id == Withdrawal.family_id, UndoneImport.import_id == ImportedFamily.import_id
    )
    posing = (Withdrawal.reason == WithdrawalReason.UNDONE) & ~undone
    yield those(Withdrawal.family_id, posing, "it was taken out with its import, which was not undone")


def _waiting() -> Iterator[Fault]:
    """Lists are nobody's books, but nothing of an erased family may wait in them."""
    like = exists().where(BroughtPart.family_id == Erasure.family_id)
    yield those(Erasure.family_id, like, "it was erased, but a household like it waits in a list")
    bad = exists().where(
        ImportedFamily.family_id == Erasure.family_id,
        BroughtPart.list_id == ImportedFamily.import_id,
        BroughtPart.kind == PartKind.BAD,
    )
    yield those(Erasure.family_id, bad, "it was erased, but rows of its list still wait")
    undone = exists().where(BroughtPart.list_id == UndoneImport.import_id)
    yield those(UndoneImport.import_id, undone, "it was undone, but its list still waits")


def _layouts(session: Session) -> Iterator[Finding]:
    """What is remembered of lists are our own words, and a hash."""
    columns, orders, words = set(Column), set(DateOrder), _meanings(session)
    for row in rows_of(session, TableLayout):
        if isinstance(row, Unreadable):
            continue  # `rows` names it
        is_word = bool(row.columns) and row.columns[0] in words
        told = tuple(row.columns[1:])  # nothing, where a word was forgotten
        is_ours = not told or told in words[row.columns[0]] if is_word else set(row.columns) <= columns
        is_dated = row.dates == "" if is_word else row.dates in orders
        if len(row.signature) != 32 or not is_ours or not is_dated:
            yield Finding("table_layout", str(row.id), "it holds something else than what columns are")


def _meanings(session: Session) -> dict[str, set[tuple[str, ...]]]:
    """What a word of each kind may mean."""
    meanings = {
        WordKind.KINSHIP: set(Kinship),
        WordKind.HAPPENED: {*Circumstance, NOTHING_HAPPENED},
        WordKind.LOCALITY: set(session.scalars(select(Locality.code))),
        WordKind.POINT: set(session.scalars(select(Point.code))),
    }
    return {kind.value: {(str(meaning),) for meaning in each} for kind, each in meanings.items()}
