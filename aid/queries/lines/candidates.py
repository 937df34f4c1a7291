"""What open lines are compared with, looked up for a page of them at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.bank_lines import KnownBy
from aid.domain.bank_words import is_fee, is_interest
from aid.domain.line_rules import Rule, bare_account
from aid.domain.money import Money
from aid.domain.payments import Party, Payment
from aid.domain.suggestions import (
    DAYS_APART,
    Candidates,
    DonorFacts,
    EntryFacts,
    LineFacts,
    RemittanceFacts,
    TwinFacts,
)
from aid.models.donations import Donation
from aid.models.fund import Purpose
from aid.models.ledger import Available, BankAccount
from aid.models.remittances import Remittance
from aid.models.statements import BankLine
from aid.queries.lines.entries import untied_entries
from aid.queries.lines.references import NOTHING_NAMED, Named, named_in
from aid.services.donors import index as donor_index
from aid.services.donors.index import Term, terms_of
from aid.services.lines.rules import rules_in_use
from aid.services.statements.sealed import Told
from aid.vault.actor import Actor

GENERAL = "general"
"""The purpose that a gift is for where nothing says which."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A line, and what it is compared with."""

    line: LineFacts
    among: Candidates
    named: Named = NOTHING_NAMED


@dataclass(frozen=True, slots=True)
class Side:
    """A line, or one payment of a batch, as it is compared: so much of it, and who stands at its other end."""

    id: UUID
    line: BankLine
    still: int
    payment: Payment = field(repr=False)
    is_alone: bool = True  # not a batch as a whole, which is of many

    @property
    def other(self) -> Party:
        """Whoever stands at the other end, as far as anybody is named."""
        return (self.payment.other if self.is_alone else None) or Party()


def sides_of(lines: Sequence[BankLine], words: Mapping[UUID, Told]) -> list[Side]:
    """Lines as they are compared."""
    told = {line.id: words[line.id] for line in lines if line.id in words}
    return [
        Side(line.id, line, line.open_minor, told[line.id].payment, is_alone=not told[line.id].details)
        if line.id in told
        else Side(line.id, line, line.open_minor, Payment())
        for line in lines
    ]


def compared(session: Session, *, actor: Actor, sides: Sequence[Side]) -> dict[UUID, Compared]:
    """Lines of one account, or payments of one, with all that they may be. Only for who holds the donors' ring."""
    index = donor_index.index_of(session, actor.keyring)
    if not sides or index is None:
        return {}
    bank_id, currency = sides[0].line.bank_id, sides[0].line.currency
    facts = {side.id: facts_of(side) for side in sides}
    terms = {side.id: terms_of(name=side.other.name, account=side.other.account) for side in sides}
    known = donor_index.find(session, index, frozenset[Term]().union(*terms.values()))
    last = _last_purposes(session, {donor for donors in known.values() for donor in donors})
    entries = _entries(session, actor, sides)
    remittances = _remittances(session, actor, bank_id, currency)
    rules, own = rules_in_use(session, actor.keyring), _own_accounts(session)
    twins = _twins(session, bank_id, [side.line for side in sides if side.line.is_reversal])
    general, bears = _purposes(session, currency)
    named = named_in(session, actor=actor, texts={side.id: _texts(side) for side in sides})

    def donors(id_: UUID, known_by: KnownBy) -> list[DonorFacts]:
        ids = [donor for term in terms[id_] if term[0] is known_by for donor in known.get(term, ())]
        return [DonorFacts(donor, last.get(donor)) for donor in ids]

    return {
        side.id: Compared(
            facts[side.id],
            Candidates(
                entries=entries,
                twins=[twin for twin in twins if twin.id != side.id],
                remittances=remittances,
                rules=_fitting(rules, facts[side.id]),
                of_account=donors(side.id, KnownBy.ACCOUNT),
                of_name=donors(side.id, KnownBy.NAME),
                is_own=bare_account(facts[side.id].account) in own,
                purpose_id=general,
                bears_id=bears,
            ),
            named.get(side.id, NOTHING_NAMED),
        )
        for side in sides
    }


