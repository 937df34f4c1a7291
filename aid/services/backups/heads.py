"""Where a fund's two chains end: what is written on paper, stands in a backup, and is compared after a restore."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.models.audit import AuditHead
from aid.models.ledger import Entry
from aid.services import audit


@dataclass(frozen=True, slots=True)
class Heads:
    """The last audit line and the last ledger entry, by number and hash. 0 and nothing where there is none."""

    line: int
    line_hash: bytes
    entry: int
    entry_hash: bytes


def heads_of(session: Session) -> Heads:
    """The heads as this session sees them."""
    line = session.execute(select(AuditHead.seq, AuditHead.hash)).one()
    entry = session.scalars(select(Entry).order_by(Entry.number.desc()).limit(1)).one_or_none()
    if entry is None:
        return Heads(line.seq, line.hash, 0, b"")
    return Heads(line.seq, line.hash, entry.number, audit.row_hash(entry))
