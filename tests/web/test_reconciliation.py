"""The reconciliation as a treasurer and an auditor read it: one sentence first, then figures that open, and files."""

import pytest
from sqlalchemy import select

from aid.models.families import Family
from aid.services.collections.handing_out import collect
from tests.conftest import BrowserOf
from tests.documents.reading import Printed
from tests.make import do, rows
from tests.make.fund import FoundedFund
from tests.make.one_database import app as app
from tests.make.vouchers import make_vouchers


def test_sums_open_to_their_vouchers_and_are_taken_along_without_families(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    first, second = make_vouchers(fund, 2)
    do(collect, actor=fund.distributor, order=first.order())
    treasurer, auditor = browser_of(fund.treasurer), browser_of(fund.auditor)

    sums = treasurer.get("/reconciliation/")
    for words in ("Everything adds up", "Nothing is unexplained", "2 vouchers were carried", "collected: 1, can still"):
        assert words in sums.text
    collected = next(link for link in sums.links if "what=collected" in link)
    listed = treasurer.get(collected)
    assert (f"{first.serial:06}" in listed.text, f"{second.serial:06}" in listed.text) == (True, False)
    assert not [link for link in listed.links if link.startswith("/vouchers/no/")]  # which a treasurer may not open
    assert f"/vouchers/no/{first.serial}" in auditor.get(collected).links
    codes = rows(select(Family.code))
    sheet = auditor.get(collected.replace("/vouchers?", "/vouchers.csv?")).content.decode()
    assert sheet.splitlines()[1] == f"{first.serial:06},1,club,collected,KZT,30000.00,30000.00,0.00,0.00"
    table = auditor.get("/reconciliation/sums.csv").content.decode()
    assert table.splitlines()[1].startswith("1,club,KZT,2,0,0,0,1,0,1,0,0,60000.00,30000.00,0.00,30000.00,0.00,yes")
    paper = Printed(auditor.get("/reconciliation/sums.pdf").content).text()
    assert "Everything adds up" in paper
    for code in codes:
        assert code not in sheet + table + paper.replace(" ", "")


def test_who_keeps_no_money_sees_no_sums_and_what_is_not_there_is_not_found(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    table, auditor = browser_of(fund.distributor), browser_of(fund.auditor)

    for page in ("", "days", "vouchers", "exceptions/", "sums.csv", "sums.pdf"):
        assert table.get(f"/reconciliation/{page}").status == 403
    assert "No vouchers yet" in auditor.get("/reconciliation/").text
    nowhere = f"{fund.points['club']}"[:-4] + "0000"
    asked = [f"vouchers?{what}={nowhere}" for what in ("decision", "point")]
    for page in (f"decisions/{nowhere}", f"points/{nowhere}", "days/2026-13-40", "vouchers?what=before", *asked):
        assert auditor.get(f"/reconciliation/{page}").status == 404


@pytest.mark.parametrize("day", ["x", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_a_day_that_no_fund_can_have_breaks_no_page(fund: FoundedFund, browser_of: BrowserOf, day: str) -> None:
    coordinator, club = browser_of(fund.coordinator), fund.points["club"]
    count = f"/day-counts/at/{club}"
    ends = [f"{count}/{end}?day={day}" for end in ("opening", "closing")]
    named = [f"/days/{club}/{day}", f"/reconciliation/days/{day}", f"{count}/{day}", f"{count}/{day}/report.pdf", *ends]
    listed = ["vouchers?day=", "vouchers.csv?day=", "days?before=", "exceptions/?day=", "exceptions/?before="]

    assert {coordinator.get(path).status for path in named} == {404}
    assert {coordinator.get(f"/reconciliation/{path}{day}").status for path in listed} == {200}
    assert coordinator.get(f"/days/?before={day}").status == 200
    assert coordinator.get("/reconciliation/exceptions/?before=9999-12-31T23:59:59-12:00").status == 200
