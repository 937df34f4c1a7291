"""The letter that thanks a donor, and tells what their gift is kept for."""

from dataclasses import dataclass
from datetime import date

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.languages import Language
from aid.domain.money import Money


@dataclass(frozen=True, slots=True)
class ThanksLetter:
    """One letter, in the donor's language."""

    fund_name: str
    donor_name: str | None  # none for one who gave no name
    amount: Money
    purpose: str
    received_on: date
    number: int  # of the donation
    language: Language
    signed_by: str
    place: str
    written_on: date
    demo: bool = False


def thanks_pdf(letter: ThanksLetter) -> bytes:
    """The letter as PDF."""
    return press(laid_out("thanks.html", language=letter.language, letter=letter))
