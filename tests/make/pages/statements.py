"""Pages about statements of the bank: what was brought in, and a file that waits."""

from aid.models.imports import BroughtKind
from aid.models.statements import StatementFile
from aid.services.import_lists import keep_list
from tests.make import do
from tests.make.fund import FoundedFund
from tests.make.pages.visits import Pages, also, at, first, sent

STATEMENT = b"""<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">
<BkToCstmrStmt><GrpHdr><MsgId>1</MsgId><CreDtTm>2026-03-05T10:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id>
<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Ntry><Amt Ccy="EUR">12.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-04</Dt></BookgDt>
<ValDt><Dt>2026-03-04</Dt></ValDt></Ntry></Stmt></BkToCstmrStmt></Document>"""


def pages_of_statements(fund: FoundedFund) -> Pages:
    """By the handle of who opens them: an auditor sees what came in, and brings nothing."""
    kept = do(keep_list, actor=fund.treasurer, file_name="statement.xml", payload=STATEMENT, what=BroughtKind.STATEMENT)
    file = first(StatementFile.id)
    return {
        "timur": [
            *at("/statements/", "/statements/new", f"/statements/waiting/{kept.list_id}", f"/statements/{file}"),
            *also(sent("/statements/new", status=409)),
        ],
        "olga": also("/statements/", f"/statements/{file}"),
    }
