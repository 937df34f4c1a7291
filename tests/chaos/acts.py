"""What the people of such a day do, each over HTTP or by the command line, asked again until it is answered."""

import html
import json
import os
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode
from uuid import UUID

from aid.domain.quorum import Choice
from aid.security.sessions import COOKIE
from tests.make.forked import Command

PATIENCE = 600.0
"""Seconds after which somebody gives up: then the day has failed."""


class Unanswered(Exception):
    """Nobody answered this in all the time that a person waits."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person was told in the end."""

    done: bool
    said: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the server."""

    status: int
    location: str
    text: str

    def first_of(self, field: str) -> str:
        """The first of several that may be chosen."""
        found = re.search(rf'<input[^>]*name="{field}"[^>]*value="([^"]*)"', self.text)
        return found[1] if found else ""

    def filled(self, *, field_named: str) -> dict[str, str]:
        """The hidden fields of the form that has this field; {} where no form has it."""
        for form in re.findall(r"<form\b.*?</form>", self.text, re.DOTALL):
            if f'name="{field_named}"' in form:
                return {name: value for name, value in map(_named, re.findall(r"<input[^>]*>", form)) if name}
        return {}


def _named(tag: str) -> tuple[str, str]:
    found = {name: html.unescape(value) for name, value in re.findall(r'\s(name|value|type)="([^"]*)"', tag)}
    return (found["name"], found.get("value", "")) if found.get("type") == "hidden" else ("", "")


@dataclass
class Tally:
    """How often what went wrong between people and server, counted by all of them."""

    cut: int = 0  # the line broke after the question was sent: perhaps it was done, perhaps not
    refused: int = 0  # nobody listened just then
    broke: int = 0  # 5xx
    again: int = 0  # a form that was sent more than once
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count(self, what: str) -> None:
        with self.lock:
            setattr(self, what, getattr(self, what) + 1)


@dataclass(frozen=True)
class Person:
    """One client: a browser for each handle that it can act as, and a place for the lists it brings."""

    number: int
    port: int
    cookies: Mapping[str, str]
    folder: Path
    data: Path
    database_url: str | None
    tally: Tally
    born: Callable[[Command], None]
    """Told of each process that is started, so that it can be killed."""

    def get(self, handle: str, path: str) -> Page:
        return self._until_answered(handle, "GET", path, {})

    def post(self, handle: str, path: str, fields: Mapping[str, str]) -> Page:
        """Send a form; if no answer comes, send just the same again."""
        return self._until_answered(handle, "POST", path, fields)

    def _until_answered(self, handle: str, method: str, path: str, fields: Mapping[str, str]) -> Page:
        deadline, sent = time.monotonic() + PATIENCE, 0
        while time.monotonic() < deadline:
            page, was_sent = self.once(handle, method, path, fields)
            sent += was_sent
            if page is not None and page.status < 500:
                if method == "POST" and sent > 1:
                    self.tally.count("again")
                return page
            if page is not None:
                self.tally.count("broke")
            time.sleep(random.uniform(0.02, 0.3))
        raise Unanswered(f"{method} {re.sub('[0-9a-f-]{36}', '…', path)}: {page.status if page else 'no answer'}")

    def once(self, handle: str, method: str, path: str, fields: Mapping[str, str]) -> tuple[Page | None, bool]:
        """Ask once: what was answered, and whether it was sent at all."""
        line, was_sent = HTTPConnection("127.0.0.1", self.port, timeout=60), False
        try:
            line.connect()
            headers = {"Cookie": f"{COOKIE}={self.cookies[handle]}", "Accept-Language": "en"}
            body = urlencode(fields) if method == "POST" else None
            headers |= {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
            line.request(method, path, body, headers)
            was_sent = True
            answer = line.getresponse()
            text = answer.read().decode()
            return Page(answer.status, answer.getheader("Location") or "", text), True
        except (OSError, HTTPException):
            self.tally.count("cut" if was_sent else "refused")
            return None, was_sent
        finally:
            line.close()


class Act(Protocol):
    """One thing that somebody wants done."""

    @property
    def kind(self) -> str: ...

    def by(self, person: Person) -> Answer:
        """Do it, and come back when it is answered."""
        ...


@dataclass(frozen=True, slots=True)
class Vote:
    """A member's vote on an allocation."""

    member: str
    allocation_id: UUID
    choice: Choice
    password: str = field(repr=False)
    kind: str = "vote"

    def by(self, person: Person) -> Answer:
        path = f"/committee/{self.allocation_id}/vote"
        form = person.get(self.member, path).filled(field_named="content_root")
        if not form:
            return Answer(done=False, said="decided")
        page = person.post(self.member, path, form | {"choice": self.choice.value, "password": self.password})
        return Answer(done=page.status == 302, said="" if page.status == 302 else reason_on(page))


