"""What a bank says of a line, as it is sealed and read again: all of it but what stands in the clear.

A line may hold thousands of payments. What one record does not hold is sealed beside it, some thousands at a time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from itertools import compress
from operator import attrgetter
from typing import Any, Final

from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.payments import Charge, Codes, Direction, Foreign, Party, Payment, Returned
from aid.domain.statements import BankLine
from aid.vault.cbor import canonical, canonical_ready
from aid.vault.padding import LONGEST

ROOM: Final = LONGEST - 4096  # of a record, beside the payments
AT_ONCE: Final = 50  # payments that are sealed together where there are too many for one record


@dataclass(frozen=True, slots=True)
class Told:
    """A line's words, names and accounts, opened."""

    payment: Payment = field(repr=False)
    details: tuple[Payment, ...] = field(repr=False)
    bank_reference: str = ""
    entry_reference: str = ""
    batch: int = 0

    @property
    def payments(self) -> tuple[Payment, ...]:
        """The payments it holds: those of a batch, or the one."""
        return self.details or (self.payment,)


Piece = tuple[bytes, bytes]
"""A record of its own, by its id, and what is written in it."""


def written_line(line: BankLine) -> tuple[bytes, tuple[Piece, ...]]:
    """The line's record, and those of payments that have no room in it, which it names."""
    if not line.details:
        return canonical_ready(_value(line)), ()
    details = [_plain(payment) for payment in line.details]
    if len(details) <= AT_ONCE:
        written = canonical(_value(line) | {"details": details})
        if len(written) <= ROOM:
            return written, ()
    pieces = tuple((new_id().bytes, piece) for piece in _pieces(details))
    return canonical(_value(line) | {"more": [id_ for id_, _piece in pieces]}), pieces


def _value(line: BankLine) -> dict[str, Any]:
    """What is sealed of a line beside its payments, in the order in which a map is written."""
    value: dict[str, Any] = {"id": line.identity}
    if line.batch:
        value["batch"] = line.batch
    if codes := _codes(line.codes):
        value["codes"] = codes
    value["marks"] = line.marks
    if line.batches:
        value["batches"] = line.batches
    value["payment"] = _plain(line.payment)
    if line.bank_reference:
        value["bank_reference"] = line.bank_reference
    if line.entry_reference:
        value["entry_reference"] = line.entry_reference
    return value


@lru_cache(maxsize=256)
def _codes(codes: Codes) -> dict[str, Any]:
    """The codes of a booking: a bank has few."""
    return _plain(codes)


def _pieces(details: Sequence[dict[str, Any]]) -> Iterator[bytes]:
    """Payments in pieces that a record holds each."""
    piece: list[dict[str, Any]] = []
    size = 0
    for payment in details:
        length = len(canonical(payment))
        if piece and size + length > ROOM:
            yield canonical({"details": piece})
            piece, size = [], 0
        piece.append(payment)
        size += length
    yield canonical({"details": piece})


def told_of(value: Mapping[str, Any], more: Sequence[Mapping[str, Any]] = ()) -> Told:
    """What `written_line` wrote, opened; `more` are its further records, in their order."""
    details = [payment for each in (value, *more) for payment in each.get("details", ())]
    return Told(
        payment_of(value["payment"]),
        tuple(payment_of(payment) for payment in details),
        value.get("bank_reference", ""),
        value.get("entry_reference", ""),
        value.get("batch", 0),
    )


# ---------------------------------------------------------------- payments as plain values


def _plain(value: Any) -> dict[str, Any]:
    """A value's fields by name, without those that say nothing: all that are empty, but a nought is not."""
    form = _FORMS[type(value)]
    parts = form.parts(value)
    told: Sequence[Any] = parts
    for at in form.numbers:
        if parts[at] == 0:
            told = [part or part == 0 for part in parts]
    said = dict(compress(zip(form.names, parts), told))  # noqa: B905 (they are as many, and this is done very often)
    for name in form.others:
        if name in said:
            said[name] = _part(said[name])
    return said


def _part(part: Any) -> Any:
    """What is no plain value yet."""
    kind = type(part)
    if kind is Direction:
        return part.value
    if kind is Money:
        return [part.minor, part.currency]
    return [_plain(each) for each in part] if kind is tuple else _plain(part)


class _Form:
    """A kind's fields in the order in which a map is written, how they are asked for, which are no plain values, and
    the places of those that may be nought.
    """

    __slots__ = ("names", "numbers", "others", "parts")

    def __init__(self, kind: type) -> None:
        named = sorted(fields(kind), key=lambda field: (len(field.name), field.name))
        self.names = tuple(field.name for field in named)
        self.others = tuple(field.name for field in named if field.type not in _PLAIN)
        self.numbers = tuple(at for at, field in enumerate(named) if field.type in _MAY_BE_NOUGHT)
        self.parts = attrgetter(*self.names)


_PLAIN = frozenset({"str", "int | None", "bool | None", "tuple[str, ...]"})
_MAY_BE_NOUGHT = frozenset({"int | None", "bool | None"})
_FORMS = {kind: _Form(kind) for kind in (Payment, Party, Codes, Charge, Foreign, Returned)}


def payment_of(said: Mapping[str, Any]) -> Payment:
    """A payment, out of its plain values."""
    return Payment(**{name: _PARTS[name](part) if name in _PARTS else part for name, part in said.items()})


def _party(said: Mapping[str, Any]) -> Party:
    more: dict[str, Any] = {"address": tuple(said["address"])} if "address" in said else {}
    return Party(**{**said, **more})


def _money(said: Sequence[Any]) -> Money:
    return Money(*said)


def _charge(said: Mapping[str, Any]) -> Charge:
    more = {name: part for name, part in said.items() if name not in {"money", "direction"}}
    return Charge(_money(said["money"]), Direction(said.get("direction", Direction.DEBIT)), **more)


def _foreign(said: Mapping[str, Any]) -> Foreign:
    parts: dict[str, Any] = {name: part if isinstance(part, str) else _money(part) for name, part in said.items()}
    return Foreign(**parts)


_PARTS: Mapping[str, Callable[[Any], Any]] = {
    "direction": Direction,
    "other": _party,
    "ultimate": _party,
    "references": tuple,
    "codes": lambda said: Codes(**said),
    "foreign": _foreign,
    "charges": lambda said: tuple(_charge(each) for each in said),
    "returned": lambda said: Returned(said.get("code", ""), said.get("why", "")),
}
