"""Entries that no line explains: counted, paged by key, and without what came to nothing by itself."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from aid.domain.payments import Direction
from aid.models.donations import Donation
from aid.queries.lines import UntiedEntry, entries, fitting_entries, untied_page
from aid.queries.lines.entries import untied_sum
from aid.services.corrections import Asked, DonationCorrectionOrder, correct_donation
from aid.services.lines.explaining import ByEntry
from tests.make import do, rows, see
from tests.make.donations import make_donation
from tests.make.fund import FoundedFund
from tests.make.money import euros, make_agreed, make_fee
from tests.make.statements import A, a_line, bring, make_ended, make_euro_bank, open_lines

DAY = date(2026, 8, 1)


def test_entries_are_paged_by_key_without_those_that_lines_or_corrections_settle(
    fund: FoundedFund, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On both databases: the sums are windows."""
    bank = make_euro_bank(fund)
    for n in range(1, 6):
        make_donation(
            fund, bank_id=bank, minor=n * 100_00, currency="EUR", received_on=DAY + timedelta(days=n), purpose="school"
        )
    gifts = list(rows(select(Donation).order_by(Donation.number)))
    make_fee(fund, euros(3), bank_id=bank, purpose="school")
    order = DonationCorrectionOrder(
        donation_id=gifts[0].id,
        purpose_id=fund.purposes["school"],
        bank_id=bank,
        amount=euros(0),
        reason="It never came",
        seen=0,
    )
    asked = do(correct_donation, actor=fund.treasurer, order=order)
    assert isinstance(asked, Asked)
    make_agreed(fund, asked.asked_id)  # taken out: it and its counter-entry come to nothing
    bring(fund.treasurer, A([a_line(50_00)]))
    make_ended(fund, open_lines()[0], ByEntry(gifts[1].entry_id))  # 50 of 200 euros
    monkeypatch.setattr(entries, "PAGE", 2)

    found: list[UntiedEntry] = []
    after = None
    while True:
        page = see(untied_page, actor=fund.treasurer, bank_id=bank, after=after)
        found += page.rows
        after = page.after
        if after is None:
            break

    assert [(row.signed, row.on) for row in found] == [
        (150_00, DAY + timedelta(days=2)),
        (300_00, DAY + timedelta(days=3)),
        (400_00, DAY + timedelta(days=4)),
        (500_00, DAY + timedelta(days=5)),
        (-3_00, date(2026, 8, 10)),
    ]
    assert see(untied_sum, actor=fund.treasurer, bank_id=bank) == (5, 1_347_00)
    fitting = see(
        fitting_entries,
        actor=fund.treasurer,
        bank_id=bank,
        direction=Direction.CREDIT,
        still=euros(500),
        on=DAY + timedelta(days=2),
    )
    assert [row.left.minor for row in fitting] == [500_00, 150_00, 300_00, 400_00]
