"""Where a text stands on a form, in which type; and the setting of a text into its place: in lines, never cut."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aid.documents.press.faces import Type, Unsettable, Word

PARTS = re.compile(r"[^ -]*-+(?=[^\W\d])|[^ ]+")
"""What a line may end after: a space, or a hyphen before a letter."""

ROUNDING = 0.01
"""Points by which a line may seem too wide for no reason but arithmetic."""


class DoesNotFit(Exception):
    """A text is longer than its place. It is laid out by itself, never cut."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How a place's text is set, in points; its first baseline from the form's upper edge."""

    x: float
    width: float
    baseline: float
    leading: float  # from one baseline to the next
    lines: int
    size: float
    bold: bool
    colour: str  # three numbers from 0 to 1, as PDF has them
    align: str  # start, center, or end, as CSS says it
    spacing: float  # between letters
    word_spacing: float


@dataclass(frozen=True, slots=True)
class Place:
    """A text's place: its usual setting first, then tighter ones for what is too long."""

    settings: tuple[Setting, ...]

    def set(self, text: str, language: str, types: Mapping[bool, Type], height: float) -> bytes:
        """The operators that show the text on a form of this height. Raises DoesNotFit and Unsettable."""
        for setting in self.settings:
            type_ = types[setting.bold]
            if (lines := _broken(text, language, setting, type_)) is not None:
                return _shown(lines, setting, type_, height)
        raise DoesNotFit(text)


@dataclass(frozen=True, slots=True)
class _Line:
    words: tuple[tuple[Word, bool], ...]  # each with whether a space stands before it
    width: float


def _broken(text: str, language: str, setting: Setting, type_: Type) -> list[_Line] | None:
    """The text in lines as wide as the place, each as full as it can be; nothing if they don't fit."""
    size, between = setting.size / 1000, setting.spacing
    gap = type_.space * size + between + setting.word_spacing
    room = setting.width + ROUNDING
    lines: list[_Line] = []
    words: list[tuple[Word, bool]] = []
    filled = 0.0
    for part, after_space in _parts(text):
        word = type_.word(part, language, spaced=between != 0)
        wide = word.width * size + between * word.glyphs
        space = gap if after_space and words else 0.0
        if words and filled + space + wide > room:
            lines.append(_Line(tuple(words), filled))
            words, filled, space = [], 0.0, 0.0
        if wide > room or len(lines) >= setting.lines:
            return None
        words.append((word, space > 0))
        filled += space + wide
    return [*lines, _Line(tuple(words), filled)]


def _parts(text: str) -> Iterable[tuple[str, bool]]:
    """What a line may end after, each with whether a space stands before it."""
    if "-" not in text:
        return [(part, True) for part in text.split(" ") if part]
    found = PARTS.finditer(text)
    return [(part.group(), part.start() == 0 or text[part.start() - 1] == " ") for part in found]


def _shown(lines: list[_Line], setting: Setting, type_: Type, height: float) -> bytes:
    """Text operators: type, colour, and each line from its own point."""
    space = type_.word(" ", "en").shown
    apart = b"%g" % round(-1000 * setting.word_spacing / setting.size, 2) if setting.word_spacing else b""
    shown = [
        b"/%s %g Tf %s rg %g Tc"
        % (b"B" if setting.bold else b"R", setting.size, setting.colour.encode(), round(setting.spacing, 4))
    ]
    for number, line in enumerate(lines):
        left = setting.x + _indent(line.width, setting)
        up = height - setting.baseline - number * setting.leading
        letters = b"".join((space + apart if after_space else b"") + word.shown for word, after_space in line.words)
        letters = letters.replace(b"><", b"")
        shown.append(b"1 0 0 1 %.3f %.3f Tm[%s]TJ" % (left, up, letters))
    return b"\n".join(shown)


def _indent(width: float, setting: Setting) -> float:
    match setting.align:
        case "end" | "right":
            return setting.width - width
        case "center":
            return (setting.width - width) / 2
        case _:
            return 0.0


__all__ = ["DoesNotFit", "Place", "Setting", "Unsettable"]
