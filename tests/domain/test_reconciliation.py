"""What was carried is what was handed out, went back and waits: to the voucher, the tenge and the notebook."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from aid.domain.money import Money
from aid.domain.reconciliation import Gap, Standing, Tally, total
from aid.domain.vouchers import VoucherState

BOOKS = Counter({"notebook": 3})
DAY = Tally(
    currency="KZT",
    carried=6,
    carried_minor=600,
    of={
        VoucherState.ISSUED: Standing(1, 100),
        VoucherState.PRINTED: Standing(1, 100, goods=BOOKS),
        VoucherState.BEGUN: Standing(1, 100, handed=40, begun=1, goods=BOOKS, handed_goods=Counter({"notebook": 1})),
        VoucherState.COLLECTED: Standing(1, 100, handed=100, begun=1, goods=BOOKS, handed_goods=BOOKS),
        VoucherState.VOID: Standing(1, 100, freed=100, closings=1, goods=BOOKS),
        VoucherState.EXPIRED: Standing(1, 100, handed=30, freed=70, closings=1, begun=1),
    },
    kept_minor=260,
)


def instead(state: VoucherState, **changed: Any) -> Tally:
    """The day, but for one state."""
    return replace(DAY, of={**DAY.of, state: replace(DAY.of[state], **changed)})


def gaps(tally: Tally) -> list[Gap]:
    return [difference.gap for difference in tally.differences]


def test_what_was_carried_is_what_was_handed_out_what_went_back_and_what_waits() -> None:
    assert DAY.differences == ()
    assert DAY.handed + DAY.returned + DAY.open == DAY.worth == Money(600, "KZT")
    assert (DAY.open_count, DAY.closed_count, DAY.there) == (3, 2, 6)
    [book] = DAY.goods
    assert (book.due, book.handed, book.returned, book.open) == (12, 4, 3, 5)
    assert book.due == book.handed + book.returned + book.open


@pytest.mark.parametrize(
    ("wrong", "gap", "words"),
    [
        (replace(DAY, carried=7), Gap.VOUCHERS, "carried: 7. Vouchers that are there: 6."),
        (replace(DAY, came_minor=5), Gap.WORTH, "The committee carried 6.05 KZT, but the vouchers are worth 6.00 KZT."),
        (instead(VoucherState.PRINTED, begun=1), Gap.BEGUN, "say a part was collected: 1. Of how many it was: 2."),
        (instead(VoucherState.COLLECTED, handed=99), Gap.COLLECTED, "worth 1.00 KZT, but 0.99 KZT was handed out"),
        (
            instead(VoucherState.VOID, closings=0),
            Gap.CLOSED,
            "cancelled or expired: 2. Of how many the rest went back: 1.",
        ),
        (instead(VoucherState.VOID, freed=99), Gap.RETURNED, "1.70 KZT should have gone back"),
        (instead(VoucherState.ISSUED, freed=1), Gap.KEPT, "0.01 KZT went back to the fund though"),
        (replace(DAY, kept_minor=261), Gap.LEDGER, "but the ledger keeps 2.61 KZT for them"),
        (instead(VoucherState.COLLECTED, goods=Counter()), Gap.GOODS, "collected vouchers hold 0, but 3 were"),
    ],
)
def test_what_does_not_add_up_is_named_with_both_figures(wrong: Tally, gap: Gap, words: str) -> None:
    assert gaps(wrong) == [gap]
    assert words in str(wrong.differences[0].words)


def test_vouchers_that_went_to_another_point_add_up_here_there_and_together() -> None:
    here = Tally(currency="KZT", carried=1, carried_minor=100, went=1, went_minor=100)
    there = Tally(currency="KZT", came=1, came_minor=100, of={VoucherState.PRINTED: Standing(1, 100)})
    [both] = total([here, there])

    assert here.differences == there.differences == both.differences == ()
    assert (here.issued, there.issued, both.issued) == (0, 1, 1)
    assert gaps(replace(there, came=2)) == [Gap.VOUCHERS]


def test_currencies_stand_side_by_side_and_are_never_added() -> None:
    euro = Tally(currency="EUR", carried=2, carried_minor=200)

    assert [tally.currency for tally in total([DAY, euro, DAY])] == ["EUR", "KZT"]
    assert total([DAY, euro, DAY])[1].carried == 12
