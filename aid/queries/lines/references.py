"""References in the texts of bank lines: which of them the fund gave out, to whom, and what came by them before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.bank_lines import KnownBy
from aid.domain.codes import grouped
from aid.domain.donations import DonorDetails
from aid.domain.references import references_in
from aid.domain.referred import ReferenceFacts
from aid.domain.wishes import Wish
from aid.domain.words import Message, _
from aid.models.donations import Donation, stands_for
from aid.models.giving import GiftReference, ReferenceGift
from aid.services.donors import index as donor_index
from aid.services.donors.index import terms_of
from aid.services.giving.references import gifts_standing, wishes_of
from aid.vault.actor import Actor

AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Named:
    """What a text names: references that say whose gift it is, and those of which nothing is left to say."""

    good: tuple[ReferenceFacts, ...] = ()
    gone: tuple[GiftReference, ...] = ()
    writers: Mapping[UUID, DonorDetails] = field(default_factory=dict, repr=False)

    def written_by(self, reference_id: UUID) -> DonorDetails | None:
        """Whoever was given a reference, as they wrote of themselves."""
        return self.writers.get(reference_id)

    @property
    def hint(self) -> Message | None:
        """What is told of one whose donor's words were erased."""
        if not self.gone or self.good:
            return None
        row = self.gone[0]
        return _(
            "Its text has reference %(code)s, which was good until %(day)s. What its donor had written was erased on "
            "%(erased)s, as the page had told them: say who gave.",
            code=grouped(row.code),
            day=row.last_day,
            erased=row.erased_on,
        )


NOTHING_NAMED: Final = Named()


def named_in(session: Session, *, actor: Actor, texts: Mapping[UUID, str]) -> dict[UUID, Named]:
    """The fund's references in each of these texts. Only for who holds the donors' ring."""
    found = {id_: references_in(text) for id_, text in texts.items()}
    rows = _given_out(session, sorted({code for codes in found.values() for code in codes}))
    if not rows:
        return {}
    wishes = wishes_of(session, keyring=actor.keyring, references=list(rows.values()))
    givers = _givers(session, [row.id for row in rows.values()])
    namesakes = _namesakes(session, actor, wishes)
    facts = {
        row.code: _facts(row, wishes[row.id], givers.get(row.id), namesakes.get(row.id, ()))
        for row in rows.values()
        if row.id in wishes
    }
    writers = {id_: wish.donor for id_, wish in wishes.items()}
    return {
        id_: Named(
            tuple(facts[code] for code in codes if code in facts),
            tuple(rows[code] for code in codes if code in rows and code not in facts),
            writers,
        )
        for id_, codes in found.items()
    }


def wish_of(session: Session, *, actor: Actor, reference_id: UUID) -> Wish | None:
    """What a donor wrote under a reference; nothing once it was erased."""
    row = session.get(GiftReference, reference_id)
    return wishes_of(session, keyring=actor.keyring, references=[row]).get(row.id) if row else None


def _given_out(session: Session, codes: list[str]) -> dict[str, GiftReference]:
    rows: dict[str, GiftReference] = {}
    for start in range(0, len(codes), AT_ONCE):
        wanted = select(GiftReference).where(GiftReference.code.in_(codes[start : start + AT_ONCE]))
        rows |= {row.code: row for row in session.scalars(wanted)}
    return rows


def _givers(session: Session, reference_ids: list[UUID]) -> dict[UUID, tuple[UUID, int]]:
    """Whose gift came last by each, and its number."""
    gifts = gifts_standing(ReferenceGift.reference_id, stands_for(), Donation.number)
    last: dict[UUID, tuple[UUID, int]] = {}
    for reference_id, donor_id, number in session.execute(gifts.where(ReferenceGift.reference_id.in_(reference_ids))):
        last.setdefault(reference_id, (donor_id, number))
    return last


def _namesakes(session: Session, actor: Actor, wishes: Mapping[UUID, Wish]) -> dict[UUID, tuple[UUID, ...]]:
    """Donors who are known by the name that was written."""
    index = donor_index.index_of(session, actor.keyring)
    if index is None:
        return {}
    terms = {id_: terms_of(name=wish.donor.name) for id_, wish in wishes.items()}
    known = donor_index.find(session, index, frozenset[donor_index.Term]().union(*terms.values()))
    return {
        id_: tuple(donor for term in own if term[0] is KnownBy.NAME for donor in known.get(term, ()))
        for id_, own in terms.items()
    }


def _facts(
    row: GiftReference, wish: Wish, giver: tuple[UUID, int] | None, namesakes: tuple[UUID, ...]
) -> ReferenceFacts:
    last_day: date = row.last_day
    return ReferenceFacts(
        id=row.id,
        code=row.code,
        last_day=last_day,
        currency=wish.currency,
        purpose_id=wish.purpose_id,
        giver_id=giver[0] if giver else None,
        last_gift=giver[1] if giver else None,
        namesakes=namesakes,
    )
