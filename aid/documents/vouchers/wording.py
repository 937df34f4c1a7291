"""What stands on a voucher, in its family's language, place by place; and shorter ways to say what may be too long."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from flask_babel import force_locale

from aid.documents.amounts import in_words
from aid.documents.press.runs import Texts
from aid.domain.codes import grouped
from aid.domain.days.planning import Invited
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.papers import PaperStyle
from aid.domain.vouchers import printed_number
from aid.domain.words import Message, _
from aid.formats import day, day_of_year, money, say
from aid.services.vouchers.printed import PrintedPaper

ROWS = 5
"""So many goods have a row each."""
THE_REST = _("This is the rest: the other part was handed out already.")


def ways_to_say(paper: PrintedPaper, style: PaperStyle) -> Sequence[Iterator[Texts] | tuple[Texts, ...]]:
    """What stands in a voucher's places, group by group, each said in the first way that fits."""
    return (
        tuple(_plain(paper, style)),
        tuple(_comes(paper)),
        tuple(_goods(paper)),
        _stub(paper),
        tuple(_foot(paper, style)),
    )


def _plain(paper: PrintedPaper, style: PaperStyle) -> Iterator[Texts]:
    """What every voucher says; on the rest of one, wherever a reader looks first, that it is the rest."""
    language = paper.language
    number = _number(paper, language)
    family = grouped(paper.family_code)
    has_money = bool(paper.amount.minor)
    worth = _("Amount") if has_money else _("Goods")
    left = _("The rest: amount") if has_money else _("The rest: goods")
    texts = {
        "stub_number": number,
        "stub_family": family,
        "stub_what": _said(language, left if paper.is_rest else worth),
        "title": style.titles.get(language) or paper.title,
        "number": number,
        "amount": _money(paper.amount, language) if has_money else _said(language, _("Goods")),
        "words": _words(paper.amount, language) if has_money else "",
        "point": paper.point,
        "last_day": _day(paper, language),
        "purpose": paper.purpose,
        "family": family,
        "digits": grouped(paper.digits),
    }
    for words in _for_goods(paper):
        if paper.is_rest:
            rest = _("The rest: %(amount)s", amount=paper.amount) if has_money else left
            yield texts | words | {"amount": _said(language, rest)}
        yield texts | words


def _for_goods(paper: PrintedPaper) -> Iterator[dict[str, str]]:
    """Of a paper for a shop, that it is worth goods and no cash."""
    if not (paper.at_shop and paper.amount.minor):
        yield {}
        return
    language, spelled = paper.language, _words(paper.amount, paper.language)
    stub = {"stub_what": _said(language, _("Goods worth"))}
    for ways in (_("In goods, no cash: %(words)s", words=spelled), _("Goods: %(words)s", words=spelled)):
        yield stub | {"words": _said(language, ways)}


def _comes(paper: PrintedPaper) -> Iterator[Texts]:
    """When somebody is asked to come, where a day is planned."""
    if paper.comes is None:
        yield {}
        return
    day_, hours = comes_on(paper.comes, paper.language), paper.comes.hours
    yield {"come_day": _said(paper.language, _("Come: %(day)s", day=day_)), "come_hours": hours}
    yield {"come_day": day_, "come_hours": hours}


@lru_cache(maxsize=1_000)
def comes_on(comes: Invited, language: Language) -> str:
    """24 November."""
    with force_locale(language.value):
        return day_of_year(comes.day)


def _goods(paper: PrintedPaper) -> Iterator[Texts]:
    """The goods row by row, with what kits hold; or all one after the other."""
    if not paper.goods:
        yield {}
        return
    if len(paper.goods) <= ROWS:
        rows = enumerate(paper.goods, 1)
        yield {
            f"{place}_{row}": text
            for row, good in rows
            for place, text in (("many", str(good.quantity)), ("good", good.named))
        }
    yield {"goods": ", ".join(str(good) for good in paper.goods)}


def _stub(paper: PrintedPaper) -> Iterator[Texts]:
    """What the table gave, without what kits hold: money, or as many goods as there is room to name."""
    if paper.amount.minor:
        yield {"stub_worth": _money(paper.amount, paper.language)}
        return
    brief = [good.brief for good in paper.goods]
    for named in range(len(brief), 0, -1):
        more = len(brief) - named
        rest = f" {_said(paper.language, _('and %(number)s more', number=more))}" if more else ""
        yield {"stub_worth": ", ".join(brief[:named]) + rest}
    yield {"stub_worth": _said(paper.language, _("%(number)s kinds of goods", number=len(brief)))}


def _foot(paper: PrintedPaper, style: PaperStyle) -> Iterator[Texts]:
    """The fund's own line; on a reprint that it replaces earlier papers, which matters more."""
    own = style.footers.get(paper.language, "")
    rest = _said(paper.language, THE_REST) if paper.is_rest else ""
    if paper.paper > 1:
        replaces = _said(paper.language, _("It replaces every earlier paper with this number."))
        told = f"{rest} {replaces}".strip()
        yield {"footer": f"{told} {own}".strip()}
        yield {"footer": told}
    else:
        yield {"footer": own}


def _number(paper: PrintedPaper, language: Language) -> str:
    number = f"{_said(language, _('No.'))} {printed_number(paper.serial)}"
    return f"{number} / {paper.paper}" if paper.paper > 1 else number


@lru_cache(maxsize=1_000)
def _said(language: Language, message: Message) -> str:
    with force_locale(language.value):
        return say(message)


@lru_cache(maxsize=4_000)
def _money(amount: Money, language: Language) -> str:
    with force_locale(language.value):
        return money(amount)


@lru_cache(maxsize=4_000)
def _words(amount: Money, language: Language) -> str:
    return in_words(amount, language)


def _day(paper: PrintedPaper, language: Language) -> str:
    with force_locale(language.value):
        return day(paper.last_day)
