"""The whole story: five people found a fund, one colleague is arrested, a share is lost, the server's folder is
deleted, and the fund stands up again from its backup and three papers, on either database.

Up to the arrest they come over HTTP, but for their shares: how those pages look in a browser, others of its tests see.
From then on all is in Chromium.
"""

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree.ElementTree import Element

import psycopg
import pytest
import tinyhtml5
from playwright.sync_api import Browser
from playwright.sync_api import Page as Shown
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid import create_app
from aid.extensions import db
from aid.models.ledger import Transfer
from config import Config
from tests.browser.people import Somebody, Window
from tests.chaos.acts import environment
from tests.chaos.processes import Processes
from tests.make.browser import Page
from tests.make.databases import start_server
from tests.make.forked import Command
from tests.make.server import FarBrowser, Server
from tests.make.sitting import EVERYBODY, PAGES
from tests.web.test_exposure import listed

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

ENGLISH = {f"{who}-language": "en" for who in ("administrator", "coordinator", "members-0", "members-1", "members-2")}


class Colleague(Somebody):
    """Comes over HTTP at first, and sits down at the window for the first page that is to be seen there."""

    def __init__(self, window: Window, handle: str, far: FarBrowser) -> None:
        super().__init__(window, handle)
        self.far = far
        self._sits = False

    @property
    def page(self) -> Shown:
        if not self._sits:
            self.window.bring(self.handle, self.far.kept)
            self._sits = True
        return super().page

    def takes_phone(self, page: Page) -> None:
        """Take over the secret that this page shows as a picture."""
        self.follows(next(link for link in page.links if link.startswith("otpauth:")))

    def comes_in(self) -> None:
        """With password and phone."""
        page = self.far.submit("/sign-in", handle=self.handle, password=self.password, code=self.code())
        assert "/sign-in" not in page.path, page.text

    def fingerprint(self) -> str:
        """What they read aloud to whoever gives them keys."""
        page = self.far.get("/me")
        found = re.search(r"(?:[0-9a-f]{4}\s+){7,}[0-9a-f]{4}", page.text)
        assert found, page.text
        return " ".join(found[0].split())


