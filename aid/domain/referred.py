"""What a bank line is where its text has a reference that the fund gave out: see aid.domain.references."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from aid.domain.codes import grouped
from aid.domain.line_ends import OF_ENTRY
from aid.domain.payments import Direction
from aid.domain.suggestions import Candidates, Ground, LineFacts, Referred, Suggestion, is_like
from aid.domain.words import Message, _


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFacts:
    """A reference that stands in a line's text, and what its donor had wished when they were given it."""

    id: UUID
    code: str
    last_day: date
    currency: str
    purpose_id: UUID
    giver_id: UUID | None = None  # whose gift came by it before
    last_gift: int | None = None  # the number of that gift
    namesakes: Sequence[UUID] = ()  # donors of the name that was written


def by_references(references: Iterable[ReferenceFacts], line: LineFacts, among: Candidates) -> Iterator[Suggestion]:
    """What a line is by the references in its text: they rank before all else."""
    if line.direction is Direction.CREDIT and not among.is_own and not line.is_reversal:
        for reference in references:
            yield from _by_reference(reference, line, among)


def _by_reference(reference: ReferenceFacts, line: LineFacts, among: Candidates) -> Iterator[Suggestion]:
    """A gift under a reference: of whoever gave by it before, else of somebody known, else of who wrote it.

    Where it may be two, or may be in the books already, nobody accepts it by one key.
    """
    payers = {donor.id for donor in among.of_account}
    known = [reference.giver_id] if reference.giver_id else sorted(payers.intersection(reference.namesakes))
    others: list[UUID | None] = [None, *sorted(payers.union(reference.namesakes))]
    booked = any(is_like(entry, line, OF_ENTRY[entry.kind]) and entry.donor_id for entry in among.entries)
    for donor_id in known or others:
        is_anothers = reference.giver_id is not None and bool(payers) and reference.giver_id not in payers
        why = _("Its text has reference %(code)s, which the fund gave out.", code=grouped(reference.code))
        for more in _besides(reference, donor_id, line, among, is_anothers=is_anothers, booked=booked):
            why = _("%(reason)s %(more)s", reason=why, more=more)
        yield Suggestion(
            Ground.REFERENCE,
            Referred(reference.id, donor_id, reference.purpose_id),
            why,
            is_sure=not is_anothers and not booked,
        )


def _besides(
    reference: ReferenceFacts,
    donor_id: UUID | None,
    line: LineFacts,
    among: Candidates,
    *,
    is_anothers: bool,
    booked: bool,
) -> Iterator[Message]:
    """What a treasurer is told beside it."""
    if reference.last_gift is not None:
        yield _("It brought donation %(number)s before: each gift is one of its own.", number=reference.last_gift)
    elif donor_id in {donor.id for donor in among.of_account}:
        yield _("Who gives from this account is known already: it may be the same.")
    elif donor_id is not None:
        yield _("Somebody of the name that was written gave before: it may be the same.")
    if is_anothers:
        yield _("But this account is somebody else’s.")
    if booked:
        yield _("A donation of this amount is in the books without a line: it may be this one.")
    if line.booked_on > reference.last_day:
        yield _("It was good until %(day)s.", day=reference.last_day)
    if line.still.currency != reference.currency:
        yield _("It was given out for an account in %(currency)s.", currency=reference.currency)
