"""What happens to families, by keyboard alone: a list is brought, one family parts, two join, one objects."""

from pathlib import Path

from sqlalchemy import select

from aid.models.families import Family, Withdrawal
from aid.models.households import FamilyTie
from aid.models.imports import FamilyImport, ImportedFamily
from aid.models.objections import Objection, ObjectionAnswer
from tests.browser.conftest import SCRIPTS, WITH_SCRIPTS, WITHOUT_SCRIPTS, HandsOf
from tests.make import rows
from tests.make.families import make_family
from tests.make.fund import FoundedFund

HEADINGS = "Отбасы;Аты-жөні;Кім болады;Туған күні;Сынып;Телефон;Мекенжай\n"
ROWS = "1;{0} Нұрлан;жұмысшы;01.03.1985;;+7 701 660 {1} 22;Абай 12\n1;{0} Дана;қызы;03.09.2016;3;;\n"


@SCRIPTS
def test_a_list_is_brought_in_through_its_pages(hands_of: HandsOf, tmp_path: Path, scripts: bool) -> None:
    file, before = tmp_path / "list.csv", set(rows(select(FamilyImport.id)))
    file.write_text(HEADINGS + ROWS.format("Жалғас" if scripts else "Өтеген", "11" if scripts else "12"))
    registrar = hands_of("bolat", scripts=scripts)
    registrar.page.goto("/imports/")
    registrar.presses("main a[href='/imports/new']")
    registrar.hands_over("[name=file]", file)
    registrar.presses("main form button.btn-main")
    registrar.comes_to("How the list is read")
    registrar.presses("main form button.btn-main")
    registrar.comes_to("What each column is")
    registrar.presses("main form button.btn-main")
    registrar.comes_to("Check the list")
    registrar.selects("[name=locality]", "Old")
    registrar.selects("[name=point]", "Club")
    registrar.presses("main form button[value=look]")
    registrar.presses("main form button.btn-main")
    registrar.follows_error("[name=consent]")
    registrar.ticks("[name=consent]")
    registrar.presses("main form button.btn-main")
    if not scripts:  # with them it goes on by itself
        registrar.presses("main form button.btn-main")
    registrar.page.locator("h1", has_text="The list is brought in").wait_for()

    [done] = set(rows(select(FamilyImport.id))) - before
    assert len(rows(select(ImportedFamily).where(ImportedFamily.import_id == done))) == 1


@WITH_SCRIPTS
def test_a_family_parts(lived: FoundedFund, hands_of: HandsOf, scripts: bool) -> None:
    family = make_family(lived)
    registrar = hands_of("aigul", scripts=scripts)
    registrar.page.goto(f"/families/{family.code}")
    registrar.chooses("why", "split")
    registrar.presses("main form[action$='/open'] button")
    registrar.comes_to(f"Make two families of {family.code[:3]} {family.code[3:6]} {family.code[6:]}")
    registrar.ticks("[name=going][value='1']")
    registrar.presses("main form button.btn-main")
    registrar.follows_error("[name=collector]")
    registrar.types("[name=collector]", "Айгүл")
    registrar.ticks("[name=consent]")
    registrar.presses("main form button.btn-main")

    assert "The new family is" in registrar.page.inner_text("main")
    assert len(rows(select(FamilyTie).where(FamilyTie.family_id == family.family_id))) == 1


@WITHOUT_SCRIPTS
def test_two_families_become_one(lived: FoundedFund, hands_of: HandsOf, scripts: bool) -> None:
    family, other = make_family(lived), make_family(lived)
    registrar = hands_of("aigul", scripts=scripts)
    registrar.page.goto(f"/families/{family.code}")
    registrar.presses("main a[href$='/join']")
    registrar.types("[name=other]", family.code)
    registrar.presses("main form button.btn-main")
    registrar.follows_error("[name=other]")
    registrar.types("[name=other]", other.code)
    registrar.presses("main form button.btn-main")
    registrar.chooses("kind", "united")
    registrar.ticks("[name=coming][value='0']")
    registrar.presses("main form button.btn-main")

    assert "left the fund" in registrar.page.inner_text("main")
    assert len(rows(select(Withdrawal).where(Withdrawal.family_id == other.family_id))) == 1


@WITH_SCRIPTS
def test_an_objection_is_written_down_and_answered(lived: FoundedFund, hands_of: HandsOf, scripts: bool) -> None:
    family = make_family(lived)
    registrar = hands_of("aigul", scripts=scripts)
    registrar.page.goto("/objections/")
    registrar.types("[name=code]", family.code)
    registrar.presses("main form button.btn-main")
    registrar.presses("main a[href*='/objections/new/']")
    registrar.types("[name=words]", "Бізге неге аз?")
    registrar.presses("main form button.btn-main")
    registrar.follows_error("[name=reason]")
    registrar.chooses("reason", "too_little")
    registrar.presses("main form button.btn-main")
    [objection] = rows(select(Objection.id).where(Objection.family_id == family.family_id))

    coordinator = hands_of("dina", scripts=scripts)
    coordinator.page.goto("/objections/?show=all")
    coordinator.presses(f"main a[href='/objections/{objection}']")
    coordinator.presses("main form[action$='/answer'] button.btn-main")
    coordinator.follows_error("[name=outcome]")
    coordinator.chooses("outcome", "explained")
    coordinator.types("[name=words]", "Ереже бәріне бірдей.")
    coordinator.presses("main form[action$='/answer'] button.btn-main")

    assert len(rows(select(ObjectionAnswer).where(ObjectionAnswer.objection_id == objection))) == 1
    assert rows(select(Family.version).where(Family.id == family.family_id)) == [1]
