"""Whom an account exposed is what it really opened: told from the pages it was shown, and compared to the list."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from aid.domain.custody import SuspensionReason
from aid.models.custody import WarnedFamily
from aid.models.families import Family as FamilyRow
from aid.perform import look
from aid.services.families import open_file
from aid.services.verification import verify
from aid.vault.actor import Actor
from tests.conftest import BrowserOf
from tests.make import rows, see
from tests.make.allocations import make_allocation
from tests.make.browser import Browser, Page
from tests.make.custody import cut_off
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.vouchers import make_vouchers
from tests.web.test_families import typed

WORDS = {
    "wrote it down": "wrote",
    "opened the file": "file",
    "opened the facts, without a name": "facts",
    "read its line, without a name": "line",
    "opened the slip: who collects": "slip",
    "printed its voucher": "printed",
}
Ledger = dict[str, Counter[str]]
"""By family code, how often an account learnt of it in which way."""


def codes_linked(page: Page) -> list[str]:
    """The families that a page of search results shows."""
    return [found.group(1) for link in page.links if (found := re.fullmatch(r"/families/(\d{9})", link))]


def listed(page: Page) -> Ledger:
    """The list as a coordinator reads it."""
    found: Ledger = {}
    for item in page.tree.iter("li"):
        boxes = [box for box in item.iter("input") if box.get("name") == "family"]
        if not boxes:
            continue
        [code] = ["".join(span.itertext()) for span in item.iter("span") if span.get("class") == "code"]
        ways: Counter[str] = Counter()
        for hint in (span for span in item.iter("span") if span.get("class") == "hint"):
            said = " ".join("".join(hint.itertext()).split())
            way = next(way for words, way in WORDS.items() if said.startswith(f"{words}:"))
            times = re.search(r"\((\d+) times", said)
            ways[way] = int(times.group(1)) if times else 1
        found["".join(code.split())] = ways
    return found


class Account:
    """Somebody at work in a browser, who writes down beside it what they were shown."""

    def __init__(self, fund: FoundedFund, browser: Browser, dice: random.Random) -> None:
        self.fund, self.browser, self.dice = fund, browser, dice
        self.knows: Ledger = defaultdict(Counter)
        self.families = {row.code: row for row in rows(select(FamilyRow))}
        self.surnames = 0

    def searches(self) -> None:
        sought = self.dice.choice(["Серікқызы", "Нұрлан", "+7 701 000 00 00", self.dice.choice([*self.families])])
        page = self.browser.submit("/families/", sought=sought)
        for code in codes_linked(page):
            self.knows[code]["file"] += 1

    def opens(self) -> None:
        code = self.dice.choice([*self.families])
        why = self.dice.choice(["correct", "family_asks", "duplicate"])
        page = self.browser.get(f"/families/{code}")
        if page.status != 200 or "why" not in {name for form in page.forms() for name in form.names}:
            return
        if not self.browser.send(page, why=why).title.startswith("Error"):  # a reason that is not theirs
            self.knows[code]["file"] += 1

    def registers(self) -> None:
        self.surnames += 1
        phone = f"8 705 {self.dice.randrange(10**7):07}"
        page = self.browser.submit(
            "/families/new", typed(self.fund, phone=phone, **{"members-0-name": f"Жаңа Отбасы{self.surnames}"})
        )
        self._now_there(page)

    def registers_somebody_who_is_there(self) -> None:
        page = self.browser.submit("/families/new", typed(self.fund))
        for code in re.findall(r'value="(\d{9})"', page.html) if page.path == "/families/new" else []:
            self.knows[code]["file"] += 1
        self._now_there(page)

    def _now_there(self, page: Page) -> None:
        for row in rows(select(FamilyRow)):
            if row.code not in self.families:
                assert "is registered" in page.text
                self.families[row.code] = row
                self.knows[row.code]["wrote"] += 1

    def hands_out(self, digits: dict[str, str]) -> None:
        code, typed_digits = self.dice.choice([*digits.items(), ("", "1234567890123456")])
        page = self.browser.submit("/collections/new", code=typed_digits)
        if page.heading == "May be collected":
            self.knows[code]["slip"] += 1

    def reads_lines(self, allocation_id: UUID) -> None:
        page = self.browser.get(f"/committee/{allocation_id}")
        for code in self.families:
            self.knows[code]["line"] += f"{code[:3]} {code[3:6]} {code[6:]}" in page.text


def work_of(account: Account, who: str, digits: dict[str, str], allocation_id: UUID) -> list[Callable[[], None]]:
    if who == "distributor":
        return [lambda: account.hands_out(digits)]
    if who == "member":
        return [lambda: account.reads_lines(allocation_id), lambda: None]
    if who == "confirmer":
        return [account.searches, account.opens]
    return [account.searches, account.opens, account.registers, account.registers_somebody_who_is_there]


def register_of(fund: FoundedFund, who: str) -> set[str]:
    """The families that were within reach of somebody's keys."""
    if who == "member":
        return {row.code for row in rows(select(FamilyRow))}
    if who == "distributor":
        return {row.code for row in rows(select(FamilyRow)) if row.point_id == fund.points["club"]}
    return {row.code for row in rows(select(FamilyRow)) if row.locality_id == fund.localities["old-town"]}


