"""How the fund's vouchers look."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.papers import PaperStyle
from aid.models.fund import Fund


def style(session: Session) -> PaperStyle:
    """The look that is in force; anyone who prints or previews may know it."""
    titles = session.execute(select(Fund.paper_titles)).scalar_one()
    return PaperStyle(titles=titles)
