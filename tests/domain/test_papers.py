"""How papers look: what a fund may set, and what would not be read."""

from dataclasses import replace

import pytest

from aid.domain.languages import Language
from aid.domain.papers import QUIET_INK, PaperStyle, check_style, contrast_on_white
from aid.domain.refusals import RuleBroken

STYLE = PaperStyle(titles={"kk": "Анықтама тізімі", "ru": "Справочный список", "en": "Help list"})


@pytest.mark.parametrize(
    ("colour", "contrast"), [("#000000", 21), ("#ffffff", 1), ("#767676", 4.54), ("#0000ff", 8.59)]
)
def test_contrast_is_counted_as_everywhere(colour: str, contrast: float) -> None:
    assert contrast_on_white(colour) == pytest.approx(contrast, abs=0.01)


def test_a_look_that_can_be_read_is_taken() -> None:
    check_style(STYLE)
    check_style(replace(STYLE, ink="#767676", line="#949494", footers={"kk": "Сұрақтар: сейсенбі, 10–13"}))
    assert contrast_on_white(QUIET_INK) > 4.5


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"ink": "#777777"}, "ink", "its contrast is 4.4, and 4.5 is the least"),
        ({"line": "#dddddd"}, "line", "3.0 is the least"),
        ({"ink": "red"}, "ink", "like #0b4f50"),
        ({"ink": "#0b4f50;color:#fff"}, "ink", "like #0b4f50"),
        ({"titles": {"kk": "А", "en": "A", "ru": " "}}, "title_ru", "in every language"),
        ({"titles": {**STYLE.titles, "kk": "А" * 121}}, "title_kk", "Letters too many: 1."),
        ({"footers": {"en": "A" * 250}}, "footer_en", "Letters too many: 10."),
        ({"footers": {"en": "A\nB"}}, "footer_en", "in one line"),
    ],
)
def test_a_look_that_cant_be_read_is_refused_beside_its_field(change: dict[str, object], field: str, told: str) -> None:
    with pytest.raises(RuleBroken, match=told) as refusal:
        check_style(replace(STYLE, **change))  # type: ignore[arg-type]

    assert refusal.value.field == field


def test_every_language_of_the_papers_has_a_title() -> None:
    assert set(STYLE.titles) == set(Language)
