"""The open list of an account: lines that nothing explains wholly, the oldest first, with what they may be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from aid.domain.batches import charges_of, sent_as
from aid.domain.clock import Instant
from aid.domain.money import Money
from aid.domain.payments import Charge, Direction, Payment
from aid.domain.permissions import Permission
from aid.domain.second_words import WordKind
from aid.domain.suggestions import Fee, Interest
from aid.domain.words import Message, _
from aid.models.statements import BankLine
from aid.queries.lines.candidates import Compared, compared, sides_of
from aid.queries.lines.offers import Offer, offers_of
from aid.services.donors import index as donor_index
from aid.services.lines.words import words_of
from aid.services.second_words.asking import alone, waiting_of
from aid.services.statements.sealed import Told
from aid.vault.actor import Actor

PAGE = 20

OWN_MONEY = _(
    "It came from an account of the fund’s own. When it is written down as sent, and somebody else confirms it, "
    "it can be explained here."
)


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line with what is open of it; `payment` opened for the ring, none for anybody else."""

    id: UUID
    number: int
    booked_on: date
    days: int  # it has been open
    direction: Direction
    amount: Money
    still: Money
    waits: Money  # so much of what is open waits for a second person's word
    is_reversal: bool
    told: Told | None = field(repr=False)
    offers: tuple[Offer, ...] = field(repr=False)
    hint: Message | None = None

    @property
    def free(self) -> Money:
        """What can be ended now."""
        return self.still - self.waits

    @property
    def sent(self) -> Money | None:
        """What its giver sent, where that is not what was booked."""
        return sent_as(self.payment, self.amount) if self.payment else None

    @property
    def charges(self) -> tuple[Charge, ...]:
        """What banks took of it on the way."""
        return charges_of(self.payment) if self.payment else ()

    @property
    def payment(self) -> Payment | None:
        """What stands behind it."""
        return self.told.payment if self.told else None

    @property
    def is_batch(self) -> bool:
        """Whether its payments are to be looked at, one by one."""
        has = bool(self.told and self.told.details)
        return has and self.direction is Direction.CREDIT and self.free.minor > 0

    @property
    def offer(self) -> Offer | None:
        """The one to be accepted by one key."""
        return next((offer for offer in self.offers if offer.by_key), None)


@dataclass(frozen=True, slots=True)
class OpenLines:
    """A page of them. `focus`: the line whose button has the key, by number; `passed`: open lines stand before.

    `again`: nothing was left after the last line, so the list begins anew with what was passed over.
    """

    rows: tuple[OpenLine, ...]
    after: int | None
    focus: int | None
    passed: bool
    again: bool

    @property
    def certain(self) -> bool:
        """Whether some of them may be accepted together."""
        return sum(bool(row.offer) for row in self.rows) > 1


def open_lines(
    session: Session, *, actor: Actor, now: Instant, bank_id: UUID, after: int | None = None, at: int | None = None
) -> OpenLines:
    """A page of open lines after one, by its number; or from the one on that was worked at last (`at`).

    So the next line always stands at the top, however many were passed over. Where none is left, it begins again.
    """
    actor.must(Permission.SEE_MONEY)
    wanted = select(BankLine).where(BankLine.bank_id == bank_id, BankLine.open_minor > 0)
    place = (BankLine.booked_on, BankLine.number)
    onward = wanted
    if after is not None and (last := place_of(session, after)):
        onward = wanted.where(tuple_(*place) > last)
    elif at is not None and (last := place_of(session, at)):
        onward = wanted.where(tuple_(*place) >= last)
    found = session.scalars(onward.order_by(*place).limit(PAGE + 1)).all()
    if again := not found and onward is not wanted:
        found = session.scalars(wanted.order_by(*place).limit(PAGE + 1)).all()
    rows = shown(session, actor=actor, now=now, lines=found[:PAGE])
    first = session.scalar(wanted.with_only_columns(BankLine.id).order_by(*place).limit(1))
    return OpenLines(
        rows,
        after=found[PAGE - 1].number if len(found) > PAGE else None,
        focus=next((row.number for row in rows if row.offer or row.is_batch), None),
        passed=bool(rows) and first != rows[0].id,
        again=again and bool(rows),
    )


def shown(session: Session, *, actor: Actor, now: Instant, lines: Sequence[BankLine]) -> tuple[OpenLine, ...]:
    """Lines of one account as the reader may see them."""
    words: dict[UUID, Told] = {}
    found: dict[UUID, Compared] = {}
    waits = waiting_of(session, [line.id for line in lines])
    free = [line for line in lines if not waits[line.id]]
    if actor.may(Permission.SEE_DONORS) and donor_index.index_of(session, actor.keyring):
        words = words_of(session, keyring=actor.keyring, line_ids=[line.id for line in lines])
        found = (
            compared(session, actor=actor, sides=sides_of(free, words)) if actor.may(Permission.KEEP_ACCOUNTS) else {}
        )
    payments = {line_id: told.payment for line_id, told in words.items()}
    offers = offers_of(session, actor=actor, found=found, payments=payments)
    may = _alone(session, lines, offers, now=now)
    return tuple(
        OpenLine(
            id=line.id,
            number=line.number,
            booked_on=line.booked_on,
            days=max((now.today - line.booked_on).days, 0),
            direction=line.direction,
            amount=Money(line.amount_minor, line.currency),
            still=Money(line.open_minor, line.currency),
            waits=Money(waits[line.id], line.currency),
            is_reversal=line.is_reversal,
            told=words.get(line.id),
            offers=tuple(replace(offer, asks=_asks(offer, line, may)) for offer in offers.get(line.id, ())),
            hint=_hint(found[line.id], offers[line.id]) if line.id in found else None,
        )
        for line in lines
    )


WORDS = {Fee: WordKind.FEE, Interest: WordKind.INTEREST}
"""What is booked alone only up to a bound; what the bank itself takes back is not."""


def _alone(
    session: Session, lines: Sequence[BankLine], offers: Mapping[UUID, Sequence[Offer]], *, now: Instant
) -> dict[WordKind, Money]:
    """How much of what is suggested one person may book alone now; the lines are of one account."""
    kinds = {type(offer.proposal) for each in offers.values() for offer in each}
    return {
        kind: alone(session, kind=kind, bank_id=lines[0].bank_id, currency=lines[0].currency, now=now).left
        for proposal, kind in WORDS.items()
        if proposal in kinds
    }


def _asks(offer: Offer, line: BankLine, may: Mapping[WordKind, Money]) -> bool:
    kind = WORDS.get(type(offer.proposal))
    return kind is not None and line.open_minor > may[kind].minor


def _hint(found: Compared, offers: Sequence[Offer]) -> Message | None:
    return OWN_MONEY if _is_own_money(found, offers) else found.named.hint


def _is_own_money(found: Compared, offers: Sequence[Offer]) -> bool:
    return found.among.is_own and found.line.direction is Direction.CREDIT and not offers


def place_of(session: Session, number: int | None) -> tuple[date, int] | None:
    """Where a line stands in the open list, by its number."""
    if number is None:
        return None
    row = session.execute(select(BankLine.booked_on, BankLine.number).where(BankLine.number == number)).one_or_none()
    return (row[0], row[1]) if row else None