class Story:
    """A server, and the people around it."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser, self.folder = browser, folder
        self.processes = Processes(Config(data=folder / "data"), folder / "log")
        self.people: dict[str, Colleague] = {}
        self.windows: list[Window] = []

    def runs(self, *words: str, data: Path, url: str | None = None) -> dict[str, Any]:
        """What a command says that ended well."""
        said, wrong = (self.folder / f"{words[0]}-{time.time_ns()}.{what}" for what in ("said", "wrong"))
        command = Command((*words, "--data", str(data), "--json"), environment(url), said, wrong)
        assert command.wait() == 0, wrong.read_text()
        told: dict[str, Any] = json.loads(said.read_text())
        return told

    def starts(self) -> None:
        """The server, and a new window at it, with nothing kept from before."""
        self.processes.start()
        self.windows.append(Window(self.browser, f"http://127.0.0.1:{self.processes.port}"))
        for somebody in self.people.values():
            somebody.window = self.windows[-1]

    def comes(self, handle: str) -> Colleague:
        """Somebody comes with a password and a phone, and cookies of their own."""
        somebody = Colleague(self.windows[-1], handle, self.far())
        self.people[handle] = somebody
        return somebody

    def far(self) -> FarBrowser:
        """A browser of somebody's own that shows nothing."""
        return FarBrowser(Server(self.processes.port, self.processes.log, self.folder))

    # ------------------------------------------------------------ the founding

    def is_founded(self) -> None:
        """One browser, five people, one after the other."""
        self.starts()
        code = re.search(r"One-time code: (\S+)", self.processes.log.read_text())
        assert code, self.processes.log.read_text()
        here = self.far()
        here.submit("/", code=code[1])
        for name, fields in PAGES.items():
            told = {**fields, **ENGLISH} if name == "people" else fields
            here.submit(f"/founding/{name}", told, button="" if told else "Continue")
        for handle in EVERYBODY:
            somebody = self.comes(handle)
            page = here.get(f"/founding/seats/{handle}")
            somebody.takes_phone(page)
            page = here.send(page, code=somebody.code())
            page = here.send(page, password=somebody.password, again=somebody.password)
            assert page.heading == "The seat is taken", page.text
        page = here.press("/founding/check", "Found the fund")
        assert page.heading == "The fund is founded", page.text
        for handle in EVERYBODY:
            self.people[handle].comes_in()

    def invites(self, handle: str, role: str, *places: str) -> Colleague:
        """The administrator invites, they make keys, and the coordinator compares a fingerprint and gives keys."""
        office, keeper, new = self.people["erlan"].far, self.people["dina"].far, self.comes(handle)
        page = office.get("/people/invite")
        there = {kind: offered(page, kind)[0] for kind in places}
        page = office.send(page, handle=handle, language="en", roles=role, **there)
        [_handle, first, *_more] = [said(part) for part in page.tree.iter("dd")]
        page = new.far.submit("/sign-in", handle=handle, password=first)
        new.takes_phone(page)
        page = new.far.send(page, password=new.password, again=new.password, code=new.code())
        read_aloud = new.fingerprint()
        [row] = [row for row in keeper.get("/people/waiting").tree.iter("tr") if handle in said(row).split()]
        page = keeper.get(
            next(link.get("href", "") for link in row.iter("a") if link.get("href", "").endswith("/admit"))
        )
        [shown] = [said(part) for part in page.tree.iter() if "read-aloud" in part.get("class", "").split()]
        assert shown.replace(" ", "") == read_aloud.replace(" ", "")
        page = keeper.send(page, compared="y")
        assert "They have all the keys" in page.text, page.text
        return new

    def registers(self, registrar: Colleague, name: str, phone: str) -> str:
        """A family in the register; its code."""
        page = registrar.far.get("/families/new")
        typed = {
            "point": offered(page, "point")[-1],
            "members-0-name": name,
            "members-0-born": "1.3.1985",
            "phone": phone,
            "address": "Абай көшесі 12",
            "circumstances": "on_strike",
            "check_word": "алма",
            "language": "kk",
            "consent": "y",
        }
        page = registrar.far.send(page, typed)
        found = re.search(r"Family (\d{3} \d{3} \d{3}) is registered", page.text)
        assert found, page.text
        return found[1].replace(" ", "")

    def is_given_money(self, treasurer: Colleague) -> None:
        page = treasurer.far.get("/donations/new")
        typed = {"amount": "12 500", "kind": "person", "name": "Ingrid Solheim", "language": "en"}
        typed |= {"purpose": offered(page, "purpose")[0], "received_on": time.strftime("%Y-%m-%d")}
        page = treasurer.far.send(treasurer.far.send(page, typed), button="Book the donation")
        assert "is booked" in page.text, page.text


def said(part: Element) -> str:
    """The words in it, in one line."""
    return " ".join("".join(part.itertext()).split())


def offered(page: Page, name: str) -> list[str]:
    """What may be chosen for this."""
    fields = [field for field in page.tree.iter() if field.get("name") == name]
    return [one.get("value", "") for field in fields for one in ([*field.iter("option")] or [field])]


def balances(config: Config) -> dict[str, int]:
    """What each account comes to."""
    app, sums = create_app(config), dict[str, int]()
    with app.app_context(), Session(db.engine) as session:
        for transfer in session.scalars(select(Transfer)):
            minor = transfer.amount_minor
            for account, change in ((transfer.debit_id, minor), (transfer.credit_id, -minor)):
                sums[str(account)] = sums.get(str(account), 0) + change
        db.engine.dispose()
    return sums


