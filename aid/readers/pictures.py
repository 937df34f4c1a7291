"""A picture that the fund brings: PNG or JPEG of bounded size, and made anew, so that nothing else rides in with it."""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from aid.domain.papers import PictureKind
from aid.domain.refusals import RuleBroken
from aid.domain.words import _

MOST_BYTES = 200_000
MOST_PIXELS = 2_000
"""So wide and so high a picture may be."""
PRINTED = (600, 400)
"""No logo is printed larger than 12 by 10 mm: with more pixels than these no printer shows more of it."""
_KINDS = {"PNG": PictureKind.PNG, "JPEG": PictureKind.JPEG}
_BEGIN = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
_END = {"PNG": b"IEND\xaeB`\x82", "JPEG": b"\xff\xd9"}
"""Asked here: WeasyPrint tells Pillow, for all who use it, to paint in grey what a picture lacks."""


def read_picture(content: bytes) -> tuple[bytes, PictureKind]:
    """The picture, small enough for paper and without what cameras and programs write into it. Raises RuleBroken.

    How large it is stands in its first bytes, and is asked before anything is unpacked.
    """
    if len(content) > MOST_BYTES:
        raise RuleBroken(
            _("The picture is too large: it has %(found)s kB, and %(most)s kB are the most.", **_thousands(content))
        )
    format_ = next((name for begin, name in _BEGIN.items() if content.startswith(begin)), None)
    if format_ is None:
        raise RuleBroken(_("Only PNG and JPEG pictures can be printed. Save it as one of these."))
    if _END[format_] not in content:
        raise _broken()
    try:
        with Image.open(BytesIO(content), formats=[format_]) as opened:
            _check_size(opened.size)
            if getattr(opened, "n_frames", 1) != 1:
                raise RuleBroken(_("This picture moves. Choose one that stands still."))
            return _anew(opened, format_), _KINDS[format_]
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise _broken() from None


def _check_size(size: tuple[int, int]) -> None:
    if max(size) > MOST_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> RuleBroken:
    return RuleBroken(_("The picture is too large: %(most)s pixels each way are the most.", most=MOST_PIXELS))


def _broken() -> RuleBroken:
    return RuleBroken(_("This picture is broken: it can’t be opened."))


def _thousands(content: bytes) -> dict[str, int]:
    return {"found": -(-len(content) // 1_000), "most": MOST_BYTES // 1_000}


def _anew(opened: Image.Image, format_: str) -> bytes:
    """The same picture from its pixels alone."""
    upright = ImageOps.exif_transpose(opened)
    pixels = upright.convert("RGB" if format_ == "JPEG" else "RGBA")
    pixels.thumbnail(PRINTED, Image.Resampling.LANCZOS)
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    written = BytesIO()
    bare.save(written, format_, **({"quality": 90} if format_ == "JPEG" else {"optimize": True}))
    return written.getvalue()
