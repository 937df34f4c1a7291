"""The processes of such a day, and who kills them."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from config import Config
from tests.chaos.acts import environment
from tests.make.faults import BadDisk
from tests.make.forked import Command
from tests.make.server import ROOT, free_port

LOTS = {"web": 60, "worker": 20, "command": 20, "server": 15}
"""How often each kind is hit, of those that are there; a whole server is started again by hand."""


@dataclass
class Processes:
    """`./aid.sh run` in a group of its own, with all its children, and the commands that people run meanwhile."""

    config: Config
    log: Path
    disk: BadDisk | None = None
    port: int = field(default_factory=free_port)
    killed: Counter[str] = field(default_factory=Counter)
    commands: list[Command] = field(default_factory=list)
    _server: Command | subprocess.Popen[bytes] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Start the server, and come back when it answers."""
        words = ["run", "--port", str(self.port), "--data", str(self.config.data)]
        environ = environment(self.config.database_url)
        if self.disk:
            command = [sys.executable, "-m", "aid.cli", *words]
            with self.log.open("a") as log:
                how: Any = {"cwd": ROOT, "env": environ, "stdout": log, "stderr": log, "start_new_session": True}
                self._server = self.disk.start(command, **how)
        else:
            self._server = Command(words, environ, self.log, self.log)
        deadline = time.monotonic() + 90
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"it did not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        line = HTTPConnection("127.0.0.1", self.port, timeout=20)
        with suppress(OSError, HTTPException):
            line.request("GET", "/sign-in")
            return line.getresponse().status < 500
        return False

    def stop(self) -> None:
        """Stop all of it, as whoever switches it off would; what does not listen is killed."""
        server = self._server
        if server is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(30)
        except (TimeoutError, subprocess.TimeoutExpired):
            self.kill_whole()

    def born(self, command: Command) -> None:
        """Somebody started a command."""
        with self._lock:
            self.commands = [*(one for one in self.commands if one.poll() is None), command]

    def kill_one(self, dice: random.Random) -> None:
        """Kill a process that is at work just now: a child of the server, a command, or the whole server."""
        assert self._server is not None
        victims = {pid: _what_is(pid) for pid in children_of(self._server.pid)} | {self._server.pid: "server"}
        with self._lock:
            victims |= {command.pid: "command" for command in self.commands if command.poll() is None}
        kinds = sorted(set(victims.values()))
        [kind] = dice.choices(kinds, [LOTS[kind] for kind in kinds])
        self.killed[kind] += 1
        if kind == "server":
            self.kill_whole()
            self.start()
            return
        with suppress(ProcessLookupError):
            os.kill(dice.choice([pid for pid, what in victims.items() if what == kind]), signal.SIGKILL)

    def kill_whole(self) -> None:
        assert self._server is not None
        with suppress(ProcessLookupError):
            os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait(30)


def children_of(pid: int) -> list[int]:
    """All processes below this one."""
    with suppress(OSError):
        own = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return [*own, *(below for child in own for below in children_of(child))]
    return []


def _what_is(pid: int) -> str:
    with suppress(OSError):
        return "worker" if b"\0worker\0" in Path(f"/proc/{pid}/cmdline").read_bytes() else "web"
    return "web"


@contextmanager
def processes_on(config: Config, folder: Path, *, disk: BadDisk | None = None) -> Iterator[Processes]:
    """All of it, running; on the way out it is stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    processes = Processes(config, folder / "log", disk)
    processes.start()
    try:
        yield processes
    finally:
        processes.stop()
