"""What a message of thanks says: a text in each language, with a closed list of places for what differs.

A text is plain: paragraphs with an empty line between them. Places are written {amount}; nothing else in braces is
taken, and what is put in is never read again for places, whatever it holds.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from aid.domain.languages import Language
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _

PLACES: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "name": _("the donor’s name; only in the greeting"),
        "amount": _("the amount, in figures"),
        "in_words": _("the amount, in words"),
        "purpose": _("what the gift is kept for"),
        "day": _("the day it was received"),
        "number": _("the number of the gift"),
        "code": _("the private code of the gift"),
        "page": _("the page where the code can be used; a line with it is left out while there is none"),
        "fund": _("the fund’s name"),
    }
)
"""What may stand in braces, and what comes there."""

IN_GREETING: Final = frozenset({"name"})
IN_SUBJECT: Final = frozenset({"fund", "number"})
IN_BODY: Final = frozenset(PLACES) - IN_GREETING
IN_CLOSING: Final = frozenset({"fund"})
MUST_SAY: Final = ("amount", "day", "code")
LONGEST: Final[Mapping[str, int]] = MappingProxyType(
    {"own_name": 40, "subject": 120, "greeting": 120, "unnamed": 120, "body": 4000, "closing": 400}
)
SPOKEN: Final = frozenset(language.value for language in Language)
"""Languages in which amounts are also said in words."""

JOINERS: Final = "\u200c\u200d"
"""Signs without a width that some alphabets are written with."""

_TAG: Final = re.compile(r"[a-z]{2,3}")
_PLACE: Final = re.compile(r"\{([a-z_]+)\}")
_FACT: Final = re.compile(r"([^:{}\n]{1,60}):\s+(.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ThanksText:
    """A text of thanks in one language."""

    language: str  # two or three letters, as in kk
    own_name: str  # what the language calls itself
    subject: str
    greeting: str  # by name
    unnamed: str  # of who gave no name, or is never to be named
    body: str
    closing: str


@dataclass(frozen=True, slots=True)
class Said:
    """One message, with everything put in."""

    language: str
    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    closing: str

    @property
    def plain(self) -> str:
        """The whole of it, as plain text."""
        return "\n\n".join((self.greeting, *self.paragraphs, self.closing)) + "\n"


def check_text(text: ThanksText) -> None:
    """Raise RuleBroken, beside its field, unless a text can be used."""
    if not _TAG.fullmatch(text.language):
        raise RuleBroken(_("Write the language by its two or three small letters, such as de."), field="language")
    for field, longest in LONGEST.items():
        _check_field(field, getattr(text, field), longest)
    _check_places(text)
    for place in MUST_SAY:
        if f"{{{place}}}" not in text.body:
            raise RuleBroken(_("The text does not say %(place)s: put it in.", place=f"{{{place}}}"), field="body")
    if "{in_words}" in text.body and text.language not in SPOKEN:
        raise RuleBroken(
            _("Amounts can't be said in words in this language; leave %(place)s out.", place="{in_words}"), field="body"
        )


def _check_field(field: str, words: str, longest: int) -> None:
    if not words.strip():
        raise RuleBroken(_("Write something here."), field=field)
    if len(words) > longest:
        raise RuleBroken(_("This has more than %(longest)s letters; shorten it.", longest=longest), field=field)
    lines_allowed = field in ("body", "closing")
    if any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") and not (lines_allowed and sign == "\n") for sign in words):
        raise RuleBroken(_("There is a sign in it that can't be seen; type the line anew."), field=field)


def _check_places(text: ThanksText) -> None:
    nothing: frozenset[str] = frozenset()
    allowed = {"own_name": nothing, "subject": IN_SUBJECT, "greeting": IN_GREETING, "unnamed": nothing}
    for field, places in {**allowed, "body": IN_BODY, "closing": IN_CLOSING}.items():
        words = getattr(text, field)
        for found in _PLACE.findall(words):
            if found not in places:
                raise RuleBroken(_("%(place)s can't stand here.", place=f"{{{found}}}"), field=field)
        if set(_PLACE.sub("", words)) & set("{}"):
            raise RuleBroken(_("Braces { } are only for places, such as {amount}."), field=field)
    if "{name}" not in text.greeting:
        raise RuleBroken(_("The greeting does not say %(place)s: put it in.", place="{name}"), field="greeting")


def put_together(text: ThanksText, *, name: str | None, values: Mapping[str, str]) -> Said:
    """A message out of a text. Each value becomes one line, whatever it holds."""
    known = {place: one_line(value) for place, value in values.items()}
    greeting = _filled(text.greeting, {"name": one_line(name)}) if name else text.unnamed
    return Said(
        language=text.language,
        subject=one_line(_filled(text.subject, known)),
        greeting=one_line(greeting),
        paragraphs=tuple(_filled(paragraph, known) for paragraph in paragraphs_of(_without_empty(text.body, known))),
        closing=_filled(text.closing.strip(), known),
    )


def is_language(tag: str) -> bool:
    """Whether this can be a language: two or three small letters."""
    return _TAG.fullmatch(tag) is not None


def _without_empty(body: str, known: Mapping[str, str]) -> str:
    """Without the lines that name a page which there is not."""
    if known.get("page"):
        return body
    return "\n".join(line for line in body.split("\n") if "{page}" not in line)


def paragraphs_of(body: str) -> tuple[str, ...]:
    """The paragraphs of a text: what an empty line parts."""
    lines = "\n".join(line.strip() for line in body.splitlines())
    return tuple(part.strip() for part in re.split(r"\n{2,}", lines) if part.strip())


def facts_of(paragraph: str) -> tuple[tuple[str, str], ...]:
    """The lines of a paragraph that is a list of facts, each “what: value”; nothing for any other paragraph."""
    lines = paragraph.split("\n")
    found = [_FACT.fullmatch(line) for line in lines]
    if len(lines) < 2 or None in found:
        return ()
    return tuple((match[1], match[2]) for match in found if match)


def one_line(words: str) -> str:
    """Words without line ends and signs that can't be seen: they may stand in a header, and change no other line."""
    return " ".join("".join(" " if _is_unseen(sign) else sign for sign in words).split())


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") and sign not in JOINERS


def _filled(words: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda found: values[found[1]], words)
