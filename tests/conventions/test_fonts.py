import re
from functools import cache

import pytest
from fontTools.ttLib import TTFont

from tests.conventions import STATIC, TEMPLATES, translations

FONTS = ["NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSans-Regular.woff2", "NotoSans-Bold.woff2"]
KAZAKH = "АаӘәБбВвГгҒғДдЕеЁёЖжЗзИиЙйКкҚқЛлМмНнҢңОоӨөПпРрСсТтУуҰұҮүФфХхҺһЦцЧчШшЩщЪъЫыІіЬьЭэЮюЯя"
SIGNS = "0123456789 \u00a0\u202f.,:;!?«»„“”‘’–—…№%()/+-=×₸₽€$£₺₴₾₼"


@cache
def characters(font: str) -> frozenset[str]:
    return frozenset(map(chr, TTFont(STATIC / "fonts" / font).getBestCmap()))


@pytest.mark.parametrize("font", FONTS)
def test_every_font_holds_every_kazakh_letter_and_every_sign_of_money(font: str) -> None:
    assert set(KAZAKH + SIGNS) - characters(font) == set()


@pytest.mark.parametrize("font", FONTS)
def test_every_font_keeps_its_kerning_and_its_marks(font: str) -> None:
    features = {record.FeatureTag for record in TTFont(STATIC / "fonts" / font)["GPOS"].table.FeatureList.FeatureRecord}

    assert {"kern", "mark"} <= features


def test_pages_and_paper_are_set_in_the_same_letters() -> None:
    assert len({characters(font) for font in FONTS}) == 1


def test_no_sentence_needs_a_letter_that_the_fonts_lack() -> None:
    """A printed sheet would show a box, or another font, in its place."""
    said = "".join(
        str(form)
        for language in translations.LANGUAGES
        for sentence in translations.catalog(language)
        for form in (sentence.id, sentence.string)
        if sentence.id
    )
    shown = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
    shown = re.sub(r"\{#.*?#\}", "", shown, flags=re.DOTALL)

    assert set(said + shown) - characters(FONTS[0]) - {"\n", "\t", "\\"} == set()
