"""The line in which those who write to one SQLite file wait: first come, first served."""

import fcntl
import os
import threading
import weakref
from pathlib import Path


class Line:
    """Where those who write to one SQLite file wait for their turn, whichever process they are of.

    SQLite alone lets them look again after ever longer pauses: who comes later is often served earlier, and under load
    somebody waits for seconds. The line only orders them. Whether a write may begin is the word of SQLite's own lock,
    and who waited here in vain asks it all the same.
    """

    PATIENCE = 10.0
    """Seconds after which somebody no longer waits behind others of this process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._here = threading.Lock()
        self._file: tuple[int, int] | None = None  # of this process: what is inherited would count as one with it
        self._first: object = None

    def wait(self, who: object) -> None:
        """Until it is this connection's turn."""
        if self._first is who or not self._here.acquire(timeout=self.PATIENCE):
            return
        try:
            if self._file is None or self._file[0] != os.getpid():
                handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
                weakref.finalize(self, os.close, handle)
                self._file = os.getpid(), handle
            fcntl.flock(self._file[1], fcntl.LOCK_EX)
        except OSError:  # a broken disk: SQLite says so itself
            self._here.release()
        else:
            self._first = who

    def leave(self, who: object) -> None:
        """It is the next one's turn."""
        if self._first is not who or self._file is None:
            return
        fcntl.flock(self._file[1], fcntl.LOCK_UN)
        self._first = None
        self._here.release()
