"""From a donation to the words that thank for it. They are signed by the office, not by a name: letters travel."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import cast

from babel import Locale, UnknownLocaleError
from flask import current_app
from flask_babel import force_locale, gettext

from aid.documents.amounts import in_words
from aid.documents.letter import ThanksLetter
from aid.domain.codes import grouped
from aid.domain.languages import OWN_NAMES, Language
from aid.domain.permissions import ROLE_TITLES, Role
from aid.domain.thanks import SPOKEN, Said, ThanksText, put_together
from aid.extensions import time_zone
from aid.formats import day, money, say
from aid.models.base import in_language
from aid.queries.thanks_words import GiftFacts, Giver
from config import LOOPBACK


def own_text(language: str) -> ThanksText:
    """The text that Komek brings in a language; in English for one that it does not speak."""
    known = Language(language) if language in SPOKEN else Language.EN
    with force_locale(known.value):
        close = gettext("With respect and gratitude")
        facts = {
            gettext("Amount"): "amount",
            gettext("In words"): "in_words",
            gettext("Kept for"): "purpose",
            gettext("Received on"): "day",
            gettext("Number of your gift"): "number",
            gettext("Private code of your gift"): "code",
        }
        return ThanksText(
            language=known.value,
            own_name=OWN_NAMES[known],
            subject=gettext("Thank you for your gift"),
            greeting=gettext("Dear %(name)s,", name="{name}"),
            unnamed=gettext("Dear friend,"),
            body="\n\n".join(
                (
                    gettext("Your gift has reached us. Thank you, from all our hearts."),
                    "\n".join(f"{what}: {{{place}}}" for what, place in facts.items()),
                    *_told(),
                )
            ),
            closing=f"{close}\n\n{say(ROLE_TITLES[Role.TREASURER])}\n{{fund}}",
        )


def _told() -> tuple[str, ...]:
    return (
        gettext(
            "Behind this sum are homes where the wages have stopped and the children still grow: they need shoes, "
            "exercise books, something warm on the table. What you sent goes there."
        ),
        gettext(
            "A committee of people whom the families trust decides together which family receives what, and each "
            "member answers for it with a signature. Every sum is written down, from the day it came to the day it is "
            "in a family’s hands. We name no family, so that nobody can do them harm; but they know that they are not "
            "alone, and that somebody thought of them."
        ),
        gettext(
            "If you would like to know what became of your gift, ask us and give its code: you need not say your name. "
            "Keep the code to yourself."
        ),
        gettext("You can also use the code yourself: %(page)s", page="{page}"),
    )


def said_of(gift: GiftFacts, giver: Giver, *, code: str) -> Said:
    """What is said to a donor, in their language."""
    text = gift.text or own_text(gift.language)
    return put_together(text, name=gift.name, values=_values(gift, giver, text.language, code=code))


def _values(gift: GiftFacts, giver: Giver, language: str, *, code: str) -> Mapping[str, str]:
    with _in(language):
        return {
            "amount": money(gift.amount),
            "in_words": in_words(gift.amount, Language(language)) if language in SPOKEN else "",
            "purpose": in_language(dict(gift.purpose), language),
            "day": day(gift.received_on),
            "number": str(gift.number),
            "code": grouped(code),
            "page": _page() if giver.tells else "",
            "fund": in_language(dict(giver.names), language),
        }


def _page() -> str:
    """Where a gift's code is used: the address that this server goes by, or else how the page is found."""
    hosts = [host for host in current_app.config["KOMEK"].trusted_hosts if host not in LOOPBACK]
    return f"https://{hosts[0]}/figures/gift" if hosts else str(gettext("on our public page, under “Your gift”"))


def _in(language: str) -> AbstractContextManager[None]:
    """How a language writes amounts and days; one that nobody knows gets the English way."""
    try:
        Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return cast("AbstractContextManager[None]", force_locale(Language.EN.value))
    return cast("AbstractContextManager[None]", force_locale(language))


def letter_of(gift: GiftFacts, giver: Giver, *, code: str, written_at: datetime) -> ThanksLetter:
    """The letter, of the day when it was first printed."""
    said = said_of(gift, giver, code=code)
    return ThanksLetter(
        number=gift.number,
        fund_name=in_language(dict(giver.names), said.language),
        said=said,
        written_on=(gift.thanked_at or written_at).astimezone(time_zone()).date(),
        demo=giver.demo,
        address=gift.address,
    )
