"""A statement in XML, element by element: never more of it at once than one entry takes, and nothing that XML can do.

Expat builds the elements in C; after each piece of the file what is complete is taken out of the tree. A second expat
reads the beginning first, up to the first element: a document type can stand nowhere else, and there it is refused with
all that comes with it: entities, external files, default attributes. Instructions to style sheets and XInclude are
refused by name, though nothing here would carry them out.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from enum import Enum
from xml.parsers import expat

from aid.domain.words import Message, _
from aid.readers.statements.figures import Bounds, Refused

XINCLUDE = b"http://www.w3.org/2001/XInclude"
MOST_NAMES = 5_000  # of elements; the standard has some 700
FEW_ATTRIBUTES, BYTES_EACH = 5_000, 500  # no bank has more that are no currency: so many, and one for so many bytes

HELD = frozenset({"Document", "Stmt", "Rpt", "Ntfctn"})
ENVELOPES = frozenset(
    "Envelope Body BizMsgEnvlp BusinessMessage Message RequestPayload ResponsePayload DataPDU Payload Xchg Pyld".split()
)


class Step(Enum):
    """What the outline shows next."""

    BEGIN = "begin"  # of an element that holds items
    ITEM = "item"
    END = "end"


class Broken(Exception):
    """The XML breaks off, or breaks its own rules, at this line."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class Names(dict[str, str]):
    """Elements' names without their namespace. Raises Refused for more than any bank has: expat keeps each for good."""

    def __missing__(self, tag: str) -> str:
        if len(self) >= MOST_NAMES:
            raise _too_manifold()
        name = self[tag] = tag.rpartition("}")[2]
        return name

    def look_at(self, element: ET.Element) -> None:
        """Count the names within an element that nobody reads."""
        for part in element.iter():
            self[part.tag]


def _too_manifold() -> Refused:
    return Refused(_("it has more kinds of elements and attributes than any bank's"))


class Outline:
    """The items of a statement's file. Raises Refused for what is hostile or too large, Broken for broken XML."""

    def __init__(self, chunks: Iterable[bytes], bounds: Bounds) -> None:
        self.names = Names()
        self._chunks = chunks
        self._bounds = bounds
        self._builder = ET.TreeBuilder()
        self._parser = ET.XMLParser(target=self._builder)  # noqa: S314
        self._open: list[ET.Element] = []
        self._unclosed: set[int] | None = None  # known when the file has ended
        self._waits_for: ET.Element | None = None
        self._waited = 0  # bytes for that one

    def __iter__(self) -> Iterator[tuple[Step, ET.Element]]:
        for chunk in self._looked_through():
            line = self._fed(chunk)
            yield from self._ready()
            if line:
                raise Broken(line)
            self._measure(len(chunk))
        line = self._ended()
        yield from self._ready()
        if line:
            raise Broken(line)

    def _looked_through(self) -> Iterator[bytes]:
        """The file piece by piece, each looked at before it is read."""
        prolog, tail = _Prolog(), b""
        plain = size = attributes = 0
        for chunk in self._chunks:
            prolog.look(chunk)
            if XINCLUDE in tail + chunk:
                raise Refused(_("it includes other files (XInclude): a bank's statement never does"))
            tail = chunk[-len(XINCLUDE) :]
            size += len(chunk)
            attributes += chunk.count(b"=") - chunk.count(b' Ccy="')
            if attributes > FEW_ATTRIBUTES + size // BYTES_EACH:
                raise _too_manifold()
            tag = chunk.rfind(b"<")
            plain = plain + len(chunk) if tag < 0 else len(chunk) - tag
            if plain > self._bounds.plain_bytes:
                raise Refused(_("a text or tag in it is longer than any bank's"))
            yield chunk

    def _fed(self, chunk: bytes) -> int:
        """The line where the XML broke, or 0."""
        try:
            self._parser.feed(chunk)
        except ET.ParseError as error:
            return self._broke(error)
        except (ValueError, LookupError):  # an encoding that nobody knows
            raise Refused(_("its encoding is not known"), line=1)
        return 0

    def _ended(self) -> int:
        try:
            self._parser.close()
        except ET.ParseError as error:
            return self._broke(error)
        self._unclosed = set()
        return 0

    def _broke(self, error: ET.ParseError) -> int:
        self._unclosed = set()
        try:
            while True:
                self._unclosed.add(id(self._builder.end("")))
        except IndexError:
            return max(1, error.position[0])

    def _ready(self) -> Iterator[tuple[Step, ET.Element]]:
        root = self._builder.close()  # so far
        if root is not None:
            yield from self._drained(root, 0, is_done=self._unclosed is not None and id(root) not in self._unclosed)

    def _drained(self, held: ET.Element, depth: int, *, is_done: bool) -> Iterator[tuple[Step, ET.Element]]:
        """What is complete within an element that holds items; it leaves the tree."""
        if depth == len(self._open):
            self._open.append(held)
            yield Step.BEGIN, held
        children = list(held)
        last = len(children) - 1
        left = 0
        for place, child in enumerate(children):
            child_done = is_done or place < last or (self._unclosed is not None and id(child) not in self._unclosed)
            name = self.names[child.tag]
            if name in HELD or name.startswith("BkToCstmr") or name in ENVELOPES:
                yield from self._drained(child, depth + 1, is_done=child_done)
            elif child_done:
                yield Step.ITEM, child
            left += not child_done
        del held[: len(children) - left]
        if is_done:
            self._open.pop()
            yield Step.END, held

    def _measure(self, size: int) -> None:
        """Refuse what grows and never ends. An item may take several pieces of the file, but not any number."""
        item: ET.Element | None = self._open[-1] if self._open else None
        item = item[-1] if item is not None and len(item) else None
        self._waited = self._waited + size if item is self._waits_for else 0
        self._waits_for = item
        depth = len(self._open)
        while item is not None and depth <= self._bounds.depth:
            depth += 1
            item = item[-1] if len(item) else None
        if depth > self._bounds.depth:
            raise Refused(_("its elements stand too deep within one another"))
        if self._waited > self._bounds.item_bytes:
            raise Refused(_("one entry in it is larger than any bank's"))
        waiting = self._waits_for if self._waited else None
        if waiting is not None and sum(1 for _element in waiting.iter()) > self._bounds.item_elements:
            raise Refused(_("one entry in it is larger than any bank's"))


class _Prolog:
    """What stands before the first element, looked at before anything else reads it."""

    def __init__(self) -> None:
        self.is_over = False
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._doctype
        self._parser.ProcessingInstructionHandler = self._instruction
        self._parser.StartElementHandler = self._begun

    def look(self, chunk: bytes) -> None:
        if self.is_over:
            return
        try:
            self._parser.Parse(chunk, False)
        except expat.ExpatError as error:
            if not self.is_over:  # else the reader itself meets it
                raise Broken(error.lineno)
        except (ValueError, LookupError):
            raise Refused(_("its encoding is not known"), line=1)

    def _begun(self, *_element: object) -> None:
        if not self.is_over:
            self.is_over = True
            self._parser.StartDoctypeDeclHandler = None

    def _doctype(self, *_declared: object) -> None:
        raise self._refused(_("it declares a document type: a bank's statement never does"))

    def _instruction(self, target: str, _said: str) -> None:
        if not self.is_over and target.lower() == "xml-stylesheet":
            raise self._refused(_("it asks for a style sheet: a bank's statement never does"))

    def _refused(self, reason: Message) -> Refused:
        return Refused(reason, line=self._parser.CurrentLineNumber)
