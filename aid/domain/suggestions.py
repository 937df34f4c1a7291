"""What a bank line may be: suggestions, the best first, each with the reason that a treasurer reads beside it.

Nothing is decided here. The first of them may be accepted by one key where nothing else is as good.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import TypeAlias
from uuid import UUID

from aid.domain.entries import EntryKind
from aid.domain.line_ends import END_TITLES, OF_ENTRY, EndKind, may_end, opposite
from aid.domain.line_rules import RULE_REASONS, Rule
from aid.domain.money import Money
from aid.domain.payments import Direction
from aid.domain.words import Message, _

DAYS_APART = 10
"""A donation written down by hand, and its line, are at most so far apart."""


class Ground(IntEnum):
    """On what a suggestion rests, the best first."""

    REFERENCE = 0  # the fund gave it out, and it stands in the payment's text
    ENTRY = 1  # the same amount is in the books, without a line
    REVERSAL = 2  # the bank took back what it had booked
    REMITTANCE = 3  # sent from one of the fund's accounts to the other
    RULE = 4
    FEE = 5  # the bank’s own: what it took, or interest that it gave
    ACCOUNT = 6
    NAME = 7
    STRANGER = 8  # a name that nobody had before


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """A line as suggestions look at it: what is open of it, and who stands at the other end."""

    direction: Direction
    still: Money
    booked_on: date
    name: str = field(default="", repr=False)
    account: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    is_fee: bool = False  # by the bank's code, or its words
    is_interest: bool = False  # likewise
    is_reversal: bool = False


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """An entry that moved the account, and what of it no line explains yet. `donor_id`: of a donation."""

    id: UUID
    number: int
    kind: EntryKind
    direction: Direction
    left: Money
    on: date
    donor_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class TwinFacts:
    """Another open line of the account."""

    id: UUID
    number: int
    direction: Direction
    still: Money
    booked_on: date


@dataclass(frozen=True, slots=True)
class RemittanceFacts:
    """Money on its way to this account. `by_reader`: who looks sent it, and can't confirm that it came."""

    id: UUID
    number: int
    left: Money
    sent_on: date
    by_reader: bool = False


@dataclass(frozen=True, slots=True)
class DonorFacts:
    """Somebody who gave before, and what their last gift was for."""

    id: UUID
    purpose_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """All that a line is compared with."""

    entries: Sequence[EntryFacts] = ()
    twins: Sequence[TwinFacts] = ()
    remittances: Sequence[RemittanceFacts] = ()
    rules: Sequence[Rule] = ()
    of_account: Sequence[DonorFacts] = ()  # donors known by the account it came from
    of_name: Sequence[DonorFacts] = ()
    is_own: bool = False  # the account at the other end is the fund's
    purpose_id: UUID  # where nothing says which
    bears_id: UUID | None = None  # which purpose bears fees; none: the same

    @property
    def donors(self) -> frozenset[UUID]:
        """Whoever this may be."""
        return frozenset(donor.id for donor in (*self.of_account, *self.of_name))


@dataclass(frozen=True, slots=True)
class Tie:
    """It is an entry that stands in the books already."""

    entry_id: UUID


@dataclass(frozen=True, slots=True)
class Gift:
    """It is a donation, to be booked now; of somebody new where there is no donor."""

    donor_id: UUID | None
    purpose_id: UUID


@dataclass(frozen=True, slots=True)
class Referred:
    """It is a donation under a reference, to be booked now; of whoever wrote it where there is no donor."""

    reference_id: UUID
    donor_id: UUID | None
    purpose_id: UUID


@dataclass(frozen=True, slots=True)
class Fee:
    """It is a fee, to be booked now."""

    purpose_id: UUID


@dataclass(frozen=True, slots=True)
class Arrived:
    """It is money that was sent from another account of the fund, and has arrived."""

    remittance_id: UUID


@dataclass(frozen=True, slots=True)
class Against:
    """It is undone by another line."""

    line_id: UUID
    kind: EndKind


@dataclass(frozen=True, slots=True)
class Interest:
    """It is interest that the bank gave, to be booked now."""

    purpose_id: UUID


