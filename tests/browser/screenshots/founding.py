"""The founding: five people around one browser, until each has put their recovery share on paper."""

import re
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.people import Somebody, Window
from tests.browser.screenshots.camera import Camera
from tests.browser.screenshots.served import address_of, served
from tests.make.server import Server
from tests.make.sitting import EVERYBODY, PAGES

NAMED = {
    "name": ("«Ынтымақ» қоры", "Фонд «Ынтымак»", "Yntymaq Fund"),
    "paper": ("Көмек тізімі", "Список помощи", "Aid list"),
    "localities-0": ("Ескі қала", "Старый город", "Old town"),
    "points-0": ("Клуб", "Клуб", "Club"),
}
FIRST_TWO = EVERYBODY[:2]


def show_the_founding(folder: Path, browser: Browser, camera: Camera) -> None:
    """Found a fund in an empty folder, and show how."""
    with served(folder) as server:
        _Sitting(browser, server, camera).is_shown()


class _Sitting:
    """The browser that all sit around, and each one's own at home."""

    def __init__(self, browser: Browser, server: Server, camera: Camera) -> None:
        self.browser, self.server, self.camera = browser, server, camera
        self.here = self._comes("everybody")
        self.people = {handle: self._comes(handle) for handle in EVERYBODY}

    def _comes(self, handle: str) -> Somebody:
        return Somebody(Window(self.browser, address_of(self.server)), handle)

    def is_shown(self) -> None:
        self._type_the_code()
        self._plan()
        self._take_seats()
        self._found()
        self._share_out()
        for somebody in (self.here, *self.people.values()):
            somebody.window.close()

    def _shows(self, path: str, name: str, to: Somebody | None = None) -> None:
        self.camera.takes((to or self.here).page, name, lambda page: page.goto(path))

    def _type_the_code(self) -> None:
        told = re.search(r"One-time code: (\S+)", self.server.log.read_text())
        assert told, self.server.log.read_text()
        self.here.page.goto("/")
        self._shows("/", "101-founding-code")
        self.here.fills_in("/", {"code": told[1]})

    def _plan(self) -> None:
        for step, fields in PAGES.items():
            self.here.fills_in(f"/founding/{step}", _in_each_language(fields))
            if step == "points":
                self._shows("/founding/sitting", "102-founding-pages")
        self._shows("/founding/people", "103-founding-people")
        self._shows("/founding/recovery", "104-founding-shares")

    def _take_seats(self) -> None:
        for handle in FIRST_TWO:
            self._sits(handle)
        self._shows("/founding/seats/", "105-founding-seats")
        self._shows(f"/founding/seats/{EVERYBODY[2]}", "106-founding-phone")
        for handle in EVERYBODY[2:]:
            self._sits(handle)

    def _sits(self, handle: str) -> None:
        somebody = self.people[handle]
        self.here.page.goto(f"/founding/seats/{handle}")
        somebody.scans(self.here.page)
        for typed in ({"code": somebody.code()}, {"password": somebody.password, "again": somebody.password}):
            self.here.types(typed)
            self.here.presses("main form button.btn-main")

    def _found(self) -> None:
        self._shows("/founding/check", "107-founding-check")
        self.here.fills_in("/founding/check", {})
        self._shows("/founding/done", "108-founded")
        self.camera.takes_paper(self.here.page, "/founding/done.pdf", "109-founding-act")

    def _share_out(self) -> None:
        dina = self.people["dina"]
        dina.signs_in()
        for path, name in (
            ("/", "110-provisional"),
            ("/recovery/new", "111-make-shares"),
            ("/recovery/mine", "112-my-share"),
        ):
            self._shows(path, name, dina)
        self.camera.takes(dina.page, "113-share-words", self._opened)
        self.camera.takes(dina.page, "114-two-words-back", self._typed_back)
        dina.presses("main form button.btn-main")
        self._shows("/recovery/", "115-shares", dina)

    def _opened(self, page: Page) -> None:
        page.goto("/recovery/mine")
        self.people["dina"].presses("main form[action$='/show'] button")

    def _typed_back(self, page: Page) -> None:
        self._opened(page)
        words = page.locator(".share-words li").all_inner_texts()
        self.people["dina"].presses("main a[href$='/confirm']")
        asked = (int(place) for place in page.input_value("[name=places]").split(","))
        self.people["dina"].types(dict(zip(("first", "second"), (words[place - 1] for place in asked), strict=True)))


def _in_each_language(fields: Mapping[str, object]) -> dict[str, object]:
    """What is typed, with names as each language has them."""
    named = {
        f"{field}{'-' if field[-1] == '0' else '_'}{language}": name
        for field, names in NAMED.items()
        for language, name in zip(("kk", "ru", "en"), names, strict=True)
    }
    return {field: named.get(field, typed) for field, typed in fields.items()}
