"""Lines that were read and wait until their account is known: sealed, and beyond some megabytes on the disk.

A file is read once. What its statements come to is known at its end only, so its lines wait. They wait under a key
that is nowhere but in this process's memory, in a file without a name: who takes the disk finds nothing to read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO, Final, NamedTuple

from aid.domain.bank_lines import clear_code
from aid.domain.refusals import RuleBroken
from aid.domain.statement_files import FileSeen, look_through
from aid.domain.statements import BankLine, Lost, ProblemKind, StatementItem
from aid.services.collector import resting_collector
from aid.services.statements.sealed import Piece, written_line
from aid.vault import aead
from aid.vault.cbor import canonical_ready, load_ready

STEP: Final = 4_000
"""So many payments are brought in at once, or more: a day's lines stay together."""
MOST: Final = 8_000
"""A day of more lines is brought in in parts."""
IN_MEMORY: Final = 4 << 20  # bytes


class ReadLine(NamedTuple):
    """A line of a statement, ready to be kept, as plain values: what of it stands in the clear, and what is sealed."""

    currency: str
    statement: int
    n: int
    booked: str
    value: str | None
    signed: int
    is_reversal: bool
    code: str
    identity: bytes
    marks: Sequence[str]
    written: bytes
    more: Sequence[Piece]


def read_line(statement: int, n: int, line: BankLine) -> ReadLine:
    """A line that was read, ready to be kept."""
    written, more = written_line(line)
    return ReadLine(
        line.currency,
        statement,
        n,
        line.booked_on.isoformat(),
        line.value_on.isoformat() if line.value_on else None,
        line.signed,
        line.is_reversal,
        clear_code(line.codes),
        line.identity,
        line.marks,
        written,
        more,
    )


class Waiting:
    """A file's lines, in steps. They can be gone through again and again, until it is closed."""

    def __init__(self) -> None:
        self._key = aead.new_key()
        self._kept: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
        self._sizes: list[int] = []
        self._of: list[set[tuple[int, str]]] = []  # each step's statements, and the currencies of their lines
        self._step: list[ReadLine] = []
        self._weight = 0
        self._last = (0, "")

    def keep(self, statement: int, n: int, line: BankLine) -> None:
        """Keep a line, for the step that is being filled or for the next."""
        read = read_line(statement, n, line)
        day = (statement, read.booked)
        if self._weight >= STEP and (self._weight >= MOST or day != self._last):
            self._put_away()
        self._step.append(read)
        self._weight += len(line.details) or 1
        self._last = day

    def steps(self, currencies: Mapping[int, str]) -> Iterator[bytes]:
        """The lines of each statement in its account's currency, some thousands at a time, as `lines_of` reads them."""
        self._put_away()
        at = 0
        wanted = set(currencies.items())
        for number, (size, there) in enumerate(zip(self._sizes, self._of, strict=True)):
            self._kept.seek(at)
            at += size
            if not there & wanted:
                continue
            step = aead.open_(self._key, self._kept.read(size), _place(number))
            if not there <= wanted:
                step = written_step([line for line in lines_of(step) if (line.statement, line.currency) in wanted])
            yield step

    def _put_away(self) -> None:
        if not self._step:
            return
        sealed = aead.seal(self._key, written_step(self._step), _place(len(self._sizes)))
        self._kept.seek(sum(self._sizes))
        self._kept.write(sealed)
        self._sizes.append(len(sealed))
        self._of.append({(line.statement, line.currency) for line in self._step})
        self._step, self._weight = [], 0


@resting_collector()
def gone_through(read: Callable[[str], Iterable[StatementItem]], *, currency: str) -> tuple[FileSeen, Waiting]:
    """What a file holds, and its lines. Where it names no currency, it is read in this one; else in its own.

    Raises RuleBroken for what can't be read.
    """
    lines = Waiting()
    try:
        seen = look_through(read(""), lines.keep)
    except RuleBroken as refusal:
        if refusal.field != "currency" or not currency:
            raise
    else:
        if not currency or not _names_none(seen):
            return seen, lines
    lines = Waiting()
    return look_through(read(currency), lines.keep), lines


def _names_none(seen: FileSeen) -> bool:
    """Whether lines were lost for want of a currency, and no statement has one."""
    lost = (problem for problem in seen.problems if problem.lost is Lost.LINE)
    is_lost = any(problem.kind is ProblemKind.NO_CURRENCY for problem in lost)
    return is_lost and not any(statement.currency for statement in seen.statements)


def written_step(lines: Sequence[ReadLine]) -> bytes:
    """The lines of a step in one piece: so they are quickly sealed, hashed and read again."""
    return canonical_ready(list(map(tuple, lines)))  # plain ones are written faster


def lines_of(step: bytes) -> list[ReadLine]:
    """What `written_step` wrote. It never left this process but under a key that is nowhere else."""
    return list(map(ReadLine._make, load_ready(step)))


def _place(number: int) -> bytes:
    return number.to_bytes(4)
