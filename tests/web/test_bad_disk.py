"""A disk that is full, or that can't keep what it is given: a clean refusal, and nothing that was acknowledged is lost.

On SQLite it is the fund's own server whose disk fails, on PostgreSQL the database's.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid import create_app
from aid.extensions import db, upgrade_once
from aid.models.donations import Donation as DonationRow
from aid.services.verification import verify
from config import Config
from tests.chaos.acts import Donation, Page, Person, Tally, reason_on
from tests.chaos.processes import Processes, processes_on
from tests.conftest import HouseOf
from tests.make import rows
from tests.make.faults import BadDisk, Fault
from tests.make.fund import FoundedFund, found_and_enrol
from tests.make.postgres import postgres_on_a_bad_disk

pytestmark = pytest.mark.slow

MOST = 400
"""PostgreSQL writes into the room it has before it asks the disk for more."""


@dataclass
class Office:
    """A treasurer at work on a server whose disk may fail."""

    fund: FoundedFund
    disk: BadDisk
    processes: Processes
    person: Person
    mend: Callable[[], None]
    booked: set[int] = field(default_factory=set)
    amounts: Iterator[int] = field(default_factory=lambda: count(1_000_00, 7))

    def checked(self) -> tuple[int, dict[str, str]]:
        """A donation that only needs to be booked: how much, and its form."""
        minor = next(self.amounts)
        return minor, Donation("timur", self.fund.purposes["school"], minor).checked(self.person)

    def book(self, minor: int, form: dict[str, str]) -> Page | None:
        """Ask once."""
        page, _sent = self.person.once("timur", "POST", "/donations/new", form)
        if page and page.status == 302:
            self.booked.add(minor)
        return page

    def book_until_refused(self) -> tuple[int, dict[str, str], Page]:
        """Book donations, one after the other; what became of the first that was not booked."""
        for _each in range(MOST):
            minor, form = self.checked()
            page = self.book(minor, form)
            if page and page.status != 302:
                return minor, form, page
        raise AssertionError(f"the disk never failed: {self.disk.failed} of its calls did")

    def send_again(self, minor: int, form: dict[str, str]) -> None:
        """Just the same form once more, until it is answered."""
        page = self.person.post("timur", "/donations/new", form)
        assert page.status == 302, reason_on(page)
        self.booked.add(minor)


@contextmanager
def an_office(
    config: Config, disk: BadDisk, folder: Path, *, served_by_disk: bool = False, mend: Callable[[], None]
) -> Iterator[Office]:
    app = create_app(config)
    with app.app_context():
        fund = FoundedFund(app)
        with processes_on(config, folder, disk=disk if served_by_disk else None) as processes:
            cookies = {"timur": fund.sign_in("timur").text()}
            url = config.database_url
            person = Person(0, processes.port, cookies, folder, config.data, url, Tally(), processes.born)
            yield Office(fund, disk, processes, person, mend)
        db.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def office(request: pytest.FixtureRequest, house_of: HouseOf, tmp_path: Path) -> Iterator[Office]:
    """On either database."""
    data, day = tmp_path / "data", tmp_path / "day"
    if request.param == "sqlite":
        there = house_of("sqlite").app.config["KOMEK"].data
        data.mkdir()
        shutil.copy(there / "server.key", data)
        shutil.copy(there / "founded.kept", data / "komek.db")
        with an_office(Config(data), BadDisk(data), day, served_by_disk=True, mend=lambda: None) as office:
            yield office
    else:
        with postgres_on_a_bad_disk() as server:
            config = Config(data, database_url=server.url)
            _found(config)
            with an_office(config, server.disk, day, mend=server.wait) as office:
                yield office


def _found(config: Config) -> None:
    app = create_app(config)
    upgrade_once(app)
    with app.app_context():
        found_and_enrol()
        db.engine.dispose()


def test_what_was_acknowledged_is_there_though_the_disk_failed(office: Office) -> None:
    with office.disk.failing(Fault.FULL):
        unbooked, waiting, full = office.book_until_refused()
        read = office.person.get("timur", "/donations/")
    office.send_again(unbooked, waiting)
    minor, form = office.checked()
    with office.disk.failing(Fault.FORGETFUL):
        broken = [office.book(minor, form) for _each in range(3)]
    office.mend()  # PostgreSQL stops where it can't keep a commit
    office.send_again(minor, form)
    office.processes.kill_whole()  # and whatever was not kept is gone now

    assert (full.status, "The disk is full" in full.text) == (507, True), reason_on(full)
    assert read.status == 200, "what is there can be read"
    assert all(page and page.status in {500, 503} and "Nothing was lost" in page.text for page in broken), broken
    assert office.disk.failed >= 2
    assert sorted(rows(select(DonationRow.amount_minor))) == sorted(office.booked)
    with Session(db.engine) as session:
        assert list(verify(session)) == []
