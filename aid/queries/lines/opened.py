"""The open list of an account: lines that nothing explains wholly, the oldest first, with what they may be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from aid.domain.bank_words import country_of, likely_kind, likely_language
from aid.domain.clock import Instant
from aid.domain.donations import LONGEST_LINE, LONGEST_NAME, MOST_LINES, DonorDetails
from aid.domain.money import Money
from aid.domain.of_the_bank import by_the_bank
from aid.domain.payments import Direction, Payment
from aid.domain.permissions import Permission
from aid.domain.referred import by_references
from aid.domain.second_words import WordKind
from aid.domain.suggestions import (
    Against,
    Arrived,
    Fee,
    Gift,
    Interest,
    Proposal,
    Referred,
    Suggestion,
    Tie,
    by_one_key,
    suggest,
)
from aid.domain.words import Message, _
from aid.models.fund import Purpose
from aid.models.statements import BankLine
from aid.queries.donors import details_of
from aid.queries.lines.candidates import Compared, compared
from aid.services import donor_index
from aid.services.line_words import words_of
from aid.services.second_words import alone, waiting_of
from aid.services.statements.sealed import Told
from aid.vault.actor import Actor

PAGE = 20

OWN_MONEY = _(
    "It came from an account of the fund’s own. When it is written down as sent, and somebody else confirms it, "
    "it can be explained here."
)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a line may be, as it is accepted. `what` names it in a form; `donor`: opened, none where there is none."""

    what: str
    proposal: Proposal
    why: Message
    donor: DonorDetails | None
    is_new: bool  # the donor is
    purpose: Mapping[str, str] | None
    by_key: bool
    asks: bool = False  # it is more than one person books alone


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
    def payment(self) -> Payment | None:
        """What stands behind it."""
        return self.told.payment if self.told else None

    @property
    def offer(self) -> Offer | None:
        """The one to be accepted by one key."""
        return next((offer for offer in self.offers if offer.by_key), None)


@dataclass(frozen=True, slots=True)
class OpenLines:
    """A page of them. `focus`: the number of the line whose button has the key."""

    rows: tuple[OpenLine, ...]
    after: int | None
    focus: int | None


def open_lines(
    session: Session, *, actor: Actor, now: Instant, bank_id: UUID, after: int | None = None, at: int | None = None
) -> OpenLines:
    """A page of open lines after one, by its number; `at`: the number of the line that was worked at last."""
    actor.must(Permission.SEE_MONEY)
    wanted = select(BankLine).where(BankLine.bank_id == bank_id, BankLine.open_minor > 0)
    place = (BankLine.booked_on, BankLine.number)
    if after is not None and (last := _place(session, after)):
        wanted = wanted.where(tuple_(*place) > last)
    found = session.scalars(wanted.order_by(*place).limit(PAGE + 1)).all()
    rows = shown(session, actor=actor, now=now, lines=found[:PAGE])
    return OpenLines(rows, found[PAGE - 1].number if len(found) > PAGE else None, _focus(rows, _place(session, at)))


def shown(session: Session, *, actor: Actor, now: Instant, lines: Sequence[BankLine]) -> tuple[OpenLine, ...]:
    """Lines of one account as the reader may see them."""
    words: dict[UUID, Told] = {}
    found: dict[UUID, Compared] = {}
    waits = waiting_of(session, [line.id for line in lines])
    free = [line for line in lines if not waits[line.id]]
    if actor.may(Permission.SEE_DONORS) and donor_index.index_of(session, actor.keyring):
        words = words_of(session, keyring=actor.keyring, line_ids=[line.id for line in lines])
        found = compared(session, actor=actor, lines=free, words=words) if actor.may(Permission.KEEP_ACCOUNTS) else {}
    suggested = {line_id: suggest(each.line, each.among, *_also(each)) for line_id, each in found.items()}
    donors = details_of(session, actor=actor, donor_ids=_donors(suggested))
    may = _alone(session, lines, suggested, now=now)
    names = {id_: each for id_, each in session.execute(select(Purpose.id, Purpose.names))}  # noqa: C416
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
            offers=tuple(
                replace(offer, asks=_asks(offer, line, may))
                for offer in _offers(suggested.get(line.id, ()), donors, names, words.get(line.id), found.get(line.id))
            ),
            hint=_hint(found[line.id], suggested[line.id]) if line.id in found else None,
        )
        for line in lines
    )


