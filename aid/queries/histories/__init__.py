"""What happened to an allocation, a voucher or a donation, from rows and the audit trail: codes, numbers and dates.

However long it is, each part asks one question and brings no more than a page of the newest; the page goes on before
the moment where it ended.
"""

from aid.queries.histories.allocations import of_allocation
from aid.queries.histories.asking import HistoryPage
from aid.queries.histories.donations import of_donation
from aid.queries.histories.donors import of_donor
from aid.queries.histories.vouchers import of_voucher

__all__ = ["HistoryPage", "of_allocation", "of_donation", "of_donor", "of_voucher"]
