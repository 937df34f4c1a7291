"""A short day with the plug pulled, on both databases: `python -m tests.chaos` runs the long one."""

from pathlib import Path

import pytest

from tests.chaos.day import live_through
from tests.make.fund import FoundedFund

pytestmark = pytest.mark.slow


def test_every_answered_act_is_there_exactly_once_though_processes_are_killed(
    fund: FoundedFund, tmp_path: Path
) -> None:
    day = live_through(fund, tmp_path / "day", operations=40, kills=3, clients=6, households=6, seed=1)

    assert day.plain()["wrong"] == []
    assert sum(day.killed.values()) == 3
    assert len(day.answers) == 40
