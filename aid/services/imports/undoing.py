"""Undoing a whole import: its families are taken out and erased at once, as long as nothing rests on any of them.

It needs no second person, since nobody vouched for these families yet and the list they came from is still somewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import FamilyState, WithdrawalReason
from aid.domain.ids import new_id
from aid.domain.imports import Rest
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.withdrawals import forgotten_by
from aid.domain.words import _, n_
from aid.models.allocations import AllocationLine
from aid.models.backups import Backup
from aid.models.families import Confirmation, Erasure, Family, FamilyVersion, Withdrawal
from aid.models.imports import BroughtList, FamilyImport, ImportedFamily, UndoneImport
from aid.models.vouchers import Voucher
from aid.services import audit
from aid.services.erasure import delete_sealed
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Undone:
    """So many families of the import are gone."""

    families: int


def undo_import(session: Session, *, actor: Actor, now: Instant, import_id: UUID, keep_days: int) -> Undone:
    """Take out and erase every family that came by an import, and what waits of its list. Raises RuleBroken.

    `keep_days` as for `erase`. Afterwards the caller overwrites what the database deleted.
    """
    actor.must(Permission.IMPORT_FAMILIES)
    brought = session.scalar(select(FamilyImport).where(FamilyImport.id == import_id).with_for_update())
    if brought is None or not may_undo(actor=actor, by_id=brought.by_id):
        raise RuleBroken(_("There is no such import."))
    if session.get(UndoneImport, import_id) is not None:
        raise RuleBroken(_("This import was undone already."))
    session.execute(delete(BroughtList).where(BroughtList.id == import_id))  # a step that runs is waited for
    theirs = select(Family).join(ImportedFamily, ImportedFamily.family_id == Family.id)
    chosen = theirs.where(ImportedFamily.import_id == import_id).order_by(Family.id)
    families = session.scalars(chosen.with_for_update(of=Family).execution_options(populate_existing=True)).all()
    for family in families:
        actor.must(Permission.IMPORT_FAMILIES, locality=family.locality_id)
    resting = len(session.execute(resting_on(import_id)).all())
    if resting:
        raise RuleBroken(
            n_(
                "Something rests on %(num)s family of this import, so it stays as it is.",
                "Something rests on %(num)s families of this import, so it stays as it is.",
                resting,
            )
        )
    _take_out(session, actor=actor, now=now, families=families, brought=brought, keep_days=keep_days)
    return Undone(len(families))


def may_undo(*, actor: Actor, by_id: UUID) -> bool:
    """Whether it is the actor's own import, or theirs to undo because every place is."""
    return by_id == actor.id or actor.everywhere(Permission.IMPORT_FAMILIES)


def resting_on(import_id: UUID) -> Select[str, str]:
    """The codes of this import's families on which something rests, and what it is."""
    what = case(
        (_allocated(), Rest.ALLOCATED.value),
        (_left(), Rest.LEFT.value),
        (_confirmed(), Rest.CONFIRMED.value),
        else_=Rest.CHANGED.value,
    )
    changed = exists().where(FamilyVersion.family_id == Family.id, FamilyVersion.version > 1)
    rests = or_(_allocated(), _left(), _confirmed(), changed)
    here = select(Family.code, what).join(ImportedFamily, ImportedFamily.family_id == Family.id)
    return here.where(ImportedFamily.import_id == import_id, rests).order_by(Family.id)


def _confirmed() -> ColumnElement[bool]:
    return exists().where(Confirmation.family_id == Family.id)


def _left() -> ColumnElement[bool]:
    return exists().where(Withdrawal.family_id == Family.id)


def _allocated() -> ColumnElement[bool]:
    return or_(exists().where(AllocationLine.family_id == Family.id), exists().where(Voucher.family_id == Family.id))


def _take_out(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    families: Sequence[Family],
    brought: FamilyImport,
    keep_days: int,
) -> None:
    kept_until = session.scalars(select(Backup.keep_until).where(Backup.destroyed_at.is_(None))).all()
    last_day = forgotten_by(now.today, keep_days=keep_days, kept_until=kept_until)
    ids = [family.id for family in families]
    withdrawals = [
        Withdrawal(id=new_id(), family_id=id_, by_id=actor.id, reason=WithdrawalReason.UNDONE, at=now.instant)
        for id_ in ids
    ]
    erasures = [Erasure(family_id=id_, by_id=actor.id, at=now.instant, forgotten_by=last_day) for id_ in ids]
    undone = UndoneImport(import_id=brought.id, by_id=actor.id, families=len(ids), at=now.instant)
    theirs = select(ImportedFamily.family_id).where(ImportedFamily.import_id == brought.id)
    delete_sealed(session, theirs)
    session.execute(
        update(Family)
        .where(Family.id.in_(theirs))
        .values(state=FamilyState.WITHDRAWN)
        .execution_options(synchronize_session=False)
    )
    session.add_all([undone, *withdrawals, *erasures])
    audit.say(session, "import.undone", subject=brought.id, made=[undone, *withdrawals, *erasures])
