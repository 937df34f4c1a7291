"""Rules that treasurers teach: lines from this account, of this name or with these words are for that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from uuid import UUID

from aid.domain.bank_lines import KnownBy
from aid.domain.line_ends import EndKind
from aid.domain.names import fold, name_words
from aid.domain.payments import Direction
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _

SHORTEST: Final = 3
LONGEST: Final = 140


RULE_TITLES: Mapping[KnownBy, Message] = MappingProxyType(
    {
        KnownBy.ACCOUNT: _("The account at the other end"),
        KnownBy.NAME: _("The name at the other end"),
        KnownBy.TEXT: _("Words in the payment’s text"),
    }
)

RULE_REASONS: Mapping[KnownBy, Message] = MappingProxyType(
    {
        KnownBy.ACCOUNT: _("A rule you taught says so of this account."),
        KnownBy.NAME: _("A rule you taught says so of this name."),
        KnownBy.TEXT: _("A rule you taught says so of these words."),
    }
)

TEACHABLE: Final = (EndKind.DONATION, EndKind.FEE, EndKind.INTEREST)
"""What is booked by accepting. All else rests on an entry that somebody makes first."""


def bare_account(account: str) -> str:
    """An account's number without spaces and signs, for comparing."""
    return "".join(filter(str.isalnum, account)).upper()


def bare_name(name: str) -> str:
    """A name for comparing: folded, whichever of its words stands first."""
    return " ".join(name_words(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a line is, as somebody taught it. `donor_id`: none where whoever it comes from is the donor."""

    id: UUID
    known_by: KnownBy
    said: str = field(repr=False)
    kind: EndKind
    purpose_id: UUID | None = None
    donor_id: UUID | None = None

    def fits(self, *, name: str, account: str, text: str) -> bool:
        """Whether a line is one of those that it was taught for."""
        match self.known_by:
            case KnownBy.ACCOUNT:
                return bool(bare_account(account)) and bare_account(account) == bare_account(self.said)
            case KnownBy.NAME:
                return bool(bare_name(name)) and bare_name(name) == bare_name(self.said)
            case KnownBy.TEXT:
                words = fold(self.said)
                return bool(words) and f" {words} " in f" {fold(text)} "
            case KnownBy.EMAIL | KnownBy.UNION:
                return False

    def says_of(self, direction: Direction, *, name: str, account: str, text: str) -> bool:
        """Whether it suggests anything for such a line: a donation comes in, a fee goes out."""
        comes_in = direction is Direction.CREDIT
        return comes_in is (self.kind is not EndKind.FEE) and self.fits(name=name, account=account, text=text)

    def agrees(self, other: "Rule") -> bool:
        """Whether both say the same of a line that both were taught for."""
        return (self.kind, self.purpose_id, self.donor_id) == (other.kind, other.purpose_id, other.donor_id)


def comparable(known_by: KnownBy, said: str) -> str:
    """What two rules have in common that say the same."""
    match known_by:
        case KnownBy.ACCOUNT:
            return bare_account(said)
        case KnownBy.NAME:
            return bare_name(said)
        case KnownBy.TEXT:
            return fold(said)
        case KnownBy.EMAIL | KnownBy.UNION:
            return said


def check_rule(known_by: KnownBy, said: str, kind: EndKind) -> None:
    """Raise RuleBroken, beside its field, unless this can be taught."""
    if len(said) > LONGEST:
        raise RuleBroken(_("Say it in %(longest)s letters or fewer.", longest=LONGEST), field="said")
    if len(comparable(known_by, said)) < SHORTEST:
        raise RuleBroken(_("Write at least %(shortest)s letters or digits.", shortest=SHORTEST), field="said")
    if kind not in TEACHABLE:
        raise RuleBroken(_("A rule is for donations, for fees or for interest."), field="kind")
