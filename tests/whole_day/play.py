"""The day from the evening before to the reconciliation, and what somebody reckons who never looked into the books."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.services.verification import verify
from aid.services.vouchers.expiry import CHUNK, expire_some
from aid.vault.actor import Actor
from tests.make import do
from tests.make.fund import FoundedFund
from tests.make.server import serving
from tests.whole_day import closing, evening, tables
from tests.whole_day.people import People, people_at
from tests.whole_day.tables import STAY_AWAY
from tests.whole_day.world import make_world


@dataclass
class Played:
    """What a day came to."""

    said: list[str] = field(default_factory=list)  # what a table was told that nobody expected
    pages: dict[str, str] = field(default_factory=dict)  # what the treasurer reads afterwards
    wrong: list[str] = field(default_factory=list)  # what verify names
    seconds: dict[str, float] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """For programs, and for the log."""
        spent = {name: round(each, 1) for name, each in self.seconds.items()}
        return {"unexpected": self.said, "verify": self.wrong, "seconds": spent}


def play(fund: FoundedFund, folder: Path, *, vouchers: int, tables_each: int) -> Played:
    """Prepare, play, and reckon."""
    played = Played()
    with _timed(played, "preparing"):
        world = make_world(fund, vouchers=vouchers)
    with serving(fund.app.config["KOMEK"], folder) as server:
        people = people_at(world, server)
        with _timed(played, "the evening before"):
            evening.prepare(people)
        with _timed(played, "the day"):
            _day(people, tables_each=tables_each)
        with _timed(played, "closing"):
            _close(people)
        with _timed(played, "expiry"):
            _expire()
        with _timed(played, "reconciliation"):
            played.pages = _read(people)
    played.said = [said for site in people.sites.values() for said in site.said]
    with _timed(played, "verify"), Session(db.engine) as session:
        played.wrong = [str(finding) for finding in verify(session)]
    return played


def expected(vouchers: int) -> dict[str, int]:
    """What became of the vouchers, by counting heads: two never came to each point, and one left; two got a part."""
    expired = 2 * STAY_AWAY - 1
    return {"carried": vouchers, "collected": vouchers - expired - 1 - 2, "cancelled": 1, "expired": expired + 2}


def _day(people: People, *, tables_each: int) -> None:
    for site in people.sites.values():
        closing.count(people, site, "opening")
    closing.leave(people)
    lists = {code: closing.print_list(site) for code, site in people.sites.items()}
    closing.at_the_wrong_point(people)
    for site in people.sites.values():
        closing.without_network(site)
    tables.work(people, tables=tables_each)
    for code, site in people.sites.items():
        closing.enter(people, site, lists[code])


def _close(people: People) -> None:
    club, school = people.sites.values()
    closing.count(people, club, "closing")
    closing.count(people, school, "closing", short=closing.SHORT)
    for site in people.sites.values():
        closing.report(people, site)


def _expire() -> None:
    """Two months later, at night."""
    moment = this_moment()
    later = Instant(moment.instant + timedelta(days=60), moment.today + timedelta(days=60))
    while do(expire_some, actor=Actor.system(), now=later, most=CHUNK).vouchers:
        pass


def _read(people: People) -> dict[str, str]:
    """What the treasurer looks at."""
    treasurer, sums = people.open("timur"), "/reconciliation"
    pages = {
        "sums": treasurer.get(f"{sums}/").text,
        "decision": treasurer.get(f"{sums}/decisions/{people.world.allocation_id}").text,
        "days": treasurer.get(f"{sums}/days").text,
        "day": treasurer.get(f"{sums}/days/{people.day}").text,
        "open": treasurer.get(f"{sums}/exceptions/?open=yes").text,
        "csv": treasurer.get(f"{sums}/sums.csv").content.decode(),
    }
    for kind in (
        "reprint",
        "spoiled",
        "move",
        "stranger",
        "undone",
        "refused",
        "late",
        "loss",
        "void",
        "expired",
        "count",
    ):
        pages[kind] = treasurer.get(f"{sums}/exceptions/?kind={kind}").text
    return pages


@contextmanager
def _timed(played: Played, name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    played.seconds[name] = time.monotonic() - began
