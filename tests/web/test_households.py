"""What people see when a family changes: who came and went, partings, unions, moves, returns, and cards."""

from uuid import UUID

import pytest
from sqlalchemy import select

from aid.domain.families import FamilyState, WithdrawalReason
from aid.domain.vouchers import VoucherState
from aid.models.families import Family, Sighting
from aid.models.households import FamilyCard
from aid.perform import look
from aid.services.families import open_file
from aid.services.withdrawals import withdraw
from tests.conftest import BrowserOf
from tests.make import do, rows
from tests.make.browser import Browser, Page
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.households import make_born, row_of
from tests.make.vouchers import make_voucher

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def opened(browser: Browser, code: str, why: str) -> Page:
    return browser.send(browser.get(f"/families/{code}"), why=why, button="Open the file")


def members_of(fund: FoundedFund, family_id: UUID) -> list[str | None]:
    file = look(open_file, actor=fund.coordinator, family_id=family_id, why="family_asks").family
    return [member.name for member in file.members]


def test_a_birth_is_written_down_and_the_family_waits_again(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund)
    browser = browser_of(fund.registrar)
    page = opened(browser, family.code, "life")

    typed = {"came-what": "born:birth", "came-on": "2026-07-20", "came-who-name": "Айша", "came-who-born": "20.7.2026"}
    done = browser.send(page, **typed, button="Write down who came")

    assert "waits to be confirmed again" in done.text
    assert members_of(fund, family.family_id)[-1] == "Айша"
    assert "Айша" not in done.html
    file = opened(browser, family.code, "family_asks")
    assert "A child was born" in file.text


def test_a_death_takes_a_member_and_asks_for_what_is_missing(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund)
    browser = browser_of(fund.registrar)
    page = opened(browser, family.code, "life")

    hasty = browser.send(page, **{"gone-what": "died:killed"}, button="Write down who went")
    done = browser.send(hasty, **{"gone-place": "0"}, button="Write down who went")

    assert "Choose who it is" in hasty.text
    assert hasty.title.startswith("Error:")
    assert "waits to be confirmed again" in done.text
    assert len(members_of(fund, family.family_id)) == 2


def test_who_writes_over_a_newer_version_is_told_and_may_send_again(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund)
    browser = browser_of(fund.registrar)
    page = opened(browser, family.code, "life")
    make_born(fund, family.family_id, by=fund.coordinator)

    typed = {"gone-what": "left:moved_away", "gone-place": "1"}
    told = browser.send(page, **typed, button="Write down who went")
    done = browser.send(told, button="Write down who went")

    assert "Somebody changed this family meanwhile" in told.text
    assert "waits to be confirmed again" in done.text
    assert row_of(family.family_id).version == 3


def test_a_family_becomes_two_each_with_its_code(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund, 4)
    browser = browser_of(fund.registrar)
    page = opened(browser, family.code, "split")

    hasty = browser.send(page, collector="Нұрлан", consent="y")
    done = browser.send(hasty, going=["0", "2"])

    assert "Choose who goes" in hasty.text
    assert "The new family is" in done.text
    [new] = [row for row in rows(select(Family)) if row.code != family.code]
    assert done.path == f"/families/{new.code}"
    assert f"/families/{family.code}" in done.links  # the timeline names the other by code
    assert (len(members_of(fund, family.family_id)), len(members_of(fund, new.id))) == (2, 2)


def test_two_families_are_seen_beside_each_other_and_become_one(fund: FoundedFund, browser_of: BrowserOf) -> None:
    one, other = make_family(fund, surname="Бірінші"), make_family(fund, surname="Екінші")
    browser = browser_of(fund.registrar)
    asked = browser.get(f"/families/{one.code}/join")

    wrong = browser.send(asked, other="123")
    both = browser.send(wrong, other=other.code)
    hasty = browser.send(both)
    done = browser.send(hasty, kind="united")

    assert "Please look at this again" in wrong.text
    assert "Нұрлан Бірінші" in both.text
    assert "Нұрлан Екінші" in both.text
    assert "Choose one" in hasty.text
    assert "left the fund" in done.text
    assert len(members_of(fund, one.family_id)) == 6
    assert row_of(other.family_id).state is FamilyState.WITHDRAWN
    assert {sighting.why for sighting in rows(select(Sighting))} >= {"join"}


