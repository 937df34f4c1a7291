"""Days written with the month's name: 3 мая 1984 г., 1984 ж. 3 мамыр, May 3, 1984."""

import re
import unicodedata
from datetime import date

_BEGINNINGS = (
    "jan янв yan қаң кан qan kan",
    "feb фев fev ақп акп aqp akp",
    "mar мар нау nau",
    "apr апр сәу сау sau säu",
    "may май мая mai maı мам mam",
    "jun июн iyun ıun мау mau",
    "jul июл iyul шіл шил shil şil",
    "aug авг avg там tam",
    "sep сен sen қыр кыр qyr kyr",
    "oct окт okt қаз каз qaz kaz",
    "nov ноя noy қар кар qar kar",
    "dec дек dek жел jel zhel",
)
"""How each month's name begins in English, Russian and Kazakh; both also in Latin letters, and without Kazakh ones."""

_MONTHS = tuple((beginning, n) for n, each in enumerate(_BEGINNINGS, 1) for beginning in each.split())
_BESIDE = frozenset(
    "г год года ж жыл жылы жылғы жылгы жылдың жылдын st nd rd th of the го е ое й ші ши шы нші ншы інші ыншы "
    "і і сі күні куни".split()
)
"""What people write beside a day or a year."""

_PIECE = re.compile(r"[^\W\d_]+|\d+")
_YEAR = re.compile(r"(\d{4})[ .,]*(?:г|год|года|года рождения|г[. ]*р|ж|жыл|жылы|жылғы|жылгы)?[. ]*")
_LONGEST = 40  # characters of such a day


def day_in_words(text: str) -> date | None:
    """The day that is written with its month's name, the year in full; or nothing if it is no such day."""
    if len(text) > _LONGEST:
        return None
    pieces = _PIECE.findall(unicodedata.normalize("NFKC", text).casefold())
    numbers = [piece for piece in pieces if piece.isdecimal()]
    words = [piece for piece in pieces if not piece.isdecimal() and piece not in _BESIDE]
    if len(words) != 1 or sorted(map(len, numbers)) not in ([1, 4], [2, 4]):
        return None
    month = next((n for beginning, n in _MONTHS if words[0].startswith(beginning)), None)
    day, year = sorted(numbers, key=len)
    try:
        return date(int(year), month, int(day)) if month else None
    except ValueError:
        return None


def year_alone(text: str) -> int | None:
    """The year, where nothing but a year is written: 1984, 1984 г.р., 1984 ж."""
    if not text[:4].isdecimal():  # most cells hold a whole day
        return None
    found = _YEAR.fullmatch(unicodedata.normalize("NFKC", text[:_LONGEST]).casefold().strip())
    return int(found[1]) or None if found else None
