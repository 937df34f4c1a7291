"""What earlier statements said of known lines: that they are in a sum, or that something is a part of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.payments import Direction
from aid.models.records import RecordKind
from aid.models.statements import BankLine, BankStatement, LineShare
from aid.services import records
from aid.services.statements.knowing import Known, Shown
from aid.vault.keyring import Keyring

AT_ONCE = 300


@dataclass(slots=True)
class ToldShare:
    """So much of a known line, in this place of a statement."""

    line_id: UUID
    place: tuple[UUID, int]
    day: date  # as that statement tells it
    minor: int
    source: str
    identity: bytes  # nothing: it is what a sum was more than its lines, and single ones may come for it yet


def told_shares(session: Session, keyring: Keyring, ids: Sequence[UUID]) -> list[ToldShare]:
    """What sums and parts are known of these lines."""
    day = func.coalesce(LineShare.booked_on, BankLine.booked_on)
    wanted = (
        select(LineShare, day, BankStatement.source)
        .join(BankStatement, BankStatement.id == LineShare.statement_id)
        .join(BankLine, BankLine.id == LineShare.line_id)
        .order_by(LineShare.id)
    )
    some = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
    rows = [row for part in some for row in session.execute(wanted.where(LineShare.line_id.in_(part)))]
    if not rows:
        return []
    opened = records.take_out_all(
        session, kind=RecordKind.LINE_SHARE, row_ids=[share.id for share, _day, _source in rows], keyring=keyring
    )
    told = [
        ToldShare(one.line_id, (one.statement_id, one.n), day, one.amount_minor, source, opened[one.id]["id"])
        for one, day, source in rows
    ]
    return [*told, *_differences(session, told)]


def _differences(session: Session, told: Sequence[ToldShare]) -> Iterator[ToldShare]:
    """What sums were more, or less, than the lines in them: that is a line too, in the sum's own place."""
    sources = {each.place: each.source for each in told}
    here = BankLine.statement_id.in_({statement for statement, _n in sources})
    numbers = BankLine.n.in_({n for _statement, n in sources})
    columns = (BankLine.id, BankLine.statement_id, BankLine.n, BankLine.booked_on, BankLine.amount_minor)
    for id_, statement_id, n, day, minor in session.execute(select(*columns).where(here, numbers)):
        if (source := sources.get((statement_id, n))) is not None:
            yield ToldShare(id_, (statement_id, n), day, minor, source, b"")


def told_of_days(session: Session, bank_id: UUID, days: Sequence[date]) -> dict[date, list[Known]]:
    """Lines of an account that stand on other days, and by these days' statements are in sums, or have parts, there."""
    found: dict[date, dict[UUID, Known]] = defaultdict(dict)
    columns = (BankLine.id, BankLine.amount_minor, BankLine.direction, BankLine.booked_on, LineShare.booked_on)
    wanted = select(*columns).join(LineShare, LineShare.line_id == BankLine.id).where(BankLine.bank_id == bank_id)
    for start in range(0, len(days), AT_ONCE):
        here = LineShare.booked_on.in_(days[start : start + AT_ONCE])
        for id_, minor, way, own, day in session.execute(wanted.where(here).order_by(LineShare.id)):
            assert day is not None
            signed = minor if way is Direction.CREDIT else -minor
            found[day][id_] = Known(id_, signed, own, [], set())
    return {day: [*lines.values()] for day, lines in found.items()}


def parts_before(shown: Shown, told: Iterable[ToldShare]) -> dict[tuple[bytes, int], list[UUID]]:
    """Lines by what the source showed as parts of them before: as many as one statement showed."""
    shows: dict[tuple[UUID, UUID], Counter[tuple[bytes, int]]] = defaultdict(Counter)
    for each in told:
        if each.source == shown.source and each.place[0] != shown.id:
            shows[each.line_id, each.place[0]][each.identity, each.minor] += 1
    most: dict[UUID, Counter[tuple[bytes, int]]] = defaultdict(Counter)
    for (line_id, _statement), parts in shows.items():
        most[line_id] |= parts
    found: dict[tuple[bytes, int], list[UUID]] = defaultdict(list)
    for line_id, parts in most.items():
        for (identity, minor), times in parts.items():
            found[identity, minor] += [line_id] * times
            found[identity, -minor] += [line_id] * times
    return found
