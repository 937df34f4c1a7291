"""The frame of benchmarks: sides take turns, a missed goal or a wrong result fails, and the self-test must fail."""

import time
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from aid.cli import bench
from benchmarks.frame import Figure, Run, Side, median


def a_run(*, self_test: bool = False) -> Run:
    return Run(say=lambda _what: None, self_test=self_test)


def a_side(work: Callable[[], int], *, delay: float = 0.0) -> Side[int]:
    """Gives 1 where all is well."""
    return Side(work, is_right=lambda result: result == 1, spoil=lambda result: result + 1, delay=delay)


def test_sides_take_turns_within_each_round() -> None:
    order: list[str] = []

    def works(name: str) -> Callable[[], int]:
        def work() -> int:
            order.append(name)
            return 1

        return work

    samples = a_run().interleaved({"ours": a_side(works("ours")), "floor": a_side(works("floor"))}, rounds=3)

    assert order == ["ours", "floor", "floor", "ours", "ours", "floor"]
    assert {name: len(found) for name, found in samples.items()} == {"ours": 3, "floor": 3}


def test_a_figure_above_its_goal_is_missed() -> None:
    run = a_run()
    run.tell("wait", 2.0, "s", goal=1.0, samples=(2.0,))

    assert not run.is_met
    assert run.figures[0].plain()["met"] is False
    assert Figure("wait", 1.0, "s", goal=1.0).is_met
    assert Figure("memory", 900.0, "MB").is_met


def test_a_wrong_result_fails_however_quick_it_was() -> None:
    run = a_run()
    run.interleaved({"ours": a_side(lambda: 2)}, rounds=2)

    assert run.wrong == ["ours"]
    assert not run.is_met


def test_what_makes_itself_ready_is_not_timed() -> None:
    slow = Side(lambda: 1, lambda result: result == 1, lambda result: 0, ready=lambda: time.sleep(0.05))

    [sample] = a_run().interleaved({"ours": slow}, rounds=1)["ours"]

    assert sample.wall < 0.04


def test_the_self_test_plants_a_delay_and_a_wrong_result() -> None:
    run = a_run(self_test=True)
    samples = run.interleaved({"ours": a_side(lambda: 1, delay=0.05)}, rounds=9)["ours"]

    assert len(samples) == 2
    assert median([sample.wall for sample in samples]) >= 0.05
    assert run.wrong == ["ours"]
    assert (run.size(50_000), run.size(100)) == (1_000, 20)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Run], None]], CliRunner]:
    """The command, with another benchmark in place of the real one."""

    def with_bench(measure: Callable[[Run], None]) -> CliRunner:
        class Stand:
            bench = staticmethod(measure)

        monkeypatch.setattr(bench, "import_module", lambda _name: Stand)
        return CliRunner()

    return with_bench


def quick(run: Run) -> None:
    samples = run.interleaved({"quick": a_side(lambda: 1, delay=0.2)}, rounds=3)["quick"]
    walls = [sample.wall for sample in samples]
    run.tell("quick", median(walls), "s", goal=0.1, samples=tuple(walls))


def test_the_command_ends_with_one_where_a_goal_is_missed(
    measured: Callable[[Callable[[Run], None]], CliRunner],
) -> None:
    met = measured(quick).invoke(bench.command, ["allocation"])
    missed = measured(quick).invoke(bench.command, ["allocation", "--self-test"])

    assert (met.exit_code, missed.exit_code) == (0, 1)
    assert "met" in met.stdout
    assert "MISSED" in missed.stdout
    assert "WRONG RESULT: quick" in missed.stdout
    assert "this benchmark can fail" in " ".join(missed.stderr.split())


def test_a_benchmark_that_notices_nothing_is_told(
    measured: Callable[[Callable[[Run], None]], CliRunner],
) -> None:
    blind = measured(lambda run: run.tell("blind", 0.0, "s", goal=1.0)).invoke(
        bench.command, ["allocation", "--self-test", "--json"]
    )

    assert blind.exit_code == 0
    assert '"met": true' in blind.stdout
    assert "THE SELF-TEST WAS NOT NOTICED" in " ".join(blind.stderr.split())


def test_an_unknown_benchmark_is_wrong_usage() -> None:
    assert CliRunner().invoke(bench.command, ["speed-of-light"]).exit_code == 2