Proposal: TypeAlias = Tie | Gift | Referred | Fee | Interest | Arrived | Against


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a line may be, and why one would think so. Not `sure`: it is looked at before it is accepted."""

    ground: Ground
    proposal: Proposal
    why: Message
    is_sure: bool = True


def suggest(line: LineFacts, among: Candidates, *also: Suggestion) -> tuple[Suggestion, ...]:
    """What the line may be, the best first; the same proposal once, by its best reason. `also`: found elsewhere."""
    said = (each.proposal for each in also)
    told = {Gift(each.donor_id, each.purpose_id) for each in said if isinstance(each, Referred)}
    best: dict[Proposal, Suggestion] = {}
    for found in sorted((*also, *_all(line, among)), key=lambda each: (each.ground, not each.is_sure)):
        if found.proposal not in told:
            best.setdefault(found.proposal, found)
    return tuple(best.values())


def by_one_key(suggestions: Sequence[Suggestion]) -> Suggestion | None:
    """The one to be accepted by one key: the best, if it is sure and nothing rests on as good a ground."""
    if not suggestions:
        return None
    first, *others = suggestions
    alone = all(other.ground is not first.ground for other in others)
    return first if first.is_sure and alone else None


def _all(line: LineFacts, among: Candidates) -> Iterator[Suggestion]:
    yield from _entries(line, among)
    yield from _reversals(line, among)
    yield from _arrivals(line, among)
    yield from _rules(line, among)
    is_a_gift = line.direction is Direction.CREDIT and not (line.is_fee or line.is_interest or line.is_reversal)
    if is_a_gift and not among.is_own:
        yield from _gifts(line, among)


def _entries(line: LineFacts, among: Candidates) -> Iterator[Suggestion]:
    """Entries of the same amount near that day. Another donor's than the line's is shown, but not by one key."""
    for entry in among.entries:
        if not is_like(entry, line, OF_ENTRY[entry.kind]):
            continue
        is_anothers = entry.donor_id is not None and bool(among.donors) and entry.donor_id not in among.donors
        why = _(
            "In the books without a line, with the same amount: entry %(number)s of %(day)s (%(what)s).",
            number=entry.number,
            day=entry.on,
            what=END_TITLES[OF_ENTRY[entry.kind]],
        )
        yield Suggestion(Ground.ENTRY, Tie(entry.id), why, is_sure=not is_anothers)


def is_like(entry: EntryFacts, line: LineFacts, kind: EndKind) -> bool:
    """Whether an entry may be what a line shows: the same way, the same amount, near that day."""
    apart = abs((entry.on - line.booked_on).days)
    fits = entry.direction is line.direction and entry.left == line.still and apart <= DAYS_APART
    return fits and may_end(kind, line.direction)


def _reversals(line: LineFacts, among: Candidates) -> Iterator[Suggestion]:
    for twin in among.twins if line.is_reversal else ():
        if twin.direction is opposite(line.direction) and twin.still == line.still and twin.booked_on <= line.booked_on:
            why = _(
                "The bank says that it takes a line back, and line %(number)s of %(day)s has the same amount.",
                number=twin.number,
                day=twin.booked_on,
            )
            yield Suggestion(Ground.REVERSAL, Against(twin.id, EndKind.MISTAKE), why)


def _arrivals(line: LineFacts, among: Candidates) -> Iterator[Suggestion]:
    """A remittance that waits. Banks on the way may have taken a part: such a one is not accepted by one key."""
    for sent in among.remittances if line.direction is Direction.CREDIT else ():
        whole = sent.left == line.still
        if sent.by_reader or sent.sent_on > line.booked_on or not (whole or (among.is_own and line.still < sent.left)):
            continue
        why = (
            _("It was sent from another account of the fund: remittance %(number)s of %(day)s.", **_said(sent))
            if whole
            else _("It may be a part of remittance %(number)s of %(day)s; banks took the rest.", **_said(sent))
        )
        yield Suggestion(Ground.REMITTANCE, Arrived(sent.id), why, is_sure=whole and among.is_own)


def _said(sent: RemittanceFacts) -> dict[str, int | date]:
    return {"number": sent.number, "day": sent.sent_on}


def _rules(line: LineFacts, among: Candidates) -> Iterator[Suggestion]:
    for rule in among.rules:
        if not rule.fits(name=line.name, account=line.account, text=line.text):
            continue
        why = RULE_REASONS[rule.known_by]
        if rule.kind is EndKind.FEE and line.direction is Direction.DEBIT:
            yield Suggestion(Ground.RULE, Fee(rule.purpose_id or among.bears_id or among.purpose_id), why)
        elif rule.kind is EndKind.INTEREST and line.direction is Direction.CREDIT:
            yield Suggestion(Ground.RULE, Interest(rule.purpose_id or among.purpose_id), why)
        elif rule.kind is EndKind.DONATION and line.direction is Direction.CREDIT and not among.is_own:
            for donor_id in [rule.donor_id] if rule.donor_id else _likely(among):
                yield Suggestion(Ground.RULE, Gift(donor_id, rule.purpose_id or among.purpose_id), why)


def _likely(among: Candidates) -> Collection[UUID | None]:
    """Whose gift it is where a rule names no donor: by account, else by name, else somebody new."""
    return [donor.id for donor in among.of_account or among.of_name] or [None]


def _gifts(line: LineFacts, among: Candidates) -> Iterator[Suggestion]:
    named = {donor.id for donor in among.of_name}
    for donor in among.of_account:
        is_sure = not line.name or donor.id in named  # many give through one account of a payment service
        why = _("Gave from this account before.") if is_sure else _("Gave from this account before, by another name.")
        yield Suggestion(Ground.ACCOUNT, Gift(donor.id, donor.purpose_id or among.purpose_id), why, is_sure=is_sure)
    for donor in among.of_name:
        why = _("Somebody of this name gave before, from another account or none that is known.")
        yield Suggestion(Ground.NAME, Gift(donor.id, donor.purpose_id or among.purpose_id), why)
    if not among.donors and line.name:
        why = _("Nobody of this name or account gave before.")
        yield Suggestion(Ground.STRANGER, Gift(None, among.purpose_id), why)
