"""Erasing families: everything sealed of them is deleted. Their code stays, and the path of their money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import FamilyState, WithdrawalReason
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.withdrawals import forgotten_by, why_not_erase
from aid.models.backups import Backup
from aid.models.families import Erasure, ImportMark, SampleFamily, Withdrawal
from aid.models.families import Family as FamilyRow
from aid.models.households import came_back
from aid.models.records import Record
from aid.services import audit, token_rows
from aid.services.families import lock_family
from aid.services.imports.lists import forget_parts_with
from aid.services.withdrawals import let_go
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Erased:
    """Nothing of a family is left here but its code; after this day no backup holds it either."""

    family_id: UUID
    code: str
    forgotten_by: date


@dataclass(frozen=True, slots=True)
class SamplesErased:
    """So many made-up families are gone."""

    families: int


def erase(session: Session, *, actor: Actor, now: Instant, family_id: UUID, keep_days: int) -> Erased:
    """Delete all that was sealed of a family which somebody else took out of the fund.

    `keep_days` is how long a backup made now is kept. Afterwards the caller overwrites what the database deleted:
    `aid.extensions.overwrite_deleted`. Raises RuleBroken.
    """
    row = lock_family(session, family_id)
    actor.must(Permission.ERASE_FAMILIES, locality=row.locality_id)
    withdrawn_by = session.scalar(select(Withdrawal.by_id).where(Withdrawal.family_id == row.id, ~came_back()))
    is_erased = session.get(Erasure, row.id) is not None
    refusal = why_not_erase(row.state, withdrawn_by=withdrawn_by, actor_id=actor.person_id, is_erased=is_erased)
    if refusal:
        raise RuleBroken(refusal)
    erasure = forget(session, by_id=actor.person_id, now=now, row=row, keep_days=keep_days)
    return Erased(row.id, row.code, erasure.forgotten_by)


def erase_samples(session: Session, *, actor: Actor, now: Instant, keep_days: int) -> SamplesErased:
    """Withdraw and erase at once every family that was made up to practise with: there is nobody to protect.

    No permission is asked: it follows from the last recovery share that is confirmed.
    """
    samples = select(FamilyRow).join(SampleFamily, SampleFamily.family_id == FamilyRow.id)
    left = samples.where(~select(Erasure).where(Erasure.family_id == FamilyRow.id).exists())
    rows = session.scalars(left.order_by(FamilyRow.id).with_for_update(of=FamilyRow)).all()
    for row in rows:
        if row.state is not FamilyState.WITHDRAWN:
            let_go(session, by_id=actor.person_id, now=now, row=row, reason=WithdrawalReason.SAMPLE)
        forget(session, by_id=actor.person_id, now=now, row=row, keep_days=keep_days)
    return SamplesErased(len(rows))


def forget(session: Session, *, by_id: UUID | None, now: Instant, row: FamilyRow, keep_days: int) -> Erasure:
    """Delete the records, their keys, the index and the import marks of a family whose row is locked."""
    delete_sealed(session, [row.id])
    kept_until = session.scalars(select(Backup.keep_until).where(Backup.destroyed_at.is_(None))).all()
    last_day = forgotten_by(now.today, keep_days=keep_days, kept_until=kept_until)
    erasure = Erasure(family_id=row.id, by_id=by_id, at=now.instant, forgotten_by=last_day)
    session.add(erasure)
    audit.say(session, "family.erased", subject=row.id, made=[erasure])
    return erasure


def delete_sealed(session: Session, family_ids: Select[UUID] | Sequence[UUID]) -> None:
    """Delete all that is sealed of families, and by what they are found: also in lists that wait to be imported."""
    session.execute(delete(Record).where(Record.family_id.in_(family_ids)))  # their wraps go with them
    token_rows.delete_of(session, family_ids)
    session.execute(delete(ImportMark).where(ImportMark.family_id.in_(family_ids)))
    forget_parts_with(session, family_ids)