@pytest.mark.parametrize(("who", "seed"), [("registrar", 1), ("distributor", 3), ("member", 4), ("confirmer", 5)])
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_list_is_exactly_what_the_account_was_shown(
    fund: FoundedFund, browser_of: BrowserOf, who: str, seed: int
) -> None:
    _compare(fund, browser_of, who, seed)


@pytest.mark.parametrize("app", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_on_postgres_it_is_the_same(fund: FoundedFund, browser_of: BrowserOf) -> None:
    _compare(fund, browser_of, "registrar", 6)


def _compare(fund: FoundedFund, browser_of: BrowserOf, who: str, seed: int) -> None:
    dice = random.Random(seed)
    vouchers = make_vouchers(fund, 3)
    make_family(fund, locality="new-town", point="school-5", confirmed=False)
    proposed = make_allocation(fund, families=1, purpose="food")
    actor: Actor = fund.members[0] if who == "member" else getattr(fund, who)
    account = Account(fund, browser_of(actor), dice)
    codes = {row.id: row.code for row in rows(select(FamilyRow))}
    before = make_history(fund, actor, codes) if who in {"registrar", "confirmer"} else {}
    for code, ways in before.items():
        account.knows[code] += ways
    wrote = {row.code for row in rows(select(FamilyRow)) if row.locality_id == fund.localities["old-town"]}
    if who == "registrar":  # whom the makers of this test registered in that name
        for code in wrote:
            account.knows[code]["wrote"] += 1
    work = work_of(account, who, {codes[made.family_id]: made.digits for made in vouchers}, proposed.allocation_id)
    for _each in range(10):
        dice.choice(work)()

    page = browser_of(fund.coordinator).press(f"/people/{actor.person_id}/cut-off", "Arrested or detained")
    assert account.browser.get("/").heading == "Sign in"

    assert page.heading == "Families to warn"
    found = listed(page)
    assert {code: +ways for code, ways in found.items() if ways} == {
        code: +ways for code, ways in account.knows.items() if +ways
    }
    assert {code for code, ways in found.items() if not ways} == register_of(fund, who) - {
        code for code, ways in account.knows.items() if +ways
    }
    assert list(see(verify)) == []


def make_history(fund: FoundedFund, actor: Actor, codes: dict[UUID, str]) -> Ledger:
    """A look long before, by the service."""
    family = next(row for row in rows(select(FamilyRow)) if row.locality_id == fund.localities["old-town"])
    look(open_file, actor=actor, family_id=family.id, why="family_asks")
    return {codes[family.id]: Counter(file=1)}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_families_are_warned_in_the_order_of_danger_and_ticked_off(fund: FoundedFund, browser_of: BrowserOf) -> None:
    first, second = (make_family(fund, by=fund.registrar2, confirmed=False) for _each in range(2))
    look(open_file, actor=fund.confirmer, family_id=second.family_id, why="duplicate")
    done = cut_off(fund, fund.confirmer)
    browser = browser_of(fund.coordinator)
    assert "1 family to warn" in browser.get("/").text

    page = browser.get(f"/exposure/{done.suspension_id}")
    codes = [*listed(page)]
    assert codes == [second.code, first.code]
    assert "Серікқызы" not in page.html
    ticked = browser.send(page, family=str(second.family_id))

    assert "1 family is noted as warned." in ticked.text
    assert "Warned by dina" in ticked.text
    assert [row.family_id for row in rows(select(WarnedFamily))] == [second.family_id]
    assert "to warn" not in browser.get("/").text
    again = browser.send(page, family=str(second.family_id))  # the page as it was, sent a second time
    assert again.status == 200
    assert len(rows(select(WarnedFamily))) == 1


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_nothing_ticked_is_said(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_family(fund)
    done = cut_off(fund, fund.registrar)

    page = browser_of(fund.coordinator).submit(f"/exposure/{done.suspension_id}", button="Save who was warned")

    assert "Tick the families that were warned." in page.text


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_only_coordinators_see_whom_an_account_exposed(fund: FoundedFund, browser_of: BrowserOf) -> None:
    done = cut_off(fund, "gulnar", by=fund.registrar2)

    for browser in (browser_of(who) for who in ("erlan", "aigul", "timur", "olga", "marat")):
        assert browser.get("/exposure").status == browser.get(f"/exposure/{done.suspension_id}").status == 403


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_who_left_in_peace_leaves_nobody_to_warn(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_family(fund, by=fund.registrar, confirmed=False)
    cut_off(fund, fund.registrar, reason=SuspensionReason.LEFT)

    assert "to warn" not in browser_of(fund.coordinator).get("/").text
