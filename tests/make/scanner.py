"""Looks for words in heaps of bytes, in every spelling in which a program may have written them down.

Names, phones and the like that were typed on purpose are looked for in data folders, dumps, logs and temporary files.
What is packed (gzip, zlib, the members of a ZIP) is unpacked first. It can't see through encryption: give it decrypted
rows too.
"""

import json
import re
import time
import zlib
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from aid.domain.names.folding import fold

CODE_PAGES = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "cp1251", "kz1048", "koi8-r", "cp866", "iso8859-5")
FEWEST = 6  # bytes that a spelling needs to be no accident
UNPACKED = 32 * 1024 * 1024
ARMOURED = ("hex", "HEX", "base64", "base64url")
NOTHING = b"\0" * 64


@dataclass(frozen=True, slots=True)
class Find:
    """A word that stands where it must not."""

    where: str
    word: str
    spelling: str


def spellings(word: str) -> dict[str, bytes]:
    """A word's bytes in every usual encoding, by its name; only what is long enough to be no accident."""
    found = {page: word.encode(page, errors="ignore") for page in CODE_PAGES}
    found |= _armoured("", word.encode()) | _armoured("utf-16 ", word.encode("utf-16-le")) | _escaped(word)
    for form, text in _forms(word).items():
        found |= {f"{form} {page}": text.encode(page) for page in ("utf-8", "utf-16-le")}
        found |= _armoured(f"{form} ", text.encode())
    return {name: raw for name, raw in found.items() if len(raw) >= FEWEST}


def _forms(word: str) -> dict[str, str]:
    """What a program makes of a word before it keeps it."""
    digits = re.sub(r"\D", "", word)
    return {"small": word.lower(), "folded": fold(word), "digits": digits if len(digits) > FEWEST else ""}


def _armoured(name: str, raw: bytes) -> dict[str, bytes]:
    """Bytes written as letters: hexadecimal, and base64 wherever they stand in a longer text."""
    found = {f"{name}hex": raw.hex().encode(), f"{name}HEX": raw.hex().upper().encode()}
    for before in range(3):
        first, last = (before * 8 + 5) // 6, (before + len(raw)) * 8 // 6
        plain = b64encode(b"\0" * before + raw)[first:last]
        found[f"{name}base64 {before}"] = plain
        found[f"{name}base64url {before}"] = plain.replace(b"+", b"-").replace(b"/", b"_")
    return found


def _escaped(word: str) -> dict[str, bytes]:
    """A word whose letters are spelled out in ASCII."""
    spelled, url = json.dumps(word)[1:-1], quote(word)
    misread = word.encode().decode("latin-1")  # UTF-8, as a server reads the lines of a request
    found = {
        "json": spelled,
        "JSON": re.sub(r"\\u....", lambda one: "\\u" + one[0][2:].upper(), spelled),
        "url": url,
        "url small": url.lower(),
        "url twice": quote(url),
        "quoted-printable": url.replace("%", "="),
        "html": word.encode("ascii", "xmlcharrefreplace").decode("ascii"),
        "html hex": "".join(f"&#x{ord(letter):x};" for letter in word),
        "bytes": repr(word.encode())[2:-1],
        "punycode": word.encode("punycode").decode("ascii"),
    }
    return {name: text.encode("ascii") for name, text in found.items()} | {
        "misread": misread.encode(),
        "misread and quoted": repr(misread)[1:-1].encode(),
    }


class Scanner:
    """Looks for these words."""

    def __init__(self, *words: str) -> None:
        sought: defaultdict[str, list[Needle]] = defaultdict(list, ascii=[])
        for word in dict.fromkeys(words):
            for spelling, raw in _unlike(spellings(word)).items():
                sought[_letters_of(spelling, raw)].append(Needle(word, spelling, raw))
        armoured = [Alphabet(sought.pop(name)) for name in ARMOURED if name in sought]
        self.alphabets = [Alphabet(needles, armoured if name == "ascii" else ()) for name, needles in sought.items()]

    def scan(self, heaps: Iterable[tuple[str, bytes]]) -> list[Find]:
        """Every word that stands in one of these, each spelling of it once a heap."""
        return [
            Find(where, needle.word, needle.spelling)
            for place, heap in heaps
            for where, raw in unpacked(place, heap)
            for alphabet in self.alphabets
            for needle in alphabet.found_in(raw)
        ]


