"""The page for donors, as strangers open it, and those on which it is kept."""

from sqlalchemy import select

from aid.models.giving import GiveAccount
from tests.make import rows
from tests.make.fund import FoundedFund
from tests.make.giving import make_asked
from tests.make.pages.visits import Pages, also, at, sent


def pages_of_giving(fund: FoundedFund) -> Pages:
    """By the handle of who opens them. Of the whole fund the page is on; a change of it waits."""
    [bank] = set(rows(select(GiveAccount.bank_id)))
    waiting = make_asked(fund, bank)
    wish = {"thanks": "not_at_all", "purpose": str(fund.purposes["school"]), "amount": "12.50"}
    return {
        "": [
            *at("/give/?language=en"),
            sent("/give/?language=kk", wish),
            sent("/give/?language=ru", wish | {"thanks": "letter"}),
        ],
        "timur": [*at("/giving/", "/giving/offer", "/giving/campaigns/new"), *also(f"/giving/offers/{waiting}")],
        "dina": [*at(f"/giving/offers/{waiting}"), *also("/giving/")],
    }
