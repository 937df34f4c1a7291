"""A real server in a process of its own, as `./aid.sh run` starts it, and a browser that talks to it over the wire.

`python -m tests.make.server PORT DATA [URL]` is that server, with one fault built in: a family whose address says so
breaks it in the middle, in the database and with all that was typed in the error's text.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder, TestResponse

from aid import create_app
from aid.blueprints import families
from aid.cli.run import serve
from aid.security.sessions import COOKIE
from aid.services.families import Registration, register
from aid.vault.cookies import SignInCookie
from config import Config
from tests.make.browser import Browser
from tests.make.forked import Forked, Surroundings

ROOT = Path(__file__).parents[2]
BREAKS = "0xDEAD"  # an address that the server breaks at


@dataclass(frozen=True, slots=True)
class Server:
    """Where it listens, and where it writes."""

    port: int
    log: Path
    temporary: Path

    def send(self, raw: bytes) -> bytes:
        """Send bytes as they are, and read until it hangs up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
            line.sendall(raw)
            line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(65536), b""))


@contextmanager
def serving(config: Config, folder: Path) -> Iterator[Server]:
    """A server on this fund. What it says goes to a log in this folder, and its temporary files beside it."""
    server = Server(free_port(), folder / "log", folder / "temporary")
    server.temporary.mkdir(parents=True)
    environment = {**os.environ, "TMPDIR": str(server.temporary)}
    around = Surroundings(environment, server.log, server.log)
    process = Forked(_serve, around, str(server.port), str(config.data), config.database_url)
    try:
        wait_until_served(process, server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _serve(around: Surroundings, port: str, data: str, url: str | None) -> None:
    around.enter()
    main(port, data, url)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_until_served(process: Forked | subprocess.Popen[bytes], server: Server) -> None:
    """Come back when it answers."""
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", server.port)) == 0:
                return
        time.sleep(0.1)
    process.kill()
    raise RuntimeError(f"it did not start: {server.log.read_text()}")


class FarBrowser(Browser):
    """A browser of tests, at a server in another process."""

    def __init__(self, server: Server, *, cookie: SignInCookie | None = None, language: str = "en") -> None:
        self.server = server
        self.kept = {COOKIE: cookie.text()} if cookie else dict[str, str]()
        self.language = language

    def _ask(self, path: str, **request: Any) -> TestResponse:
        asked = EnvironBuilder(path, base_url=f"http://127.0.0.1:{self.server.port}", **request).get_request()
        body = asked.get_data()
        cookies = "; ".join(f"{name}={value}" for name, value in self.kept.items())
        headers = {"Accept-Language": self.language, "Cookie": cookies}
        headers |= {"Content-Type": asked.content_type} if asked.content_type else {}
        line = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            line.request(asked.method, path, body or None, headers)
            answer = line.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or ():
                name, _is, value = cookie.partition(";")[0].partition("=")
                self.kept[name] = value
            return TestResponse([answer.read()], f"{answer.status} x", answer.getheaders(), asked)  # type: ignore[arg-type]
        finally:
            line.close()


def main(port: str, data: str, url: str | None = None) -> None:
    families.register = _breaking  # type: ignore[attr-defined]
    app = create_app(Config(data=Path(data), database_url=url, mail=Config.from_environment().mail))
    app.wsgi_app = _under_other_names(app.wsgi_app)  # type: ignore[method-assign]
    with app.app_context():
        serve(app, port=int(port))


def _under_other_names(served: Any) -> Any:
    """Scripts have any number of addresses, `/static/again-7/js/`: a browser runs each address once in a document."""

    def asked(environ: dict[str, Any], answer: Any) -> Any:
        environ["PATH_INFO"] = re.sub(r"^/static/again-\d+/", "/static/", environ["PATH_INFO"])
        return served(environ, answer)

    return asked


def _breaking(session: Session, *, order: Registration, **what: Any) -> Any:
    """Register a family, or break with everything in the error's text, and in that of its cause."""
    if order.family.address and BREAKS in order.family.address:
        _break(session, said=repr(order.family))
    return register(session, order=order, **what)


def _break(session: Session, *, said: str) -> NoReturn:
    try:
        session.execute(text("INSERT INTO nowhere (said) VALUES (:said)"), {"said": said})
    except Exception as failure:
        raise ValueError(f"{said} can't be written: {failure}") from failure
    raise AssertionError("there is no such table")


_breaking.__annotations__ = register.__annotations__

if __name__ == "__main__":
    main(*sys.argv[1:])
