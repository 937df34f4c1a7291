"""One press run: forms are filled in and written at their places, sheet after sheet, as one streamed PDF."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from aid.documents.press.faces import Type
from aid.documents.press.files import Paper, embed
from aid.documents.press.layouts import Box, Layout, Picture
from aid.documents.press.places import DoesNotFit, Set
from aid.documents.press.squares import MODULES, Squares

REMEMBERED = 4_096
"""So many set texts are remembered for each file; then memory begins anew."""

Texts = Mapping[str, str]
"""What stands in which place."""


@dataclass(slots=True)  # made for each voucher: a frozen one takes three times as long
class Filled:
    """One form and what stands in it: for each group of places one or more ways to say it, of which the first fits.

    `by_itself` lays the form out on sheets of its own, in full, if no way does. A text is never cut.
    """

    layout: Layout
    language: str
    ways: Sequence[Iterable[Texts]] = field(repr=False)
    digits: str = field(repr=False)  # of its square
    by_itself: Callable[[], Sequence[Layout]] = field(repr=False)


class Run:
    """The sheet in the making, and the numbers of what was written."""

    def __init__(
        self, write: Callable[[bytes], object], *, squares: Squares | None = None, logo: Picture | None = None
    ) -> None:
        self._paper, self._squares = Paper(write), squares
        self._logo = (logo, self._paper.pieces(logo.pieces)) if logo else None
        self._types = {False: Type(bold=False), True: Type(bold=True)}
        self._fonts = {bold: self._paper.number() for bold in self._types}
        self._tree, self._resources, self._whole = (self._paper.number() for _ in range(3))
        self._forms: dict[int, tuple[Layout, int]] = {}  # each layout by its id, kept alive, and its number in the file
        self._set: dict[tuple[int, str, str], Set] = {}
        self._shown: list[bytes] = []
        self._languages: list[str] = []
        self._pages, self._parts, self._on_page = array("Q"), array("Q"), array("B")

    def set(self, form: Filled) -> bytes:
        """The operators that show a form's texts in their places. Raises DoesNotFit and Unsettable."""
        shown: list[bytes] = []
        style = b""
        for ways in form.ways:
            for text in self._first_that_fits(form, ways):
                if text.style != style:
                    style = text.style
                    shown.append(style)
                shown.append(text.shown)
        return b"".join(shown)

    def show(self, form: Filled, layout: Layout, texts: bytes, *, left: float, up: float) -> None:
        """Write a form at its lower left corner on the sheet in the making."""
        self._shown.append(self._form(form, layout, texts, left, up))
        self._languages.append(form.language)

    def turn(self, width: float, height: float) -> None:
        """Write the sheet that is full, and begin a new one."""
        contents = self._paper.stream(b"".join(self._shown))
        page = self._paper.add(
            b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.3f %.3f]/Contents %d 0 R/Resources %d 0 R/StructParents %d>>"
            % (self._tree, width, height, contents, self._resources, len(self._pages))
        )
        for number, language in enumerate(self._languages):
            self._parts.append(
                self._paper.add(
                    b"<</Type/StructElem/S/Sect/P %d 0 R/Pg %d 0 R/K %d/Lang(%s)>>"
                    % (self._whole, page, number, language.encode())
                )
            )
        self._pages.append(page)
        self._on_page.append(len(self._languages))
        self._shown.clear()
        self._languages.clear()

    def end(self, *, title: str, language: str) -> None:
        """Write the type that was used, and how the file hangs together."""
        for bold, type_ in self._types.items():
            embed(self._paper, type_, number=self._fonts[bold])
        self._hang_together(title=title, language=language)

    def _first_that_fits(self, form: Filled, ways: Iterable[Texts]) -> list[Set]:
        """One group's texts in their places; most are the same in many forms."""
        known, layout, unfit = self._set, id(form.layout), None
        for texts in ways:
            try:
                return [
                    known.get((layout, name, text)) or self._set_anew(form, name, text)
                    for name, text in texts.items()
                    if text
                ]
            except DoesNotFit as fault:
                unfit = fault
        if unfit:
            raise unfit
        return []

    def _set_anew(self, form: Filled, name: str, text: str) -> Set:
        if len(self._set) >= REMEMBERED:
            self._set.clear()
        layout = form.layout
        new = layout.places[name].set(text, form.language, self._types, layout.height)
        self._set[id(layout), name, text] = new
        return new

    def _form(self, form: Filled, layout: Layout, texts: bytes, left: float, up: float) -> bytes:
        """A form at its corner of the sheet: its ink, its texts, its square and the fund's picture."""
        part = b"/Sect<</Lang(%s)/MCID %d>>BDC" % (form.language.encode(), len(self._shown))
        ink = b"q 1 0 0 1 %.3f %.3f cm/X%d Do" % (left, up, self._number(layout))
        words = b"BT\n%sET" % texts if texts else b""
        boxes = layout.boxes
        square = self._square(form.digits, boxes["square"], layout.height) if "square" in boxes else b""
        picture = self._picture(boxes["logo"], layout.height) if "logo" in boxes else b""
        return b"%s %s\n%s\n%s %s Q EMC\n" % (part, ink, words, square, picture)

    def _picture(self, box: Box, height: float) -> bytes:
        """The fund's picture, as large as its box allows."""
        if self._logo is None:
            return b""
        picture, number = self._logo
        scale = min(box.width / picture.width, box.height / picture.height)
        wide, high = picture.width * scale, picture.height * scale
        up = height - box.y - (box.height + high) / 2
        return b"q %.3f 0 0 %.3f %.3f %.3f cm/X%d Do Q" % (wide, high, box.x, up, number)

    def _square(self, digits: str, box: Box, height: float) -> bytes:
        """A square as a picture of one bit a module, between the form's own white edges."""
        assert self._squares is not None, "a form with a square is printed with what draws it"
        image = b"q %.3f 0 0 %.3f %.3f %.3f cm BI/W %d/H %d/BPC 1/IM true/D[1 0]/F/AHx ID %s> EI Q" % (
            box.width,
            box.height,
            box.x,
            height - box.y - box.height,
            MODULES,
            MODULES,
            self._squares.of(digits).hex().encode(),
        )
        return b"0 0 0 rg " + image

    def _number(self, layout: Layout) -> int:
        known = self._forms.get(id(layout))
        if known is None:
            known = self._forms[id(layout)] = layout, self._paper.pieces(layout.pieces)
        return known[1]

    def _hang_together(self, *, title: str, language: str) -> None:
        """Write what all sheets share, their order, and the order in which they are read aloud."""
        paper, parts, pages = self._paper, self._parts, self._pages
        drawn = [number for _layout, number in self._forms.values()] + ([self._logo[1]] if self._logo else [])
        inks = b"".join(b"/X%d %d 0 R" % (number, number) for number in drawn)
        fonts = b"/R %d 0 R/B %d 0 R" % (self._fonts[False], self._fonts[True])
        paper.add(b"<</Font<<%s>>/XObject<<%s>>>>" % (fonts, inks), number=self._resources)
        paper.add(b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), _references(pages)), number=self._tree)
        root = paper.number()
        paper.add(b"<</Type/StructElem/S/Document/P %d 0 R/K[%s]>>" % (root, _references(parts)), number=self._whole)
        tree = paper.add(b"<</Nums[%s]>>" % b"".join(self._parents()))
        paper.add(
            b"<</Type/StructTreeRoot/K %d 0 R/ParentTree %d 0 R/ParentTreeNextKey %d>>"
            % (self._whole, tree, len(pages)),
            number=root,
        )
        catalog = paper.add(
            b"<</Type/Catalog/Pages %d 0 R/StructTreeRoot %d 0 R/MarkInfo<</Marked true>>/Lang(%s)"
            b"/ViewerPreferences<</DisplayDocTitle true/PrintScaling/None>>>>" % (self._tree, root, language.encode())
        )
        named = b"\xfe\xff" + title.encode("utf-16-be")
        info = paper.add(b"<</Title<%s>/Producer(Komek)>>" % named.hex().encode())
        paper.end(catalog=catalog, info=info)

    def _parents(self) -> Iterator[bytes]:
        """For each sheet, its parts in order."""
        first = 0
        for page, count in enumerate(self._on_page):
            yield b"%d[%s]" % (page, _references(self._parts[first : first + count]))
            first += count


def _references(numbers: Sequence[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)
