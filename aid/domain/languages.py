"""The languages Komek speaks."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Language(StrEnum):
    """A language of the pages, the papers and the people."""

    KK = "kk"
    RU = "ru"
    EN = "en"


OWN_NAMES: Mapping[Language, str] = MappingProxyType(
    {Language.KK: "Қазақша", Language.RU: "Русский", Language.EN: "English"}
)
"""Each language's name in itself, for whoever looks for theirs; never translated."""
