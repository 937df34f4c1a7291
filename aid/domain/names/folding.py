"""Нұрлан, Нурлан, Nurlan and Núrlan are one name; Алия and Алла are two.

Every alphabet is written in plain Latin letters first, then what spellings disagree on is levelled: the many
i's and y's, zh and j, kh and h, q and k, doubled letters. A folded name is for comparing, never for showing.
"""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from anyascii import anyascii

LETTERS: Mapping[str, str] = MappingProxyType(
    {
        # Russian
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "j", "з": "z", "и": "i", "й": "i",
        "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
        "х": "h", "ц": "ts", "ч": "ç", "ш": "ş", "щ": "ş", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
        # Kazakh in Cyrillic
        "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i",
        # Kazakh in Latin, 2018 to 2021, and neighbours; other marks fall off by themselves
        "ı": "i", "ý": "u", "ş": "ş", "š": "ş", "ș": "ş", "ç": "ç", "č": "ç", "ć": "ç", "ž": "j", "đ": "dj",
        # Latin letters that two spellings use for one sound
        "q": "k", "w": "u", "y": "i", "x": "ks",
    }
)  # fmt: skip

LEVELLED = (
    (re.compile(r"shch|sch|şç"), "ş"),
    (re.compile(r"sh"), "ş"),
    (re.compile(r"tch|ch"), "ç"),
    (re.compile(r"ck"), "k"),
    (re.compile(r"dzh|dj|zh"), "j"),
    (re.compile(r"c(?=[ei]|$)"), "ts"),
    (re.compile(r"c"), "k"),
    (re.compile(r"kh"), "h"),
    (re.compile(r"gh"), "g"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"tz"), "ts"),
    (re.compile(r"ng"), "n"),  # Теңіз, Tengiz
    (re.compile(r"i[eo]"), "e"),  # Ерлан, Yerlan; Фёдор, Fyodor
    (re.compile(r"(.)\1+"), r"\1"),
)
"""What spellings disagree on; applied until nothing changes, so that folding a folded name leaves it as it is."""

UNSETTLED = re.compile("|".join(f"(?:{spelling.pattern})" for spelling, _sound in LEVELLED[:-1]) + r"|(.)\1")
"""Whether any spelling of these is in a word: most words have none, and are left as they are."""

SOFT_L = re.compile(r"ля|lya")  # Ләззат, Ляззат, Lyazzat
WORD = re.compile(r"[^\W_]+")
SILENT = re.compile(r"['ʹʺʻʼʽ`´’‘′ˈ]")


def fold(name: str) -> str:
    """A name's words as keys for comparing, in the order given and parted by one space."""
    bare = SILENT.sub("", unicodedata.normalize("NFKC", name.casefold()).casefold())
    return " ".join(folded for word in WORD.findall(_unmarked(bare)) for folded in _fold_word(word).split())


def name_words(name: str) -> tuple[str, ...]:
    """The folded words of a name in alphabetical order: it does not matter which name stands first."""
    return tuple(sorted(fold(name).split()))


def _unmarked(text: str) -> str:
    """Text without loose marks, which would break a word in two."""
    if text.isascii() or not any(map(unicodedata.combining, text)):
        return text
    return "".join(character for character in text if not unicodedata.combining(character))


def _fold_word(word: str) -> str:
    latin = SOFT_L.sub("la", word).translate(_LATIN)
    while UNSETTLED.search(latin) and (levelled := _level(latin)) != latin:
        latin = levelled
    return latin


class _Latin(dict[int, str]):
    """Each letter, by its code point, in the Latin letters of the table; of other alphabets when they first come."""

    def __missing__(self, code: int) -> str:
        plain = "".join(part for part in anyascii(chr(code)).casefold() if part.isalnum())
        self[code] = "".join(LETTERS.get(part, part) for part in plain)
        return self[code]


_LATIN = _Latin({ord(letter): latin for letter, latin in LETTERS.items()})


def _level(latin: str) -> str:
    for spelling, sound in LEVELLED:
        latin = spelling.sub(sound, latin)
    return latin
