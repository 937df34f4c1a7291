"""Pages about donations, accounts, remittances, exchanges, months and the books."""

from sqlalchemy import select

from aid.domain.entries import AccountKind
from aid.domain.exchanges import ExchangeState
from aid.models.donations import CorrectionAnswer, CorrectionAsked, DonationCorrection, Donor
from aid.models.exchanges import Exchange
from aid.models.ledger import Account, BankFee
from aid.models.remittances import RemittanceDecision
from tests.make.donations import make_donation
from tests.make.fund import FoundedFund
from tests.make.money import euros, make_bank, make_received, make_sent
from tests.make.pages.visits import Pages, Press, Visit, also, at, first, merged, sent


def pages_of_money(fund: FoundedFund) -> Pages:
    """By the handle of who opens them."""
    return merged(_donations(fund), _between_accounts(fund), _books())


def _donations(fund: FoundedFund) -> Pages:
    corrected, donor = first(DonationCorrection.donation_id), first(Donor.id)
    asked = first(CorrectionAsked.id, CorrectionAsked.id.not_in(select(CorrectionAnswer.asked_id)))
    typed = {
        "bank": str(fund.bank),
        "amount": "12 500",
        "purpose": str(fund.purposes["school"]),
        "received_on": "2026-08-03",
        "name": "Ingrid Solheim",
        "language": "en",
    }
    return {
        "timur": [
            *at("/donations/", f"/donations/{corrected}", f"/donations/{corrected}/correct", "/donations/donors"),
            sent(f"/donations/{corrected}/correct", {"reason": "The bank’s line 3"}),
            *at("/donations/new"),
            *also(f"/donations/new/{donor}"),
            sent("/donations/donors", {"q": "Ingrid"}),
            *also(sent("/donations/new")),
            sent("/donations/new", typed),
        ],
        "dina": at("/donations/corrections", f"/donations/corrections/{asked}", "/donations/corrections/many"),
    }


def _between_accounts(fund: FoundedFund) -> Pages:
    abroad = first(BankFee.bank_id)
    home = make_bank(fund, name="Second account in euros")
    make_donation(fund, minor=1_000_00, currency="EUR", bank_id=abroad)
    on_its_way, short = (make_sent(fund, abroad, home, euros(each)).remittance_id for each in (70, 60))
    make_received(fund, short, euros(50))
    decided, off = first(RemittanceDecision.remittance_id), first(Exchange.id, Exchange.state == ExchangeState.WAITING)
    return {
        "timur": [
            *at("/banks/", "/banks/new", f"/banks/{abroad}", f"/banks/{abroad}/fee"),
            *at("/remittances/", "/remittances/new", f"/remittances/{decided}"),
            *also(f"/remittances/{on_its_way}"),
            *at("/exchanges/", "/exchanges/new", f"/exchanges/{off}", "/months/", "/months/2026-04/close"),
            *also(sent("/banks/new")),
            sent("/exchanges/new"),
            _exchange(fund, abroad),
        ],
        "dina": at(f"/remittances/{on_its_way}/receive", f"/exchanges/{off}/answer"),
        "saule": at(f"/remittances/{short}/decide"),
    }


def _exchange(fund: FoundedFund, abroad: str) -> Visit:
    """An exchange as it is checked before it is booked."""
    typed = {
        "from_bank": str(abroad),
        "to_bank": str(fund.bank),
        "sold_0": "10",
        "bought": "5 100",
        "exchanged_on": "2026-08-10",
        "source": "National Bank of Kazakhstan",
        "rate": "520",
        "base": "EUR",
    }
    return sent("/exchanges/new", Press(typed=typed))


def _books() -> Pages:
    of_bank = first(Account.id, Account.kind == AccountKind.BANK)
    return {
        "timur": [
            *at("/ledger/", "/ledger/entries", "/ledger/charts"),
            *at("/ledger/statement?first=2026-01-01&last=2026-12-31"),
            *also(f"/ledger/entries?account={of_bank}"),
            *also(Visit("/ledger/statement?first=2026-12-31&last=2026-01-01", status=400)),
        ],
    }
