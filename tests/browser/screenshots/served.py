"""A fund that is served as anybody would serve it, and who sits before its pages."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pypdfium2
from playwright.sync_api import Browser, Page

from aid.domain.permissions import Role
from tests.browser.hands import Hands
from tests.browser.people import Somebody, Window
from tests.browser.screenshots.camera import Camera
from tests.make.server import ROOT, Server, free_port, wait_until_served

OURS = ("DATABASE_URL", "KOMEK_")  # settings of whoever takes the pictures are not the made-up fund's


@dataclass(frozen=True, slots=True)
class Demo:
    """A sample fund that is served, who works in it, what it printed, and a voucher of each kind."""

    address: str
    users: Mapping[str, Mapping[str, str]]  # by role
    good: Sequence[str]  # digits of vouchers that may be collected, one a point
    collected: Sequence[str]
    documents: Sequence[Path]


@dataclass(frozen=True, slots=True)
class Shot:
    """A page, who looks at it, and how they come there."""

    name: str
    role: Role
    come: Callable[[Page, Demo], object]
    part: str = "body"  # where the picture begins


@dataclass(frozen=True, slots=True)
class Studio:
    """People of the sample fund, each signed in once, and the camera before them."""

    demo: Demo
    browser: Browser
    camera: Camera
    _here: dict[Role, Somebody] = field(default_factory=dict)

    def shows(self, shots: Iterable[Shot]) -> None:
        for shot in shots:
            self.camera.takes(self.page_of(shot.role), shot.name, partial(self._comes, shot), part=shot.part)

    def _comes(self, shot: Shot, page: Page) -> None:
        shot.come(page, self.demo)

    def page_of(self, role: Role) -> Page:
        """The window of whoever has this role."""
        if role not in self._here:
            user = self.demo.users[role]
            somebody = Somebody(Window(self.browser, self.demo.address), user["handle"])
            somebody.password, somebody.secret = user["password"], user["totp_secret"]
            somebody.signs_in()
            if role is Role.DISTRIBUTOR:
                Hands(somebody.page).lays_down_pin("704182")
            self._here[role] = somebody
        return self._here[role].page


def play_demo(folder: Path) -> Mapping[str, Any]:
    """The sample fund's story, as the demo tells it. Takes half a minute."""
    command = [sys.executable, "-m", "aid.cli", "demo", "--no-serve", "--json", "--data", str(folder / "data")]
    done = subprocess.run(command, cwd=ROOT, env=_environment(folder), check=True, stdout=subprocess.PIPE)
    told: Mapping[str, Any] = json.loads(done.stdout)
    return told


@contextmanager
def demo_served(folder: Path, told: Mapping[str, Any]) -> Iterator[Demo]:
    """The sample fund that was played here."""
    documents = [Path(name) for name in told["documents"]]
    sheets = [_digits(path) for path in documents if path.name.startswith("vouchers-")]
    with served(folder) as server:
        yield Demo(
            address_of(server),
            {role: user for user in reversed(told["users"]) for role in user["roles"]},
            [sheet[1] for sheet in sheets if len(sheet) > 1],
            [sheet[0] for sheet in sheets],
            documents,
        )


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Serve the fund whose data is here, or one that is still to be founded."""
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(free_port(), folder / "log", folder)
    command = [sys.executable, "-m", "aid.cli", "run", "--port", str(server.port), "--data", str(folder / "data")]
    with server.log.open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=_environment(folder), stdout=log, stderr=log)
        try:
            wait_until_served(process, server)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=30)


def address_of(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def _environment(folder: Path) -> dict[str, str]:
    """With a second place for backups, as everybody should have one."""
    second = folder / "another-disk"
    second.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return kept | {"KOMEK_BACKUPS_COPY": str(second)}


def _digits(sheet: Path) -> list[str]:
    """The digits of the vouchers on the first page, as they are printed."""
    text = pypdfium2.PdfDocument(sheet)[0].get_textpage().get_text_bounded()
    return re.findall(r"\d{4} \d{4} \d{4} \d{4}", text)
