"""Letters in batches: where only names, amounts and codes differ, a letter is laid out once and then filled in.

Letters share a form where all their other words are the same. It is laid out for each batch anew and kept nowhere: the
fund's own text may say amounts in the midst of a sentence. What needs two lines where others need one has a form of
its own, so that what follows stands lower, as if the letter had been laid out by itself.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from flask_babel import force_locale, gettext

from aid.documents.layout import laid_out
from aid.documents.letter import ThanksLetter, page_of
from aid.documents.press import laying
from aid.documents.press.faces import Type, Unsettable
from aid.documents.press.layouts import Layout
from aid.documents.press.places import DoesNotFit
from aid.documents.press.runs import Filled, Texts
from aid.documents.press.sheets import POINTS, Sheet, sheets
from aid.formats import day

WORTH_A_FORM = 3
"""A form is laid out twice, with its words and without those that differ."""
A4 = Sheet(210 * POINTS, 297 * POINTS, ((0, 0),))
ADDRESS_LINES = 7
"""So many have room in the window of an envelope."""


def letters_pdf(letters: Sequence[ThanksLetter]) -> bytes:
    """Letters as one PDF, each beginning on a page of its own."""
    press = _Letters(Counter(_all_the_same(letter) for letter in letters))
    with force_locale(letters[0].language.value):
        title = gettext("Letter of thanks")
    pages = [page for letter in letters for page in press.pages(letter)]
    return b"".join(sheets(pages, A4, squares=None, title=title, language=letters[0].said.language))


class _Letters:
    """The letters of one batch, and the forms that were laid out for them."""

    def __init__(self, alike: Counter[object]) -> None:
        self._alike = alike
        self._forms: dict[tuple[object, frozenset[str]], Sequence[Layout]] = {}
        self._types = {bold: Type(bold=bold) for bold in (False, True)}

    def pages(self, letter: ThanksLetter) -> Iterator[Filled]:
        """A letter's pages, filled in; or the letter as it was laid out by itself, if no form has room for it."""
        texts, form = _texts(letter), self._fitting(letter)
        if form is None:
            texts, form = {}, laying.lay_out_in_full(page_of(letter))
        for page in form:
            here = {name: text for name, text in texts.items() if name in page.places}
            yield Filled(page, letter.said.language, ((here,),), digits="", by_itself=lambda: ())

    def _fitting(self, letter: ThanksLetter) -> Sequence[Layout] | None:
        """The form that has room for a letter; none where no form has, or too few letters share it."""
        if self._alike[_all_the_same(letter)] < WORTH_A_FORM:
            return None
        texts, usual = _texts(letter), self._form(letter, frozenset())
        try:
            double = self._too_long(letter, texts, usual)
            form = self._form(letter, double) if double else usual
            return None if double and self._too_long(letter, texts, form) else form
        except Unsettable:
            return None

    def _form(self, letter: ThanksLetter, double: frozenset[str]) -> Sequence[Layout]:
        """The form for all letters like this one, with two lines for what needs them."""
        key = _all_the_same(letter), double
        if key not in self._forms:
            form = {"double": double, "address": range(1, ADDRESS_LINES + 1)}
            page = laid_out("thanks.html", language=letter.language, letter=letter, form=form)
            self._forms[key] = laying.lay_out_pages(page)
        return self._forms[key]

    def _too_long(self, letter: ThanksLetter, texts: Texts, form: Sequence[Layout]) -> frozenset[str]:
        """The texts that have no room in their places. Raises Unsettable."""
        found = set()
        for page in form:
            for name, place in page.places.items():
                try:
                    place.set(texts.get(name, ""), letter.said.language, self._types, page.height)
                except DoesNotFit:
                    found.add(name)
        return frozenset(found)


def _all_the_same(letter: ThanksLetter) -> object:
    """What letters of one form have in common: all words but names, days, and the values of facts."""
    parts = tuple(tuple(what for what, _value in facts) or paragraph for paragraph, facts in letter.parts)
    around = (letter.language, letter.said.language, letter.fund_name, letter.demo, bool(letter.address))
    return around, parts, letter.closing


def _texts(letter: ThanksLetter) -> Texts:
    """What differs, by its place."""
    with force_locale(letter.language.value):
        written_on = day(letter.written_on)
    return {
        "date": written_on,
        **{f"address_{number}": line for number, line in enumerate(letter.address, 1)},
        "greeting": letter.said.greeting,
        **{
            f"fact_{part}_{number}": value
            for part, (_paragraph, facts) in enumerate(letter.parts)
            for number, (_what, value) in enumerate(facts)
        },
    }
