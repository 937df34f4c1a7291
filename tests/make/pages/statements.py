"""Pages about statements of the bank: what was brought in, files that wait, and what is remembered of files."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from aid.domain.statement_files import look_through
from aid.extensions import db
from aid.models.imports import BroughtKind, BroughtList
from aid.models.statements import StatementFile
from aid.services.imports.lists import keep_list
from aid.services.statements.stepping import begin_steps
from aid.services.statements.waiting import Waiting
from tests.make import do
from tests.make.fund import FoundedFund
from tests.make.pages.visits import Pages, also, at, first, sent
from tests.make.statements import DAY, A, a_line, facts, items_of

STATEMENT = b"""<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">
<BkToCstmrStmt><GrpHdr><MsgId>1</MsgId><CreDtTm>2026-03-05T10:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id>
<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Ntry><Amt Ccy="EUR">12.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-04</Dt></BookgDt>
<ValDt><Dt>2026-03-04</Dt></ValDt></Ntry></Stmt></BkToCstmrStmt></Document>"""
TABLE = "Datum;Wer;Betrag;Währung\n04.03.2026;Anna Muster;1.012,50;EUR\n05.03.2026;Boris;viel;EUR\n".encode()


def pages_of_statements(fund: FoundedFund) -> Pages:
    """By the handle of who opens them: an auditor sees what came in, and brings nothing."""
    running, table, kept = _running(fund), _waits(fund, "lines.csv", TABLE), _waits(fund, "s.xml", STATEMENT)
    file = first(StatementFile.id)
    return {
        "timur": [
            *at("/statements/", "/statements/new", f"/statements/waiting/{kept}", f"/statements/{file}"),
            *at(f"/statements/{file}/1"),
            *at(f"/statements/waiting/{table}/table", f"/statements/waiting/{running}/progress"),
            *at("/statements/remembered"),
            *also(sent("/statements/new", status=409)),
        ],
        "olga": also("/statements/", f"/statements/{file}", f"/statements/{file}/1"),
    }


def _waits(fund: FoundedFund, name: str, payload: bytes) -> UUID:
    """A file that waits, beside others: of one person only one waits, but pages are of each kind."""
    _set(BroughtKind.FAMILIES, BroughtList.what == BroughtKind.STATEMENT)
    kept = do(keep_list, actor=fund.treasurer, file_name=name, payload=payload, what=BroughtKind.STATEMENT)
    mine = BroughtList.person_id == fund.treasurer.person_id
    _set(BroughtKind.STATEMENT, mine)
    return kept.list_id


def _running(fund: FoundedFund) -> UUID:
    """A file that is half in."""
    list_id, lines, items = _waits(fund, "long.xml", b"-"), Waiting(), items_of(A([a_line(7_77, day=DAY)], name="long"))
    look_through(items, lines.keep)
    steps = tuple(lines.steps({1: "EUR"}))
    do(begin_steps, actor=fund.treasurer, list_id=list_id, file=facts(items), steps=steps)
    return list_id


def _set(what: BroughtKind, *which: object) -> None:
    with Session(db.engine.execution_options(writes=True)) as session:
        session.execute(update(BroughtList).where(*which).values(what=what))  # type: ignore[arg-type]
        session.commit()
