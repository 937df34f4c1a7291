"""Lays a form out once with WeasyPrint: its fixed ink, and where each of its texts will stand.

In the template a text's place is an element with `data-field`: a block of its own, whose width and height bound its
lines. A square's or a picture's place has `data-box`. A form that can be set tighter is given once for each setting.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pydyf
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from aid.documents.press.layouts import Box, Layout, Piece
from aid.documents.press.pages import HERE, OwnFiles
from aid.documents.press.places import Place, Setting

POINT = 0.75
"""Points in a CSS pixel."""
REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
HIDDEN = "<style>[data-field],[data-box]{visibility:hidden}</style></head>"


def lay_out(pages: Sequence[str]) -> Layout:
    """A form of one page: its ink from the first, its places from each, the usual setting first. Raises NotOurs."""
    documents = [_document(page) for page in pages]
    first = documents[0].pages[0]
    places: dict[str, list[Setting]] = {}
    for document in documents:
        for name, setting in _settings(document.pages[0]._page_box):
            known = places.setdefault(name, [])
            if setting not in known:
                known.append(setting)
    return Layout(
        width=first.width * POINT,
        height=first.height * POINT,
        pieces=_ink(_document(str(pages[0]).replace("</head>", HIDDEN, 1))),  # plain text: Markup would escape it
        places={name: Place(tuple(settings)) for name, settings in places.items()},
        boxes=dict(_boxes(first._page_box)),
    )


def lay_out_pages(page: str) -> list[Layout]:
    """A form of one page or several: the ink of each, and the places that stand on it. Raises NotOurs."""
    shown, hidden = _render(page), _render(str(page).replace("</head>", HIDDEN, 1))
    return [
        Layout(
            one.width * POINT,
            one.height * POINT,
            _ink(hidden.copy([bare])),
            places={name: Place((setting,)) for name, setting in _settings(one._page_box)},
            boxes={},
        )
        for one, bare in zip(shown.pages, hidden.pages, strict=True)
    ]


def lay_out_in_full(page: str) -> list[Layout]:
    """Every sheet of a page that stands by itself, with nothing left to fill in. Raises NotOurs."""
    files = OwnFiles()
    document = _rendered(page, files)
    sheets = [
        Layout(one.width * POINT, one.height * POINT, _ink(document.copy([one])), places={}, boxes={})
        for one in document.pages
    ]
    files.refuse_others()
    return sheets


def _document(page: str) -> Any:
    document = _render(page)
    if len(document.pages) != 1:
        raise ValueError(f"a form has one page, and this one has {len(document.pages)}")
    return document


def _render(page: str) -> Any:
    """A page, set. Raises NotOurs."""
    files = OwnFiles()
    document = _rendered(page, files)
    files.refuse_others()
    return document


def _rendered(page: str, files: OwnFiles) -> Any:
    return HTML(string=str(page), base_url=HERE, url_fetcher=files).render(font_config=FontConfiguration())


def _ink(document: Any) -> tuple[Piece, ...]:
    """What a page draws, as a form that others can show: every object it needs, and the form itself last."""
    found: list[Piece] = []
    document.write_pdf(finisher=lambda _document, pdf: found.extend(_pieces(pdf)))
    return tuple(found)


def _pieces(pdf: Any) -> Iterator[Piece]:
    objects = {each.number: each for each in pdf.objects if each.number}
    page = next(each for each in objects.values() if isinstance(each, dict) and each.get("Type") == "/Page")
    contents = objects[_number(page["Contents"])]
    form = pydyf.Stream(
        contents.stream,
        {"Type": "/XObject", "Subtype": "/Form", "BBox": page["MediaBox"], "Resources": page["Resources"]},
        compress=True,
    )
    wanted: list[int] = []
    _gather(_parted(form).dictionary, objects, wanted)
    order = {number: place for place, number in enumerate(wanted)}
    for each in [*(objects[number] for number in wanted), form]:
        piece = _parted(each)
        yield Piece(REFERENCE.sub(lambda ref: b"%d 0 R" % order[int(ref[1])], piece.dictionary), piece.stream)


def _gather(dictionary: bytes, objects: dict[int, Any], wanted: list[int]) -> None:
    """All objects that this one names, and those that they name."""
    for reference in REFERENCE.finditer(dictionary):
        number = int(reference[1])
        if number not in wanted:
            wanted.append(number)
            _gather(_parted(objects[number]).dictionary, objects, wanted)


def _parted(thing: Any) -> Piece:
    dictionary, _stream, rest = thing.data.partition(b"\nstream\n")
    return Piece(dictionary, rest.removesuffix(b"\nendstream") if isinstance(thing, pydyf.Stream) else None)


def _number(reference: bytes) -> int:
    return int(reference.split()[0])


def _settings(box: Any) -> Iterator[tuple[str, Setting]]:
    """Each place of a page: its block, and how its first line is set."""
    for name, block in _marked(box, "data-field"):
        line = block.children[0]
        style, leading = block.style, line.height * POINT
        text = next(each for each in _descendants(line) if hasattr(each, "text"))
        yield (
            name,
            Setting(
                x=_round(block.content_box_x() * POINT),
                width=_round(block.width * POINT),
                baseline=_round((text.position_y + text.baseline) * POINT),
                leading=_round(leading),
                lines=max(int((block.height * POINT + 0.1) / leading), 1),
                size=_round(style["font_size"] * POINT),
                bold=style["font_weight"] >= 600,
                colour=" ".join(f"{part:.4g}" for part in style["color"].coordinates),
                align=style["text_align_all"],
                spacing=_round(_length(style["letter_spacing"]) * POINT),
                word_spacing=_round(_length(style["word_spacing"]) * POINT),
            ),
        )


def _boxes(box: Any) -> Iterator[tuple[str, Box]]:
    for name, block in _marked(box, "data-box"):
        left, top = block.content_box_x() * POINT, block.content_box_y() * POINT
        yield name, Box(_round(left), _round(top), _round(block.width * POINT), _round(block.height * POINT))


def _marked(box: Any, mark: str) -> Iterator[tuple[str, Any]]:
    """The blocks whose elements bear this mark."""
    seen = set[str]()
    for each in _descendants(box):
        element = getattr(each, "element", None)
        name = element.get(mark) if element is not None else None
        if name and name not in seen:
            seen.add(name)
            yield name, each


def _descendants(box: Any) -> Iterator[Any]:
    for child in getattr(box, "children", ()):
        inner = getattr(child, "_box", child)  # what stands at a place of its own is wrapped
        yield inner
        yield from _descendants(inner)


def _length(value: Any) -> float:
    return 0.0 if value == "normal" else float(value)


def _round(number: float) -> float:
    return round(number, 4)
