"""What became of a donation since its line ended: was somebody thanked for it, and is its money still free."""

from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, cast, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from aid.domain.mails import STANDING
from aid.domain.money import Money
from aid.models.donations import CorrectionAnswer, CorrectionAsked, Donation, Thanks
from aid.models.ledger import Available
from aid.models.thanks import ThanksMail


def thanked(*, donation_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Whether somebody was thanked for this donation, or a message may have left."""
    on_its_way = exists().where(ThanksMail.donation_id == donation_id, ThanksMail.state.in_(sorted(STANDING)))
    return exists().where(Thanks.donation_id == donation_id) | on_its_way


def is_thanked(session: Session, *, donation_id: UUID) -> bool:
    """Whether somebody was thanked for this donation, or a message may have left."""
    return (
        session.scalar(select(Donation.number).where(Donation.id == donation_id, thanked(donation_id=Donation.id)))
        is not None
    )


def free_of(session: Session, *, purpose_id: UUID, currency: str) -> Money:
    """What a purpose has available, less what is asked to be taken out of its donations."""
    here = (Available.purpose_id == purpose_id) & (Available.currency == currency)
    has = session.scalar(select(Available.amount_minor).where(here)) or 0
    answered = exists().where(CorrectionAnswer.asked_id == CorrectionAsked.id)
    less = cast(func.coalesce(func.sum(Donation.amount_minor - CorrectionAsked.amount_minor), 0), BigInteger)
    asked = (
        select(less)
        .select_from(CorrectionAsked)
        .join(Donation, Donation.id == CorrectionAsked.donation_id)
        .where(~answered)
    )
    goes = session.execute(asked.where(Donation.purpose_id == purpose_id, Donation.currency == currency)).scalar_one()
    return Money(has - int(goes), currency)
