"""What a bank says of lines, opened for who holds the donors' ring: who paid, from where, with which words."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from aid.models.records import RecordKind
from aid.services import records
from aid.services.lines.parts import more_of, told_elsewhere
from aid.services.statements.sealed import Told, told_of
from aid.vault.keyring import Keyring


def words_of(session: Session, *, keyring: Keyring, line_ids: Sequence[UUID]) -> dict[UUID, Told]:
    """Lines' words by line, with the payments of sums, wherever told. Raises NoKey for who is not in the ring."""
    opened = records.take_out_all(session, kind=RecordKind.BANK_LINE, row_ids=line_ids, keyring=keyring)
    told = {
        line_id: told_of(value, more_of(session, keyring, value.get("more", ()))) for line_id, value in opened.items()
    }
    bare = [line_id for line_id, each in told.items() if not each.details]
    for line_id, details in told_elsewhere(session, keyring, bare).items():
        told[line_id] = replace(told[line_id], details=details)
    return told
