"""camt.052, 053 and 054 of any version: an account's report, its statement, a notice of what came or went."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from xml.etree.ElementTree import Element

from aid.domain.statements import Lost, Place, Problem, ProblemKind, StatementFormat, StatementItem
from aid.domain.words import _
from aid.readers.statements.checks import Tally
from aid.readers.statements.elements import said
from aid.readers.statements.entries import EntryReader, shapes_of
from aid.readers.statements.figures import Bounds, NotRead, Refused, iso_day
from aid.readers.statements.heads import Head
from aid.readers.statements.outline import Broken, Outline, Step

FORMATS = {
    "BkToCstmrAcctRpt": StatementFormat.CAMT_052,
    "BkToCstmrStmt": StatementFormat.CAMT_053,
    "BkToCstmrDbtCdtNtfctn": StatementFormat.CAMT_054,
}
STATEMENTS = frozenset({"Rpt", "Stmt", "Ntfctn"})
VERSION = re.compile(r"camt\.05[234](\.\d{3}\.\d{2,3})")


class CamtReader:
    """Reads a file's statements one after another, as they stand. Raises Refused."""

    def __init__(self, chunks: Iterable[bytes], bounds: Bounds) -> None:
        self._outline = Outline(chunks, bounds)
        self._names, self._bounds = self._outline.names, bounds
        self._shapes = shapes_of(self._names)
        self._format: StatementFormat | None = None
        self._version = ""
        self._made_on: date | None = None
        self._number = self._lines = 0
        self._head: Head | None = None  # of the statement that is open
        self._reading: _Reading | None = None  # from its first entry on

    def __iter__(self) -> Iterator[StatementItem]:
        try:
            for step, element in self._outline:
                yield from self._step(step, element)
        except Broken as broken:
            if not self._number:
                raise Refused(_("it is not whole XML: it breaks off, or a tag is not closed"), line=broken.line)
            yield from self._broken_off(broken.line)
        if not self._number:
            raise Refused(_("it is XML, but not a bank's statement: bring camt.052, 053 or 054"))

    def _step(self, step: Step, element: Element) -> Iterable[StatementItem]:
        name = self._names[element.tag]
        if step is Step.BEGIN:
            self._begin(name, element)
        elif step is Step.END:
            if name in STATEMENTS and self._head:
                return self._end()
        elif name == "Ntry" and self._head:
            return self._line(element)
        elif self._head:
            self._names.look_at(element)
            self._head.take(name, element)
        elif name == "GrpHdr":
            self._made_on = _day(said(element, self._names, "CreDtTm", "CreDt"))
        else:
            self._names.look_at(element)
        return ()

    def _begin(self, name: str, element: Element) -> None:
        if version := VERSION.search(element.tag):
            self._version = version[1]
        if name.startswith("BkToCstmr"):
            self._format = FORMATS.get(re.sub(r"V\d+$", "", name))
        if name in STATEMENTS and self._format:
            self._number += 1
            if self._number > self._bounds.statements:
                raise Refused(_("it has more than %(most)s statements: split it", most=self._bounds.statements))
            self._head, self._reading = Head(self._number, self._names, self._bounds), None

    def _line(self, element: Element) -> Iterable[StatementItem]:
        self._lines += 1
        if self._lines > self._bounds.lines:
            raise Refused(_("it has more than %(most)s lines: split it", most=self._bounds.lines))
        before = () if self._reading else tuple(self._first())
        reading = self._reading
        assert reading
        reading.entries += 1
        line = reading.entry.read(element, reading.entries)
        if line:
            reading.tally.add(line)
        problems = reading.entry.problems
        if line and not problems and not before:
            return (line,)
        told = (*before, *problems, line) if line else (*before, *problems)
        problems.clear()
        return told

    def _first(self) -> Iterator[StatementItem]:
        """All that stands before the entries was met."""
        assert self._head
        assert self._format
        begun = self._head.begun(self._format, f"{self._format}{self._version}", self._made_on)
        self._reading = _Reading(EntryReader(begun, self._shapes, self._bounds), Tally(begun))
        yield begun
        yield from self._told()

    def _end(self) -> Iterator[StatementItem]:
        if self._reading is None:
            yield from self._first()
        assert self._head
        assert self._reading
        tally = self._reading.tally
        totals = self._head.totals(tally.currency)
        yield from self._told()
        yield from tally.ended(self._head.balances, totals, told=self._head.told)
        self._head = self._reading = None

    def _told(self) -> Iterator[Problem]:
        assert self._head
        yield from self._head.problems
        self._head.problems.clear()

    def _broken_off(self, line: int) -> Iterator[StatementItem]:
        """What was read stands; what stood after the break is lost."""
        if self._head and self._reading is None:
            yield from self._first()
        what = _("the file breaks off here: what stands after it was not read")
        yield Problem(ProblemKind.BROKEN_OFF, Place(self._number, line=line), what, Lost.REST)
        if self._head:
            yield from self._end()


class _Reading:
    """A statement whose entries are read."""

    def __init__(self, entry: EntryReader, tally: Tally) -> None:
        self.entry, self.tally = entry, tally
        self.entries = 0


def _day(text: str) -> date | None:
    """A day that is missed by nobody if it can't be read."""
    try:
        return iso_day(text) if text else None
    except NotRead:
        return None
