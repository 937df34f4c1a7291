"""Films of a printed voucher, as a cheap phone sees it: aslant, creased, in a dim room. For Chromium's fake camera."""

from collections.abc import Sequence
from pathlib import Path

import pypdfium2
import segno
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from tests.documents.reading import CAMERA

SIZE = (640, 480)
TABLE = (96, 84, 70)
DARK = "#8c8c8c"  # of a fold's shadow


def paper_of(pdf: bytes) -> Image.Image:
    """The first page, as a poor scanner sees it."""
    return pypdfium2.PdfDocument(pdf)[0].render(scale=CAMERA).to_pil().convert("RGB")


def square_of(text: str) -> Image.Image:
    """Some other square, on a page of its own."""
    page = Image.new("RGB", (600, 600), "white")
    code = segno.make_qr(text)
    side = len(code.matrix) + 8
    drawn = Image.new("1", (side, side), 1)
    for y, row in enumerate(code.matrix_iter(border=4)):
        for x, dark in enumerate(row):
            drawn.putpixel((x, y), 0 if dark else 1)
    page.paste(drawn.resize((300, 300)), (150, 150))
    return page


def seen(page: Image.Image, *, angle: float = 0, light: float = 1, creased: bool = False) -> Image.Image:
    """A camera's picture of the only square that is on a page, in its middle."""
    [code] = zxingcpp.read_barcodes(page)
    corner, across = code.position.top_left, code.position.bottom_right
    middle = ((corner.x + across.x) // 2, (corner.y + across.y) // 2)
    page = _creased(page, middle) if creased else page
    left, top = middle[0] - SIZE[0] // 2, middle[1] - SIZE[1] // 2
    whole = Image.new("RGB", (page.width + 2 * SIZE[0], page.height + 2 * SIZE[1]), TABLE)
    whole.paste(page, SIZE)
    turned = whole.rotate(
        angle, Image.Resampling.BICUBIC, center=(middle[0] + SIZE[0], middle[1] + SIZE[1]), fillcolor=TABLE
    )
    picture = turned.crop((left + SIZE[0], top + SIZE[1], left + 2 * SIZE[0], top + 2 * SIZE[1]))
    return ImageEnhance.Brightness(picture).enhance(light)


def film(path: Path, pictures: Sequence[Image.Image], *, frames: int = 20) -> None:
    """Each of them for a while, thirty frames a second, and again from the beginning."""
    with path.open("wb") as file:
        for picture in pictures:
            for _frame in range(frames):
                picture.save(file, "JPEG", quality=70)


def _creased(page: Image.Image, middle: tuple[int, int]) -> Image.Image:
    """Folded beside the square's middle, along and across; and the far edge leans back."""
    x, y = middle[0] + 6, middle[1] - 20
    shadow = Image.new("RGB", page.size, "white")
    pen = ImageDraw.Draw(shadow)
    pen.line([(x - 40, 0), (x + 40, page.height)], fill=DARK, width=14)
    pen.line([(0, y), (page.width, y + 20)], fill=DARK, width=14)
    folded = ImageChops.multiply(page, shadow.filter(ImageFilter.GaussianBlur(5)))
    wide, high = page.size
    leaning = (0, 0, wide * 0.04, high, wide * 0.97, high, wide, 0)
    return folded.transform(page.size, Image.Transform.QUAD, leaning, Image.Resampling.BICUBIC, fillcolor=TABLE)
