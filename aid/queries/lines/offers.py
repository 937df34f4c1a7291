"""What lines, or payments of a batch, may be, as it is offered: with the donor's name and the purpose's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.bank_words import country_of, likely_kind, likely_language
from aid.domain.donations import LONGEST_LINE, LONGEST_NAME, MOST_LINES, DonorDetails
from aid.domain.own_bookings import by_the_bank
from aid.domain.payments import Payment
from aid.domain.referred import by_references
from aid.domain.suggestions import (
    Against,
    Arrived,
    Fee,
    Gift,
    Ground,
    Interest,
    Proposal,
    Referred,
    Suggestion,
    Tie,
    by_one_key,
    suggest,
)
from aid.domain.words import Message
from aid.models.fund import Purpose
from aid.queries.donors import details_of
from aid.queries.lines.candidates import Compared
from aid.vault.actor import Actor


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
    ground: Ground
    asks: bool = False  # it is more than one person books alone


def offers_of(
    session: Session, *, actor: Actor, found: Mapping[UUID, Compared], payments: Mapping[UUID, Payment]
) -> dict[UUID, tuple[Offer, ...]]:
    """What each may be, the best first."""
    suggested = {id_: suggest(each.line, each.among, *_also(each)) for id_, each in found.items()}
    donors = details_of(session, actor=actor, donor_ids=_donors(suggested))
    names = {id_: each for id_, each in session.execute(select(Purpose.id, Purpose.names))}  # noqa: C416
    return {
        id_: _offers(suggestions, donors, names, payments.get(id_, Payment()), found[id_])
        for id_, suggestions in suggested.items()
    }


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
    payment: Payment,
    found: Compared,
) -> tuple[Offer, ...]:
    chosen = by_one_key(suggestions)
    offers = []
    for suggestion in suggestions:
        proposal = suggestion.proposal
        purpose_id = proposal.purpose_id if isinstance(proposal, Gift | Referred | Fee | Interest) else None
        is_new = isinstance(proposal, Gift | Referred) and proposal.donor_id is None
        donor = stranger_of(payment) if is_new else None
        if isinstance(proposal, Gift | Referred) and proposal.donor_id:
            donor = donors.get(proposal.donor_id)
        elif isinstance(proposal, Referred):
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
                ground=suggestion.ground,
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
