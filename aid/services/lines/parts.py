"""The payments of a sum as another kind of file lists them: in one line with its details, or each in its own line."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.payments import Payment
from aid.models.records import RecordKind
from aid.models.statements import BankLine, BankStatement, LineSeen, LineShare
from aid.services import records
from aid.services.statements.sealed import Told, told_of
from aid.vault.cbor import load
from aid.vault.keyring import Keyring

AT_ONCE = 300
LARGEST = 1 << 24


def told_elsewhere(session: Session, keyring: Keyring, line_ids: Sequence[UUID]) -> dict[UUID, tuple[Payment, ...]]:
    """Payments of these lines that their own records do not tell, where any statement told them."""
    found: dict[UUID, tuple[Payment, ...]] = {}
    for start in range(0, len(line_ids), AT_ONCE):
        some = line_ids[start : start + AT_ONCE]
        found |= _details(session, keyring, some)
        found |= _parts(session, keyring, [line_id for line_id in some if line_id not in found])
    return found


def written_told(session: Session, keyring: Keyring, written: bytes) -> Told:
    """What a statement said of a line, with the payments that had no room beside it."""
    value: dict[str, Any] = load(written, largest=LARGEST)
    return told_of(value, more_of(session, keyring, value.get("more", ())))


def more_of(session: Session, keyring: Keyring, pieces: Sequence[bytes]) -> list[dict[str, object]]:
    """Payments that had no room in their line's record, in their order."""
    if not pieces:
        return []
    ids = [UUID(bytes=piece) for piece in pieces]
    opened = records.take_out_all(session, kind=RecordKind.BANK_DETAILS, row_ids=ids, keyring=keyring)
    return [opened[piece] for piece in ids if piece in opened]


def _details(session: Session, keyring: Keyring, line_ids: Sequence[UUID]) -> dict[UUID, tuple[Payment, ...]]:
    """What a later showing of the whole line lists."""
    seen = select(LineSeen.id, LineSeen.line_id).where(LineSeen.line_id.in_(line_ids)).order_by(LineSeen.id)
    of = {id_: line_id for id_, line_id in session.execute(seen)}  # noqa: C416
    if not of:
        return {}
    opened = records.take_out_all(session, kind=RecordKind.BANK_SIGHT, row_ids=list(of), keyring=keyring)
    told = {of[id_]: value["told"] for id_, value in opened.items() if "told" in value}
    return {line_id: written_told(session, keyring, written).details for line_id, written in told.items()}


def _parts(session: Session, keyring: Keyring, line_ids: Sequence[UUID]) -> dict[UUID, tuple[Payment, ...]]:
    """What stands in lines of their own, as the kind of file shows it that shows the most of the sum."""
    columns = (LineShare.id, LineShare.line_id, LineShare.statement_id, LineShare.amount_minor)
    wanted = select(*columns, BankLine.currency, BankLine.direction, BankStatement.source)
    wanted = wanted.join(BankLine, BankLine.id == LineShare.line_id)
    wanted = wanted.join(BankStatement, BankStatement.id == LineShare.statement_id)
    part = LineShare.line_id.in_(line_ids) & (LineShare.amount_minor < BankLine.amount_minor)
    rows = session.execute(wanted.where(part).order_by(LineShare.id)).all()
    if not rows:
        return {}
    ids = [row.id for row in rows]
    opened = records.take_out_all(session, kind=RecordKind.LINE_SHARE, row_ids=ids, keyring=keyring)
    shown: dict[UUID, dict[str, list[tuple[UUID, bytes, Payment]]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        value = opened[row.id]
        said = written_told(session, keyring, value["told"]).payment
        payment = replace(said, minor=row.amount_minor, currency=row.currency, direction=row.direction)
        shown[row.line_id][row.source].append((row.statement_id, value["id"], payment))
    return {
        line_id: max((tuple(_once(parts)) for parts in sources.values()), key=_sum)
        for line_id, sources in shown.items()
    }


def _once(parts: Iterable[tuple[UUID, bytes, Payment]]) -> Iterable[Payment]:
    """Each payment as often as one statement shows it."""
    times: dict[UUID, Counter[tuple[bytes, int | None]]] = defaultdict(Counter)
    told: Counter[tuple[bytes, int | None]] = Counter()
    for statement_id, identity, payment in parts:
        key = (identity, payment.minor)
        times[statement_id][key] += 1
        if times[statement_id][key] > told[key]:
            told[key] += 1
            yield payment


def _sum(payments: Sequence[Payment]) -> int:
    return sum(payment.minor or 0 for payment in payments)
