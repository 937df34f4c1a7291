"""Processes for tests that need several: each is a copy of one that has loaded Komek's code, and nothing else of it.

They share no connection, no app and no memory that is written to, as if each had been started by itself.
"""

import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import wait
from pathlib import Path
from typing import Final

from aid import create_app
from aid.blueprints import ROOMS
from aid.cli import komek
from aid.extensions import upgrade_once
from config import Config
from tests.make.compiled import COMPILED, keep_compiled
from tests.make.migrated import KNOWN, know_migrated

FORKED: Final = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload([__name__])

for room in ROOMS:
    import_module(f"aid.blueprints.{room}")


def start_for_the_first_time(config: Config) -> None:
    """What every start does before it serves."""
    upgrade_once(create_app(config))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a process finds around itself: its environment, and the files that what it says is added to."""

    environment: Mapping[str, str]
    said: Path
    wrong: Path

    def enter(self) -> None:
        """From now on this process is apart from who started it, and in these surroundings."""
        os.setsid()
        os.environ.clear()
        os.environ.update(self.environment)
        tempfile.tempdir = None  # temporary files go where this environment says
        if known := self.environment.get(KNOWN):
            know_migrated(Path(known))
        if compiled := self.environment.get(COMPILED):
            keep_compiled(Path(compiled))
        with self.said.open("a") as out, self.wrong.open("a") as err:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)


class Forked:
    """Such a process at work, with what may be asked of one that `subprocess` started."""

    def __init__(self, work: Callable[..., None], *arguments: object) -> None:
        self._process = FORKED.Process(target=work, args=arguments)
        self._asking = threading.Lock()
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """How it ended, if it has; below zero, by which signal."""
        with self._asking:
            return self._process.exitcode

    def wait(self, seconds: float | None = None) -> int:
        """How it ended, once it has. Raises TimeoutError."""
        wait([self._process.sentinel], seconds)
        ended = self.poll()
        if ended is None:
            raise TimeoutError(f"{self.pid} goes on")
        return ended

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still goes on."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class Command(Forked):
    """One of Komek's commands at work."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], said: Path, wrong: Path) -> None:
        self.said, self.wrong = said, wrong
        super().__init__(run, words, Surroundings(environment, said, wrong))


def run(words: Sequence[str], around: Surroundings) -> None:
    """One of Komek's commands."""
    around.enter()
    komek(list(words), prog_name="./aid.sh")
