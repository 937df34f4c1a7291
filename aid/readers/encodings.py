"""Bytes of a text file as text, whatever program and decade saved them.

A mark at the start decides, then UTF-8, then the old code page in which most letters are those of our languages.
"""

import codecs
import re
import unicodedata
from collections.abc import Sequence

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

CODE_PAGES = ("cp1251", "kz1048", "koi8_r", "cp866", "mac_cyrillic", "cp1252", "cp1250", "iso8859_2")
"""Of equals the first is taken. kz1048 is cp1251 with the Kazakh letters."""

EXPECTED = frozenset(
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі"  # Russian, Kazakh
    "áàâäãåçéèêëíìîïñóòôöõúùûüßøœ"  # the west of Europe
    "čćšžđřěůýłąęśżźńőűşğ"  # its east, and Turkish
)
ORNAMENTS = frozenset("№«»—–“”„’…\u00a0")
MISFITS = re.compile("[а-яё][А-ЯЁ]|[A-Za-z][А-яЁё]|[А-яЁё][A-Za-z]|[a-zß-ž][À-Þ]")
"""What no word holds: a capital after a small letter, two alphabets side by side."""

SAMPLE = 100_000  # characters


KNOWN = ("utf-8", "utf-16-le", "utf-16-be", *CODE_PAGES)
"""Those that somebody may choose where the guess is wrong."""


def decoded(payload: bytes, encoding: str | None = None) -> str | None:
    """The text, or nothing where the bytes are no text at all, or none in the encoding that was chosen."""
    if encoding in KNOWN:
        return _text(payload, encoding)
    return _text(payload, guessed) if (guessed := guess(payload)) else None


def guess(payload: bytes) -> str | None:
    """By which encoding the bytes are most likely text, or nothing where they are none."""
    for mark, encoding in MARKS:
        if payload.startswith(mark):
            return encoding if _text(payload, encoding) is not None else None
    if b"\0" in payload:
        texts = {encoding: _text(payload, encoding) or "" for encoding in ("utf-16-le", "utf-16-be")}
        best = max(texts, key=lambda encoding: _ascii(texts[encoding]))
        return best if _ascii(texts[best]) and _likeness(texts[best]) >= 0 else None
    return "utf-8" if _text(payload, "utf-8") else code_page(payload)


def _text(payload: bytes, encoding: str) -> str | None:
    """The text, if every byte has a meaning and no control character is among it."""
    try:
        text = payload.decode(encoding)
    except UnicodeDecodeError:
        return None
    control = (sign for sign in set(text) - set("\t\n\r\x1a") if unicodedata.category(sign) in {"Cc", "Cn", "Cs"})
    return text if next(control, None) is None else None


def code_page(payload: bytes, pages: Sequence[str] = CODE_PAGES) -> str | None:
    """The old code page in which most letters are those of our languages; of equals the first."""
    texts = {encoding: text for encoding in pages if (text := _text(payload, encoding)) is not None}
    return max(texts, key=lambda encoding: _likeness(texts[encoding]), default=None)


def _likeness(text: str) -> int:
    """How much the letters beyond ASCII look like words of our languages rather than like a wrong code page."""
    text = text[:SAMPLE]
    letters = [letter for letter in text if not letter.isascii() and letter not in ORNAMENTS]
    expected = sum(letter.lower() in EXPECTED for letter in letters)
    odd = sum(len(misfit[0]) for misfit in MISFITS.finditer(text))
    return expected - 2 * (len(letters) - expected) - 2 * odd


def _ascii(text: str) -> int:
    """How many plain signs: separators and line ends, which half of UTF-16 read the wrong way round loses."""
    return sum(letter.isascii() for letter in text[:SAMPLE])
