"""The continuity pack on paper: for the safe, in one language."""

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.languages import Language
from aid.models.base import in_language
from aid.queries.continuity import Continuity, OpenVoucher

ACROSS = 3  # vouchers in one line of the list


def continuity_pdf(pack: Continuity, language: Language) -> bytes:
    """The pack as PDF."""
    places = [(in_language(dict(place.point), language), place, _in_lines(place.vouchers)) for place in pack.places]
    title = in_language(dict(pack.titles), language)
    return press(laid_out("continuity.html", language=language, pack=pack, title=title, places=places, across=ACROSS))


def _in_lines(vouchers: tuple[OpenVoucher, ...]) -> list[tuple[OpenVoucher | None, ...]]:
    """Lines read from left to right, so that a page ends where the next goes on; the last filled up with nothing."""
    lines = [vouchers[start : start + ACROSS] for start in range(0, len(vouchers), ACROSS)]
    return [(*line, *(None,) * (ACROSS - len(line))) for line in lines]
