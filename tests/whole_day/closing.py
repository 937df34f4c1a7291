"""Around the tables: counts in the morning and the evening, the hour without network, a voucher of the other point."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from aid.models.families import Family
from aid.models.fund import Fund
from aid.models.late import LateEntry, LateLine, PointList
from aid.models.vouchers import Voucher
from tests.documents.reading import Printed
from tests.make import rows
from tests.make.browser import Page
from tests.whole_day.people import People, Site
from tests.whole_day.tables import listed_at


@dataclass(frozen=True)
class Listed:
    """A point's list, and the minute at which it was printed."""

    id: UUID
    hour: str


SHORT = 500_00
"""So much too much was given at a table of one point: its closing differs by that."""


def count(people: People, site: Site, end: str, *, short: int = 0) -> None:
    """Count one end of the day by notes, pieces and stubs, say why it differs, and let the coordinator sign."""
    table = site.table()
    page = table.get(f"/day-counts/at/{site.id}/{end}")
    site.box.cash -= short
    kept = table.send(page, _typed(site, page, with_stubs=end == "closing"), button="I counted all of it")
    if short:
        assert "Something differs from the books" in kept.text, kept.text
        table.send(kept, {"reasons-0-why": "wrong_sum_given"}, button="That is why")
    else:
        assert "agrees with the books" in kept.text, kept.text
    signed = people.office.submit(kept.path, button="Sign")
    assert "Signed by two" in signed.text, signed.text


def _typed(site: Site, page: Page, *, with_stubs: bool) -> dict[str, str]:
    """The box and the shelf as somebody counts them."""
    filled = page.form_with({"cash-0-pieces"}).filled
    left, typed = site.box.cash, dict[str, str]()
    for name in (name for name in filled if name.endswith("-face")):
        number, left = divmod(left, int(filled[name]))
        typed[name.replace("-face", "-pieces")] = str(number)
    for name in (name for name in filled if name.endswith("-good")):
        typed[name.replace("-good", "-quantity")] = str(site.box.goods[filled[name]])
    return typed | ({"stubs": str(len(site.box.stubs))} if with_stubs else {})


def report(people: People, site: Site) -> None:
    """The report of the day, on the page and on paper."""
    office = people.office
    assert "Closed" in office.get(f"/day-counts/at/{site.id}/{people.day}").text
    pdf = office.get(f"/day-counts/at/{site.id}/{people.day}/report.pdf")
    assert site.handle in Printed(pdf.content).text()


def print_list(site: Site) -> Listed:
    """The point's open vouchers on paper, before the network goes."""
    sheet = site.table().submit("/point-lists/new", point=str(site.id), button="Make the list")
    assert sheet.headers["Content-Type"] == "application/pdf", sheet.text
    [listed] = rows(select(PointList).where(PointList.point_id == site.id))
    return Listed(listed.id, _hour(listed))


def without_network(site: Site) -> None:
    """An hour in which the tables have only the list: they tick, and give."""
    for serial in listed_at(site):
        site.box.give(serial)


def enter(people: People, site: Site, listed: Listed) -> None:
    """In the evening the ticks are typed; for one family the tables had handed out as well."""
    table = site.table()
    lines = "\n".join(f"{serial} {listed.hour}" for serial in listed_at(site))
    check = table.submit(f"/point-lists/{listed.id}/enter", text=lines, button="Check")
    entered = table.send(check, button="Enter these lines")
    assert "1 line does not go together with the books" in entered.text, entered.text
    of = select(LateLine.id).join(LateEntry, LateEntry.id == LateLine.entry_id)
    [line] = rows(of.where(LateEntry.list_id == listed.id, LateLine.conflict.is_not(None)))
    decided = people.office.submit(
        f"/point-lists/lines/{line}", verdict="handed_out", reason="same_family", button="Decide"
    )
    assert "booked as a loss" in decided.text, decided.text
    office = people.office  # who handed out and entered does not close
    office.send(office.get(f"/point-lists/{listed.id}"), button="All is entered, and the paper is destroyed")


def at_the_wrong_point(people: People) -> None:
    """A family of the club stands at the school: refused there, moved by the coordinator, handed out there."""
    here, there = people.sites["club"], people.sites["school-5"]
    serial = sorted(here.papers)[-3]  # who would have come to the club
    digits, table = here.papers.pop(serial), there.table()
    refused = table.submit("/collections/new", code=digits)
    assert "not known at this point" in refused.text, refused.text
    office, page = people.office, f"/vouchers/no/{serial}/move"
    check = office.submit(page, to_point_id=str(there.id), reason="came_here", code=digits)
    moved = office.send(check, button="Let it be collected there")
    assert "with the same sheet" in moved.text, moved.text
    page_ = table.send(table.submit("/collections/new", code=digits), collector="0")
    there.expect(page_, heading="Handed out")
    there.box.give(serial)


def leave(people: People) -> None:
    """A family of the club leaves the fund before it comes: its voucher is cancelled."""
    serial = max(people.sites["club"].papers)
    of = select(Family.code).join(Voucher, Voucher.family_id == Family.id)
    [code] = rows(of.where(Voucher.serial == serial))
    left = people.open("aigul").submit(f"/families/{code}/withdraw", why="own_wish")
    assert "left the fund" in left.text, left.text


def _hour(listed: PointList) -> str:
    """The minute on its paper, by the fund's clock."""
    [zone] = rows(select(Fund.time_zone))
    return f"{listed.printed_at.astimezone(ZoneInfo(zone)):%H:%M}"
