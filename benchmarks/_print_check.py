"""Whether what was printed is right: squares that a camera reads, every word, a sound file, WeasyPrint's own pages."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pypdfium2 as pdfium
import zxingcpp
from PIL import Image, ImageChops

from benchmarks._print_content import Voucher

DOTS = 150 / 72
"""A poor office scanner: 150 dots an inch."""
FAR = 96
"""So many of 255 greys apart is not the same ink any more; less is how two programs smooth the same edge."""


def is_sound(pdf: Path) -> bool:
    """Whether qpdf finds nothing to say against the file."""
    return subprocess.run(["qpdf", "--check", str(pdf)], capture_output=True, check=False).returncode == 0


def codes(pdf: Path) -> list[str]:
    """Every square of the file, in the order of the sheets, from pictures of 150 dots an inch."""
    return [code for page in pictures(pdf) for code in _seen(page)]


def _seen(page: Image.Image) -> list[str]:
    found = zxingcpp.read_barcodes(page)
    return [code.text for code in sorted(found, key=lambda code: (code.position.top_left.y, code.position.top_left.x))]


def pictures(pdf: Path) -> Iterator[Image.Image]:
    """Each page in grey."""
    with pdfium.PdfDocument(pdf) as document:
        for page in document:
            yield page.render(scale=DOTS, grayscale=True).to_pil()


def missing_words(pdf: Path, printed: Sequence[Voucher]) -> list[str]:
    """The words that pdftotext does not find on their sheet of four."""
    text = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, check=True).stdout.decode()
    sheets = [" ".join(sheet.split()) for sheet in text.split("\f")]
    return [
        words
        for number, voucher in enumerate(printed)
        for words in voucher.texts.values()
        if " ".join(words.split()) not in sheets[number // 4]
    ]


def other_ink(ours: Path, own: Path) -> float:
    """The share of dots that differ between two files, the worst page of all."""
    pairs = zip(pictures(ours), pictures(own), strict=True)
    return max(_apart(one, other) for one, other in pairs)


def _apart(one: Image.Image, other: Image.Image) -> float:
    if one.size != other.size:
        return 1.0
    apart = ImageChops.difference(one, other).histogram()
    return sum(apart[FAR:]) / sum(apart)
