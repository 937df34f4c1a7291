"""Processes for tests that need several: each is a copy of one that has loaded Komek's code, and nothing else of it.

They share no connection, no app and no memory that is written to, as if each had been started by itself.
"""

import multiprocessing
import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from aid import create_app
from aid.blueprints import ROOMS
from aid.cli import komek
from aid.extensions import upgrade_once
from config import Config
from tests.make.migrated import KNOWN, know_migrated

FORKED: Final = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload([__name__])

for room in ROOMS:
    import_module(f"aid.blueprints.{room}")


def start_for_the_first_time(config: Config) -> None:
    """What every start does before it serves."""
    upgrade_once(create_app(config))


def run(words: Sequence[str], environment: Mapping[str, str], said: Path) -> None:
    """One of Komek's commands, in this environment. What it says goes to a file, and its complaints beside it."""
    os.environ.clear()
    os.environ.update(environment)
    if known := environment.get(KNOWN):
        know_migrated(Path(known))
    with said.open("w") as out, said.with_suffix(".wrong").open("w") as wrong:
        os.dup2(out.fileno(), 1)
        os.dup2(wrong.fileno(), 2)
    komek(list(words), prog_name="./aid.sh")
