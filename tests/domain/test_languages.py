"""Komek speaks Kazakh, Russian and English."""

from aid.domain.languages import OWN_NAMES, Language


def test_every_language_is_named_in_itself() -> None:
    assert OWN_NAMES == {Language.KK: "Қазақша", Language.RU: "Русский", Language.EN: "English"}
    assert set(OWN_NAMES) == set(Language)