def stranger_of(payment: Payment | None) -> DonorDetails | None:
    """Whoever stands at the other end, as a donor to be entered: a guess, for a person to look at."""
    other = payment.other if payment else None
    if other is None or not other.name:
        return None
    name = " ".join(other.name.split())[:LONGEST_NAME]
    address = tuple(line[:LONGEST_LINE] for line in other.address if line.strip())[:MOST_LINES]
    return DonorDetails(
        kind=likely_kind(name),
        name=name,
        address=address,
        language=likely_language(country_of(other.account, other.country)),
    )


def named(proposal: Proposal) -> str:
    """A proposal as a form names it."""
    match proposal:
        case Tie(entry_id):
            return f"entry:{entry_id}"
        case Gift(donor_id, purpose_id):
            return f"gift:{donor_id or 'new'}:{purpose_id}"
        case Referred(reference_id, donor_id, _purpose_id):
            return f"reference:{reference_id}:{donor_id or 'new'}"
        case Fee(purpose_id):
            return f"fee:{purpose_id}"
        case Interest(purpose_id):
            return f"interest:{purpose_id}"
        case Arrived(remittance_id):
            return f"arrived:{remittance_id}"
        case Against(line_id, kind):
            return f"against:{line_id}:{kind}"


def _offers(
    suggestions: Sequence[Suggestion],
    donors: Mapping[UUID, DonorDetails],
    names: Mapping[UUID, Mapping[str, str]],
    told: Told | None,
    found: Compared | None,
) -> tuple[Offer, ...]:
    chosen = by_one_key(suggestions)
    offers = []
    for suggestion in suggestions:
        proposal = suggestion.proposal
        purpose_id = proposal.purpose_id if isinstance(proposal, Gift | Referred | Fee | Interest) else None
        is_new = isinstance(proposal, Gift | Referred) and proposal.donor_id is None
        donor = stranger_of(told.payment) if is_new and told else None
        if isinstance(proposal, Gift | Referred) and proposal.donor_id:
            donor = donors.get(proposal.donor_id)
        elif isinstance(proposal, Referred) and found:
            donor = found.named.written_by(proposal.reference_id)
        offers.append(
            Offer(
                named(proposal),
                proposal,
                suggestion.why,
                donor,
                is_new,
                names.get(purpose_id) if purpose_id else None,
                by_key=suggestion is chosen,
            )
        )
    return tuple(offers)


def _donors(suggested: Mapping[UUID, Sequence[Suggestion]]) -> set[UUID]:
    every = (suggestion.proposal for found in suggested.values() for suggestion in found)
    return {proposal.donor_id for proposal in every if isinstance(proposal, Gift | Referred) and proposal.donor_id}


def _also(found: Compared) -> Iterator[Suggestion]:
    """What references in its text, and the bank itself, say of a line."""
    yield from by_references(found.named.good, found.line, found.among)
    yield from by_the_bank(found.line, found.among)


WORDS = {Fee: WordKind.FEE, Interest: WordKind.INTEREST}
"""What is booked alone only up to a bound; what the bank itself takes back is not."""


def _alone(
    session: Session, lines: Sequence[BankLine], suggested: Mapping[UUID, Sequence[Suggestion]], *, now: Instant
) -> dict[WordKind, Money]:
    """How much of what is suggested one person may book alone now; the lines are of one account."""
    kinds = {type(suggestion.proposal) for found in suggested.values() for suggestion in found}
    return {
        kind: alone(session, kind=kind, bank_id=lines[0].bank_id, currency=lines[0].currency, now=now).left
        for proposal, kind in WORDS.items()
        if proposal in kinds
    }


def _asks(offer: Offer, line: BankLine, may: Mapping[WordKind, Money]) -> bool:
    kind = WORDS.get(type(offer.proposal))
    return kind is not None and line.open_minor > may[kind].minor


def _hint(found: Compared, suggestions: Sequence[Suggestion]) -> Message | None:
    return OWN_MONEY if _is_own_money(found, suggestions) else found.named.hint


def _is_own_money(found: Compared, suggestions: Sequence[Suggestion]) -> bool:
    return found.among.is_own and found.line.direction is Direction.CREDIT and not suggestions


def _place(session: Session, number: int | None) -> tuple[date, int] | None:
    if number is None:
        return None
    row = session.execute(select(BankLine.booked_on, BankLine.number).where(BankLine.number == number)).one_or_none()
    return (row[0], row[1]) if row else None


def _focus(rows: Sequence[OpenLine], at: tuple[date, int] | None) -> int | None:
    """The next line after the last one that can be accepted by its key; from the top again where there is none."""
    ready = [row for row in rows if row.offer]
    ahead = [row for row in ready if at is None or (row.booked_on, row.number) >= at]
    return next((row.number for row in (*ahead, *ready)), None)