@dataclass(frozen=True, slots=True)
class Collection:
    """A paper, and whoever stands at the table with it."""

    table: str
    voucher_id: UUID
    digits: str
    kind: str = "collection"

    def by(self, person: Person) -> Answer:
        form = person.get(self.table, "/collections/new").filled(field_named="code") or _no_form("the table")
        shown = person.post(self.table, "/collections/new", form | {"code": self.digits})
        order = shown.filled(field_named="collector")
        if not order:
            return Answer(done=False, said=reason_on(shown))
        page = person.post(self.table, "/collections/hand-out", order | {"collector": "0"})
        return Answer(done=page.status == 302, said="" if page.status == 302 else reason_on(page))


@dataclass(frozen=True, slots=True)
class Donation:
    """A gift of an amount that nobody else gives."""

    treasurer: str
    purpose_id: UUID
    minor: int
    kind: str = "donation"

    def by(self, person: Person) -> Answer:
        page = person.post(self.treasurer, "/donations/new", self.checked(person))
        return Answer(done=page.status == 302, said="" if page.status == 302 else reason_on(page))

    def checked(self, person: Person) -> dict[str, str]:
        """The form that books it, once it was checked."""
        empty = person.get(self.treasurer, "/donations/new")
        form = empty.filled(field_named="amount") or _no_form("a donation")
        typed = {
            "bank": empty.first_of("bank"),
            "amount": f"{self.minor // 100}.{self.minor % 100:02}",
            "purpose": str(self.purpose_id),
            "received_on": "2026-08-03",
            "kind": "person",
            "name": f"Giver {self.minor}",
            "language": "en",
        }
        checked = person.post(self.treasurer, "/donations/new", form | typed)
        return checked.filled(field_named="step") | {"step": "book"}


@dataclass(frozen=True, slots=True)
class Import:
    """A list of families, brought by the command until it says that all of it is there."""

    handle: str
    number: int
    households: int
    password: str = field(repr=False)
    kind: str = "import"

    def by(self, person: Person) -> Answer:
        file, password = person.folder / f"list-{self.number}.csv", person.folder / f"password-{self.number}"
        file.write_text(self._list(), encoding="utf-8")
        password.write_text(self.password)
        words = ["import-families", str(file), "--as", self.handle, "--json"]
        words += ["--password-file", str(password), "--data", str(person.data)]
        deadline, tries = time.monotonic() + PATIENCE, 0
        while time.monotonic() < deadline:
            tries += 1
            said, wrong = (person.folder / f"{what}-{self.number}-{tries}" for what in ("said", "wrong"))
            done = Command(words, environment(person.database_url), said, wrong)
            person.born(done)
            ended = done.wait()
            out, err = (told.read_text() if told.exists() else "" for told in (said, wrong))
            if ended == 0:
                person.tally.count("again") if tries > 1 else None
                told = json.loads(out)
                whole = told["added"] + told["already_there"] == self.households
                return Answer(done=whole, said="" if whole else out)
            if ended == 1 and out:  # refused with reasons
                return Answer(done=False, said=out)
            person.tally.count("cut" if ended < 0 else "broke")
            if ended >= 0:
                person.tally.count("refused")
        raise Unanswered(f"list {self.number}: {err[-300:]}")

    def _list(self) -> str:
        head = "household,locality,point,name,kinship,born,phone,address\n"
        return head + "".join(
            f"{self.number}-{n},old-town,club,Chaos L{self.number} {word(self.number)} {word(n)},worker,"
            f"{1950 + self.number % 50}-{1 + self.number // 50 % 12:02}-{1 + n % 28:02},"
            f"+7705{self.number:04}{n:03},Street {self.number}-{n}\n"
            for n in range(self.households)
        )


def word(number: int) -> str:
    """A number as letters, so that names differ as names do."""
    return "".join("БВГДЖЗКЛМН"[int(digit)] + "аеиоуаеиоу"[int(digit)] for digit in f"{number:03}").title()


def reason_on(page: Page) -> str:
    """What the page says, where it refuses: its first alert, or its heading."""
    found = re.search(r'role="alert"[^>]*>(.*?)</(?:p|div|section)>', page.text, re.DOTALL) or re.search(
        r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL
    )
    told = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[1])).split()) if found else page.text[:80]
    return f"{page.status} {told}"


def environment(database_url: str | None) -> dict[str, str]:
    """What a process of this fund is started with."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "KOMEK_DATA"}}
    return kept | ({"DATABASE_URL": database_url} if database_url else {})


def _no_form(where: str) -> dict[str, str]:
    raise Unanswered(f"{where} shows no form")
