"""The whole story in a real browser: five people found a fund, one colleague is arrested, a share is lost, the server's
folder is deleted, and the fund stands up again from its backup and three papers, on either database.
"""

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
import tinyhtml5
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid import create_app
from aid.extensions import db
from aid.models.ledger import Transfer
from config import Config
from tests.browser.people import Somebody, Window
from tests.chaos.acts import environment
from tests.chaos.processes import Processes
from tests.make.databases import start_server
from tests.make.forked import Command
from tests.make.sitting import EVERYBODY, PAGES
from tests.web.test_exposure import listed

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

ENGLISH = {f"{who}-language": "en" for who in ("administrator", "coordinator", "members-0", "members-1", "members-2")}


class Story:
    """A server, and the people around it."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser, self.folder = browser, folder
        self.processes = Processes(Config(data=folder / "data"), folder / "log")
        self.people: dict[str, Somebody] = {}
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

    def comes(self, handle: str) -> Somebody:
        """Somebody comes with a password and a phone, and cookies of their own."""
        somebody = Somebody(self.windows[-1], handle)
        self.people[handle] = somebody
        return somebody

    # ------------------------------------------------------------ the founding

    def is_founded(self) -> None:
        """One browser, five people, one after the other."""
        self.starts()
        code = re.search(r"One-time code: (\S+)", self.processes.log.read_text())
        assert code, self.processes.log.read_text()
        here = Somebody(self.windows[-1], "everybody")
        here.fills_in("/", {"code": code[1]})
        for name, fields in PAGES.items():
            here.fills_in(f"/founding/{name}", fields if name != "people" else {**fields, **ENGLISH})
        for handle in EVERYBODY:
            somebody = self.comes(handle)
            here.page.goto(f"/founding/seats/{handle}")
            somebody.scans(here.page)
            here.types({"code": somebody.code()})
            here.presses("main form button.btn-main")
            here.types({"password": somebody.password, "again": somebody.password})
            here.presses("main form button.btn-main")
            assert here.heading == "The seat is taken", here.text
        here.page.goto("/founding/check")
        here.presses("main form button.btn-main")
        assert here.heading == "The fund is founded", here.text
        for handle in EVERYBODY:
            self.people[handle].signs_in()

    def invites(self, handle: str, role: str, *places: str) -> Somebody:
        """The administrator invites, they make keys, and the coordinator compares a fingerprint and gives keys."""
        office, keeper, new = self.people["erlan"], self.people["dina"], self.comes(handle)
        office.page.goto("/people/invite")
        office.types({"handle": handle, "language": "en", "roles": role})
        for kind in places:
            office.page.locator(f"main [name={kind}]").first.check(force=True)
        office.presses("main form button.btn-main")
        first = office.page.locator(".handover dd").all_inner_texts()[1]
        new.fills_in("/sign-in", {"handle": handle, "password": first})
        new.scans(new.page)
        new.types({"password": new.password, "again": new.password, "code": new.code()})
        new.presses("main form button.btn-main")
        read_aloud = new.fingerprint()
        keeper.page.goto("/people/waiting")
        keeper.presses(f"main tr:has-text('{handle}') a[href$='/admit']")
        shown = " ".join(keeper.page.inner_text(".read-aloud").split())
        assert shown.replace(" ", "") == read_aloud.replace(" ", "")
        keeper.page.check("[name=compared]", force=True)
        keeper.presses("main form button.btn-main")
        assert "They have all the keys" in keeper.page.inner_text("body"), keeper.text
        return new

    def registers(self, registrar: Somebody, name: str, phone: str) -> str:
        """A family in the register; its code."""
        registrar.page.goto("/families/new")
        registrar.page.locator("main [name=point]").select_option(
            index=registrar.page.locator("main [name=point] option").count() - 1
        )
        registrar.types(
            {
                "members-0-name": name,
                "members-0-born": "1.3.1985",
                "phone": phone,
                "address": "Абай көшесі 12",
                "circumstances": "on_strike",
                "check_word": "алма",
                "language": "kk",
            }
        )
        registrar.page.check("main [name=consent]", force=True)
        registrar.presses("main form button.btn-main")
        found = re.search(r"Family (\d{3} \d{3} \d{3}) is registered", registrar.page.inner_text("body"))
        assert found, registrar.text
        return found[1].replace(" ", "")

    def is_given_money(self, treasurer: Somebody) -> None:
        treasurer.page.goto("/donations/new")
        treasurer.page.locator("main [name=purpose]").first.check(force=True)
        typed = {"amount": "12 500", "kind": "person", "name": "Ingrid Solheim", "language": "en"}
        treasurer.types({**typed, "received_on": time.strftime("%Y-%m-%d")})
        treasurer.presses("main form button.btn-main")
        treasurer.presses("main form button.btn-main")
        assert "is booked" in treasurer.page.inner_text("body"), treasurer.text


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
