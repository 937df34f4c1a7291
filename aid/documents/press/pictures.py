"""A picture of the fund's own, made ready for paper: its pixels and, where it has some, how clear each is."""

import zlib
from io import BytesIO

from PIL import Image

from aid.documents.press.layouts import Picture, Piece


def picture(content: bytes) -> Picture:
    """A picture that was checked when it was brought (`aid.readers.pictures`)."""
    with Image.open(BytesIO(content)) as opened:
        pixels = opened.convert("RGBA")
    width, height = pixels.size
    clear = _piece(pixels.getchannel("A").tobytes(), width, height, b"/DeviceGray", b"")
    colours = _piece(pixels.convert("RGB").tobytes(), width, height, b"/DeviceRGB", b"/SMask 0 0 R")
    return Picture(width, height, (clear, colours))


def _piece(pixels: bytes, width: int, height: int, space: bytes, more: bytes) -> Piece:
    pressed = zlib.compress(pixels)
    about = b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace%s/BitsPerComponent 8%s/Filter/FlateDecode"
    return Piece((about + b"/Length %d>>") % (width, height, space, more, len(pressed)), pressed)
