"""Lists of families through the page: guessed, mapped, checked, brought in step by step, mended, undone."""

from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.blueprints import _brought
from aid.domain.layouts import WordKind
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.extensions import db
from aid.models.families import Family
from aid.models.imports import BroughtList, BroughtPart, FamilyImport, TableLayout
from aid.services.imports.steps import forget_word
from aid.services.verification import verify
from tests.conftest import BrowserOf
from tests.make import do, rows
from tests.make.browser import Browser, Page
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.readers.conftest import SHARED, workbook

SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
HEADINGS = "Отбасы;Аты-жөні;Кім болады;Туған күні;Сынып;Телефон;Мекенжай"
ROWS = (
    "1;Серікбаев Нұрлан;жұмысшы;01.03.1985;;+7 701 000 11 22;Абай 12",
    "1;Серікбаева Айгүл;әйелі;12.05.1987;;;",
    "1;Серікбаева Дана;қызы;03.09.2016;3;;",
    "2;Қалиева Сәуле;жұмысшы;04.04.1990;;8 701 333 44 55;Абай 14",
)


def a_list(*lines: str, headings: str = HEADINGS) -> bytes:
    return "\n".join([headings, *(lines or ROWS)]).encode()


def brought(browser: Browser, payload: bytes, name: str = "list.csv") -> Page:
    return browser.submit("/imports/new", file=(BytesIO(payload), name))


def checked(browser: Browser, payload: bytes) -> Page:
    """A list as far as the check, with its columns as they were guessed."""
    page = browser.send(brought(browser, payload), button="Continue")
    if page.heading == "What each column is":
        page = browser.send(page, button="Continue")
    assert page.heading == "Check the list", page.text[:500]
    return page


def begun(browser: Browser, page: Page, **chosen: str) -> Page:
    typed = {"locality": "old-town", "point": "club", "consent": "y", "step": "begin", **chosen}
    form = page.form_with({"locality"})
    return browser.post(page.path, {**form.filled, **typed})


def through(browser: Browser, page: Page) -> Page:
    """Press Continue until the list is in."""
    while page.heading == "Bringing the list in":
        page = browser.send(page, button="Continue")
    return page


def real(name: str) -> bytes:
    if not (SHARED / name).exists():
        pytest.skip("the shared tables are not here")
    return (SHARED / name).read_bytes()


def holds() -> bool:
    with Session(db.engine) as session:
        return list(verify(session)) == []


