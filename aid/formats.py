"""How values are said to a reader: in their language, with their plural, their date and their money."""

import re
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Self

import flask_babel
from babel import Locale
from babel.numbers import format_currency
from flask import Flask, request
from flask_login import current_user

from aid.domain.codes import grouped
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.months import Month
from aid.domain.payments import Direction
from aid.domain.phones import in_groups
from aid.domain.words import InLanguages, Message
from aid.extensions import time_zone

LANGUAGE_COOKIE = "__Host-komek-language"
WITHOUT_COOKIES = frozenset({"give", "figures", "thanks.published"})
"""Rooms and pages for strangers who need none: their language stands in the address, and no answer there sets one."""


def is_without_cookies() -> bool:
    """Whether what is asked for is such a room or page."""
    return not WITHOUT_COOKIES.isdisjoint((request.blueprint, request.endpoint))


def language() -> str:
    """The reader's language: their own, the one they chose on this device, or what their browser asks for."""
    known = current_user._get_current_object()
    if known and known.is_authenticated:
        return str(known.actor.language.value)
    here = request.args.get("language", "") if is_without_cookies() else ""
    for chosen in (here, request.cookies.get(LANGUAGE_COOKIE, "")):
        if chosen in set(Language):
            return chosen
    return request.accept_languages.best_match([language.value for language in Language]) or Language.EN.value


def say(message: Message | str) -> str:
    """Put a message into the reader's language, with its values formatted the way the language writes them."""
    if isinstance(message, str):
        return message
    values = {name: spoken(value) for name, value in message.values.items()}
    if message.plural is not None and message.n is not None:
        values.pop("n", None)
        return str(flask_babel.ngettext(message.id, message.plural, message.n, **values))
    return str(flask_babel.gettext(message.id, **values))


def spoken(value: Any) -> str:
    """A value inside a sentence."""
    match value:
        case Message():
            return say(value)
        case Money():
            return money(value)
        case InLanguages():
            return named(dict(value.pairs))
        case datetime():
            return moment(value)
        case date():
            return day(value)
        case Month():
            return month(value)
        case _:
            return str(value)


def told(value: Any) -> str:
    """Whatever stands in a chart or in the first column of a table: a name, an amount, a number, a month."""
    match value:
        case Mapping():
            return named(dict(value))
        case Month():
            return month(value)
        case int():
            return number(value)
        case None:
            return "–"
        case _:
            return spoken(value)


def month(value: Month) -> str:
    """September 2026."""
    return str(flask_babel.dates.format_skeleton("yMMMM", value.first, locale=_locale()))


def money(amount: Money) -> str:
    """12 500,50 ₸ in the reader's way; no decimals where they are zero."""
    value = amount.decimal()
    pattern = _locale().currency_formats["standard"].pattern
    if value == value.to_integral_value():
        pattern = re.sub(r"0\.0+", "0", pattern)
    said = format_currency(value, amount.currency, locale=_locale(), format=pattern, currency_digits=False)
    return re.sub(r"^KZT\s*|KZT", "₸", said)  # the sign that people here write, in whatever language


def change(amount: Money) -> str:
    """+₸88,000 or -₸88,000: what came or went, with its sign."""
    return f"+{money(amount)}" if amount.minor > 0 else money(amount)


def moved(amount: Money, direction: Direction) -> str:
    """The same of an amount without a sign, by the way it went at the bank."""
    return change(amount if direction is Direction.CREDIT else -amount)


def _locale() -> Locale:
    """The reader's language, with days and months the way Europe writes them."""
    locale: Locale = flask_babel.get_locale()
    return Locale("en", "GB") if locale.language == "en" else locale


class Dated(str):
    """A day or a moment in words, and its parts: in a table on a desk, none of them is torn apart."""

    __slots__ = ("parts",)
    parts: tuple[str, ...]

    def __new__(cls, *parts: str) -> Self:
        """The parts, with a space between them."""
        dated = super().__new__(cls, " ".join(parts))
        dated.parts = parts
        return dated


def day(value: date | datetime) -> Dated:
    """5 September 2026."""
    if isinstance(value, datetime):
        value = value.astimezone(time_zone()).date()
    return Dated(flask_babel.dates.format_date(value, "long", locale=_locale()))


def day_of_year(value: date) -> str:
    """5 September."""
    return str(flask_babel.dates.format_skeleton("MMMMd", value, locale=_locale()))


def moment(value: datetime) -> Dated:
    """5 September 2026, 14:05, on the fund's clock."""
    here = value.replace(tzinfo=value.tzinfo or UTC).astimezone(time_zone())
    return Dated(f"{day(here)},", f"{here:%H:%M}")


def number(value: int) -> str:
    """12,500 in the reader's way."""
    return str(flask_babel.numbers.format_decimal(value, locale=_locale()))


def decimal(digits: str) -> str:
    """612.35 in the reader's way: digits and a point, all of them kept."""
    return str(flask_babel.numbers.format_decimal(Decimal(digits), format="#,##0.#" + "#" * 20, locale=_locale()))


def percent(tenths: int) -> str:
    """+2.7 % in the reader's way, of so many tenths of a percent; with its sign, because it says which way."""
    said = flask_babel.numbers.format_decimal(Decimal(abs(tenths)) / 10, format="0.0", locale=_locale())
    return f"{'-' if tenths < 0 else '+' if tenths else ''}{said} %"


def named(names: Mapping[str, str] | Message) -> str:
    """A name that the fund wrote in several languages, or that we all have, in the reader's."""
    if isinstance(names, Message):
        return say(names)
    return names.get(str(_locale().language)) or next(iter(names.values()), "")


def country(code: str) -> str:
    """A country's name in the reader's language, by its two letters."""
    return str(_locale().territories.get(code, code))


def fresh_key() -> str:
    """A new idempotency key for a form, 128 random bits in hex."""
    return secrets.token_hex(16)


def this_page() -> str:
    """This page's address, for forms that send to it.

    With none they would send to the part of it that was skipped to, and a browser that is sent to a part puts the
    keyboard there, not where something is to be looked at again.
    """
    return request.full_path.removesuffix("?")


def init_app(app: Flask) -> None:
    """Give templates these filters."""
    app.jinja_env.filters.update(
        say=say,
        money=money,
        change=change,
        moved=moved,
        month=month,
        told=told,
        day=day,
        moment=moment,
        number=number,
        decimal=decimal,
        percent=percent,
        named=named,
        grouped=grouped,
        phone=in_groups,
        country=country,
    )
    app.jinja_env.globals.update(fresh_key=fresh_key, get_locale=flask_babel.get_locale, this_page=this_page)
