"""What a second person sees of a line whose text they have no key to.

A treasurer who asks has the line open; a coordinator who answers has not, for donors' names stand in such texts. So
when it is asked, the codes and words that banks use for their own bookings are taken out of the text, with short
numbers and nothing else, and sealed to coordinators: by no hand, so who asks can't write what is not in the line.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.bank_words import is_fee, is_interest, own_words
from aid.domain.payments import Party
from aid.domain.rings import RingKind
from aid.domain.second_words import WordKind
from aid.models.people import Ring
from aid.models.records import RecordKind
from aid.models.second_words import MoneyAsked
from aid.models.statements import BankLine
from aid.services import records
from aid.services.lines.words import words_of
from aid.services.statements.sealed import Told
from aid.vault.failures import NoKey
from aid.vault.keyring import Keyring

READERS = (RingKind.DONORS, RingKind.MATCHING)
"""Treasurers, and the coordinators who answer."""


@dataclass(frozen=True, slots=True)
class BankWords:
    """What is shown of a line, or of two."""

    is_own: bool = False  # the bank says that it is its fee, or its interest
    words: tuple[str, ...] = ()  # by which it says so
    somebody: bool = False  # is named at the other end, by name or account
    is_same: bool | None = None  # of two lines: one account, or one name, stands at the other end of both

    def plain(self) -> dict[str, Any]:
        """As it is sealed."""
        return {"own": self.is_own, "words": list(self.words), "somebody": self.somebody, "same": self.is_same}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "BankWords":
        """As it was sealed."""
        return cls(plain["own"], tuple(plain["words"]), plain["somebody"], plain["same"])


def seal_words(session: Session, asked: MoneyAsked, *, keyring: Keyring) -> None:
    """Take out of the lines' texts what a coordinator may see. Nothing, where who asks can't read them either."""
    ids = [line_id for line_id in (asked.line_id, asked.other_id) if line_id]
    try:
        told = words_of(session, keyring=keyring, line_ids=ids)
    except NoKey:
        return
    if not ids or any(line_id not in told for line_id in ids):
        return
    line = session.get_one(BankLine, ids[0])
    shown = _of_two(*(told[id_] for id_ in ids)) if len(ids) > 1 else _of_one(asked.kind, line, told[line.id])
    rings = session.scalars(select(Ring.id).where(Ring.kind.in_(READERS))).all()
    targets = list(records.targets(session, rings).values())
    records.put(session, shown.plain(), kind=RecordKind.BANK_WORDS, row_id=asked.id, rings=targets, keyring=keyring)


def words_shown(session: Session, *, asked_id: UUID, keyring: Keyring) -> BankWords | None:
    """What was taken out when it was asked; None where nothing was. Raises NoKey for who is not entitled."""
    plain = records.take_out(session, kind=RecordKind.BANK_WORDS, row_id=asked_id, keyring=keyring)
    return BankWords.from_plain(plain) if plain else None


def _of_one(kind: WordKind, line: BankLine, told: Told) -> BankWords:
    payment, other = told.payment, told.payment.other or Party()
    somebody = bool(other.name or other.account or payment.ultimate or told.details)
    text = " ".join(filter(None, (payment.text, payment.additional)))
    says = is_interest if kind is WordKind.INTEREST else is_fee
    if not says(line.code, name=other.name or str(told.details or ""), account=other.account, text=text):
        return BankWords(somebody=somebody)
    return BankWords(True, own_words(line.code, "" if somebody else text), somebody)


def _of_two(one: Told, other: Told) -> BankWords:
    """Whether money came back from where it went, without saying from whom."""
    first, second = one.payment.other or Party(), other.payment.other or Party()
    if first.account and second.account:
        same = "".join(first.account.split()) == "".join(second.account.split())
    else:
        same = bool(first.name) and first.name.casefold() == second.name.casefold()
    return BankWords(somebody=bool(first.name or first.account or second.name or second.account), is_same=same)
