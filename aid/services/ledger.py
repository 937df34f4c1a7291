"""Booking: entries of balanced transfers, and the one number that is guarded, available money per purpose."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from aid.domain.clock import Instant
from aid.domain.entries import AccountKind, AccountRef, EntryKind, Posting, change_of_available
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.months import Month
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.ledger import Account, Available, Entry, Transfer
from aid.models.ready import Ready
from aid.services import audit, counters
from aid.services.months import hold_month


class NotEnoughMoney(RuleBroken):
    """A purpose has less available money than is asked of it."""


def account_key(ref: AccountRef) -> str:
    """The one key of an account: kind, whose it is, currency."""
    owner = ref.purpose or ref.point or ref.bank
    return ":".join([ref.kind.value, str(owner) if owner else "fund", ref.currency])


def open_account(ref: AccountRef) -> Account:
    """A new account, empty. A bank account of the fund has the same id."""
    return Account(
        id=ref.bank or new_id(),
        key=account_key(ref),
        kind=ref.kind,
        purpose_id=ref.purpose,
        point_id=ref.point,
        currency=ref.currency,
    )


def post(
    session: Session,
    postings: Sequence[Posting],
    *,
    kind: EntryKind,
    cause: UUID,
    now: Instant,
    value_on: date | None = None,
    corrects: UUID | None = None,
) -> tuple[Entry, tuple[Transfer, ...]]:
    """Book one entry; change available money with it. Raises NotEnoughMoney, and RuleBroken in a closed month."""
    what = (kind, cause, value_on, corrects)
    values, transfers = _book(session, postings, what, now=now)
    return Entry(**values), tuple(Transfer(**each) for each in transfers)


def post_rows(
    session: Session, postings: Sequence[Posting], *, kind: EntryKind, cause: UUID, now: Instant
) -> tuple[UUID, tuple[audit.Rows, audit.Rows]]:
    """The same for who needs the entry's id alone, and what was made for the audit: asked for at each table."""
    values, transfers = _book(session, postings, (kind, cause, None, None), now=now)
    return values["id"], (audit.Rows(Entry, [values]), audit.Rows(Transfer, transfers))


def _book(
    session: Session,
    postings: Sequence[Posting],
    what: tuple[EntryKind, UUID, date | None, UUID | None],
    *,
    now: Instant,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """`what`: the kind of entry, its cause, the bank's day, and the entry that it corrects."""
    kind, cause, value_on, corrects = what
    hold_month(session, Month.of(now.today))
    for (purpose, currency), change in sorted(change_of_available(postings).items()):
        _change_available(session, purpose, currency, change)
    entry_id = new_id()
    values = {
        "id": entry_id,
        "number": counters.take(session, "entry"),
        "kind": kind,
        "cause_id": cause,
        "posted_on": now.today,
        "value_on": value_on or now.today,
        "posted_at": now.instant,
        "transfers": len(postings),
        "corrects_id": corrects,
    }
    transfers = _transfers(session, entry_id, postings)
    session.flush()  # what the entry is for is there before it
    _INSERT_ENTRY.run(session, values)
    _INSERT_TRANSFER.run(session, *transfers)
    return values, transfers


_INSERT_ENTRY = Ready(Entry.__table__.insert())  # type: ignore[attr-defined]
_INSERT_TRANSFER = Ready(Transfer.__table__.insert())  # type: ignore[attr-defined]


def balance_of(session: Session, account_id: UUID) -> int:
    """What came to an account less what left it, in minor units."""
    came, left = (
        session.scalar(select(func.coalesce(func.sum(Transfer.amount_minor), 0)).where(side == account_id)) or 0
        for side in (Transfer.debit_id, Transfer.credit_id)
    )
    return int(came) - int(left)


def _transfers(session: Session, entry_id: UUID, postings: Sequence[Posting]) -> list[dict[str, Any]]:
    ids = _account_ids(session, postings)
    return [
        {
            "entry_id": entry_id,
            "n": n,
            "debit_id": ids[account_key(posting.debit)],
            "credit_id": ids[account_key(posting.credit)],
            "currency": posting.amount.currency,
            "amount_minor": posting.amount.minor,
        }
        for n, posting in enumerate(postings, start=1)
    ]


def postings_of(session: Session, entry_id: UUID) -> tuple[Posting, ...]:
    """What an entry moved, as it was asked for."""
    debit, credit = aliased(Account), aliased(Account)
    found = session.execute(
        select(Transfer, debit, credit)
        .join(debit, debit.id == Transfer.debit_id)
        .join(credit, credit.id == Transfer.credit_id)
        .where(Transfer.entry_id == entry_id)
        .order_by(Transfer.n)
    )
    return tuple(
        Posting(ref_of(to), ref_of(from_), Money(transfer.amount_minor, transfer.currency))
        for transfer, to, from_ in found
    )


def ref_of(account: Account) -> AccountRef:
    """Which account this is."""
    bank = account.id if account.kind is AccountKind.BANK else None
    return AccountRef(account.kind, account.purpose_id, account.point_id, account.currency, bank)


def _account_ids(session: Session, postings: Sequence[Posting]) -> dict[str, UUID]:
    """By key; a bank account has the id of its account."""
    refs = {ref for posting in postings for ref in (posting.debit, posting.credit)}
    keys = {account_key(ref) for ref in refs if ref.bank is None}
    rows = _accounts(len(keys)).rows(session, {f"key_{n}": key for n, key in enumerate(sorted(keys))}) if keys else ()
    return {key: id_ for key, id_ in rows} | {account_key(ref): ref.bank for ref in refs if ref.bank is not None}  # noqa: C416


_ACCOUNT = Account.__table__.c


@cache
def _accounts(count: int) -> Ready:
    """So many accounts, by their keys."""
    wanted = [_ACCOUNT.key == bindparam(f"key_{n}") for n in range(count)]
    return Ready(select(_ACCOUNT.key, _ACCOUNT.id).where(or_(*wanted)))


def _change_available(session: Session, purpose: UUID, currency: str, change: int) -> None:
    """Add to or take from a purpose's available money in SQL: a rival waits, and then finds what is left."""
    if change == 0:
        return
    guarded = (
        update(Available)
        .where(Available.purpose_id == purpose, Available.currency == currency, Available.amount_minor + change >= 0)
        .values(amount_minor=Available.amount_minor + change)
        .execution_options(synchronize_session=False)
    )
    if session.execute(guarded).rowcount == 1:  # type: ignore[attr-defined]
        return
    left = session.scalar(
        select(Available.amount_minor).where(Available.purpose_id == purpose, Available.currency == currency)
    )
    raise NotEnoughMoney(
        _(
            "This needs %(needed)s, but only %(left)s is available for this purpose.",
            needed=Money(-change, currency),
            left=Money(left or 0, currency),
        )
    )


__all__ = ["AccountKind", "AccountRef", "NotEnoughMoney", "account_key", "open_account", "post"]
