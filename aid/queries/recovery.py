"""Whether the fund could be opened again by its recovery shares, and what is missing to it."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.models.recovery import RecoveryKey


def is_provisional(session: Session) -> bool:
    """Whether no recovery shares have ever been enough: until then, no real family is written down."""
    return not session.scalar(select(exists().where(RecoveryKey.confirmed_at.is_not(None))))
