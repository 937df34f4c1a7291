"""Who asks the measured server: one after the other, or at offered times whether it is ready or not."""

import json
import random
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import create_connection, socket
from urllib.parse import urlencode

from aid.domain.consent import LATEST_WORDING
from aid.domain.families import Family
from aid.security.sessions import COOKIE
from aid.vault.cookies import SignInCookie
from benchmarks._web_fund import SOUGHT, WebFund
from benchmarks._web_server import BARE, MEASURED

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back, and how long it took to come."""

    status: int
    location: str
    page: str
    wall: float


@dataclass(slots=True)
class Client:
    """One browser with its cookie, that keeps its connection."""

    port: int
    cookie: SignInCookie
    dawdle: float = 0.0
    token: str = ""  # of its forms
    line: HTTPConnection | None = field(default=None, repr=False)

    def get(self, path: str) -> Answered:
        """Open a page."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: Sequence[tuple[str, str]]) -> Answered:
        """Send a form, with its token and a key of its own."""
        if not self.token:
            self.token = TOKEN.findall(self.get("/").page)[0]
        own = (("csrf_token", self.token), ("key", secrets.token_hex(16)))
        return self._ask("POST", path, urlencode([*own, *fields]).encode())

    def search(self) -> Answered:
        """Look for somebody whom three families have."""
        return self.post("/families/", [("sought", " ".join(SOUGHT))])

    def measured(self) -> list[float]:
        """What the server took for each request since it was asked last."""
        return [float(seconds) for seconds in json.loads(self.get(MEASURED).page)]

    def _ask(self, method: str, path: str, body: bytes | None) -> Answered:
        headers = {"Cookie": f"{COOKIE}={self.cookie.text()}", "Accept-Language": "kk"}
        headers |= {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        headers |= {"X-Dawdle": str(self.dawdle)} if self.dawdle else {}
        begun = time.perf_counter()
        for attempt in (1, 2):
            self.line = self.line or HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                self.line.request(method, path, body, headers)
                answer = self.line.getresponse()
                page = answer.read().decode()
            except (HTTPException, OSError):  # it closes a line that nobody used for two seconds
                self.line.close()
                self.line = None
                if attempt == 2:
                    raise
            else:
                return Answered(answer.status, answer.getheader("Location") or "", page, time.perf_counter() - begun)
        raise AssertionError("the last attempt raises")


@contextmanager
def served(fund: WebFund, *, workers: int) -> Iterator[int]:
    """The fund on a port."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "benchmarks._web_server", str(port), str(fund.data), str(workers)]
    with (fund.data / "server.log").open("a") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        _wait_for(process, port, fund.data / "server.log")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    process.kill()
    raise RuntimeError(f"the server did not start: {log.read_text()}")


def typed(family: Family, fund: WebFund) -> list[tuple[str, str]]:
    """A family as the form sends it."""
    fields = [("locality", str(fund.locality_id)), ("point", str(fund.point_id)), ("phone", family.phone or "")]
    fields += [("address", family.address or ""), ("workplace", family.workplace or ""), ("check_word", "алма")]
    fields += [("circumstances", one.value) for one in family.circumstances]
    fields += [("dismissed_on", str(family.dismissed_on)), ("wages_stopped_on", str(family.wages_stopped_on))]
    fields += [("collector", family.collectors[0]), ("alternates", "\n".join(family.collectors[1:]))]
    fields += [("language", "kk"), ("consent", "y"), ("consent_on", str(family.consent.given_on))]
    fields += [("wording", str(LATEST_WORDING)), ("version", "0")]
    for place, member in enumerate(family.members):
        said = {"name": member.name, "kinship": member.kinship.value, "born": member.born and member.born.iso()}
        said |= {"grade": "" if member.grade is None else str(member.grade)}
        fields += [(f"members-{place}-{name}", str(value or "")) for name, value in said.items()]
    return fields


def plainly(family: Family) -> list[tuple[str, str]]:
    """Only what the least route writes."""
    fields = [("phone", family.phone or ""), ("address", family.address or "")]
    for place, member in enumerate(family.members):
        born = member.born.iso() if member.born else ""
        fields += [(f"members-{place}-name", member.name or ""), (f"members-{place}-born", born)]
    return fields


Work = Callable[[Client], Answered]


def offered(clients: Sequence[Client], works: Sequence[Sequence[Work]], *, rate: float, count: int) -> list[Answered]:
    """So many requests at random moments, `rate` a second together, each client in turn with its own kinds of work.

    Each is timed from the moment it was offered: who had to wait in line waited too.
    """
    chance = random.Random(7)
    pools = [ThreadPoolExecutor(1) for _client in clients]
    moment = time.perf_counter() + 0.5
    waiting = []
    for number in range(count):
        moment += chance.expovariate(rate)
        turn = number % len(clients)
        work = works[turn][number // len(clients) % len(works[turn])]
        waiting.append(pools[turn].submit(_at, moment, work, clients[turn]))
    answers = [each.result() for each in waiting]
    for pool in pools:
        pool.shutdown()
    return answers


def _at(moment: float, work: Work, client: Client) -> Answered:
    time.sleep(max(moment - time.perf_counter(), 0))
    answered = work(client)
    return Answered(answered.status, answered.location, answered.page, time.perf_counter() - moment)


__all__ = ["BARE", "Answered", "Client", "offered", "plainly", "served", "typed"]
