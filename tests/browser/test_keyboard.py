"""From a family's first search to its voucher, on a phone's screen, by keyboard alone, with and without scripts."""

import re

from sqlalchemy import select

from aid.domain.families import FamilyState
from aid.models.allocations import Vote
from aid.models.collections import Collection
from aid.models.families import Family
from tests.browser.conftest import SCRIPTS, HandsOf, PageOf
from tests.browser.hands import Hands
from tests.make import rows
from tests.make.allocations import make_allocation
from tests.make.fund import DIGITS, FoundedFund
from tests.make.vouchers import make_voucher


@SCRIPTS
def test_a_family_is_registered_and_confirmed(
    lived: FoundedFund, page_of: PageOf, hands_of: HandsOf, scripts: bool
) -> None:
    name = "Гүлсім Балтабайқызы" if scripts else "Перизат Оразғали"
    registrar = Hands(page_of(scripts=scripts), scripts=scripts)
    registrar.signs_in("aigul", lived.password("aigul"), lived.totp("aigul", steps=0 if scripts else 1))
    registrar.page.goto("/families/")
    registrar.types("[name=sought]", name)
    registrar.presses("main button[type=submit]")
    registrar.comes_to("Families")
    registrar.presses("main button[name=start]")
    assert registrar.page.input_value("[name=members-0-name]") == name
    registrar.presses("main form button.btn-main")
    registrar.comes_to("Register a family")
    registrar.types("[name=members-0-born]", "1.3.1985")
    registrar.types("[name=members-1-name]", f"Дана {name.split()[1]}")
    registrar.types("[name=members-1-born]", "2016")
    registrar.types("[name=phone]", "8 701 234 56 78" if scripts else "8 702 876 54 32")
    registrar.chooses("language", "kk")
    registrar.ticks("[name=circumstances][value=on_strike]")
    registrar.selects("[name=point]", "Club")
    registrar.types("[name=check_word]", "алма")
    registrar.ticks("[name=consent]")
    registrar.presses("main form button.btn-main")
    found = re.search(r"Family (\d{3} \d{3} \d{3}) is registered", registrar.page.inner_text("main"))
    assert found, registrar.page.inner_text("main")
    code = found[1].replace(" ", "")

    confirmer = hands_of("gulnar", scripts=scripts)
    confirmer.page.goto("/families/waiting")
    confirmer.presses(f"form[action='/families/{code}/open'] button")
    confirmer.comes_to(f"Confirm family {found[1]}")
    assert name in confirmer.page.inner_text("main")
    for box in ("seen", "compared", "told"):
        confirmer.ticks(f"[name={box}]")
    confirmer.presses("main form[action$='/confirm'] button.btn-main")

    [family] = rows(select(Family).where(Family.code == code))
    assert family.state is FamilyState.CONFIRMED


@SCRIPTS
def test_a_member_votes(lived: FoundedFund, hands_of: HandsOf, scripts: bool) -> None:
    allocation_id = make_allocation(lived, families=1).allocation_id
    member = hands_of("marat", scripts=scripts)
    member.reads_all = True
    member.page.goto("/committee/")
    member.presses(f"main a[href='/committee/{allocation_id}']")
    member.presses(f"main a[href^='/committee/{allocation_id}/vote']")
    member.chooses("choice", "yes")
    member.types("[name=password]", lived.password("marat"))
    member.presses("main form button.btn-main")

    assert "signed" in member.page.inner_text("main")
    assert len(rows(select(Vote).where(Vote.allocation_id == allocation_id))) == 1


def types_code(table: Hands, digits: str) -> None:
    """Type a voucher's digits; with scripts they fall into groups. Before the first, choose a PIN."""
    table.lays_down_pin(DIGITS)
    table.types("[name=code]", digits)
    table.presses("main form button.btn-main")


@SCRIPTS
def test_a_voucher_is_collected_once(lived: FoundedFund, hands_of: HandsOf, scripts: bool) -> None:
    voucher = make_voucher(lived)
    table = hands_of("nurlan", scripts=scripts)
    types_code(table, voucher.digits)
    table.comes_to("May be collected")
    table.ticks("[name=collector]")
    table.page.keyboard.type("0892919469564108")  # a scanner that knows no patience
    if scripts:
        table.page.keyboard.press("Enter")
    else:
        with table.page.expect_navigation():
            table.page.keyboard.press("Enter")
    table.comes_to("May be collected")
    assert rows(select(Collection).where(Collection.voucher_id == voucher.id)) == []
    table.ticks("[name=collector]")
    table.presses("main form button.btn-main")
    assert "Next voucher" in table.page.inner_text("main")
    types_code(table, voucher.digits)
    table.comes_to("Do not hand out")

    assert len(rows(select(Collection).where(Collection.voucher_id == voucher.id))) == 1
