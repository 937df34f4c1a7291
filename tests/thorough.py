"""The long way round: what `./aid.sh test --thorough` tries besides, before a release and after changes far down.

Everybody's run tries each rule and each page; this one also tries what is nearly always the same: every variant of a
page on PostgreSQL, pages in English beside Kazakh, every detail page by every role, and many more drawn examples.
"""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

USUAL, LONG = 40, 200
"""How many examples are drawn where a test does not say it itself."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--thorough", action="store_true", help="try also what is nearly always the same (tests/thorough.py)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """What is drawn does not depend on how busy the machine is."""
    quiet: Any = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
    settings.register_profile("komek", max_examples=LONG if is_thorough(config) else USUAL, **quiet)
    settings.load_profile("komek")


def is_thorough(config: pytest.Config) -> bool:
    """Whether there is time."""
    return bool(config.getoption("thorough"))


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without the time, take away the tests that are marked as thorough."""
    left = [] if is_thorough(config) else [item for item in items if item.get_closest_marker("thorough")]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def rounds(usual: int) -> int:
    """How often what happens at once is tried: `KOMEK_ROUNDS=20` for an evening."""
    return int(os.environ.get("KOMEK_ROUNDS", str(usual)))
