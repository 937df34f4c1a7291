"""A shop's list is matched against what it is owed: what agrees, and why the rest does not."""

from uuid import UUID

import pytest

from aid.domain.refusals import RuleBroken
from aid.domain.shops import Claim, Difference, Due, Unpaid, claims_of, matched, matched_whole, text_of
from aid.readers.shop_lists import read_shop_list

ONE, TWO, THREE = (Due(UUID(int=n), serial, minor) for n, serial, minor in ((1, 12, 500), (2, 12, 700), (3, 13, 900)))


def test_a_claim_is_for_one_part_of_a_voucher_or_for_all_its_parts_together() -> None:
    by_part = matched([Claim(12, 700), Claim(12, 500)], [ONE, TWO], why={})
    together = matched([Claim(12, 1200)], [ONE, TWO], why={})

    assert by_part.lines == (TWO, ONE)
    assert together.lines == (ONE, TWO)
    assert by_part.accepted == together.accepted == 1200
    assert by_part.differences == together.differences == ()


def test_what_is_claimed_twice_for_another_amount_or_not_at_all_is_told_apart() -> None:
    why = {14: Difference.ELSEWHERE}
    claims = [Claim(13, 900), Claim(13, 900), Claim(12, 600), Claim(14, 1), Claim(15, 1)]

    found = matched(claims, [ONE, TWO, THREE], why=why)

    assert found.lines == (THREE,)
    assert found.differences == (
        Unpaid(Difference.TWICE, 13, 900),
        Unpaid(Difference.OTHER_AMOUNT, 12, 600, 1200),
        Unpaid(Difference.ELSEWHERE, 14, 1),
        Unpaid(Difference.UNKNOWN, 15, 1),
    )
    assert matched([], [THREE], why={}).differences == (Unpaid(Difference.NOT_CLAIMED, 13, None, 900),)


def test_a_sum_alone_is_for_everything_and_never_for_less() -> None:
    assert matched_whole(1199, [ONE, TWO]) is None
    exact, more = matched_whole(1200, [ONE, TWO]), matched_whole(1300, [ONE, TWO])
    assert exact is not None
    assert more is not None
    assert (exact.accepted, exact.differences) == (1200, ())
    assert (more.accepted, more.differences) == (1200, (Unpaid(Difference.TOO_MUCH, None, 1300, 1200),))


def test_a_list_is_typed_and_read_back_as_it_was_meant() -> None:
    claims = claims_of("000012 15 000\n13;1 200,50\n\n14\t7", "KZT")

    assert claims == (Claim(12, 15_000_00), Claim(13, 1_200_50), Claim(14, 7_00))
    assert claims_of(text_of(claims, "KZT"), "KZT") == claims
    for wrong in ("twelve 15", "12", "12 x", "12 0", "\n"):
        with pytest.raises(RuleBroken) as refusal:
            claims_of(wrong, "KZT")
        assert refusal.value.field == "lines"


def test_a_table_is_read_by_its_headings_without_its_total_and_refused_by_row() -> None:
    table = "№;Номер талона;Покупатель;Сумма\n1;000012;-;15 000\n2;13;-;700,00\n;Итого;;15 700\n".encode()

    assert read_shop_list("list.csv", table, currency="KZT") == (Claim(12, 15_000_00), Claim(13, 700_00))
    assert read_shop_list("list.csv", b"12;15\n", currency="KZT") == (Claim(12, 15_00),)
    for wrong, words in (
        (b"a;b;c\n1;2;3\n", "Keep two columns"),
        (b"12;15\nx;15\n13;15\n", "Row 2 has no"),
        (b"12;15\n13;x\n", "Row 2:"),
        (b"number;sum\n", "Write a line"),
    ):
        with pytest.raises(RuleBroken, match=words) as refusal:
            read_shop_list("list.csv", wrong, currency="KZT")
        assert refusal.value.field == "file"
