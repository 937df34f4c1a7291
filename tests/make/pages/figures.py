"""Pages of figures for donors: as everybody reads them, and as a coordinator releases them."""

from tests.make.figures import make_code, make_old_gifts
from tests.make.fund import FoundedFund
from tests.make.pages.visits import Pages, Visit, also, at, sent

WRONG = {"code": "1234 5678 9012 3456"}


def pages_of_figures(fund: FoundedFund) -> Pages:
    """By the handle of who opens them. Five gifts of May stay hidden."""
    [gift, *_others] = make_old_gifts(fund, 5, month=5, first=300)
    make_old_gifts(fund, 12, month=6, first=400, purpose="food")
    return {
        "": [
            *at("/figures/", "/figures/gift"),
            Visit("/figures/1", status=410),
            *also("/figures/2", "/figures/2?language=kk"),
            sent("/figures/gift", WRONG, status=409),
            sent("/figures/gift", {"code": make_code(fund, gift)}),
        ],
        "dina": [*at("/releases/", "/releases/new", "/releases/choice", "/releases/2/withdraw"), *also("/figures/")],
    }
