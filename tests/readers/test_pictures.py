"""A logo that the fund brings: bounded before it is opened, and nothing but its pixels is kept."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from aid.domain.papers import PictureKind
from aid.domain.refusals import RuleBroken
from aid.readers.pictures import MOST_BYTES, PRINTED, read_picture


def picture(size: tuple[int, int] = (90, 60), format_: str = "PNG", mode: str = "RGB", **how: Any) -> bytes:
    written = BytesIO()
    Image.new(mode, size, "navy" if mode == "RGB" else 0).save(written, format_, **how)
    return written.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def huge(width: int, height: int) -> bytes:
    """A PNG of some hundred bytes that says it is huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize(("format_", "kind"), [("PNG", PictureKind.PNG), ("JPEG", PictureKind.JPEG)])
def test_a_png_or_jpeg_is_taken_and_made_as_small_as_paper_needs(format_: str, kind: PictureKind) -> None:
    kept, as_ = read_picture(picture((1_900, 950), format_))

    assert as_ is kind
    assert opened(kept).format == format_
    assert opened(kept).size == (PRINTED[0], 300)


def test_what_is_clear_stays_clear() -> None:
    kept, _kind = read_picture(picture(mode="RGBA"))

    assert opened(kept).getpixel((0, 0)) == (0, 0, 0, 0)


def test_nothing_that_a_camera_or_a_program_wrote_into_it_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Zhanaozen phone"
    exif[0x0112] = 6  # it lies on its side
    note = PngInfo()
    note.add_text("Author", "Zhanaozen phone")

    photo, _jpeg = read_picture(picture(format_="JPEG", exif=exif, comment=b"Zhanaozen phone"))
    drawing, _png = read_picture(picture(pnginfo=note))

    assert b"Zhanaozen" not in photo + drawing
    assert (dict(opened(photo).getexif()), opened(drawing).info) == ({}, {})
    assert opened(photo).size == (60, 90), "it stands upright without being told"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Only PNG and JPEG"),
        (b"<?xml version='1.0'?><svg/>", "Only PNG and JPEG"),
        (picture(format_="GIF"), "Only PNG and JPEG"),
        (picture(format_="TIFF"), "Only PNG and JPEG"),
        (b"", "Only PNG and JPEG"),
        (picture((2_001, 10)), "2000 pixels each way"),
        (huge(60_000, 60_000), "2000 pixels each way"),
        (huge(1_900, 1_900)[:80], "broken"),
        (b"\xff\xd8\xff" + b"?" * 100 + b"\xff\xd9", "broken"),
        (picture()[:60], "broken"),
        (picture() + b"\0" * MOST_BYTES, "201 kB, and 200 kB are the most"),
        (picture(save_all=True, append_images=[Image.new("RGB", (90, 60), "red")]), "moves"),
    ],
    ids=["svg", "xml", "gif", "tiff", "nothing", "wide", "bomb", "cut-bomb", "noise", "cut", "heavy", "moving"],
)
def test_what_is_no_still_picture_of_bounded_size_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(RuleBroken, match=told):
        read_picture(content)
