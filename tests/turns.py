"""Among several workers: who shares something dear works on one of them, and what takes long begins first.

pytest-xdist has groups of its own, but its 3.8 can no longer mark them in the names of pytest 9.2: then every worker
makes everything. So whom a test shares with is read from its name alone, which workers and their distributor both know.
"""

import re
from typing import Any, Final

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.thorough import leave_out

SHARING: Final = {"conventions", "domain", "readers", "vault"}
"""Folders whose tests share what takes long to make, or are all quick."""
WHOLE: Final = re.compile(r"\[.*\b(whole-(?:sqlite|postgres))\b")
"""A fund in which everything has happened, made on one worker for each database."""
FORKING: Final = re.compile(r"^tests/(browser/test_custody|chaos/test_\w+|services/test_races|web/test_killed)\.py")
"""Who starts processes: they are copies of one that has loaded Komek's code, once."""


class Turns(LoadScopeScheduling):  # type: ignore[misc]
    """Hands each worker its next tests: a group as a whole, all others one by one."""

    def _split_scope(self, nodeid: str) -> str:
        return shared_by(nodeid) or nodeid

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """A group that is done is forgotten: else all that were done are counted again at each of thousands."""
        group = self._split_scope(self.registered_collections[node][item_index])
        super().mark_test_complete(node, item_index, duration)
        if all(self.assigned_work[node][group].values()):
            del self.assigned_work[node][group]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Turns:
    """One who knows our groups."""
    return Turns(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    leave_out(config, items)
    if hasattr(config, "workerinput"):
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """When its turn comes: a browser's long way first, short tests last."""
    group = shared_by(item.nodeid)
    if group in {"browser", "forking"}:
        return 0 if group == "browser" else 1
    if item.get_closest_marker("slow"):
        return 2
    return 3 if group else 4


def shared_by(nodeid: str) -> str | None:
    """What a test shares with others that need not be made again for each worker, by its name."""
    folder = nodeid.split("/")[1]
    if folder in SHARING:
        return folder
    if FORKING.match(nodeid):
        return "forking"
    if folder == "browser":  # Chromium, and a server with a fund in which everything has happened
        return folder
    whole = WHOLE.search(nodeid)
    return whole[1] if whole else None


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name random bytes by their length, as every worker must name the same tests; and the fund that is shared."""
    if argname == "whole":
        return f"whole-{val}"
    return f"{len(val)} bytes" if isinstance(val, bytes) else None
