"""Bank lines that nothing explains yet, and entries that no line shows."""

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.entries import EntryKind
from aid.domain.words import _, n_
from aid.models.ledger import Entry, Transfer
from aid.models.statements import BankLine, LineEnd
from aid.queries.today.waiting import Waiting, oldest
from aid.services.lines.writing import NOT_REOPENED
from aid.vault.actor import Actor

PATIENCE = 7


def to_explain(session: Session, _actor: Actor, _now: Instant) -> Waiting:
    """Lines of the bank that are open; a donor waits behind each gift."""
    rows = select(BankLine.booked_on, BankLine.bank_id).where(BankLine.open_minor > 0)
    found = oldest(session, rows)
    banks = session.execute(select(func.count(BankLine.bank_id.distinct())).where(BankLine.open_minor > 0))
    title = n_("bank line to explain", "bank lines to explain", found.count)
    hint = _("Most are accepted by one key.")
    if found.count and banks.scalar_one() == 1:
        return Waiting("lines.account", found.count, title, hint, found.since, values=(("bank_id", found.id),))
    return Waiting("lines.index", found.count, title, hint, found.since)


def without_line(session: Session, _actor: Actor, now: Instant) -> Waiting:
    """Entries of accounts whose statements are brought in, of days that these show, and no line is tied to them."""
    shown = (
        select(
            BankLine.bank_id, func.min(BankLine.booked_on).label("since"), func.max(BankLine.booked_on).label("until")
        )
        .group_by(BankLine.bank_id)
        .subquery()
    )
    tied = exists().where(LineEnd.entry_id == Entry.id, NOT_REOPENED)
    moved = exists().where(
        Transfer.entry_id == Entry.id,
        or_(Transfer.debit_id == shown.c.bank_id, Transfer.credit_id == shown.c.bank_id),
    )
    counter = select(Entry.corrects_id).where(Entry.kind == EntryKind.CORRECTION, Entry.corrects_id.is_not(None))
    rows = (
        select(Entry.value_on)
        .join(shown, Entry.value_on.between(shown.c.since, shown.c.until))
        .where(moved, ~tied, Entry.kind != EntryKind.CORRECTION, Entry.id.not_in(counter))
    )
    found = oldest(session, rows)
    title = n_("entry that no bank line shows", "entries that no bank line shows", found.count)
    hint = _("Was it written down twice, or on another account?")
    return Waiting("lines.index", found.count, title, hint, found.since, patience=PATIENCE)
