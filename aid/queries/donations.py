"""Donations as pages show them: what came and whether it was thanked; who gave, only for who may see donors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from aid.domain.donations import Booking, DonorDetails, takes_away
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.models.donations import Donation, DonationCorrection, Thanks, ThanksWay
from aid.models.fund import Purpose
from aid.models.ledger import BankAccount, Entry
from aid.models.people import Person
from aid.queries.donors import details_of
from aid.vault.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class DonationRow:
    """One donation in the list."""

    id: UUID
    number: int
    received_on: date
    amount: Money
    purpose: Mapping[str, str]
    thanked: bool
    donor: DonorDetails | None  # none for who may not see donors
    donor_id: UUID


@dataclass(frozen=True, slots=True)
class DonationList:
    """A page of donations, the latest first."""

    rows: tuple[DonationRow, ...]
    before: int | None  # where the next page begins
    count: int  # of all donations
    waiting: int  # for thanks


@dataclass(frozen=True, slots=True)
class ThanksRow:
    """How a donation was acknowledged."""

    at: datetime
    by: str
    language: str
    way: ThanksWay


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """What a donation was found to be really."""

    amount: Money
    purpose: Mapping[str, str]
    reason: str
    by: str
    at: datetime
    corrects: int  # the number of the entry that is undone
    counter: int  # the entry that undoes it
    entry: int | None  # the new one


@dataclass(frozen=True, slots=True)
class DonationPage:
    """One donation whole, as it was last corrected."""

    id: UUID
    number: int
    received_on: date
    amount: Money
    purpose: Mapping[str, str]
    purpose_id: UUID
    bank: Mapping[str, str] | None
    bank_id: UUID | None
    corrections: tuple[CorrectionRow, ...]
    donor: DonorDetails | None
    donor_id: UUID
    recorded_at: datetime
    recorded_by: str
    entry_number: int
    thanks: ThanksRow | None

    @property
    def is_out(self) -> bool:
        """Whether nothing came of it, as was found out later."""
        return self.amount.minor == 0

    def would_lose_by(self, becomes: Booking) -> bool:
        """Whether a correction would leave less on its account."""
        return self.bank_id is not None and takes_away(Booking(self.purpose_id, self.bank_id, self.amount), becomes)


def donations(session: Session, *, actor: Actor, before: int | None = None, size: int = PAGE) -> DonationList:
    """A page of donations, those with a number under `before`."""
    actor.must(Permission.SEE_MONEY)
    statement = (
        select(Donation, Purpose.names, Thanks.id.label("thanks_id"))
        .join(Purpose, Purpose.id == Donation.purpose_id)
        .outerjoin(Thanks, Thanks.donation_id == Donation.id)
        .order_by(Donation.number.desc())
        .limit(size + 1)
    )
    found = session.execute(statement.where(Donation.number < before) if before else statement).all()
    shown = found[:size]
    donors = details_of(session, actor=actor, donor_ids=[row.Donation.donor_id for row in shown])
    stands = standing(session, [row.Donation for row in shown])
    thanked_for = exists().where(Thanks.donation_id == Donation.id)
    count, waiting = session.execute(
        select(
            select(func.count()).select_from(Donation).scalar_subquery(),
            select(func.count()).select_from(Donation).where(~thanked_for, ~taken_out()).scalar_subquery(),
        )
    ).one()
    return DonationList(
        rows=tuple(
            DonationRow(
                id=row.Donation.id,
                number=row.Donation.number,
                received_on=row.Donation.received_on,
                amount=stands[row.Donation.id].amount,
                purpose=stands[row.Donation.id].purpose or row.names,
                thanked=row.thanks_id is not None,
                donor=donors.get(row.Donation.donor_id),
                donor_id=row.Donation.donor_id,
            )
            for row in shown
        ),
        before=shown[-1].Donation.number if len(found) > size else None,
        count=count,
        waiting=waiting,
    )


def donation(session: Session, *, actor: Actor, donation_id: UUID) -> DonationPage | None:
    """One donation, or None where there is none."""
    actor.must(Permission.SEE_MONEY)
    found = session.execute(
        select(Donation, Purpose.names, Entry.number, Person.handle, BankAccount.names)
        .join(Purpose, Purpose.id == Donation.purpose_id)
        .join(Entry, Entry.id == Donation.entry_id)
        .join(Person, Person.id == Donation.recorded_by_id)
        .outerjoin(BankAccount, BankAccount.id == Donation.bank_id)
        .where(Donation.id == donation_id)
    ).one_or_none()
    if found is None:
        return None
    row, purpose, entry_number, recorded_by, bank = found
    stands = standing(session, [row])[row.id]
    return DonationPage(
        id=row.id,
        number=row.number,
        received_on=row.received_on,
        amount=stands.amount,
        purpose=stands.purpose or purpose,
        purpose_id=stands.purpose_id,
        bank=stands.bank or bank,
        bank_id=stands.bank_id,
        corrections=_corrections(session, donation_id),
        donor=details_of(session, actor=actor, donor_ids=[row.donor_id]).get(row.donor_id),
        donor_id=row.donor_id,
        recorded_at=row.recorded_at,
        recorded_by=recorded_by,
        entry_number=entry_number,
        thanks=_thanks(session, donation_id),
    )


def twins_of(session: Session, *, actor: Actor, amount: Money, received_on: date) -> tuple[int, ...]:
    """Numbers of donations of the same amount on the same day: perhaps this one was booked already."""
    actor.must(Permission.RECORD_DONATIONS)
    same = select(Donation.number).where(
        Donation.received_on == received_on,
        Donation.amount_minor == amount.minor,
        Donation.currency == amount.currency,
    )
    return tuple(session.scalars(same.order_by(Donation.number).limit(5)))


def _thanks(session: Session, donation_id: UUID) -> ThanksRow | None:
    found = session.execute(
        select(Thanks.thanked_at, Person.handle, Thanks.language, Thanks.way)
        .join(Person, Person.id == Thanks.thanked_by_id)
        .where(Thanks.donation_id == donation_id)
    ).one_or_none()
    return ThanksRow(*found) if found else None


def amount_of(row: Donation) -> Money:
    """What a donation brought."""
    return Money(row.amount_minor, row.currency)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a donation counts as now: as it was last corrected. Names only where it was."""

    amount: Money
    purpose_id: UUID
    purpose: Mapping[str, str] | None
    bank_id: UUID | None
    bank: Mapping[str, str] | None


