"""Several workers share what is dear: the names of tests tell with whom."""

from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.turns import FORKING, SHARING, shared_by

TESTS = Path(__file__).parents[1]
NO_CALL = SimpleNamespace(params={})


def test_who_asks_for_a_fund_in_which_everything_happened_works_where_it_is_made(
    request: pytest.FixtureRequest,
) -> None:
    for item in request.session.items:
        if "whole" in getattr(item, "fixturenames", ()):
            assert (shared_by(item.nodeid) or "").startswith("whole-"), item.nodeid


def test_what_happens_at_once_is_tried_on_both_databases(request: pytest.FixtureRequest) -> None:
    tried = defaultdict[Any, set[str]](set)
    for item in request.session.items:
        if isinstance(item, pytest.Function) and "app" in getattr(item, "callspec", NO_CALL).params:
            tried[item.function].add(str(item.callspec.params["app"]))
    at_once = [test for test in tried if "ThreadPoolExecutor" in test.__code__.co_names]

    assert [test.__qualname__ for test in at_once if tried[test] == {"sqlite"}] == []


def test_a_browser_works_for_all_its_tests() -> None:
    assert shared_by("tests/browser/test_pages.py::test_a[scripts]") == "browser"
    assert shared_by("tests/browser/test_custody.py::test_a") == "forking"


def test_others_are_handed_out_one_by_one() -> None:
    assert shared_by("tests/services/test_verify.py::test_a[whole-postgres-0]") == "whole-postgres"
    assert shared_by("tests/services/test_verify.py::test_the_whole[sqlite]") is None


def test_what_is_named_is_there() -> None:
    assert all((TESTS / folder).is_dir() for folder in SHARING)
    forking = [file for file in TESTS.glob("*/test_*.py") if FORKING.match(str(file.relative_to(TESTS.parent)))]
    assert {file.parent.name for file in forking} == {"browser", "chaos", "services", "web"}