def _texts(side: Side) -> str:
    """Where a reference may stand: donors put it wherever their bank lets them write. A batch is of many."""
    payment = side.payment if side.is_alone else Payment()
    return " | ".join((payment.text, payment.additional, *payment.references, payment.end_to_end))


def facts_of(side: Side) -> LineFacts:
    """A line as suggestions look at it. A batch is of many: nobody stands at its other end."""
    line, payment, other = side.line, side.payment, side.other
    text = " ".join(filter(None, (payment.text, payment.additional, *payment.references)))
    words = {"name": other.name, "account": other.account, "text": text}
    return LineFacts(
        direction=line.direction,
        still=Money(side.still, line.currency),
        booked_on=line.booked_on,
        is_fee=is_fee(line.code, **words),
        is_interest=is_interest(line.code, **words),
        is_reversal=line.is_reversal,
        **words,
    )


def _fitting(rules: Sequence[Rule], line: LineFacts) -> list[Rule]:
    return [rule for rule in rules if rule.fits(name=line.name, account=line.account, text=line.text)]


def _entries(session: Session, actor: Actor, sides: Sequence[Side]) -> list[EntryFacts]:
    apart = timedelta(days=DAYS_APART)
    days = [side.line.booked_on for side in sides]
    found = untied_entries(
        session,
        actor=actor,
        bank_id=sides[0].line.bank_id,
        since=min(days) - apart,
        until=max(days) + apart,
        amounts={side.still for side in sides},
    )
    return [
        EntryFacts(entry.id, entry.number, entry.kind, entry.direction, entry.left, entry.on, entry.donor_id)
        for entry in found
    ]


def _remittances(session: Session, actor: Actor, bank_id: UUID, currency: str) -> list[RemittanceFacts]:
    waiting = select(Remittance).where(Remittance.to_bank_id == bank_id, Remittance.left_minor > 0)
    return [
        RemittanceFacts(
            row.id, row.number, Money(row.left_minor, currency), row.sent_on, by_reader=row.sent_by_id == actor.id
        )
        for row in session.scalars(waiting.order_by(Remittance.number))
    ]


def _twins(session: Session, bank_id: UUID, reversals: Sequence[BankLine]) -> list[TwinFacts]:
    if not reversals:
        return []
    same = select(BankLine).where(BankLine.bank_id == bank_id, BankLine.open_minor > 0)
    rows = session.scalars(same.where(BankLine.open_minor.in_({line.open_minor for line in reversals})))
    return [
        TwinFacts(row.id, row.number, row.direction, Money(row.open_minor, row.currency), row.booked_on) for row in rows
    ]


def _last_purposes(session: Session, donor_ids: set[UUID]) -> dict[UUID, UUID]:
    """What each donor's last gift was for."""
    last = (
        select(Donation.donor_id, func.max(Donation.number).label("number"))
        .where(Donation.donor_id.in_(donor_ids))
        .group_by(Donation.donor_id)
        .subquery()
    )
    found = select(Donation.donor_id, Donation.purpose_id).join(last, Donation.number == last.c.number)
    purposes: defaultdict[UUID, UUID] = defaultdict()
    purposes.update({donor: purpose for donor, purpose in session.execute(found)})  # noqa: C416
    return purposes


def _own_accounts(session: Session) -> frozenset[str]:
    ibans = session.scalars(select(BankAccount.iban).where(BankAccount.iban.is_not(None)))
    return frozenset(bare_account(iban) for iban in ibans if iban)


def _purposes(session: Session, currency: str) -> tuple[UUID, UUID | None]:
    """The purpose of gifts that name none; and which bears fees: the one with most money of this currency."""
    rows = session.execute(select(Purpose.id, Purpose.code).order_by(Purpose.code != GENERAL, Purpose.id)).all()
    richest = select(Available.purpose_id).where(Available.currency == currency, Available.amount_minor > 0)
    return rows[0].id, session.scalar(richest.order_by(Available.amount_minor.desc(), Available.purpose_id).limit(1))
