"""The evening before: the day is planned, vouchers are printed, spoiled ones anew, and piles go from hand to hand."""

from sqlalchemy import select

from aid.models.handovers import Handover
from aid.models.people import Person
from aid.models.vouchers import PrintBatch
from tests.make import rows
from tests.whole_day.hands import digits_on
from tests.whole_day.people import People, Site

HOURS = {"opens": "06:00", "closes": "22:00", "slot": "30", "tables": "8", "a_family": "5"}


def prepare(people: People) -> None:
    """Both points: one after the other, as one coordinator does it."""
    for site in people.sites.values():
        plan(people, site)
        print_papers(people, site)
        hand_over(people, site)


def plan(people: People, site: Site) -> None:
    """When who comes, so that no crowd waits; the poster, and what to pack."""
    office = people.office
    check = office.submit("/days/new", point=str(site.id), day=people.day, **HOURS, button="See whether all have room")
    page = office.send(check, button="Save this plan")
    assert page.heading == "Distribution day", page.text
    for paper in ("poster.pdf", "packing.pdf"):
        assert office.get(f"/days/{site.id}/{people.day}/{paper}").headers["Content-Type"] == "application/pdf"


def print_papers(people: People, site: Site) -> None:
    """Print all, find a spoiled sheet, and print its voucher anew in the same step."""
    office = people.office
    sheets = office.submit(f"/vouchers/{people.world.allocation_id}/at/{site.id}/print", button="Print now")
    site.papers = digits_on(sheets.content)
    spoiled = min(site.papers)
    [batch] = rows(select(PrintBatch.id).where(PrintBatch.point_id == site.id))
    again = office.submit(
        f"/vouchers/batches/{batch}/spoiled", serials=str(spoiled), button="Write down and print anew"
    )
    site.papers |= digits_on(again.content)


def hand_over(people: People, site: Site) -> None:
    """The pile goes to the point, and is counted there."""
    [to] = rows(select(Person.id).where(Person.handle == site.handle))
    given = people.office.submit(f"/handovers/at/{site.id}/new", to_id=str(to))
    assert "print its list" in given.text, given.text
    [pile] = rows(select(Handover.id).where(Handover.point_id == site.id))
    table = site.table()
    page = table.get(f"/handovers/{pile}/count")
    filled = page.form_with({"counts-0-papers"}).filled
    places = [name for name in filled if name.endswith("-papers")]
    numbers = [len(site.papers) - (len(places) - 1), *([1] * (len(places) - 1))]  # the whole run, and what was spoiled
    typed = {name: str(number) for name, number in zip(places, sorted(numbers, reverse=True), strict=True)}
    counted = table.send(page, typed)
    assert "all papers of the list are there" in counted.text, counted.text