@pytest.fixture
def story(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    monkeypatch.setenv("KOMEK_BACKUPS", str(tmp_path / "backups"))
    told = Story(browser, tmp_path)
    yield told
    told.processes.stop()
    for window in told.windows:
        window.close()


def test_a_fund_is_founded_survives_an_arrest_and_a_lost_share_and_stands_up_from_its_backup(
    story: Story, tmp_path: Path
) -> None:
    story.is_founded()
    for handle in EVERYBODY:
        story.people[handle].puts_share_on_paper()
    aigul = story.invites("aigul", "registrar", "localities")
    bolat = story.invites("bolat", "registrar", "localities")
    story.is_given_money(story.invites("timur", "treasurer"))
    first, second, unseen = (
        story.registers(who, name, phone)
        for who, name, phone in (
            (aigul, "Ғайникамал Жұпаркөлова", "8 701 234 56 78"),
            (aigul, "Шолпан Тұлпарбек", "8 702 876 54 32"),
            (bolat, "Мәриям Сырдария", "8 705 111 22 33"),
        )
    )
    assert "Ғайникамал" in opened(aigul, first)

    arrested(story, aigul)

    dina = story.people["dina"]
    dina.page.goto("/exposure")
    dina.presses("main a[href^='/exposure/']")
    exposed = listed(SimpleNamespace(tree=tinyhtml5.parse(dina.page.content(), namespace_html_elements=False)))  # type: ignore[arg-type]
    assert exposed == {first: {"wrote": 1, "file": 1}, second: {"wrote": 1}, unseen: {}}

    marat = story.people["marat"]
    marat.page.goto("/recovery/mine")
    marat.presses("main a[href*='/recovery/lost/']")
    marat.presses("main form button")
    assert "4 shares can still be counted on" in marat.page.inner_text("body")

    file = backed_up(story)
    before = story.runs("verify", data=tmp_path / "data")
    assert before["holds"]
    listed_backups = story.runs("backup", "--list", data=tmp_path / "data")["backups"]
    [noted] = [backup for backup in listed_backups if backup["name"] == file.name]
    money = balances(Config(data=tmp_path / "data"))
    assert money
    story.processes.stop()
    shutil.rmtree(tmp_path / "data")
    papers = tmp_path / "papers"
    papers.write_text("\n".join(story.people[handle].words for handle in ("dina", "saule", "askar")))

    url = empty_postgres()
    for data, where in ((tmp_path / "new", None), (tmp_path / "elsewhere", url)):
        told = story.runs("restore", str(file), "--shares-file", str(papers), data=data, url=where)
        again = story.runs("verify", data=data, url=where)
        assert told["holds"]
        assert again["holds"]
        assert told["audit"] == again["head"] == noted["head"]
        assert balances(Config(data=data, database_url=where)) == money

    comes_back(story, Config(data=tmp_path / "elsewhere", database_url=url), first)


def opened(who: Somebody, code: str) -> str:
    """A family's file, as somebody reads it who said why."""
    who.page.goto(f"/families/{code}")
    who.types({"why": "family_asks"})
    who.presses("main form[action$='/open'] button.btn-main")
    return who.text


def arrested(story: Story, colleague: Somebody) -> None:
    """A member of the committee presses it; the next click is refused, and so is the password."""
    member = story.people["marat"]
    member.page.goto("/colleagues")
    member.presses(f"main li:has-text('{colleague.handle}') a[href$='/cut-off']")
    member.presses("main button[name=reason][value=arrested]")
    colleague.page.goto("/families/")
    assert "/sign-in" in colleague.page.url, colleague.page.url
    credentials = {"handle": colleague.handle, "password": colleague.password, "code": colleague.code()}
    colleague.fills_in("/sign-in", credentials)
    assert "/sign-in" in colleague.page.url, colleague.page.url


def backed_up(story: Story) -> Path:
    """The administrator asks for a backup, and the worker makes it: the newest, as it may have made one by itself."""
    office, button = story.people["erlan"], "main button:has-text('Back up now')"

    def made() -> set[Path]:
        """Once nothing is being made."""
        deadline = time.monotonic() + 90
        while True:
            office.page.goto("/backups/")
            if office.page.locator(button).count():
                return {*(story.folder / "backups").glob("*.age")}
            assert time.monotonic() < deadline, office.text + story.processes.log.read_text()[-3000:]
            time.sleep(0.5)

    before = made()
    office.presses(button)
    [newest] = made() - before
    return newest


def empty_postgres() -> str:
    """The address of an empty database."""
    server, name = start_server(), f"restored_{time.time_ns()}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return str(server.get_uri(database=name))


def comes_back(story: Story, config: Config, code: str) -> None:
    """Served from PostgreSQL: who worked works on with the same password and phone, who was cut off does not."""
    story.processes = Processes(config, story.folder / "log")
    story.starts()
    for handle, welcome in (("dina", True), ("aigul", False)):
        somebody = story.people[handle]
        credentials = {"handle": handle, "password": somebody.password, "code": somebody.code()}
        somebody.fills_in("/sign-in", credentials)
        assert ("/sign-in" not in somebody.page.url) == welcome, somebody.text
    dina = story.people["dina"]
    assert "Ғайникамал" in opened(dina, code)
