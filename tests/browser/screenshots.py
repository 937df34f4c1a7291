"""Pictures of the pages that a newcomer meets, of a fund made up anew.

`python -m tests.browser.screenshots [--whole] [DIR]` shows each page in Kazakh and in English, on a phone and on a
desk, cut to a screen's height (with --whole: not cut, and more of them). Into docs/screenshots. Takes two minutes.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pyotp
import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page

from aid.domain.permissions import Role
from tests.browser.hands import DESK, PHONE, Hands, chromium, context_of
from tests.make.server import ROOT, Server, free_port, wait_until_served

LANGUAGES = ("kk", "en")
COLOURS = 96


@dataclass(frozen=True, slots=True)
class Demo:
    """A sample fund that is served, who works in it, and a voucher of each kind."""

    address: str
    users: Mapping[str, Mapping[str, str]]  # by role
    good: Sequence[str]  # digits of vouchers that may be collected, one a point
    collected: Sequence[str]


@dataclass(frozen=True, slots=True)
class Shot:
    """A page, who looks at it, and how they come there."""

    name: str
    role: Role
    come: Callable[[Page, Demo], object]


def at(path: str) -> Callable[[Page, Demo], object]:
    return lambda page, _demo: page.goto(path)


def first_of(path: str, link: str) -> Callable[[Page, Demo], object]:
    """The first thing of a list."""

    def come(page: Page, _demo: Demo) -> None:
        page.goto(path)
        page.goto(page.locator(link).first.get_attribute("href") or "")

    return come


def searched(page: Page, _demo: Demo) -> None:
    page.goto("/families/")
    page.fill("[name=sought]", "Izbasov Serik")
    _press(page, "main form button")


def found(page: Page, demo: Demo) -> None:
    searched(page, demo)
    page.goto(page.locator("main table a").first.get_attribute("href") or "")


def registering(page: Page, demo: Demo) -> None:
    searched(page, demo)
    _press(page, "main button[name=start]")


def confirming(page: Page, _demo: Demo) -> None:
    page.goto("/families/waiting")
    _press(page, "main form[action$='/open'] button")


def voting(page: Page, demo: Demo) -> None:
    first_of("/committee/", "main a[href^='/committee/']")(page, demo)
    page.goto(page.locator("main a[href*='/vote']").first.get_attribute("href") or "")


def may_be_collected(page: Page, demo: Demo) -> None:
    _read(page, demo.good, "answer-yes")


def was_collected(page: Page, demo: Demo) -> None:
    _read(page, demo.collected, "answer-no")


def _read(page: Page, vouchers: Sequence[str], answer: str) -> None:
    """Type a voucher's digits: one of this point's."""
    for digits in vouchers:
        page.goto("/collections/new")
        page.fill("[name=code]", digits)
        _press(page, "main form button.btn-main")
        if page.locator(f"body.{answer}").count():
            return
    raise AssertionError(f"no voucher leads to {answer}")


def checking(page: Page, _demo: Demo) -> None:
    page.goto("/donations/new")
    page.fill("[name=amount]", "125 000")
    page.locator("[name=purpose]").first.check(force=True)
    page.fill("[name=name]", "Ingrid Solheim")
    page.locator("[name=language]").last.check(force=True)
    _press(page, "main form button.btn-main")


SHOTS = (
    Shot("01-today", Role.COORDINATOR, at("/")),
    Shot("02-search", Role.REGISTRAR, searched),
    Shot("03-register", Role.REGISTRAR, registering),
    Shot("04-confirm", Role.CONFIRMER, confirming),
    Shot("05-donation", Role.TREASURER, checking),
    Shot("06-programmes", Role.COORDINATOR, at("/programmes/")),
    Shot("07-proposal", Role.COORDINATOR, first_of("/allocations/", "main a[href^='/allocations/0']")),
    Shot("08-decide", Role.COMMITTEE_MEMBER, first_of("/committee/", "main a[href^='/committee/']")),
    Shot("09-vote", Role.COMMITTEE_MEMBER, voting),
    Shot("10-vouchers", Role.COORDINATOR, at("/vouchers/")),
    Shot("11-hand-out", Role.DISTRIBUTOR, at("/collections/new")),
    Shot("12-may-be-collected", Role.DISTRIBUTOR, may_be_collected),
    Shot("13-not-again", Role.DISTRIBUTOR, was_collected),
    Shot("14-money", Role.TREASURER, at("/ledger/")),
    Shot("15-audit", Role.AUDITOR, at("/audit/")),
)
FOR_THE_EYE = (  # looked at, not kept
    Shot("today-registrar", Role.REGISTRAR, at("/")),
    Shot("today-committee", Role.COMMITTEE_MEMBER, at("/")),
    Shot("today-distributor", Role.DISTRIBUTOR, at("/")),
    Shot("families", Role.REGISTRAR, at("/families/")),
    Shot("family", Role.COORDINATOR, found),
    Shot("waiting", Role.CONFIRMER, at("/families/waiting")),
    Shot("donations", Role.TREASURER, at("/donations/")),
    Shot("donor", Role.TREASURER, at("/donations/donors")),
    Shot("thanks", Role.TREASURER, at("/thanks/")),
    Shot("entries", Role.TREASURER, at("/ledger/entries")),
    Shot("programme-new", Role.COORDINATOR, at("/programmes/new")),
    Shot("allocations", Role.COORDINATOR, at("/allocations/")),
    Shot("committee", Role.COMMITTEE_MEMBER, at("/committee/")),
    Shot("vouchers-list", Role.COORDINATOR, first_of("/vouchers/", "main a[href^='/vouchers/0']")),
    Shot("reprint", Role.COORDINATOR, at("/vouchers/reprint")),
    Shot("collections", Role.DISTRIBUTOR, at("/collections/")),
    Shot("people", Role.ADMINISTRATOR, at("/people")),
    Shot("arrest-or-raid", Role.DISTRIBUTOR, at("/colleagues")),
    Shot("cut-off", Role.DISTRIBUTOR, first_of("/colleagues", "main a[href$='/cut-off']")),
    Shot("exposed", Role.COORDINATOR, at("/exposure")),
    Shot("re-seal", Role.COORDINATOR, at("/re-seal")),
    Shot("lock", Role.DISTRIBUTOR, at("/lock")),
    Shot("me", Role.COMMITTEE_MEMBER, at("/me")),
    Shot("refused", Role.AUDITOR, at("/families/")),
)


def _press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.locator(button).first.click()


@contextmanager
def demo_served(folder: Path) -> Iterator[Demo]:
    """Play the sample fund, and serve it as anybody would."""
    data = folder / "data"
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "aid.cli", "demo", "--no-serve", "--json", "--data", str(data)]
    told = json.loads(subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE).stdout)
    sheets = [_digits(Path(name)) for name in told["documents"] if Path(name).name.startswith("vouchers-")]
    server = Server(free_port(), folder / "log", folder)
    serve = [sys.executable, "-m", "aid.cli", "run", "--port", str(server.port), "--data", str(data)]
    with server.log.open("w") as log:
        process = subprocess.Popen(serve, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait_until_served(process, server)
            yield Demo(
                f"http://127.0.0.1:{server.port}",
                {role: user for user in reversed(told["users"]) for role in user["roles"]},
                [sheet[1] for sheet in sheets],
                [sheet[0] for sheet in sheets],
            )
        finally:
            process.terminate()
            process.wait(timeout=30)


def _digits(sheet: Path) -> list[str]:
    """The digits of the vouchers on the first page, as they are printed."""
    text = pypdfium2.PdfDocument(sheet)[0].get_textpage().get_text_bounded()
    return re.findall(r"\d{4} \d{4} \d{4} \d{4}", text)


def shoot(shots: Sequence[Shot], demo: Demo, browser: Browser, to: Path, *, whole: bool) -> None:
    """Let each person sign in once, and show their pages."""
    _shoot_the_door(demo, browser, to, whole=whole)
    for role in dict.fromkeys(shot.role for shot in shots):
        context = context_of(browser, demo.address)
        page, user = context.new_page(), demo.users[role]
        hands = Hands(page)
        hands.signs_in(user["handle"], user["password"], pyotp.TOTP(user["totp_secret"]).now())
        if role is Role.DISTRIBUTOR:
            hands.lays_down_pin("704182")
        for language in LANGUAGES:
            page.goto("/me")
            _press(page, f"main button[formaction='/language/{language}']")
            for shot in shots:
                if shot.role is role:
                    shot.come(page, demo)
                    _keep(page, to, f"{shot.name}-{language}", whole=whole)
        context.close()


def _shoot_the_door(demo: Demo, browser: Browser, to: Path, *, whole: bool) -> None:
    for language in LANGUAGES:
        context = context_of(browser, demo.address, language=language)
        page = context.new_page()
        page.goto("/sign-in")
        _keep(page, to, f"00-sign-in-{language}", whole=whole)
        context.close()


def _keep(page: Page, to: Path, name: str, *, whole: bool) -> None:
    """A picture on a phone and one on a desk, in few colours."""
    for where, (width, height) in {"phone": PHONE, "desk": DESK}.items():
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("window.scrollTo(0, 0)")
        picture = Image.open(BytesIO(page.screenshot(full_page=whole))).convert("RGB")
        few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(to / f"{name}-{where}.png", optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots")
    parser.add_argument("--whole", action="store_true", help="whole pages, and more of them")
    parser.add_argument("to", type=Path, nargs="?", default=ROOT / "docs" / "screenshots")
    chosen = parser.parse_args()
    chosen.to.mkdir(parents=True, exist_ok=True)
    for old in chosen.to.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder, demo_served(Path(folder)) as demo, chromium() as browser:
        shoot(SHOTS + FOR_THE_EYE if chosen.whole else SHOTS, demo, browser, chosen.to, whole=chosen.whole)


if __name__ == "__main__":
    main()
