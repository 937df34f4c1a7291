"""While nobody could open the fund again, no real family and no donation is written down: only what is made up."""

from sqlalchemy.orm import Session

from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.queries.recovery import is_provisional


def must_be_whole(session: Session) -> None:
    """Refuse what is real while the fund is provisional. Raises RuleBroken."""
    if is_provisional(session):
        raise RuleBroken(
            _(
                "The fund is provisional: its recovery shares are not yet on paper. Until enough of them are, "
                "only sample families are written down, and no donations."
            )
        )


def must_be_provisional(session: Session) -> None:
    """Refuse what is made up once the fund is whole. Raises RuleBroken."""
    if not is_provisional(session):
        raise RuleBroken(_("The fund is whole, so only real families are written down in it."))
