"""The worker that `run` starts beside the web server, and starts again if it falls."""

import os
import subprocess
import sys
import time
from contextlib import suppress

from config import Config

PAUSE = 5.0  # seconds between two starts
PATIENCE = 20.0


class Companion:
    """A worker in a process of its own. It ends when this process does, however that ends."""

    def __init__(self, config: Config) -> None:
        self._environment = {**os.environ, "KOMEK_DATA": str(config.data)}
        if config.database_url:  # never on a command line, where every user of the machine reads it
            self._environment["DATABASE_URL"] = config.database_url
        self._process: subprocess.Popen[bytes] | None = None
        self._started = -PAUSE

    def keep(self) -> None:
        """Start it if it does not run."""
        if self._process is not None and self._process.poll() is None:
            return
        if time.monotonic() - self._started < PAUSE:
            return
        self._started = time.monotonic()
        command = [sys.executable, "-m", "aid.cli", "worker", "--beside"]
        self._process = subprocess.Popen(command, env=self._environment, stdin=subprocess.PIPE)

    def stop(self) -> None:
        """Let it end what it is at."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=PATIENCE)
        self._process.kill()
