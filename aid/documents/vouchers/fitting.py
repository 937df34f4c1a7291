"""Whether the fund's own words have room on its papers, asked of the press; and a voucher to look at, nobody's."""

from collections.abc import Mapping
from datetime import date

from flask_babel import force_locale, gettext

from aid.documents.press.faces import Type, Unsettable
from aid.documents.press.layouts import Kept, Layout
from aid.documents.press.places import DoesNotFit
from aid.documents.vouchers.setting import form_of
from aid.domain.codes import FAMILY_DIGITS, VOUCHER_DIGITS
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.papers import PaperStyle, too_long
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.services.vouchers.printed import PrintedGood, PrintedPaper

Types = Mapping[bool, Type]


def check_fits(style: PaperStyle, *, kept: Kept, field: str | None = None) -> None:
    """Whether title and footer have room in each language. Raises RuleBroken beside this field, or the text's own.

    What has none would send each single voucher to a sheet of its own.
    """
    types = {bold: Type(bold=bold) for bold in (False, True)}
    for language in Language:
        form = form_of(style, language, demo=True, kept=kept)
        for place, text in (("title", style.titles[language]), ("footer", style.footers.get(language, ""))):
            try:
                over = letters_too_many(form, place, text, language, types)
            except Unsettable:
                raise RuleBroken(
                    _("Our type has no sign for something in this text. Leave signs and pictures out."),
                    field or f"{place}_{language}",
                ) from None
            if over:
                raise RuleBroken(too_long(place, language, style.format, over), field or f"{place}_{language}")


def letters_too_many(form: Layout, place: str, text: str, language: Language, types: Types) -> int:
    """How many letters of a text have no room in its place, as it stands there at the tightest. Raises Unsettable."""
    for over in range(len(text)):
        try:
            form.places[place].set(text[: len(text) - over].rstrip(), language.value, types, form.height)
        except DoesNotFit:
            continue
        return over
    return len(text)


def sample(language: Language, *, title: str, last_day: date) -> PrintedPaper:
    """A voucher to look at. Its digits can't be any voucher's: their check digits are wrong."""
    with force_locale(language.value):
        return PrintedPaper(
            serial=0,
            paper=1,
            title=title,
            family_code="0" * FAMILY_DIGITS,
            purpose=gettext("School things"),
            amount=Money(25_000_00, "KZT"),
            point=gettext("The club, 1 Example Street"),
            last_day=last_day,
            digits="0" * VOUCHER_DIGITS,
            goods=(PrintedGood(gettext("School bag"), 1), PrintedGood(gettext("Exercise book"), 10)),
            language=language,
            demo=True,
        )
