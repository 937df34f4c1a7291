"""Each account's lines: what came and went, what of it is explained and what is open; and the books beside the bank."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, case, cast, func, select
from sqlalchemy.orm import Session

from aid.domain.money import Money
from aid.domain.payments import Direction
from aid.domain.permissions import Permission
from aid.models.ledger import BankAccount
from aid.models.statements import BankLine, BankStatement
from aid.queries.lines.entries import untied_sum
from aid.services.ledger import balance_of
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Way:
    """Lines of one direction: all of them, what is explained of them, and what is open."""

    lines: Money
    still: Money

    @property
    def explained(self) -> Money:
        """What has ended."""
        return self.lines - self.still


@dataclass(frozen=True, slots=True)
class Beside:
    """The books of an account beside what its bank says, and what lies between them, exactly.

    `books` less entries without a line, with open lines, is what the bank's lines come to; with what the account held
    before the first of them it is `bank`, unless some of its days are in no statement (`missing`).
    """

    books: Money
    untied: Money
    untied_count: int
    still: Money
    before: Money
    bank: Money
    on: date
    later: Money  # lines of days after the bank's last balance
    missing: Money


@dataclass(frozen=True, slots=True)
class AccountSums:
    """An account's lines."""

    bank_id: UUID
    names: Mapping[str, str]
    currency: str
    lines: int
    open_lines: int
    oldest: date | None
    came: Way
    went: Way
    is_closed: bool

    @property
    def explained(self) -> int:
        """How many of its lines are explained wholly."""
        return self.lines - self.open_lines


def account_sums(session: Session, *, actor: Actor, bank_id: UUID | None = None) -> tuple[AccountSums, ...]:
    """Every account that has lines, or one account whether it has any or not."""
    actor.must(Permission.SEE_MONEY)
    is_open = BankLine.open_minor > 0
    summed = (
        select(
            BankLine.bank_id,
            BankLine.direction,
            func.count(),
            func.sum(case((is_open, 1), else_=0)),
            func.min(case((is_open, BankLine.booked_on))),
            cast(func.sum(BankLine.amount_minor), BigInteger),
            cast(func.sum(BankLine.open_minor), BigInteger),
        )
        .group_by(BankLine.bank_id, BankLine.direction)
        .where(BankLine.bank_id == bank_id if bank_id else BankLine.bank_id.is_not(None))
    )
    of: dict[tuple[UUID, Direction], tuple[int, int, date | None, int, int]] = {}
    for bank, direction, count, still, oldest, minor, open_minor in session.execute(summed):
        of[bank, direction] = (count, int(still), oldest, int(minor), int(open_minor))
    banks = select(BankAccount).order_by(BankAccount.opened_at, BankAccount.code)
    rows = session.scalars(banks.where(BankAccount.id == bank_id) if bank_id else banks).all()
    return tuple(_sums(row, of) for row in rows if bank_id or any(bank == row.id for bank, _way in of))


def _sums(row: BankAccount, of: Mapping[tuple[UUID, Direction], tuple[int, int, date | None, int, int]]) -> AccountSums:
    nothing = (0, 0, None, 0, 0)
    came, went = (of.get((row.id, direction), nothing) for direction in (Direction.CREDIT, Direction.DEBIT))
    return AccountSums(
        bank_id=row.id,
        names=row.names,
        currency=row.currency,
        lines=came[0] + went[0],
        open_lines=came[1] + went[1],
        oldest=min(filter(None, (came[2], went[2])), default=None),
        came=Way(Money(came[3], row.currency), Money(came[4], row.currency)),
        went=Way(Money(went[3], row.currency), Money(went[4], row.currency)),
        is_closed=row.closed_at is not None,
    )


def beside(session: Session, *, actor: Actor, sums: AccountSums) -> Beside | None:
    """The books beside the bank's last balance, or nothing where no statement told one."""
    told = (BankStatement.bank_id == sums.bank_id, BankStatement.closing_minor.is_not(None))
    dated = select(BankStatement).where(*told, BankStatement.closing_on.is_not(None))
    last = session.scalars(dated.order_by(BankStatement.closing_on.desc(), BankStatement.id.desc()).limit(1)).first()
    first = session.scalars(
        select(BankStatement)
        .where(BankStatement.bank_id == sums.bank_id, BankStatement.opening_minor.is_not(None))
        .order_by(func.coalesce(BankStatement.opening_on, BankStatement.since, BankStatement.closing_on))
        .order_by(BankStatement.id)
        .limit(1)
    ).first()
    if last is None or last.closing_on is None or last.closing_minor is None:
        return None

    def of(minor: int) -> Money:
        return Money(minor, sums.currency)

    count, untied = untied_sum(session, actor=actor, bank_id=sums.bank_id)
    every = sums.came.lines.minor - sums.went.lines.minor
    later = _moved_after(session, sums.bank_id, last.closing_on)
    opening = first.opening_minor if first and first.opening_minor is not None else 0
    return Beside(
        books=of(balance_of(session, sums.bank_id)),
        untied=of(untied),
        untied_count=count,
        still=sums.came.still - sums.went.still,
        before=of(opening),
        bank=of(last.closing_minor),
        on=last.closing_on,
        later=of(later),
        missing=of(last.closing_minor - opening - (every - later)),
    )


def _moved_after(session: Session, bank_id: UUID, day: date) -> int:
    signed = case((BankLine.direction == Direction.CREDIT, BankLine.amount_minor), else_=-BankLine.amount_minor)
    moved = select(func.coalesce(func.sum(signed), 0)).where(BankLine.bank_id == bank_id, BankLine.booked_on > day)
    return int(session.execute(moved).scalar_one())
