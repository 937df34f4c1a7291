"""What a fund's database says of its keeping: how old the newest backup is, and when the last act was. Only read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from aid import create_app
from aid.extensions import db, now
from aid.models.audit import AuditLine
from aid.models.backups import Backup
from aid.models.fund import Fund
from config import Config


@dataclass(frozen=True, slots=True)
class Kept:
    """When the newest backup was made, how many should be gone, and when the chain's last line was written."""

    newest: datetime | None
    overdue: int
    last_line: datetime | None

    def hours_since(self, moment: datetime) -> float | None:
        """How old the newest backup is."""
        return (moment - self.newest).total_seconds() / 3600 if self.newest else None


def kept_at(config: Config) -> Kept | None:
    """What the database there says; nothing where there is no fund, or none that this version can read."""
    if not config.database_url and not (config.data / "komek.db").exists():
        return None
    app = create_app(config)
    try:
        with app.app_context(), Session(db.engine) as session:
            if session.scalar(select(Fund.id)) is None:
                return None
            there = Backup.destroyed_at.is_(None)
            return Kept(
                session.scalar(select(func.max(Backup.made_at)).where(there)),
                session.scalar(select(func.count()).where(there, Backup.keep_until < now().today)) or 0,
                session.scalar(select(AuditLine.at).order_by(AuditLine.seq.desc()).limit(1)),
            )
    except SQLAlchemyError:
        return None
