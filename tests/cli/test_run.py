"""`./aid.sh run` serves on loopback, with a database that it made itself."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.conventions import ROOT


@pytest.fixture
def server(tmp_path: Path) -> Iterator[int]:
    """The port of a server that runs on an empty folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    arguments = [sys.executable, "-m", "aid.cli", "run", "--port", str(port), "--data", str(tmp_path / "data")]
    with (tmp_path / "log").open("w") as log:
        running = subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=log, stderr=log)
        wait_until_served(running, port, tmp_path / "log")
        try:
            yield port
        finally:
            running.send_signal(signal.SIGTERM)
            assert running.wait(timeout=30) == 0, (tmp_path / "log").read_text()


def wait_until_served(running: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while running.poll() is None and time.monotonic() < deadline:
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    running.kill()
    pytest.fail(f"it did not start: {log.read_text()}")


def ask(port: int, path: str, **headers: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.slow
def test_a_bare_folder_is_served_after_one_command(server: int, tmp_path: Path) -> None:
    answers = [ask(server, "/founding/") for _worker in range(6)]

    assert [status for status, _page in answers] == [200] * 6
    assert "Found the fund" in answers[0][1]
    assert ask(server, "/sign-in", Host="elsewhere.example")[0] == 400
    assert re.search(r"One-time code: (?:[a-z2-9]{4}-){4}[a-z2-9]{4}$", (tmp_path / "log").read_text(), re.MULTILINE)
