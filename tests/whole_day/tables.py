"""The tables: families come one after the other, most as planned, and some with a story."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import Empty, SimpleQueue
from typing import Final

from aid.domain.codes import voucher_code
from tests.make.browser import Page
from tests.make.server import FarBrowser
from tests.whole_day.hands import digits_on
from tests.whole_day.people import People, Site

STORIES: Final = ("undone", "parts", "part_only", "stranger", "lost_paper", "twice", "guess")
"""What happens to the first families of each point, in this order; then come those of the hour without network."""
BY_LIST: Final = 3
STAY_AWAY: Final = 2
"""So many are handed out by a paper list, and so many never come."""

Visit = Callable[[FarBrowser], object]


def work(people: People, *, tables: int) -> None:
    """All tables of both points at once, until nobody waits."""
    with ThreadPoolExecutor(tables * len(people.sites)) as threads:
        working = []
        for site in people.sites.values():
            waiting: SimpleQueue[Visit] = SimpleQueue()
            for visit in visits(people, site):
                waiting.put(visit)
            working += [threads.submit(_serve, site, waiting) for _table in range(tables)]
        for each in working:
            each.result()


def visits(people: People, site: Site) -> Iterable[Visit]:
    """Who comes to a point, and what happens."""
    serials = sorted(site.papers)
    told = dict(zip(STORIES, serials[1:], strict=False))  # the first one's sheet was spoiled: its new one is as good
    usual = [serial for serial in serials if serial not in told.values()]
    listed = listed_at(site)
    for serial in usual[:-STAY_AWAY]:
        if serial not in listed or serial == listed[0]:  # one of them comes to the table as well: nobody could know
            yield partial(_hand_out, site, serial)
    yield partial(_undone, site, told["undone"])
    yield partial(_parts, site, told["parts"])
    yield partial(_part_only, site, told["part_only"])
    yield partial(_stranger, people, site, told["stranger"])
    yield partial(_lost_paper, people, site, told["lost_paper"])
    yield partial(_twice, site, told["twice"])
    yield partial(_guess, site, told["guess"])


def listed_at(site: Site) -> list[int]:
    """Whose aid was handed out in the hour without network."""
    serials = sorted(site.papers)
    usual = [serials[0], *serials[1 + len(STORIES) :]]
    return usual[1 : 1 + BY_LIST]


def _serve(site: Site, waiting: "SimpleQueue[Visit]") -> None:
    browser = site.table()
    while True:
        try:
            visit = waiting.get_nowait()
        except Empty:
            return
        visit(browser)


def _read(site: Site, serial: int, browser: FarBrowser) -> Page:
    """Scan the paper: green."""
    return browser.submit("/collections/new", code=site.papers[serial])


def _hand_out(site: Site, serial: int, browser: FarBrowser) -> Page:
    page = browser.send(_read(site, serial, browser), collector="0")
    if site.expect(page, heading="Handed out").heading == "Handed out":
        site.box.give(serial)
    return page


def _undone(site: Site, serial: int, browser: FarBrowser) -> None:
    """Pressed too early, undone, and handed out after all."""
    done = _hand_out(site, serial, browser)
    site.expect(browser.send(done, reason="pressed_too_early"), heading="Undone")
    site.box.take_back(serial)
    _hand_out(site, serial, browser)


def _parts(site: Site, serial: int, browser: FarBrowser) -> None:
    """Three notebooks first; the money, the rest and the pens an hour later."""
    _three_notebooks(site, serial, browser)
    rest = site.expect(_read(site, serial, browser), heading="The rest may be collected")
    site.expect(browser.send(rest, collector="0"), heading="Handed out")
    site.box.give(serial, goods={"notebook": 2, "pen": 2})


def _part_only(site: Site, serial: int, browser: FarBrowser) -> None:
    """The rest waits, and nobody comes for it."""
    _three_notebooks(site, serial, browser)


def _three_notebooks(site: Site, serial: int, browser: FarBrowser) -> None:
    part = {"collector": "0", "money": None, "wares-0-number": "3", "wares-1-now": None}
    site.expect(browser.send(_read(site, serial, browser), part), heading="Handed out")
    site.box.give(serial, minor=0, goods={"notebook": 3})


def _stranger(people: People, site: Site, serial: int, browser: FarBrowser) -> None:
    """Somebody not on the list comes; the coordinator looks at them on her own page."""
    waits = browser.send(_read(site, serial, browser), reason="ill")
    office = people.office
    office.send(office.get(waits.path), button="I have looked, and agree")
    again = _read(site, serial, browser)
    site.expect(browser.send(again, collector="stranger"), heading="Handed out")
    site.box.give(serial)


def _lost_paper(people: People, site: Site, serial: int, browser: FarBrowser) -> None:
    """The paper is lost: a new one is printed at the desk, and the old one, found again, is worth nothing."""
    old = site.papers[serial]
    sheet = people.office.submit("/vouchers/reprint", serial=f"{serial:06}", reason="lost")
    site.papers[serial] = digits_on(sheet.content)[serial]
    refused = browser.submit("/collections/new", code=old)
    if "replaced by a newer one" not in refused.text:
        site.said.append(f"an old paper was not refused: {refused.text[-300:]}")
    _hand_out(site, serial, browser)


def _twice(site: Site, serial: int, browser: FarBrowser) -> None:
    """The family comes again with the same paper."""
    _hand_out(site, serial, browser)
    again = _read(site, serial, browser)
    if "already collected" not in again.text:
        site.said.append(f"a second collection was not refused: {again.text[-300:]}")


def _guess(site: Site, serial: int, browser: FarBrowser) -> None:
    """Digits that nobody printed, twice; then the right ones."""
    for _each in range(2):
        refused = browser.submit("/collections/new", code=voucher_code())
        if "not known at this point" not in refused.text:
            site.said.append(f"an invented code was not refused: {refused.text[-300:]}")
    _hand_out(site, serial, browser)
