"""Corrections of donations that wait for a second person's word: what stands in the books, and what would."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.models.donations import CorrectionAnswer, CorrectionAsked, Donation
from aid.models.fund import Purpose
from aid.models.ledger import BankAccount
from aid.models.people import Person
from aid.queries.donations import Standing, standing
from aid.vault.actor import Actor

MOST = 100


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One correction that is asked for."""

    id: UUID
    donation_id: UUID
    number: int
    was: Money
    was_purpose: Mapping[str, str]
    was_bank: Mapping[str, str] | None
    becomes: Money
    purpose: Mapping[str, str]
    bank: Mapping[str, str]
    reason: str
    at: datetime
    by: str
    by_id: UUID


def asked(
    session: Session, *, actor: Actor, asked_id: UUID | None = None, donation_id: UUID | None = None
) -> tuple[AskedRow, ...]:
    """Those that wait, the oldest first; one of them, or those of one donation."""
    actor.must(Permission.SEE_MONEY)
    answered = exists().where(CorrectionAnswer.asked_id == CorrectionAsked.id)
    first, here = aliased(Purpose), aliased(BankAccount)
    wanted = (
        select(CorrectionAsked, Donation, first.names, here.names, Purpose.names, BankAccount.names, Person.handle)
        .join(Donation, Donation.id == CorrectionAsked.donation_id)
        .join(first, first.id == Donation.purpose_id)
        .outerjoin(here, here.id == Donation.bank_id)
        .join(Purpose, Purpose.id == CorrectionAsked.purpose_id)
        .join(BankAccount, BankAccount.id == CorrectionAsked.bank_id)
        .join(Person, Person.id == CorrectionAsked.asked_by_id)
        .where(~answered)
        .order_by(CorrectionAsked.asked_at)
        .limit(MOST)
    )
    if asked_id is not None:
        wanted = wanted.where(CorrectionAsked.id == asked_id)
    if donation_id is not None:
        wanted = wanted.where(CorrectionAsked.donation_id == donation_id)
    found = session.execute(wanted).all()
    now_is = standing(session, [gift for _row, gift, *_names in found])
    return tuple(_row(now_is[each[1].id], *each) for each in found)


def _row(
    stands: Standing,
    row: CorrectionAsked,
    gift: Donation,
    was_purpose: Mapping[str, str],
    was_bank: Mapping[str, str] | None,
    purpose: Mapping[str, str],
    bank: Mapping[str, str],
    handle: str,
) -> AskedRow:
    return AskedRow(
        id=row.id,
        donation_id=gift.id,
        number=gift.number,
        was=stands.amount,
        was_purpose=stands.purpose or was_purpose,
        was_bank=stands.bank or was_bank,
        becomes=Money(row.amount_minor, row.currency),
        purpose=purpose,
        bank=bank,
        reason=row.reason,
        at=row.asked_at,
        by=handle,
        by_id=row.asked_by_id,
    )
