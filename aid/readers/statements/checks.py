"""Whether a statement adds up: balances and totals against lines. What does not is told, and refuses nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from aid.domain.money import Money
from aid.domain.payments import Direction
from aid.domain.statements import (
    Balance,
    BalanceKind,
    BankLine,
    LineStatus,
    Part,
    Place,
    Problem,
    ProblemKind,
    StatementBegun,
    StatementEnded,
)
from aid.domain.words import Message, _


@dataclass(frozen=True, slots=True)
class Total:
    """What a bank says that lines add up to; none: it does not say."""

    direction: Direction | None  # none: both
    count: int | None
    minor: int | None
    currency: str


class Tally:
    """One statement's lines, added up as they come."""

    def __init__(self, begun: StatementBegun) -> None:
        self.begun = begun
        self.lines = 0
        self._sums: Counter[tuple[str, Direction]] = Counter()  # of booked lines, in minor units
        self._counts: Counter[Direction] = Counter()
        self._others: Counter[tuple[str, Direction]] = Counter()  # of those that wait
        self._other_counts: Counter[Direction] = Counter()
        self._days: dict[tuple[date, str], int] = {}

    @property
    def currency(self) -> str:
        """The account's currency, or that of its lines where all have one."""
        currencies = {currency for currency, _way in (*self._sums, *self._others)}
        return self.begun.currency or (currencies.pop() if len(currencies) == 1 else "")

    def add(self, line: BankLine) -> None:
        """Count a line."""
        self.lines += 1
        key = (line.currency, line.direction)
        if line.status is LineStatus.BOOKED:
            self._sums[key] += line.minor
            self._counts[line.direction] += 1
            day = (line.booked_on, line.currency)
            self._days[day] = self._days.get(day, 0) + line.signed
        else:
            self._others[key] += line.minor
            self._other_counts[line.direction] += 1

    def ended(
        self, balances: Sequence[Balance], totals: Sequence[Total] = (), *, told: str = ""
    ) -> Iterator[Problem | StatementEnded]:
        """What does not add up, and the statement's end."""
        place = Place(statement=self.begun.number)
        opening, closing = _booked(balances)
        holds = False
        if opening and closing:
            problem = self._difference(opening, closing, place)
            holds = problem is None
            if problem:
                yield problem
        for total in totals:
            if what := self._differs(total):
                yield Problem(ProblemKind.TOTAL, place, what)
        yield StatementEnded(
            self.begun.number,
            tuple(balances),
            self.lines,
            self._all(Direction.CREDIT),
            self._all(Direction.DEBIT),
            tuple(self._parts(opening)) if opening and holds else (),
            told,
        )

    def _all(self, direction: Direction) -> tuple[Money, ...]:
        return tuple(Money(sum_, currency) for (currency, way), sum_ in sorted(self._sums.items()) if way is direction)

    def _difference(self, opening: Balance, closing: Balance, place: Place) -> Problem | None:
        if opening.money.currency != closing.money.currency:
            what = _(
                "its balances are in two currencies: %(one)s and %(other)s", one=opening.money, other=closing.money
            )
            return Problem(ProblemKind.BALANCE, place, what)
        currency = opening.money.currency
        moved = Money(self._sums[currency, Direction.CREDIT] - self._sums[currency, Direction.DEBIT], currency)
        difference = closing.money - (opening.money + moved)
        if not difference.minor:
            return None
        what = _(
            "the balance was %(opening)s, the lines add %(moved)s, and the bank says %(closing)s: "
            "%(difference)s is not explained",
            opening=opening.money,
            moved=moved,
            closing=closing.money,
            difference=difference,
        )
        return Problem(ProblemKind.BALANCE, place, what, difference=difference)

    def _differs(self, total: Total) -> Message | None:
        """Whether a total fits neither the booked lines nor all of them."""
        ways = (total.direction,) if total.direction else (Direction.CREDIT, Direction.DEBIT)
        booked = sum(self._counts[way] for way in ways)
        every = booked + sum(self._other_counts[way] for way in ways)
        if total.count is not None and total.count not in {booked, every}:
            return _("the bank counts %(said)s lines of a kind, here are %(found)s", said=total.count, found=booked)
        sum_ = sum(self._sums[total.currency, way] for way in ways)
        whole = sum_ + sum(self._others[total.currency, way] for way in ways)
        if total.minor is not None and total.minor not in {sum_, whole}:
            said, found = Money(total.minor, total.currency), Money(sum_, total.currency)
            return _("the bank adds lines up to %(said)s, here they make %(found)s", said=said, found=found)
        return None

    def _parts(self, opening: Balance) -> Iterator[tuple[date, Part]]:
        balance = opening.money.minor
        begun = self.begun
        for (day, currency), moved in sorted(self._days.items()):
            if currency == opening.money.currency:
                name = begun.sequence or begun.legal_sequence or begun.id
                yield day, Part(begun.source, name, begun.page or 1, balance, balance + moved)
                balance += moved


def _booked(balances: Sequence[Balance]) -> tuple[Balance | None, Balance | None]:
    """The balances between which the lines stand: the first opening and the last closing one."""
    opening = next((balance for balance in balances if balance.kind is BalanceKind.OPENING), None)
    if opening is None:
        opening = next((balance for balance in balances if balance.kind is BalanceKind.PREVIOUS_CLOSING), None)
    closing = next((balance for balance in reversed(balances) if balance.kind is BalanceKind.CLOSING), None)
    return opening, closing
