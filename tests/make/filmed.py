"""Films of a printed voucher, as a cheap phone sees it: aslant, creased, in a dim room. For Chromium's fake camera."""

from collections.abc import Sequence
from pathlib import Path

import pypdfium2
import segno
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from tests.documents.reading import CAMERA

SIZE = (640, 480)
REACH = 420  # around the square, in dots: what turns into the picture
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
    """A camera's picture of the only square that is on a page, in its middle; around the page it is dark."""
    [code] = zxingcpp.read_barcodes(page)
    corner, across = code.position.top_left, code.position.bottom_right
    x, y = (corner.x + across.x) // 2, (corner.y + across.y) // 2
    near = page.crop((x - REACH, y - REACH, x + REACH, y + REACH))
    near = _creased(near) if creased else near
    left, top = REACH - SIZE[0] // 2, REACH - SIZE[1] // 2
    picture = near.rotate(angle, Image.Resampling.BICUBIC).crop((left, top, left + SIZE[0], top + SIZE[1]))
    return ImageEnhance.Brightness(picture).enhance(light)


def film(path: Path, pictures: Sequence[Image.Image], *, frames: int = 20) -> None:
    """Each of them for a while, thirty frames a second, and again from the beginning."""
    with path.open("wb") as file:
        for picture in pictures:
            for _frame in range(frames):
                picture.save(file, "JPEG", quality=70)


def _creased(page: Image.Image) -> Image.Image:
    """Folded beside the middle, along and across; and the far edge leans back."""
    wide, high = page.size
    shadow = Image.new("RGB", page.size, "white")
    pen = ImageDraw.Draw(shadow)
    pen.line([(wide / 2 - 20, 0), (wide / 2 + 30, high)], fill=DARK, width=14)
    pen.line([(0, high / 2 - 25), (wide, high / 2 - 10)], fill=DARK, width=14)
    folded = ImageChops.multiply(page, shadow.filter(ImageFilter.GaussianBlur(5)))
    leaning = (0, 0, wide * 0.04, high, wide * 0.97, high, wide, 0)
    return folded.transform(page.size, Image.Transform.QUAD, leaning, Image.Resampling.BICUBIC)
