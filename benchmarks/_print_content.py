"""What the print benchmark prints: vouchers of made-up families, worded before the clock, the same for all sides."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

from flask_babel import force_locale, gettext

from aid.documents.layout import laid_out
from aid.documents.vouchers.setting import form_laid_out
from aid.documents.vouchers.wording import ways_to_say
from aid.domain.codes import family_code, voucher_code
from aid.domain.days.planning import Invited
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.papers import PaperStyle, VoucherFormat
from aid.services.vouchers.printed import PrintedGood, PrintedPaper

WORDS = {
    Language.KK: (
        "«Қайнар» өзара көмек қоры",
        "Мектеп керек-жарағы",
        "Орталық тарату орны, Сәтбаев көшесі, 12",
        ("Мектеп сөмкесі", "Дәптер, 12 парақ", "Қалам, көк", "Сызғыш, 30 см", "Түрлі-түсті қарындаш, 12 дана"),
    ),
    Language.RU: (
        "Фонд взаимопомощи «Кайнар»",
        "Школьные принадлежности",
        "Центральный пункт, улица Сатпаева, 12",
        ("Школьный рюкзак", "Тетрадь, 12 листов", "Ручка синяя", "Линейка, 30 см", "Цветные карандаши, 12 шт."),
    ),
    Language.EN: (
        "Kaynar Mutual Aid Fund",
        "School supplies",
        "Central office, 12 Satpaev Street",
        ("School bag", "Notebook, 12 sheets", "Pen, blue", "Ruler, 30 cm", "Colour pencils, box of 12"),
    ),
}
LABELS = ("Stub, stays at the table", "Family code", "Received: signature", "Date", "Collect at", "Last day", "Purpose")
ONCE = "Good for one collection. After that, this paper and every copy of it are worth nothing."


@dataclass(frozen=True, slots=True)
class Voucher:
    """One voucher's words by their places, and its digits."""

    language: str
    texts: dict[str, str]
    digits: str

    def line(self) -> str:
        """As one line of the file that every side reads."""
        return json.dumps([self.language, self.texts, self.digits], ensure_ascii=False)


def style_of(format_: VoucherFormat = VoucherFormat.FOUR) -> PaperStyle:
    """The look of all of them."""
    return PaperStyle(titles={language.value: words[0] for language, words in WORDS.items()}, format=format_)


def vouchers(
    count: int, languages: Sequence[Language] = (Language.KK,), *, comes: Invited | None = None
) -> Iterator[Voucher]:
    """So many vouchers with five goods each. Amounts are round, as a round's are; of a planned day they say it."""
    chance = random.Random(2026)
    style = style_of()
    for number in range(count):
        language = languages[number % len(languages)]
        title, purpose, point, goods = WORDS[language]
        paper = PrintedPaper(
            serial=number + 1,
            paper=1,
            title=title,
            family_code=family_code(),
            purpose=purpose,
            amount=Money(chance.randrange(40, 400) * 50_000, "KZT"),
            point=point,
            last_day=date(2026, 9, 15),
            digits=voucher_code(),
            goods=tuple(PrintedGood(good, chance.randrange(1, 12)) for good in goods),
            language=language,
            demo=False,
            comes=comes,
        )
        said = [next(iter(ways), {}) for ways in ways_to_say(paper, style)]
        yield Voucher(language.value, dict(chain.from_iterable(each.items() for each in said)), paper.digits)


def labels(language: Language) -> dict[str, str]:
    """What is printed on every voucher alike."""
    with force_locale(language.value):
        return {label: gettext(label) for label in (*LABELS, ONCE)}


def own_page(chosen: Sequence[Voucher], squares: Sequence[str], format_: VoucherFormat) -> str:
    """The same vouchers as WeasyPrint lays them out itself, from the very template that forms are made of."""
    return laid_out(
        "vouchers/form.html",
        language=Language(chosen[0].language),
        style=style_of(format_),
        demo=False,
        tight=False,
        forms=[voucher.texts for voucher in chosen],
        squares=squares,
    )


def write(chosen: Iterator[Voucher] | Sequence[Voucher], file: Path) -> list[Voucher]:
    """Write them where every side reads them, a line each."""
    kept = list(chosen)
    with file.open("w", encoding="utf-8") as out:
        out.writelines(f"{voucher.line()}\n" for voucher in kept)
    return kept


__all__ = ["Voucher", "form_laid_out", "labels", "own_page", "style_of", "vouchers", "write"]
