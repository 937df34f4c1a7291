"""The camera: a page on a phone and on a desk, in Kazakh and in English, in few colours."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Page

from tests.browser.hands import DESK, PHONE

LANGUAGES = ("kk", "en")
COLOURS = 96
PAPER = 1.4  # pixels a point


@dataclass(frozen=True, slots=True)
class Camera:
    """Where pictures go, and whether they show whole pages."""

    to: Path
    whole: bool

    def takes(
        self, page: Page, name: str, come: Callable[[Page], object] = lambda _page: None, *, part: str = "body"
    ) -> None:
        """Show a page in each language: the one that is open, or where `come` leads. From this part of it on."""
        for language in _in_turn(page):
            speak(page, language)
            come(page)
            self.keeps(page, f"{name}-{language}", part=part)

    def keeps(self, page: Page, name: str, *, part: str = "body") -> None:
        """A picture on a phone and one on a desk; of a page that broke there is none."""
        assert not page.locator("main > .hint.aside", has_text="500").count(), f"{page.url} broke"
        for where, (width, height) in {"phone": PHONE, "desk": DESK}.items():
            page.set_viewport_size({"width": width, "height": height})
            page.locator(part).first.evaluate("part => part.scrollIntoView({block: 'start', behavior: 'instant'})")
            self._save(Image.open(BytesIO(page.screenshot(full_page=self.whole))), f"{name}-{where}")

    def takes_paper(self, page: Page, path: str, name: str) -> None:
        """The first page of a PDF, in each language."""
        for language in _in_turn(page):
            speak(page, language)
            self.keeps_paper(page.request.get(path).body(), f"{name}-{language}")

    def keeps_paper(self, printed: bytes, name: str) -> None:
        """The first page of a PDF."""
        self._save(pypdfium2.PdfDocument(printed)[0].render(scale=PAPER).to_pil(), f"{name}-paper")

    def _save(self, picture: Image.Image, name: str) -> None:
        few = picture.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(self.to / f"{name}.png", optimize=True)


def _in_turn(page: Page) -> list[str]:
    """The languages, beginning with the one that is spoken already."""
    return sorted(LANGUAGES, key=lambda language: language != _spoken(page))


def _spoken(page: Page) -> str | None:
    return page.locator("html").get_attribute("lang")


def speak(page: Page, language: str) -> None:
    """Go on in another language, as its button on a desk does; a page without that button is left first."""
    if _spoken(page) == language:
        return
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    button = f".masthead-tools button[formaction='/language/{language}']"
    if not page.locator(button).count():
        page.goto("/")
    press(page, button)


def press(page: Page, button: str) -> None:
    """Press what leads to the next page."""
    with page.expect_navigation():
        page.locator(button).first.click()
