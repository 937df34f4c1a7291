"""Amounts in words, as they stand on paper: a digit is easily changed with a pen, a word is not.

num2words 0.5.14 gets Kazakh cardinals right (every number a voucher can bear was compared with a grammar's table in the
tests); its currencies are wrong in Kazakh and miss the tenge in Russian, so the currency's name is said here.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from num2words import num2words

from aid.domain.languages import Language
from aid.domain.money import Money, digits_of

Forms = tuple[str, str, str]
"""A name after 1, after 2 to 4, and after 5 or more."""

VOICES: Mapping[Language, str] = MappingProxyType({Language.KK: "kz", Language.RU: "ru", Language.EN: "en"})
"""What num2words calls our languages."""


def in_words(amount: Money, language: Language) -> str:
    """The amount in words, hundredths in digits: “Twelve thousand, five hundred tenge, 50 tiyn”.

    A currency without a name here is said by its code: “Twelve 50/100 PLN”. Raises ValueError for less than nothing.
    """
    if amount.minor < 0:
        raise ValueError("an amount below zero is not put on paper")
    scale: int = 10 ** digits_of(amount.currency)
    whole, rest = divmod(amount.minor, scale)
    said: str = num2words(whole, lang=VOICES[language])
    if names := NAMES.get(amount.currency):
        major, minor = names[language]
        said = f"{said} {_form(whole, major, language)}"
        if rest:
            said += f"{',' if language is Language.EN else ''} {rest} {_form(rest, minor, language)}"
    else:
        said = f"{said} {rest}/{scale} {amount.currency}" if rest else f"{said} {amount.currency}"
    return said[0].upper() + said[1:]


def _form(n: int, forms: Forms, language: Language) -> str:
    return forms[_FORM_AFTER[language](n)]


def _english(n: int) -> int:
    return 0 if n == 1 else 2


def _russian(n: int) -> int:
    if n % 10 == 1 and n % 100 != 11:
        return 0
    return 1 if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else 2


_FORM_AFTER: Mapping[Language, Callable[[int], int]] = MappingProxyType(
    {Language.KK: lambda _n: 0, Language.RU: _russian, Language.EN: _english}
)


def _always(name: str) -> Forms:
    return name, name, name


CENT: Forms = ("цент", "цента", "центов")

NAMES: Mapping[str, Mapping[Language, tuple[Forms, Forms]]] = MappingProxyType(
    {
        "KZT": {
            Language.KK: (_always("теңге"), _always("тиын")),
            Language.RU: (_always("тенге"), ("тиын", "тиына", "тиынов")),
            Language.EN: (_always("tenge"), _always("tiyn")),
        },
        "EUR": {
            Language.KK: (_always("еуро"), _always("цент")),
            Language.RU: (_always("евро"), CENT),
            Language.EN: (("euro", "euros", "euros"), ("cent", "cents", "cents")),
        },
        "USD": {
            Language.KK: (_always("АҚШ доллары"), _always("цент")),
            Language.RU: (("доллар США", "доллара США", "долларов США"), CENT),
            Language.EN: (("US dollar", "US dollars", "US dollars"), ("cent", "cents", "cents")),
        },
        "GBP": {
            Language.KK: (_always("фунт стерлинг"), _always("пенс")),
            Language.RU: (
                ("фунт стерлингов", "фунта стерлингов", "фунтов стерлингов"),
                ("пенс", "пенса", "пенсов"),
            ),
            Language.EN: (("pound sterling", "pounds sterling", "pounds sterling"), ("penny", "pence", "pence")),
        },
    }
)
"""Each currency's name and its hundredth's, by language. In Kazakh a noun stays singular after a number."""
