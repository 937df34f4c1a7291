"""A short statement brought in through kills: `python -m tests.chaos.statements` brings the long one."""

import pytest

from tests.chaos.statements import bring_through_kills
from tests.make.fund import FoundedFund

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_is_killed_while_it_brings_a_statement_in_goes_on_and_brings_nothing_twice(
    fund: FoundedFund, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aid.services.statements.waiting.STEP", 40)

    run = bring_through_kills(fund, lines=400, kills=2, seed=5)

    assert run.wrong == []
    assert (run.kills, run.given_up) == (2, 1)
