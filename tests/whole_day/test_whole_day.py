"""A distribution day at two points closes with nothing unexplained: a short one in every run, a thousand with time."""

from pathlib import Path

import pytest

from tests.conftest import both_databases
from tests.make.fund import FoundedFund
from tests.make.one_database import app as app
from tests.whole_day.play import Played, expected, play
from tests.whole_day.world import MINOR

pytestmark = pytest.mark.slow


def test_a_day_at_two_points_is_played_from_the_plan_to_the_reconciliation(fund: FoundedFund, tmp_path: Path) -> None:
    holds(play(fund, tmp_path / "day", vouchers=28, tables_each=2), vouchers=28)


@pytest.mark.thorough
@both_databases
def test_a_day_of_a_thousand_vouchers_closes_with_nothing_unexplained(fund: FoundedFund, tmp_path: Path) -> None:
    holds(play(fund, tmp_path / "day", vouchers=1_000, tables_each=3), vouchers=1_000)


def holds(played: Played, *, vouchers: int) -> None:
    """Nothing was otherwise than people expected, and the books say what was counted by hand."""
    pages, became = played.pages, expected(vouchers)
    assert played.said == []
    assert "Everything adds up" in pages["sums"]
    assert "Nothing is unexplained" in pages["sums"]
    assert "Nothing went another way" in pages["open"]
    words = f"collected: {became['collected']:,}, can still be collected: 0, cancelled or expired: "
    assert f"{words}{became['cancelled'] + became['expired']}." in pages["decision"]
    handed = f"₸{became['collected'] * MINOR // 100:,} was handed out"
    assert handed in pages["decision"].replace("\xa0", "")
    assert "The ledger keeps ₸0 for what is still open: ₸0." in pages["decision"]
    for kind, told in STORIES.items():
        assert told in pages[kind], (kind, pages[kind])
    assert played.wrong == []


STORIES = {
    "reprint": "1 paper printed again as batch",
    "spoiled": "Spoiled in the printer",
    "move": "The family came to the other point",
    "stranger": "dina agreed, and it was handed out.",
    "undone": "It was collected anew.",
    "refused": "refused: the code is not known",
    "late": "3 lines of list 1",
    "loss": "The family came twice",
    "void": "its family left the fund",
    "expired": "expired: nobody came within the days of grace",
    "count": "Too much or too little was given at the table",
}
