"""All transfers summed, and the guarded numbers, of one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BigInteger, String, cast, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import Session

from aid.domain.entries import HAD, AccountKind, EntryKind
from aid.domain.money import Money
from aid.models.ledger import Available, Entry, Transfer
from aid.queries.ledger.accounts import CORRECTED, AccountRow, Figure, counted_as


@dataclass(frozen=True, slots=True)
class Picture:
    """What moved between each two accounts, by kind of entry; and what is guarded."""

    flows: Mapping[tuple[UUID, UUID, EntryKind], int]  # debit, credit
    guarded: Mapping[tuple[UUID, str], int]  # purpose, currency
    accounts: Mapping[UUID, AccountRow]

    def figure(self, account: AccountRow, kind: EntryKind | None = None, against: AccountKind | None = None) -> Figure:
        """What an account holds, on the side it grows on; or what entries of one kind did to it."""
        net = 0
        for (debit, credit, of_kind), minor in self.flows.items():
            other = self.accounts[credit if debit == account.id else debit].kind
            if account.id in (debit, credit) and kind in (None, of_kind) and against in (None, other):
                net += minor if debit == account.id else -minor
        return Figure(account, Money(net if account.kind in HAD else -net, account.currency), kind, against)


def picture(session: Session, accounts: Mapping[UUID, AccountRow]) -> Picture:
    """One statement, so that both halves are of the same moment."""
    flow, guard = literal("flow"), literal("guard")
    minor = cast(func.sum(Transfer.amount_minor), BigInteger)
    kind = type_coerce(counted_as, String)
    flows = (
        select(flow.label("what"), Transfer.debit_id, Transfer.credit_id, kind.label("kind"), minor.label("minor"))
        .join(Entry, Entry.id == Transfer.entry_id)
        .outerjoin(CORRECTED, CORRECTED.id == Entry.corrects_id)
        .group_by(Transfer.debit_id, Transfer.credit_id, kind)
    )
    guarded = select(
        guard.label("what"), Available.purpose_id, Available.purpose_id, Available.currency, Available.amount_minor
    )
    summed: dict[tuple[UUID, UUID, EntryKind], int] = {}
    available: dict[tuple[UUID, str], int] = {}
    for what, first, second, third, amount in session.execute(union_all(flows, guarded)):
        if what == "flow":
            summed[first, second, EntryKind(third)] = int(amount)
        else:
            available[first, third] = int(amount)
    return Picture(summed, available, accounts)
