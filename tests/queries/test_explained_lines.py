"""Explained lines of an account: what stands, the latest first, paged by key; what was undone is open again."""

import pytest
from sqlalchemy import select

from aid.domain.line_ends import EndKind
from aid.models.donations import Donation
from aid.queries.lines import ends, explained_page
from aid.services.lines.explaining import ByEntry
from tests.make import rows, see
from tests.make.donations import make_donation
from tests.make.fund import FoundedFund
from tests.make.statements import DAY, A, a_line, bring, make_ended, make_euro_bank, make_undone, open_lines


def test_explained_lines_are_paged_with_the_latest_first_and_without_what_was_undone(
    fund: FoundedFund, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank, other = make_euro_bank(fund), make_euro_bank(fund, iban=None, name="Another")
    for n in (1, 2, 3, 4):
        make_donation(fund, bank_id=bank, minor=n * 100_00, currency="EUR", received_on=DAY)
    entries = list(rows(select(Donation.entry_id).order_by(Donation.number)))
    bring(fund.treasurer, A([a_line(n * 100_00, text=f"gift {n}") for n in (1, 2, 3, 4)]))
    made = [make_ended(fund, line, ByEntry(entry)) for line, entry in zip(open_lines(), entries, strict=True)]
    make_undone(fund, made[2])
    monkeypatch.setattr(ends, "PAGE", 2)

    first = see(explained_page, actor=fund.treasurer, bank_id=bank)
    rest = see(explained_page, actor=fund.treasurer, bank_id=bank, after=first.after)

    assert [row.end.id for row in first.rows + rest.rows] == [made[3].id, made[1].id, made[0].id]
    assert {row.end.kind for row in first.rows} == {EndKind.DONATION}
    assert first.rows[0].end.amount.minor == 400_00
    assert rest.after is None
    assert see(explained_page, actor=fund.auditor, bank_id=other).rows == ()
    assert {row.end.donor for row in see(explained_page, actor=fund.auditor, bank_id=bank).rows} == {None}
