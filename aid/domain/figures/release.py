"""A release of figures: what it tells, how it is written as JSON, and how it is read again.

JSON is what is kept and hashed; everything that is shown, printed or given out is read from it. Amounts are written in
major units with all the currency's digits, as text: no reader rounds them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from aid.domain.figures.blocks import AT_LEAST, MEASURES, Block, Measure, Stream, StreamKind
from aid.domain.money import Money, digits_of
from aid.domain.months import Month

FORMAT: Final = "komek/figures/1"


@dataclass(frozen=True, slots=True)
class Line:
    """One stream as it is told: block after block."""

    stream: Stream
    blocks: tuple[Block, ...]

    def total(self, measure: Measure) -> int:
        """All that is told of a measure."""
        return sum(block.amounts[measure] for block in self.blocks)

    def money(self, measure: Measure) -> Money:
        """All that is told of an amount."""
        return Money(self.total(measure), self.stream.currency)

    @property
    def waiting(self) -> Money:
        """What was raised and exchanged and is not spent: not promised yet, or on its way to families."""
        return waiting_after(self.stream, self.blocks)

    @property
    def until(self) -> Month:
        """The last month that is told."""
        return self.blocks[-1].last


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What is told, once and for all."""

    number: int
    until: Month  # nothing later is in it
    released_on: date
    delay_days: int
    fund: Mapping[str, str]  # its names
    demo: bool
    purposes: Mapping[str, Mapping[str, str]]  # names by code
    lines: tuple[Line, ...]

    def of(self, kind: StreamKind, currency: str = "") -> tuple[Line, ...]:
        """The lines of one kind, money in one currency."""
        return tuple(line for line in self.lines if line.stream.kind is kind and line.stream.currency == currency)

    @property
    def currencies(self) -> tuple[str, ...]:
        """Those that something is told of, in the order of the lines."""
        return tuple(dict.fromkeys(line.stream.currency for line in self.of_money()))

    def of_money(self) -> tuple[Line, ...]:
        """The lines of money, in every currency."""
        return tuple(line for line in self.lines if line.stream.kind is StreamKind.MONEY)

    @property
    def corrected(self) -> tuple[tuple[Line, Block], ...]:
        """Blocks in which something of earlier blocks was put right."""
        return tuple((line, block) for line in self.lines for block in line.blocks if block.corrects)


def waiting_after(stream: Stream, blocks: Iterable[Block]) -> Money:
    """What is left of a purpose's money after these blocks, from the first on."""
    minor = sum(
        block.amounts[Measure.RAISED] + block.amounts[Measure.EXCHANGED] - block.amounts[Measure.SPENT]
        for block in blocks
    )
    return Money(minor, stream.currency)


def to_json(release: Release) -> str:
    """The release as it is kept: the same release gives the same text."""
    content = {
        "format": FORMAT,
        "number": release.number,
        "until": str(release.until),
        "released_on": release.released_on.isoformat(),
        "delay_days": release.delay_days,
        "at_least": AT_LEAST,
        "fund": dict(release.fund),
        "demo": release.demo,
        "purposes": {code: dict(names) for code, names in release.purposes.items()},
        "lines": [_line_plain(line) for line in release.lines],
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Release:
    """The release that `to_json` wrote. Raises LookupError, TypeError or ValueError for anything else."""
    content = json.loads(text)
    if content["format"] != FORMAT:
        raise ValueError("a release of another format")
    return Release(
        number=content["number"],
        until=_month(content["until"]),
        released_on=date.fromisoformat(content["released_on"]),
        delay_days=content["delay_days"],
        fund=content["fund"],
        demo=content["demo"],
        purposes=content["purposes"],
        lines=tuple(_line_from(plain) for plain in content["lines"]),
    )


def _line_plain(line: Line) -> dict[str, Any]:
    stream = line.stream
    own = {"currency": stream.currency} if stream.kind is StreamKind.MONEY else {}
    return {"kind": stream.kind.value, "purpose": stream.purpose, **own, "blocks": list(_blocks_plain(line))}


def _blocks_plain(line: Line) -> Iterator[dict[str, Any]]:
    for place, block in enumerate(line.blocks, start=1):
        plain: dict[str, Any] = {"first": str(block.first), "last": str(block.last)}
        for measure in MEASURES[line.stream.kind]:
            plain[measure.value] = _amount_plain(line.stream, block.amounts[measure])
        if line.stream.kind is StreamKind.MONEY:
            plain["waiting"] = _written(waiting_after(line.stream, line.blocks[:place]))
        if block.corrects:
            plain["corrects"] = [str(month) for month in block.corrects]
        yield plain


def _line_from(plain: Mapping[str, Any]) -> Line:
    stream = Stream(StreamKind(plain["kind"]), plain["purpose"], plain.get("currency", ""))
    return Line(stream, tuple(_block_from(stream, block) for block in plain["blocks"]))


def _block_from(stream: Stream, plain: Mapping[str, Any]) -> Block:
    amounts = {measure: _amount_from(stream, plain[measure.value]) for measure in MEASURES[stream.kind]}
    corrects = tuple(_month(month) for month in plain.get("corrects", ()))
    return Block(_month(plain["first"]), _month(plain["last"]), amounts, corrects)


def _amount_plain(stream: Stream, amount: int) -> str | int:
    return _written(Money(amount, stream.currency)) if stream.kind is StreamKind.MONEY else amount


def _amount_from(stream: Stream, plain: str | int) -> int:
    if stream.kind is not StreamKind.MONEY:
        return int(plain)
    minor = Decimal(plain).scaleb(digits_of(stream.currency))
    if minor != int(minor):
        raise ValueError("an amount finer than its currency")
    return int(minor)


def _written(amount: Money) -> str:
    return f"{amount.decimal():f}"


def _month(text: str) -> Month:
    month = Month.from_plain(text)
    if month is None:
        raise ValueError("no month")
    return month
