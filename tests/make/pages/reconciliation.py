"""Pages about what vouchers add up to, and what went another way."""

from sqlalchemy import select

from aid.extensions import now as this_moment
from aid.models.vouchers import Voucher
from tests.make import rows
from tests.make.fund import FoundedFund
from tests.make.pages.visits import Pages, also, at


def pages_of_reconciliation(fund: FoundedFund) -> Pages:
    """By the handle of who opens them."""
    club, [decided, *_others] = fund.points["club"], rows(select(Voucher.allocation_id).order_by(Voucher.serial))
    day, sums = this_moment().today, "/reconciliation"
    return {
        "timur": [
            *at(f"{sums}/", f"{sums}/decisions/{decided}", f"{sums}/points/{club}"),
            *at(f"{sums}/days", f"{sums}/days/{day}"),
            *also(f"{sums}/days?point={club}", f"{sums}/days?before={day}", f"{sums}/days/2001-01-01"),
            *at(f"{sums}/exceptions/"),
            *also(f"{sums}/vouchers?what=collected", f"{sums}/exceptions/?open=yes&point={club}&decision={decided}"),
        ],
        "olga": [
            *at(f"{sums}/vouchers?what=there"),
            *also(f"{sums}/vouchers?what=before&day={day}&point={club}", f"{sums}/exceptions/?day={day}"),
        ],
        "dina": also(f"{sums}/exceptions/", f"{sums}/exceptions/?kind=refused"),
        "saule": also(f"{sums}/"),
    }
