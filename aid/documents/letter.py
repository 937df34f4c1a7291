"""The letter that thanks a donor, and tells what their gift is kept for."""

from dataclasses import dataclass, field
from datetime import date

from flask_babel import force_locale

from aid.documents.layout import laid_out
from aid.documents.press import bind
from aid.domain.languages import Language
from aid.domain.thanks import SPOKEN, Said, facts_of, paragraphs_of
from aid.formats import day

A_BATCH = 4
"""So many letters are worth a form of their own."""


@dataclass(frozen=True, slots=True)
class ThanksLetter:
    """One letter, in the donor's language."""

    number: int  # of the donation
    fund_name: str
    said: Said = field(repr=False)
    written_on: date
    demo: bool = False
    address: tuple[str, ...] = field(default=(), repr=False)  # where a window envelope shows it; none: by hand

    @property
    def language(self) -> Language:
        """The language of what Komek itself puts around the words, nearest to the donor's."""
        return Language(self.said.language) if self.said.language in SPOKEN else Language.EN

    @property
    def parts(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """Paragraphs, each with its lines where it is a list of facts."""
        return tuple((paragraph, facts_of(paragraph)) for paragraph in self.said.paragraphs)

    @property
    def closing(self) -> tuple[str, tuple[str, ...]]:
        """The last words, and the lines of who signs under the space for a hand."""
        words, *signed = paragraphs_of(self.said.closing)
        return words, tuple(line for part in signed for line in part.split("\n"))


def thanks_pdf(*letters: ThanksLetter) -> bytes:
    """Letters as one PDF, each beginning on a page of its own."""
    if len(letters) >= A_BATCH:
        from aid.documents.letters import letters_pdf

        return letters_pdf(letters)
    return bind([page_of(letter) for letter in letters])


def page_of(letter: ThanksLetter) -> str:
    """One letter as a page."""
    with force_locale(letter.language.value):
        written_on = day(letter.written_on)
    return str(laid_out("thanks.html", language=letter.language, letter=letter, written_on=written_on))
