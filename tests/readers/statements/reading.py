"""A statement read to its end, for tests to look at."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from aid.domain.money import Money
from aid.domain.payments import Direction
from aid.domain.statements import (
    BalanceKind,
    BankLine,
    LineStatus,
    Problem,
    StatementBegun,
    StatementEnded,
    StatementItem,
)
from aid.readers.statements import read_statement

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "statements"
SAMPLES = Path(__file__).parent / "samples"


@dataclass
class Read:
    """What came, by kind."""

    items: list[StatementItem]
    begun: list[StatementBegun] = field(default_factory=list)
    lines: list[BankLine] = field(default_factory=list)
    ended: list[StatementEnded] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        lists: dict[type, list[Any]] = {
            StatementBegun: self.begun,
            BankLine: self.lines,
            StatementEnded: self.ended,
            Problem: self.problems,
        }
        for item in self.items:
            lists[type(item)].append(item)

    def total(self, way: Direction) -> dict[str, int]:
        """What was booked one way, by currency, of the lines themselves."""
        sums: Counter[str] = Counter()
        for line in self.lines:
            if line.status is LineStatus.BOOKED and line.direction is way:
                sums[line.currency] += line.minor
        return dict(sums)

    def told(self, way: Direction) -> dict[str, int]:
        """The same, as the statements' ends tell it."""
        sums: Counter[str] = Counter()
        for end in self.ended:
            for money in end.credits if way is Direction.CREDIT else end.debits:
                sums[money.currency] += money.minor
        return dict(sums)

    def edges(self, number: int) -> tuple[str, str]:
        """Opening and closing balance of a statement."""
        end = self.ended[number]
        edges = (end.balance(kind) for kind in (BalanceKind.OPENING, BalanceKind.CLOSING))
        return tuple(str(balance.money) if balance else "" for balance in edges)  # type: ignore[return-value]


def read(payload: bytes, name: str = "file", **how: Any) -> Read:
    """Read it all."""
    return Read(list(read_statement(payload, file_name=name, **how)))


def read_shared(name: str, **how: Any) -> Read:
    """A real file by its name; the test is skipped where the folder is absent."""
    path = SHARED / ("camt" if name.startswith("camt") else "mt940") / name
    if not path.exists():
        pytest.skip("the shared statements are not here")
    return read(path.read_bytes(), name, **how)


def read_sample(name: str, **how: Any) -> Read:
    """One of our own files."""
    return read((SAMPLES / name).read_bytes(), name, **how)


def minor(text: str) -> int:
    """An amount of two decimals as it is written here: 1,234.50."""
    return int(text.replace(",", "").replace(".", ""))


def facts(line: BankLine) -> dict[str, Any]:
    """What a line says, without what it leaves empty."""
    payment, other = line.payment, line.payment.other
    said: dict[str, Any] = {
        "booked": line.booked_on.isoformat(),
        "value": line.value_on.isoformat() if line.value_on else "",
        "amount": str(Money(line.signed, line.currency)),
        "reversal": line.is_reversal,
        "status": "" if line.status is LineStatus.BOOKED else line.status.value,
        "reference": line.bank_reference,
        "codes": ".".join(filter(None, (line.codes.domain, line.codes.family, line.codes.subfamily))),
        "proprietary": line.codes.proprietary,
        "gvc": line.codes.gvc,
        "swift": line.codes.swift,
        "text": payment.text,
        "references": payment.references,
        "end_to_end": payment.end_to_end,
        "mandate": payment.mandate,
        "order": payment.payment_id,
        "additional": payment.additional,
        "uetr": payment.uetr,
        "name": other.name if other else "",
        "account": other.account if other else "",
        "country": other.country if other else "",
        "address": other.address if other else (),
        "bank": other.bank if other else "",
        "ultimate": payment.ultimate.name if payment.ultimate else "",
        "returned": payment.returned.code if payment.returned else "",
        "charges": [str(charge.money) for charge in payment.charges],
    }
    return {name: value for name, value in said.items() if value}
