"""Backups: the whole fund as one stream, in either database's place; who can read it, and how long it is kept."""

from aid.services.backups.heads import Heads, heads_of
from aid.services.backups.loading import Loading, refuse_unless_empty
from aid.services.backups.stream import FORMAT, LEFT_OUT, Damaged, Header, HeaderOnly, reading_header
from aid.services.backups.writing import backup_stream

__all__ = [
    "FORMAT",
    "LEFT_OUT",
    "Damaged",
    "Header",
    "HeaderOnly",
    "Heads",
    "Loading",
    "backup_stream",
    "heads_of",
    "reading_header",
    "refuse_unless_empty",
]