def test_a_family_that_is_not_ones_own_is_not_opened_beside_another(fund: FoundedFund, browser_of: BrowserOf) -> None:
    one, away = make_family(fund), make_family(fund, locality="new-town", point="school-5", confirmed=False)
    browser = browser_of(fund.registrar)

    page = browser.send(browser.get(f"/families/{one.code}/join"), other=away.code)
    forged = browser.post(f"/families/{one.code}/join/both", {**page.form_with({"other"}).filled, "other": away.code})

    assert "no such family in your localities" in page.text
    assert forged.status == 404
    assert not rows(select(Sighting))


def test_a_family_moves_out_of_the_movers_hands(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund, surname="Көшпенді")
    browser = browser_of(fund.registrar)
    page = opened(browser, family.code, "move")

    same = browser.send(page)
    there = {"locality": str(fund.localities["new-town"]), "point": str(fund.points["school-5"])}
    done = browser.send(same, **there, address="Сарыарқа 9")

    assert "lives and collects there already" in same.text
    assert "you no longer do" in done.text
    assert browser.get(f"/families/{family.code}").status == 404
    assert browser_of(fund.registrar_elsewhere).get(f"/families/{family.code}").status == 200


def test_a_family_that_left_comes_back_by_the_same_page(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund)
    do(withdraw, actor=fund.registrar, family_id=family.family_id, reason=WithdrawalReason.OWN_WISH)
    browser = browser_of(fund.registrar)
    shown = browser.get(f"/families/{family.code}")
    page = browser.send(shown, why="return", button="Open the file")

    hasty = browser.send(page)
    done = browser.send(hasty, consent="y")

    assert "To correct what is written" not in shown.text
    assert "Read this to the family first" in hasty.text
    assert "is in the fund again" in done.text
    assert row_of(family.family_id).state is FamilyState.REGISTERED


@pytest.mark.parametrize("page", ["came", "gone", "part", "move", "back", "join/both"])
def test_who_comes_back_to_such_a_page_by_its_address_starts_at_the_family(
    page: str, fund: FoundedFund, browser_of: BrowserOf
) -> None:
    family = make_family(fund)

    assert browser_of(fund.registrar).get(f"/families/{family.code}/{page}").path == f"/families/{family.code}"


# ---------------------------------------------------------------- cards


def test_a_card_is_a_pdf_that_names_nobody_and_its_printing_is_told(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund, surname="Жасырын")
    browser = browser_of(fund.registrar)

    pdf = browser.send(browser.get(f"/families/{family.code}"), button="Print its card")

    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert "Card printed" in browser.get(f"/families/{family.code}").text


def test_all_who_have_no_card_are_printed_at_once(fund: FoundedFund, browser_of: BrowserOf) -> None:
    codes = {make_family(fund).code for _each in range(3)}
    make_family(fund, locality="new-town", point="school-5", confirmed=False)
    browser = browser_of(fund.registrar)
    page = browser.get("/families/cards")

    none = browser.send(page, families=[])
    pdf = browser.send(page)

    assert "Choose at least one family" in none.text
    assert pdf.content.startswith(b"%PDF")
    assert {row_of(card.family_id).code for card in rows(select(FamilyCard))} == codes
    assert "Every family of yours has a card" in browser.get("/families/cards").text


def test_cards_are_printed_in_batches_from_one_page(fund: FoundedFund, browser_of: BrowserOf) -> None:
    first, second = make_family(fund), make_family(fund)
    browser = browser_of(fund.registrar)
    page = browser.get("/families/cards")

    printed = [browser.send(page, families=[code]).content for code in (first.code, second.code)]

    assert all(each.startswith(b"%PDF") for each in printed)
    assert [row_of(card.family_id).code for card in rows(select(FamilyCard))] == [first.code, second.code]


def test_the_code_of_a_card_finds_the_family(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund)

    page = browser_of(fund.registrar).submit("/families/", sought=family.code)

    assert f"/families/{family.code}" in page.links


def test_the_timeline_tells_what_became_of_a_voucher(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund, state=VoucherState.COLLECTED)
    code = row_of(voucher.family_id).code

    page = browser_of(fund.coordinator).get(f"/families/{code}")

    assert "The committee carried allocation 1" in page.text
    assert "collected" in page.text
    assert any("/allocations/" in link for link in page.links)
