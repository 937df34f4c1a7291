"""A short batch of thanks with the worker killed: `python -m tests.chaos.thanks` sends the long one."""

from pathlib import Path

import pytest

from tests.chaos.thanks import send_through_kills
from tests.make.fund import FoundedFund

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_nobody_is_thanked_twice_though_the_worker_is_killed(fund: FoundedFund, tmp_path: Path) -> None:
    run = send_through_kills(fund, tmp_path, mails=20, kills=2, seed=5)

    assert run.wrong == []
    assert run.kills == 2
    assert sum(run.ends.values()) == 20
