"""What a bank says of lines, opened for who holds the donors' ring: who paid, from where, with which words."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from aid.models.records import RecordKind
from aid.services import records
from aid.services.statements.sealed import Told, told_of
from aid.vault.keyring import Keyring


def words_of(session: Session, *, keyring: Keyring, line_ids: Sequence[UUID]) -> dict[UUID, Told]:
    """Lines' words by line. Raises NoKey for who is not in the ring."""
    opened = records.take_out_all(session, kind=RecordKind.BANK_LINE, row_ids=line_ids, keyring=keyring)
    return {
        line_id: told_of(value, _more(session, keyring, value.get("more", ()))) for line_id, value in opened.items()
    }


def _more(session: Session, keyring: Keyring, pieces: Sequence[bytes]) -> list[dict[str, object]]:
    """Payments that had no room in their line's record, in their order."""
    if not pieces:
        return []
    ids = [UUID(bytes=piece) for piece in pieces]
    opened = records.take_out_all(session, kind=RecordKind.BANK_DETAILS, row_ids=ids, keyring=keyring)
    return [opened[piece] for piece in ids if piece in opened]
