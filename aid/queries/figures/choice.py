"""How the fund publishes its figures, as it last chose."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.figures import DEFAULT_DELAY
from aid.models.figures import FiguresChoice


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether everybody may read the figures, and how many days back they must lie."""

    n: int = 0  # of the choice: none was made yet
    is_public: bool = False
    delay_days: int = DEFAULT_DELAY


def choice(session: Session) -> Choice:
    """What was chosen last; not public, where nothing was."""
    newest = session.scalar(select(FiguresChoice).order_by(FiguresChoice.n.desc()).limit(1))
    return Choice(newest.n, newest.is_public, newest.delay_days) if newest else Choice()