def standing(session: Session, rows: Sequence[Donation]) -> dict[UUID, Standing]:
    """What these donations count as now."""
    found = {row.id: Standing(amount_of(row), row.purpose_id, None, row.bank_id, None) for row in rows}
    corrected = session.execute(
        select(DonationCorrection, Purpose.names, BankAccount.names)
        .join(Purpose, Purpose.id == DonationCorrection.purpose_id)
        .outerjoin(BankAccount, BankAccount.id == DonationCorrection.bank_id)
        .where(DonationCorrection.donation_id.in_(found))
        .order_by(DonationCorrection.n)
    )
    for row, purpose, bank in corrected:
        amount = Money(row.amount_minor, row.currency)
        found[row.donation_id] = Standing(amount, row.purpose_id, purpose, row.bank_id, bank)
    return found


def _corrections(session: Session, donation_id: UUID) -> tuple[CorrectionRow, ...]:
    undone, counter, new = aliased(Entry), aliased(Entry), aliased(Entry)
    found = session.execute(
        select(DonationCorrection, Purpose.names, Person.handle, undone.number, counter.number, new.number)
        .join(Purpose, Purpose.id == DonationCorrection.purpose_id)
        .join(Person, Person.id == DonationCorrection.corrected_by_id)
        .join(undone, undone.id == DonationCorrection.corrects_id)
        .join(counter, counter.id == DonationCorrection.counter_id)
        .outerjoin(new, new.id == DonationCorrection.entry_id)
        .where(DonationCorrection.donation_id == donation_id)
        .order_by(DonationCorrection.n)
    )
    return tuple(
        CorrectionRow(Money(row.amount_minor, row.currency), purpose, row.reason, handle, row.corrected_at, *numbers)
        for row, purpose, handle, *numbers in found
    )


def taken_out() -> ColumnElement[bool]:
    """Donations of which nothing came, as was found out later: nobody is thanked for them."""
    return exists().where(DonationCorrection.donation_id == Donation.id, DonationCorrection.amount_minor == 0)
