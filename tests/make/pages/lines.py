"""Pages of bank lines: the open list, a line, batches, what they may be and ended as, rules, and second words."""

from aid.models.second_words import MoneyAsked
from aid.models.statements import BankLine, LineEnd
from aid.services.second_words.asking import NOT_ANSWERED
from tests.make.donations import make_donation
from tests.make.fund import FoundedFund
from tests.make.pages.visits import Pages, also, at, first, sent


def pages_of_lines(fund: FoundedFund) -> Pages:
    """By the handle of who opens them. Of the whole fund's lines the first is split, and the fee was undone twice."""
    bank = first(BankLine.bank_id, BankLine.number == 1)
    gift, fee = first(BankLine.id, BankLine.number == 1), first(BankLine.id, BankLine.number == 3)
    make_donation(fund, bank_id=bank, minor=33_00, currency="EUR")  # in the books, and on no statement
    end = first(LineEnd.id, LineEnd.line_id == gift)
    batch, asked = first(LineEnd.line_id, LineEnd.payment == 2), first(MoneyAsked.id, NOT_ANSWERED)
    rule = {"words": "for the families", "known_by": "text", "purpose": str(fund.purposes["food"])}
    return {
        "timur": [
            *at("/lines/", f"/lines/account/{bank}", f"/lines/account/{bank}/entries", f"/lines/{gift}"),
            *at(f"/lines/{gift}/gift", f"/lines/{fee}/fee", f"/lines/{gift}/entry", f"/lines/{gift}/against"),
            *at(f"/lines/{gift}/ends/{end}/undo", f"/lines/{gift}/rule", "/lines/rules"),
            *at(f"/lines/{gift}/interest", f"/lines/account/{bank}/explained", f"/lines/account/{bank}/undo"),
            *also(f"/lines/{fee}"),
            *at(f"/lines/{batch}/payments", f"/lines/{batch}/payments/1", f"/lines/account/{bank}/certain"),
            *also(f"/lines/{batch}"),
            sent(f"/lines/{gift}/rule", rule),
            *also("/second-words/"),
        ],
        "dina": at("/second-words/", f"/second-words/{asked}", "/second-words/bound/EUR"),
        "olga": also("/lines/", f"/lines/account/{bank}", f"/lines/{gift}"),
    }