def test_households_50_comes_in_through_the_page_and_the_same_again_adds_nothing(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    browser = browser_of("aigul")
    page = browser.send(brought(browser, real("households_50.xlsx"), "households_50.xlsx"), button="Continue")
    assert page.heading == "Check the list"
    page = begun(browser, page, locality="", point="")
    assert "Choose where these families live" in page.text

    done = through(browser, begun(browser, browser.get(page.path)))
    assert "Added 50" in done.text
    assert len(rows(select(Family))) == 50

    again = browser.send(brought(browser, real("households_50.xlsx"), "again.xlsx"), button="Continue")
    assert "Here already 50" in through(browser, begun(browser, again)).text
    assert len(rows(select(Family))) == 50
    assert holds()


def test_a_list_of_ones_own_is_guessed_mapped_checked_brought_in_and_mended(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    alike = make_family(fund, phone="+77013334455")
    browser = browser_of("aigul")
    page = brought(browser, a_list(*ROWS, "3;Беков Ерлан;сын;31.02.2015;;;", "3;Бекова Роза;жұмысшы;1990;;;"))
    assert "Semicolon" in page.text
    assert page.form_with({"dates"}).filled["dates"] == "dmy"
    assert "Серікбаева Айгүл" in page.text, "real rows are shown"

    page = browser.send(page, button="Continue")
    assert page.form_with({"columns-1"}).filled["columns-1"] == "name"
    page = browser.send(page, button="Continue")
    assert "Families to bring in 2 People in them 4 Families left out 1" in page.text
    assert "6 D Туған күні “31.02.2015” stands where there should be a day" in page.text

    done = through(browser, begun(browser, page))
    assert "Added 1 Here already 0 Set aside for you 1 Rows to mend 2" in done.text
    assert f"Look at family {alike.code[:3]}" in done.text
    mended = browser.get(f"/imports/{rows(select(BroughtList.id))[0]}/rows-to-mend.csv").content.decode()
    assert [line.split(",")[1] for line in mended.splitlines()[1:]] == [
        "Қалиева Сәуле",
        "Беков Ерлан",
        "Бекова Роза",
    ]
    assert "Another row of its family is wrong." in mended
    assert holds()


@SQLITE
def test_a_title_above_the_headings_is_passed_over(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = brought(browser_of("aigul"), b"\n".join(["Тізім № 7;;;;;;".encode(), b";;;;;;", a_list()]))

    assert page.form_with({"header_row"}).filled["header_row"] == "3"


@SQLITE
def test_two_sheets_that_a_household_number_joins_come_in_with_their_columns_named(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    families = [["Отбасы №", "Телефон", "Мекенжай"], ["1", "+7 701 000 11 22", "Абай 12"], ["2", "", "Абай 14"]]
    people = [
        ["Отбасы №", "Аты-жөні", "Кім болады", "Туған күні"],
        ["1", "Серікбаев Нұрлан", "жұмысшы", "01.03.1985"],
        ["1", "Серікбаева Дана", "қызы", "2016"],
        ["2", "Қалиева Сәуле", "жұмысшы", "04.04.1990"],
        ["9", "Бекова Роза", "жұмысшы", "1990"],
    ]
    browser = browser_of("aigul")
    page = brought(browser, workbook(families, Адамдар=people), "list.xlsx")
    assert page.form_with({"people"}).filled["people"] == "Адамдар"
    page = browser.send(page, button="Continue")
    assert page.form_with({"columns-4"}).filled["columns-4"] == "name"
    none = browser.send(page, {"columns-3": ""}, button="Continue")
    assert "it joins them" in none.text
    astray = browser.send(page, {"columns-2": "school"}, button="Continue")
    assert "is read from the sheet with the people" in astray.text

    page = browser.send(page, button="Continue")

    assert "Families to bring in 2 People in them 3" in page.text
    assert "Адамдар, 5 A Отбасы № Household 9 is not in the sheet" in page.text
    assert "Added 2" in through(browser, begun(browser, page)).text
    one = browser.send(brought(browser, workbook(people, Басқа=families), "l.xlsx"), {"people": ":"}, button="Continue")
    assert len([name for name in one.form_with({"columns-0"}).filled if name.startswith("columns-")]) == 3


def test_what_is_like_a_family_is_decided_by_a_person(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_family(fund, phone="+77013334455")
    make_family(fund, phone="+77010001122")
    browser = browser_of("aigul")
    done = through(browser, begun(browser, checked(browser, a_list())))
    assert "Set aside for you 2" in done.text

    one_less = browser.send(done, button="Leave it out")
    assert "It is left out." in one_less.text
    added = browser.send(one_less, button="It is another family: add it")

    assert "is registered" in added.text
    assert "Set aside for you 0" in added.text
    assert len(rows(select(Family))) == 3
    assert holds()


def test_closing_the_page_pauses_and_what_was_sent_twice_is_done_once(fund: FoundedFund, browser_of: BrowserOf) -> None:
    many = [f"{n};Адам{chr(1072 + n % 26)}{chr(1072 + n // 26)} Нұр;жұмысшы;1985;;+7701{n:07};" for n in range(60)]
    browser = browser_of("aigul")
    page = begun(browser, checked(browser, a_list(*many)))
    assert "0 of 3" in page.text
    assert "data-goes-on" in page.html
    first = browser.send(page, button="Continue")
    assert "1 of 3" in first.text

    again = browser.send(page, button="Continue")
    assert "1 of 3" in again.text, "the same step is answered the same"
    assert len(rows(select(Family))) == 25
    listed = browser.get("/imports/")
    assert "Paused: step 1 of 3" in listed.text
    elsewhere = browser_of("aigul")
    resumed = elsewhere.get(next(link for link in listed.links if link.count("-") == 4))
    assert "data-goes-on" not in resumed.html
    assert "Added 60" in through(elsewhere, resumed).text


@SQLITE
def test_another_list_that_counts_from_one_again_brings_other_families(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    browser = browser_of("aigul")
    through(browser, begun(browser, checked(browser, a_list("1;Серікбаев Нұрлан;жұмысшы;1985;;+7 701 000 11 22;"))))

    second = a_list("1;Қалиева Сәуле;жұмысшы;1990;;+7 701 333 44 55;")
    done = through(browser, begun(browser, checked(browser, second)))

    assert "Added 1 Here already 0 Set aside for you 0" in done.text


def test_a_list_is_nobody_elses(fund: FoundedFund, browser_of: BrowserOf) -> None:
    brought(browser_of("aigul"), a_list())
    [list_id] = rows(select(BroughtList.id))

    for other in ("bolat", "dina"):
        for page in ("table", "columns", "check", "progress", "rows-to-mend.csv"):
            assert browser_of(other).get(f"/imports/{list_id}/{page}").status == 404


def test_columns_once_named_are_remembered_by_their_headings(fund: FoundedFund, browser_of: BrowserOf) -> None:
    headings = "Номер семьи;Имя;Роль;Год;Тел"
    line = "1;Серікбаев Нұрлан;жұмысшы;1985;+7 701 000 11 22"
    browser = browser_of("aigul")
    page = browser.send(brought(browser, a_list(line, headings=headings)), button="Continue")
    assert page.form_with({"columns-3"}).filled["columns-3"] == ""
    page = browser.send(page, {"columns-3": "born"}, button="Continue")
    through(browser, begun(browser, page, remember="y"))

    another = browser_of("bolat")
    page = another.send(brought(another, a_list(line.replace("1985", "1986"), headings=headings)), button="Continue")

    assert "A list with the same headings was here before" in page.text
    assert page.form_with({"columns-3"}).filled["columns-3"] == "born"
    assert [row.columns for row in rows(select(TableLayout))] == [["household", "name", "kinship", "born", "phone"]]


def test_headings_that_may_be_people_are_not_remembered(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("aigul")
    page = checked(browser, a_list("2;Қалиева Сәуле;жұмысшы;х", headings="Отбасы;Имя;Роль;Айгүл Серікбаева"))
    page = browser.send(page, {"point": "club"}, button="Look again")
    assert "may be somebody’s name" in page.text

    through(browser, begun(browser, page, remember="y"))

    assert len(rows(select(FamilyImport))) == 1
    assert rows(select(TableLayout)) == []


def test_words_nobody_knows_are_explained_on_a_page(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("aigul")
    page = checked(browser, a_list("1;Серікбаев Нұрлан;кормилец;1985;;;"))
    assert "Families to bring in 0" in page.text
    page = browser.submit(page.path.replace("check", "words"), {"first-0-meaning": "worker"}, button="Save")

    assert "Families to bring in 1" in page.text


def test_a_word_once_explained_is_known_in_the_next_list_and_can_be_said_anew(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    browser = browser_of("aigul")
    page = checked(browser, a_list("1;Серікбаев Нұрлан;кормилец;1985;;;"))
    page = browser.submit(page.path.replace("check", "words"), {"first-0-meaning": "worker"}, button="Save")
    through(browser, begun(browser, page, remember="y"))

    another = browser_of("bolat")
    page = checked(another, a_list("1;Қалиева Сәуле;Кормилец;1986;;;"))

    assert "Families to bring in 1" in page.text
    assert "Known from lists before кормилец = Worker" in page.text
    page = another.submit(page.path.replace("check", "words"), {"first-0-meaning": "parent"}, button="Save")
    assert "Қалиева Сәуле , Parent" in page.text or "Қалиева Сәуле, Parent" in page.text
    assert holds()


@SQLITE
def test_what_a_word_meant_is_forgotten_where_it_is_seen(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("aigul")
    page = checked(browser, a_list("1;Серікбаев Нұрлан;кормилец;1985;;;"))
    page = browser.submit(page.path.replace("check", "words"), {"first-0-meaning": "worker"}, button="Save")
    through(browser, begun(browser, page, remember="y"))
    page = checked(browser, a_list("1;Қалиева Сәуле;кормилец;1986;;;"))

    words = page.path.replace("check", "words")
    assert "Nobody here knows" not in browser.get(words).text
    page = browser.submit(words, button="Forget “кормилец”")

    assert "It is forgotten." in page.text
    assert "Nobody here knows these words." in page.text
    assert "Known from lists before" not in page.text
    assert "Nobody here knows the word “кормилец”" in browser.get(page.path.replace("words", "check")).text
    page = browser.submit(page.path, {"first-0-meaning": "parent"}, button="Save")
    assert "Families to bring in 1" in page.text
    assert holds()


@SQLITE
def test_a_registrar_forgets_no_place_that_a_coordinator_explained(fund: FoundedFund, browser_of: BrowserOf) -> None:
    coordinator, registrar = browser_of("dina"), browser_of("aigul")
    payload = a_list("1;Серікбаев Нұрлан;жұмысшы;Ескі қала ауылы;Клуб", headings=PLACES)
    page = checked(coordinator, payload)
    meant = {"first-0-meaning": "old-town", "second-0-meaning": "school-5"}
    page = coordinator.submit(page.path.replace("check", "places"), meant, button="Save")
    through(coordinator, begun(coordinator, page, locality="", point="", remember="y"))
    page = checked(registrar, a_list("1;Қалиева Сәуле;жұмысшы;Ескі қала ауылы;Клуб", headings=PLACES))
    asked = registrar.get(page.path.replace("check", "places"))

    assert "Known from lists before" not in asked.text
    with pytest.raises(NotAllowed):
        do(forget_word, actor=fund.registrar, kind=WordKind.LOCALITY, word="Ескі қала ауылы")


@SQLITE
def test_a_word_of_which_nothing_is_known_is_not_forgotten(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken, match="Nothing is remembered"):
        do(forget_word, actor=fund.registrar, kind=WordKind.KINSHIP, word="кормилец")


@SQLITE
def test_a_list_is_read_when_something_is_chosen_and_not_whenever_it_is_looked_at(
    fund: FoundedFund, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_of("aigul")
    first = checked(browser, a_list("1;Серікбаев Нұрлан;кормилец;1985;;;", "2;Қалиева Сәуле;жұмысшы;31.02.1980;;;"))
    monkeypatch.setattr(_brought, "read_list", None)  # nobody reads it

    assert browser.get(first.path).text == first.text
    assert "кормилец" in browser.get(first.path.replace("check", "words")).text


@SQLITE
def test_what_somebody_explained_meanwhile_is_known_when_a_list_is_looked_at_again(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    waiting = checked(browser_of("aigul"), a_list("1;Серікбаев Нұрлан;кормилец;1985;;;"))
    assert "Families to bring in 0" in waiting.text
    other = browser_of("bolat")
    page = checked(other, a_list("1;Қалиева Сәуле;кормилец;1986;;;"))
    page = other.submit(page.path.replace("check", "words"), {"first-0-meaning": "worker"}, button="Save")
    through(other, begun(other, page, locality="new-town", point="school-5", remember="y"))

    assert "Families to bring in 1" in browser_of("aigul").get(waiting.path).text


def test_a_word_that_may_be_a_name_or_means_its_heading_is_not_remembered(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    headings = "Отбасы;Имя;Роль;Не болды"
    browser = browser_of("aigul")
    page = checked(browser, a_list("1;Серікбаев Нұрлан;Ахметова;иә", headings=headings))
    meant = {"first-0-meaning": "worker", "second-0-meaning": "dismissed"}
    page = browser.submit(page.path.replace("check", "words"), meant, button="Save")
    through(browser, begun(browser, page, remember="y"))

    assert len(rows(select(Family))) == 1
    assert [row.columns for row in rows(select(TableLayout)) if row.columns[0].startswith("word")] == []


def test_no_is_understood_and_another_word_can_mean_that_nothing_happened(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    headings = "Отбасы;Имя;Роль;Не болды"
    browser = browser_of("aigul")
    page = checked(
        browser,
        a_list("1;Серікбаев Нұрлан;жұмысшы;жоқ", "2;Қалиева Сәуле;жұмысшы;бәрі жақсы", headings=headings),
    )
    assert "Families to bring in 1" in page.text
    page = browser.submit(page.path.replace("check", "words"), {"second-0-meaning": "nothing"}, button="Save")

    assert "Families to bring in 2" in page.text


def test_columns_of_yes_and_no_tell_what_happened_and_a_cell_that_says_neither_is_no_loss(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    headings = "Отбасы;Имя;Роль;Уволен;Ауырады"
    browser = browser_of("aigul")
    page = browser.send(brought(browser, a_list("1;Серікбаев Нұрлан;жұмысшы;да;жоқ", headings=headings)))
    assert page.form_with({"columns-3"}).filled["columns-3"] == "is: dismissed"
    page = browser.send(page, button="Continue")
    assert "Dismissed from work" in page.text
    assert "Someone is seriously ill" not in page.text.split("What each column becomes")[0]
    through(browser, begun(browser, page, remember="y"))
    assert holds()

    other = a_list("2;Қалиева Сәуле;жұмысшы;+;диабет", "3;Бекова Роза;жұмысшы;;", headings=headings)
    page = checked(browser, other)

    assert "Families to bring in 1" in page.text
    assert "“диабет” is neither yes nor no." in page.text


PLACES = "Отбасы;Имя;Роль;Ауыл;Пункт"


def test_which_places_a_list_means_is_said_on_a_page_and_remembered_on_a_coordinators_word(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    browser = browser_of("dina")
    page = checked(browser, a_list("1;Серікбаев Нұрлан;жұмысшы;Ескі қала ауылы;Клуб", headings=PLACES))
    assert "is no locality of the fund" in page.text
    meant = {"first-0-meaning": "new-town", "second-0-meaning": "school-5"}
    page = browser.submit(page.path.replace("check", "places"), meant, button="Save")
    assert "Added 1" in through(browser, begun(browser, page, locality="", point="", remember="y")).text
    assert rows(select(Family.locality_id)) == [fund.localities["new-town"]]

    again = checked(browser, a_list("1;Қалиева Сәуле;жұмысшы;ескі қала АУЫЛЫ;клуб", headings=PLACES))

    assert "Families to bring in 1" in again.text
    assert "Known from lists before" in again.text
    assert holds()


def test_a_registrar_says_places_of_her_own_for_this_list_alone(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("aigul")
    payload = a_list("1;Серікбаев Нұрлан;жұмысшы;Ескі қала ауылы;Клуб 2", headings=PLACES)
    page = checked(browser, payload)
    asked = browser.get(page.path.replace("check", "places"))
    assert "new-town" not in asked.html, "no other locality is offered"
    meant = {"first-0-meaning": "old-town", "second-0-meaning": "club"}
    page = browser.submit(page.path.replace("check", "places"), meant, button="Save")

    through(browser, begun(browser, page, locality="", point="", remember="y"))

    assert rows(select(Family.locality_id)) == [fund.localities["old-town"]]
    assert all(row.columns[0] not in {"word: locality", "word: point"} for row in rows(select(TableLayout)))


def test_a_place_of_the_fund_is_known_by_its_name_in_any_language(fund: FoundedFund, browser_of: BrowserOf) -> None:
    headings = "Отбасы;Имя;Роль;Ауыл;Пункт"
    browser = browser_of("aigul")
    page = checked(browser, a_list("1;Серікбаев Нұрлан;жұмысшы;old-town (ҚАЗ);Club", headings=headings))

    assert "Families to bring in 1" in page.text


def test_nobody_is_brought_in_who_was_not_asked(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("aigul")
    page = checked(browser, a_list())
    form = page.form_with({"locality"})

    answer = browser.post(page.path, {**form.filled, "locality": "old-town", "point": "club", "step": "begin"})

    assert "Ask the families first" in answer.text
    assert answer.form_with({"point"}).filled["point"] == "club", "what was chosen stays"
    assert rows(select(FamilyImport)) == []


def test_a_wrong_choice_of_columns_keeps_what_was_chosen(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("aigul")
    page = browser.send(brought(browser, a_list()), button="Continue")

    answer = browser.send(page, {"columns-2": "name", "columns-0": "phone"}, button="Continue")

    assert answer.status == 409
    assert "can’t both be" in answer.text
    assert answer.form_with({"columns-0"}).filled["columns-0"] == "phone"
    none = browser.send(page, {"columns-1": ""}, button="Continue")
    assert "Say which column holds the names" in none.text


def test_another_encoding_and_separator_can_be_chosen(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("aigul")
    page = brought(browser, a_list(headings="Отбасы;Имя;Роль;Туған күні").decode().encode("utf-8"))

    broken = browser.send(page, {"encoding": "utf-16-le"}, button="Look again")
    assert "choose another encoding" in broken.text
    assert broken.form_with({"encoding"}).filled["encoding"] == "utf-16-le"
    other = browser.send(page, {"encoding": "koi8_r"}, button="Look again")
    assert "Серікбаева" not in other.text
    assert "Серікбаева" in browser.send(other, {"encoding": "utf-8"}, button="Look again").text


def test_an_import_is_undone_until_somebody_confirms_one_of_its_families(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    browser = browser_of("aigul")
    through(browser, begun(browser, checked(browser, a_list())))
    [import_id] = rows(select(FamilyImport.id))
    undone = browser.submit(f"/imports/{import_id}/undo", sure="y")
    assert "2 families are erased" in undone.text
    assert rows(select(BroughtPart)) == []

    done = through(browser, begun(browser, checked(browser, a_list())))
    assert "Added 2" in done.text, "it can be brought anew"
    code = next(row.code for row in rows(select(Family)) if row.state == "registered")
    confirmer = browser_of("gulnar")
    opened = confirmer.submit(f"/families/{code}", why="confirm")
    assert "is confirmed" in confirmer.send(opened, seen="y", compared="y", told="y").text
    second = next(id_ for id_ in rows(select(FamilyImport.id)) if id_ != import_id)

    page = browser.get(f"/imports/{second}/undo")

    assert "Something rests on these families" in page.text
    assert "It was confirmed" in page.text
    assert code in page.html
    assert holds()


HOSTILE = {
    "nothing": b"",
    "an endless quotation": b'name;phone\n"' + b"x;y\n" * 400_000,
    "a million columns": b"a;" * 1_000_000,
    "a NUL": "имя;\0телефон\n".encode("cp1251") * 50,
    "no text": bytes(range(1, 256)) * 10,
    "a zip of something else": b"PK\x03\x04" + b"\0" * 100,
    "a page of the web": b"<html><body><table><tr><td>name</td></tr></table></body></html>",
    "a document": b"%PDF-1.4\nname;phone\n",
    "an old workbook": b"\xd0\xcf\x11\xe0" + b"\0" * 100,
    "too many rows": b"a;b\n" * 60_000,
}


@SQLITE
@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_with_a_clear_line_and_nothing_of_it_is_kept(
    fund: FoundedFund, browser_of: BrowserOf, payload: bytes
) -> None:
    page = brought(browser_of("aigul"), payload)

    assert page.status == 409
    assert "File “list.csv”:" in page.text
    assert rows(select(BroughtList)) == []


@SQLITE
def test_what_looks_like_a_formula_goes_back_as_text(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("aigul")
    checked(browser, a_list("1;=cmd|' /C calc'!A0;жұмысшы;99.99.1985;;+7 701 000 11 22;"))
    [list_id] = rows(select(BroughtList.id))

    mended = browser.get(f"/imports/{list_id}/rows-to-mend.csv").content.decode()

    assert "'=cmd" in mended
    assert ",+7 701 000 11 22," in mended
    assert browser.get(f"/imports/{list_id}/rows-to-mend.xlsx").content.startswith(b"PK")


@SQLITE
def test_the_rows_of_a_workbook_can_be_mended_and_brought_again(fund: FoundedFund, browser_of: BrowserOf) -> None:
    table: list[list[object]] = [
        ["Household", "Name", "Relationship", "Born"],
        ["1", "Dana Test", "worker", "1985-13-01"],
    ]
    browser = browser_of("aigul")
    page = browser.send(brought(browser, workbook(table), "list.xlsx"), button="Continue")
    browser.send(page, button="Continue")
    back = browser.get(page.path.replace("columns", "rows-to-mend.xlsx")).content

    page = browser.send(brought(browser, back, "mended.xlsx"), button="Continue")

    assert page.form_with({"columns-3"}).filled["columns-3"] == "born"
    assert page.form_with({"columns-5"}).filled["columns-5"] == "", "our own columns are left out"


@SQLITE
def test_only_three_lists_of_one_person_wait_at_once(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("aigul")
    for _each in range(2):
        brought(browser, a_list())
    early = browser.get("/imports/new")
    brought(browser, a_list())

    told = browser.get("/imports/new")
    assert "Go on with one of these lists" in told.text, "before anybody looks for a file"
    late = browser.post(early.path, {**early.form_with({"file"}).filled, "file": (BytesIO(a_list()), "list.csv")})
    assert "3 lists of yours wait already" in late.text
    browser.send(browser.get("/imports/"), button="Throw away")
    assert brought(browser, a_list()).heading == "How the list is read"


@SQLITE
def test_a_list_that_is_wholly_in_is_not_in_the_way_of_the_next(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("aigul")
    done = through(browser, begun(browser, checked(browser, a_list())))
    assert "throw away what is left" not in done.text
    for _each in range(3):
        brought(browser, a_list())

    assert len(rows(select(BroughtList))) == 3


@SQLITE
def test_a_provisional_fund_takes_no_list(provisional: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("aigul")

    assert "no list is taken" in browser.get("/imports/").text
    assert brought(browser, a_list()).status == 409


@SQLITE
def test_today_reminds_of_a_list_that_is_not_in(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("aigul")
    brought(browser, a_list())

    assert "1 list to finish" in browser.get("/").text
    assert "list to finish" not in browser_of("dina").get("/").text
