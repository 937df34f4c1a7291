"""Who takes part: browsers that are signed in, at a real server, and what each point has before it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

from aid.extensions import now as this_moment
from tests.make.browser import Page
from tests.make.server import FarBrowser, Server
from tests.whole_day.hands import Box
from tests.whole_day.world import POINTS, World

Open = Callable[[str], FarBrowser]


@dataclass
class Site:
    """One point on that day: its box, the digits that its families came with, and who waits for what."""

    code: str
    id: UUID
    box: Box
    open: Open
    papers: dict[int, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)  # what the tables were told that nobody had expected

    @property
    def handle(self) -> str:
        """Who hands out here."""
        return POINTS[self.code]

    def table(self) -> FarBrowser:
        """A table more: another device, signed in by itself."""
        return self.open(self.handle)

    def expect(self, page: Page, *, heading: str) -> Page:
        """What a table sees; anything else is told in the evening."""
        if page.heading != heading:
            self.said.append(f"{self.code}: {page.heading} instead of {heading}: {page.text[-300:]}")
        return page


@dataclass
class People:
    """Everybody, and both points."""

    world: World
    open: Open
    sites: dict[str, Site]
    office: FarBrowser  # the coordinator's

    @property
    def day(self) -> str:
        """The fund's day."""
        return this_moment().today.isoformat()


def people_at(world: World, server: Server) -> People:
    """Everybody signs in where they work."""
    one_by_one = Lock()  # a code of the phone signs in once

    def browser(handle: str) -> FarBrowser:
        with one_by_one, world.fund.app.app_context():
            return FarBrowser(server, cookie=world.fund.sign_in(handle))

    sites = {
        code: Site(code, world.fund.points[code], Box(world.cash[code], world.goods[code]), browser) for code in POINTS
    }
    return People(world, browser, sites, browser("dina"))