def _letters_of(spelling: str, raw: bytes) -> str:
    """Which letters it is written in, roughly: hexadecimal, base64, ASCII, an encoding of Unicode, or a code page."""
    words = spelling.split()
    if raw.isascii() and b"\0" not in raw:
        return next((word for word in words if word in ARMOURED), "ascii")
    return words[-1] if words[-1].startswith(("utf", "misread")) else "code page"


class Needle(NamedTuple):
    """One spelling of a word."""

    word: str
    spelling: str
    raw: bytes


class Alphabet:
    """Spellings of one kind, and the bytes that they are made of; and others that are made of some of these.

    They can stand only where so many bytes of their alphabet follow each other: in what is encrypted, nearly nowhere.
    Only such stretches are searched.
    """

    def __init__(self, needles: Sequence[Needle], within: "Sequence[Alphabet]" = ()) -> None:
        self.needles, self.within = needles, within
        every = [needle.raw for part in (self, *within) for needle in part.needles]
        letters = set(b"".join(every))
        spelled = b"".join(re.escape(bytes([letter])) for letter in sorted(letters))
        self._stretches = re.compile(b"[%b]{%d,}" % (spelled, min(map(len, every))))
        self._between = bytes([min(set(range(256)) - letters)])  # no needle reaches over it

    def found_in(self, heap: bytes) -> list[Needle]:
        """Which of them stand in it."""
        stretches = self._between.join(self._stretches.findall(heap))
        found = [needle for needle in self.needles if needle.raw in stretches]
        return found + [needle for part in self.within for needle in part.found_in(stretches)]


def _unlike(spelled: dict[str, bytes]) -> dict[str, bytes]:
    """Each needle once, under the first of its names."""
    names = {raw: name for name, raw in reversed(spelled.items())}
    return {name: raw for raw, name in names.items()}


def unpacked(place: str, heap: bytes) -> Iterator[tuple[str, bytes]]:
    """A heap without its long stretches of nothing, and whatever is packed in it."""
    heap = heap.replace(NOTHING, b"")
    yield place, heap
    view = memoryview(heap)
    for at, bits in _packed(heap):
        try:
            raw = zlib.decompressobj(bits).decompress(view[at:], UNPACKED)
        except zlib.error:
            continue
        if raw:
            yield f"{place}, unpacked at {at}", raw


def _packed(heap: bytes) -> Iterator[tuple[int, int]]:
    """Where gzip, zlib or a member of a ZIP may begin, and how zlib is to read it."""
    for found in re.finditer(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|PK\x03\x04(?s:.{4})\x08\x00", heap):
        if found[0].startswith(b"PK"):
            names = heap[found.start() + 26 : found.start() + 30]
            yield found.start() + 30 + int.from_bytes(names[:2], "little") + int.from_bytes(names[2:], "little"), -15
        else:
            yield found.start(), 31 if found[0].startswith(b"\x1f") else 15


def files_under(folder: Path, *, since: float = 0, but: Sequence[Path] = ()) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder that was written since, and its name; one that goes away meanwhile is gone."""
    for path in sorted(folder.rglob("*")):
        if any(path.is_relative_to(other) for other in but):
            continue
        yield f"the name of {path}", path.name.encode()
        try:
            if path.is_file() and path.stat().st_mtime >= since:
                yield str(path), path.read_bytes()
        except FileNotFoundError:
            continue


def a_moment_ago() -> float:
    """For `since`: file systems keep coarse times."""
    return time.time() - 2


def memory_of(pid: int) -> Iterator[tuple[str, bytes]]:
    """All that a process has written into its memory: what a core of it would hold."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, rights, *_more = line.split()
            first, last = (int(end, 16) for end in place.split("-"))
            if rights.startswith("rw"):
                memory.seek(first)
                yield f"memory at {place}", memory.read(last - first)


def as_it_is_in_memory(words: Iterable[str], heaps: Iterable[tuple[str, bytes]]) -> list[Find]:
    """Words in a program's memory: as text on its way, and as Python keeps strings."""
    needles = [(word, page, word.encode(page)) for word in words for page in ("utf-8", "utf-16-le")]
    return [
        Find(place, word, page)
        for place, heap in heaps
        for word, page, needle in needles
        if len(needle) >= FEWEST and needle in heap
    ]
