"""What a rule would have said of the open lines, and which rules say otherwise of the same ones."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.line_rules import Rule
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.models.statements import BankLine
from aid.queries.lines.candidates import facts_of, sides_of
from aid.queries.lines.rules import RuleRow, rules
from aid.services.lines.rules import rules_in_use
from aid.services.lines.words import words_of
from aid.vault.actor import Actor

MOST: Final = 500
SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Tried:
    """One line that a rule fits."""

    line_id: UUID
    number: int
    still: Money
    name: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Trial:
    """Of how many open lines a rule would have been suggested, some of them, and rules that say otherwise of some."""

    looked: int
    fits: int
    some: tuple[Tried, ...]
    otherwise: tuple[tuple[RuleRow, int], ...]


def tried(session: Session, *, actor: Actor, rule: Rule) -> Trial:
    """Try a rule against the open lines, the latest first, before it is taught."""
    actor.must(Permission.KEEP_ACCOUNTS)
    lines = _open(session, actor)
    fitting = [each for each in lines if each.is_of(rule)]
    others: Counter[UUID] = Counter(
        other.id
        for other in rules_in_use(session, actor.keyring)
        for each in fitting
        if each.is_of(other) and not other.agrees(rule)
    )
    named = {row.id: row for row in rules(session, actor=actor)} if others else {}
    return Trial(
        looked=len(lines),
        fits=len(fitting),
        some=tuple(each.shown for each in fitting[:SHOWN]),
        otherwise=tuple((named[id_], count) for id_, count in others.most_common()),
    )


def at_odds(session: Session, *, actor: Actor) -> frozenset[UUID]:
    """Rules in use that say of some open line otherwise than another rule."""
    actor.must(Permission.SEE_DONORS)
    every = rules_in_use(session, actor.keyring)
    pairs = [(one, other) for one, other in combinations(every, 2) if not one.agrees(other)]
    lines = _open(session, actor) if pairs else ()
    return frozenset(_in_both(pairs, lines))


def _in_both(pairs: Iterable[tuple[Rule, Rule]], lines: "Sequence[_Opened]") -> Iterable[UUID]:
    for one, other in pairs:
        if any(each.is_of(one) and each.is_of(other) for each in lines):
            yield from (one.id, other.id)


@dataclass(frozen=True, slots=True)
class _Opened:
    """An open line, and what it is compared by."""

    line: BankLine
    name: str = field(repr=False)
    account: str = field(repr=False)
    text: str = field(repr=False)

    def is_of(self, rule: Rule) -> bool:
        return rule.says_of(self.line.direction, name=self.name, account=self.account, text=self.text)

    @property
    def shown(self) -> Tried:
        line = self.line
        return Tried(line.id, line.number, Money(line.open_minor, line.currency), self.name, self.text)


def _open(session: Session, actor: Actor) -> Sequence[_Opened]:
    """The latest open lines of all accounts, opened."""
    latest = select(BankLine).where(BankLine.open_minor > 0).order_by(BankLine.number.desc()).limit(MOST)
    lines = session.scalars(latest).all()
    words = words_of(session, keyring=actor.keyring, line_ids=[line.id for line in lines])
    facts = [(side.line, facts_of(side)) for side in sides_of(lines, words)]
    return [_Opened(line, each.name, each.account, each.text) for line, each in facts]
