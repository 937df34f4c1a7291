"""Where a text stands on a form, in which type; and the setting of a text into its place: in lines, never cut."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from aid.documents.press.faces import Type, Word

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


class Set(NamedTuple):
    """A text that was set: its type and colour, and the operators that show it in them."""

    style: bytes
    shown: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """A text's place: its usual setting first, then tighter ones for what is too long."""

    settings: tuple[Setting, ...]

    def set(self, text: str, language: str, types: Mapping[bool, Type], height: float) -> Set:
        """The text on a form of this height. Raises DoesNotFit and Unsettable."""
        for setting in self.settings:
            if (lines := _broken(text, language, setting, types[setting.bold])) is not None:
                return Set(_style(setting), _shown(lines, setting, height))
        raise DoesNotFit(text)


class _Line(NamedTuple):
    words: Sequence[Word]
    width: float


def _broken(text: str, language: str, setting: Setting, type_: Type) -> list[_Line] | None:
    """The text in lines as wide as the place, each as full as it can be; nothing if they don't fit."""
    room = setting.width + ROUNDING
    whole = _line(text, language, setting, type_)
    if whole.width <= room:
        return [whole]
    lines: list[_Line] = []
    begun, line = "", _Line((), 0.0)
    for part in PARTS.finditer(text):
        apart = " " if text[part.start() - 1] == " " else ""
        longer = _line(begun + apart + part.group(), language, setting, type_)
        if begun and longer.width > room:
            lines.append(line)
            begun, longer = "", _line(part.group(), language, setting, type_)
        if longer.width > room or len(lines) == setting.lines:
            return None
        begun, line = f"{begun}{apart}{part.group()}".strip(), longer
    return [*lines, line]


def _line(text: str, language: str, setting: Setting, type_: Type) -> _Line:
    words = type_.words(text, language, spaced=setting.spacing != 0)
    width = sum([word.width for word in words]) * setting.size / 1000
    if setting.spacing or setting.word_spacing:
        width += setting.spacing * sum([word.glyphs for word in words]) + setting.word_spacing * (len(words) - 1)
    return _Line(words, width)


def _style(setting: Setting) -> bytes:
    font, colour = b"B" if setting.bold else b"R", setting.colour.encode()
    return b"/%s %g Tf %s rg %g Tc\n" % (font, setting.size, colour, round(setting.spacing, 4))


def _shown(lines: Sequence[_Line], setting: Setting, height: float) -> bytes:
    """Each line from its own point."""
    apart = b"%g" % round(-1000 * setting.word_spacing / setting.size, 2) if setting.word_spacing else b""
    shown, up = b"", height - setting.baseline
    for line in lines:
        letters = b"".join([word.lead + apart + word.shown if word.lead else word.shown for word in line.words])
        left = setting.x + _indent(line.width, setting)
        shown += b"1 0 0 1 %.2f %.2f Tm[%s]TJ\n" % (left, up, letters.replace(b")(", b""))
        up -= setting.leading
    return shown


def _indent(width: float, setting: Setting) -> float:
    match setting.align:
        case "end" | "right":
            return setting.width - width
        case "center":
            return (setting.width - width) / 2
        case _:
            return 0.0
