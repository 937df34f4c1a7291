"""`bench NAME`: measure what was promised. Exit 1 when a figure is missed or a result is wrong."""

import os
import platform
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from aid.cli._common import json_option, print_json

FOLDER = Path(__file__).parents[2] / "benchmarks"
FRAME = ("__init__", "frame")


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in FRAME and path.stem[0] != "_")


@click.command("bench")
@click.argument("name", type=click.Choice(names()))
@click.option("--self-test", is_flag=True, help="Plant a delay and a wrong result: the benchmark must fail.")
@json_option
def command(name: str, *, self_test: bool, as_json: bool) -> None:
    """Measure NAME and print each figure beside its goal, with its raw samples."""
    from benchmarks.frame import Run

    console = Console(stderr=True)
    run = Run(say=lambda what: console.print(f"[dim]{what}[/]", highlight=False), self_test=self_test)
    import_module(f"benchmarks.{name}").bench(run)
    if as_json:
        print_json(_plain(name, run))
    else:
        _show(run)
    if self_test:
        _say_noticed(console, run)
    sys.exit(0 if run.is_met else 1)


def _plain(name: str, run: Any) -> dict[str, Any]:
    return {
        "benchmark": name,
        "self_test": run.self_test,
        "met": run.is_met,
        "wrong_results": run.wrong,
        "figures": [figure.plain() for figure in run.figures],
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()},
    }


def _show(run: Any) -> None:
    console = Console()
    table = Table("figure", "value", "goal", "", "samples", box=None, pad_edge=False)
    for figure in run.figures:
        goal = "" if figure.goal is None else f"≤ {_number(figure.goal)} {figure.unit}"
        verdict = "" if figure.goal is None else "met" if figure.is_met else "MISSED"
        samples = " ".join(map(_number, figure.samples))
        table.add_row(figure.name, f"{_number(figure.value)} {figure.unit}", goal, verdict, samples)
    console.print(table, soft_wrap=True)
    for wrong in run.wrong:
        console.print(f"WRONG RESULT: {wrong}", highlight=False)


def _number(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _say_noticed(console: Console, run: Any) -> None:
    """A self-test has done its work when every goal is missed, and a result was found wrong."""
    missed = all(not figure.is_met for figure in run.figures if figure.goal is not None)
    noticed = missed and bool(run.wrong)
    console.print(
        "The planted delay and the planted wrong result were noticed: this benchmark can fail."
        if noticed
        else "THE SELF-TEST WAS NOT NOTICED: this benchmark would pass whatever happens."
    )
