"""Pages of bank lines: the open list, a line, what it may be, what it ended as, and rules."""

from aid.models.statements import BankLine, LineEnd
from tests.make.donations import make_donation
from tests.make.fund import FoundedFund
from tests.make.pages.visits import Pages, also, at, first


def pages_of_lines(fund: FoundedFund) -> Pages:
    """By the handle of who opens them. Of the whole fund's lines the first is split, and the fee was undone twice."""
    bank = first(BankLine.bank_id)
    gift, fee = first(BankLine.id, BankLine.number == 1), first(BankLine.id, BankLine.number == 3)
    make_donation(fund, bank_id=bank, minor=33_00, currency="EUR")  # in the books, and on no statement
    end = first(LineEnd.id, LineEnd.line_id == gift)
    return {
        "timur": [
            *at("/lines/", f"/lines/account/{bank}", f"/lines/account/{bank}/entries", f"/lines/{gift}"),
            *at(f"/lines/{gift}/gift", f"/lines/{fee}/fee", f"/lines/{gift}/entry", f"/lines/{gift}/against"),
            *at(f"/lines/{gift}/ends/{end}/undo", f"/lines/{gift}/rule", "/lines/rules"),
            *also(f"/lines/{fee}"),
        ],
        "olga": also("/lines/", f"/lines/account/{bank}", f"/lines/{gift}"),
    }
