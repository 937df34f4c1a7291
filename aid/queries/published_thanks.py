"""Acknowledgements that everybody may read: the day and the amount of a gift, and a line of its giver's own."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.models.donations import Donation, Thanks
from aid.models.thanks import GiftCode, PublishedThanks, UnpublishedThanks
from aid.queries.donations import standing, taken_out
from aid.vault.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One gift, in public."""

    received_on: date
    amount: Money
    line: str | None = field(repr=False)  # none: a friend's


@dataclass(frozen=True, slots=True)
class PublicPage:
    """Gifts acknowledged in public, the latest first."""

    rows: tuple[PublishedRow, ...]
    has_more: bool


def published(session: Session, *, page: int = 1, size: int = PAGE) -> PublicPage:
    """A page of them, for anybody. Nothing on it says who gave but what the giver wished to be said; nor does the
    address of the next page give a donation's number away.
    """
    wanted = (
        select(Donation, PublishedThanks.line)
        .join(Thanks, Thanks.donation_id == Donation.id)
        .join(PublishedThanks, PublishedThanks.thanks_id == Thanks.id)
        .where(~taken_out(), PublishedThanks.thanks_id.not_in(select(UnpublishedThanks.thanks_id)))
        .order_by(Donation.received_on.desc(), Donation.number.desc())
        .offset((page - 1) * size)
        .limit(size + 1)
    )
    found = session.execute(wanted).all()
    shown = found[:size]
    stands = standing(session, [row for row, _line in shown])
    return PublicPage(
        tuple(PublishedRow(row.received_on, stands[row.id].amount, line) for row, line in shown),
        has_more=len(found) > size,
    )


@dataclass(frozen=True, slots=True)
class OnThePage:
    """How a donation stands on the public page, for who put it there."""

    thanks_id: UUID
    line: str | None = field(repr=False)
    taken_off: bool


def on_the_page(session: Session, *, actor: Actor, donation_id: UUID) -> OnThePage | None:
    """Whether a donation was acknowledged in public; None where it was not."""
    actor.must(Permission.THANK_DONORS)
    found = session.execute(
        select(PublishedThanks.thanks_id, PublishedThanks.line, UnpublishedThanks.thanks_id)
        .join(Thanks, Thanks.id == PublishedThanks.thanks_id)
        .outerjoin(UnpublishedThanks, UnpublishedThanks.thanks_id == PublishedThanks.thanks_id)
        .where(Thanks.donation_id == donation_id)
    ).one_or_none()
    return OnThePage(found[0], found[1], found[2] is not None) if found else None


def donation_of_code(session: Session, *, code_hash: bytes) -> UUID | None:
    """The donation whose latest code this is; None for a code that never was, or that a later one took the place of.

    One question for all of them: how long it takes says nothing.
    """
    later = aliased(GiftCode)
    took_its_place = exists().where(later.donation_id == GiftCode.donation_id, later.n > GiftCode.n)
    return session.scalar(select(GiftCode.donation_id).where(GiftCode.hash == code_hash, ~took_its_place))
