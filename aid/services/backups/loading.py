"""Loading a backup's stream into an empty fund's place, in one transaction that its caller commits or drops."""

from typing import Any, Final

from sqlalchemy import TableClause, column, delete, insert, inspect, select, table
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm import Session

from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models import Base
from aid.models.audit import AuditHead
from aid.models.founding import Seat
from aid.models.fund import Counter
from aid.services.backups.heads import heads_of
from aid.services.backups.stream import END, KINDS, LEFT_OUT, Damaged, Header, Layout, Unframing

BORN_WITH: Final = frozenset({AuditHead.__tablename__, Counter.__tablename__})
"""Tables that have rows before there is a fund."""

NOT_OF_THE_FUND: Final = LEFT_OUT | {"alembic_version"}


def refuse_unless_empty(session: Session) -> None:
    """Nothing may be here yet: no fund, and nobody who is just founding one. Raises RuleBroken."""
    mine = [each for each in Base.metadata.sorted_tables if each.name not in LEFT_OUT | BORN_WITH]
    if any(session.execute(select(each).limit(1)).first() for each in mine):
        raise RuleBroken(_("There is a fund here already. Restore into an empty place."))
    if session.scalar(select(Seat.handle).limit(1)):
        raise RuleBroken(_("A fund is being founded here just now. Restore into an empty place."))


class Loading:
    """A sink for a backup's plain stream. Believe nothing of it before `finish` has come back.

    Raises Damaged for a stream that is not whole, or does not fit this database.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._frames = Unframing(self._take)
        self._tables: list[TableClause] = []
        self._counts: list[int] = []
        self._header: Header | None = None
        self._ended = False

    def write(self, piece: bytes) -> None:
        """Take the next piece."""
        self._frames.write(piece)

    def finish(self) -> Header:
        """Nothing more comes: all must be there, and end where the header says."""
        self._frames.ended()
        if self._header is None or not self._ended:
            raise Damaged("cut short")
        self._session.expire_all()
        if heads_of(self._session) != self._header.heads:
            raise Damaged("it ends elsewhere than its header says")
        return self._header

    def _take(self, frame: Any, before: bytes) -> None:
        if self._ended:
            raise Damaged("something follows the end")
        if self._header is None:
            self._begin(Header.read(frame))
            return
        match frame:
            case [str(word), counts, hash_] if word == END:
                if counts != self._counts or hash_ != before:
                    raise Damaged("rows are missing, or were added")
                self._ended = True
            case [int(number), list(rows)] if 0 <= number < len(self._tables):
                self._insert(number, rows)
            case _:
                raise Damaged("an unknown frame")

    def _begin(self, header: Header) -> None:
        self._refuse_other_tables(header)
        self._header = header
        self._tables = [
            table(layout.table, *(column(name, KINDS[kind]) for name, kind in layout.columns))
            for layout in header.tables
        ]
        self._counts = [0] * len(self._tables)
        for name in sorted(LEFT_OUT | BORN_WITH):
            self._session.execute(delete(Base.metadata.tables[name]))

    def _refuse_other_tables(self, header: Header) -> None:
        """Its tables and columns are this schema's: all, and none besides."""
        here = inspect(self._session.connection())
        wanted = {name: _columns(here.get_columns(name)) for name in here.get_table_names()}
        said = {layout.table: {name for name, _kind in layout.columns} for layout in header.tables}
        if said != {name: columns for name, columns in wanted.items() if name not in NOT_OF_THE_FUND}:
            raise Damaged("other tables than its schema has")

    def _insert(self, number: int, rows: list[Any]) -> None:
        assert self._header is not None
        layout: Layout = self._header.tables[number]
        try:
            values = [layout.row(row) for row in rows]
            if values:
                self._session.execute(insert(self._tables[number]), values)
        except (TypeError, ValueError, StatementError) as failure:
            if isinstance(failure, OperationalError):  # a full disk is no fault of the file
                raise
            raise Damaged(f"rows that do not belong in {layout.table}") from failure
        self._counts[number] += len(rows)


def _columns(said: Any) -> set[str]:
    return {each["name"] for each in said}
