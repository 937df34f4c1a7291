"""Families and goods: a list that is brought, a family that changes and objects, and a point that hands out goods."""

from collections.abc import Callable
from functools import partial

from playwright.sync_api import Page

from aid.domain.permissions import Role
from tests.browser.people import type_into
from tests.browser.screenshots.camera import Camera, press
from tests.browser.screenshots.daily import at, first_of
from tests.browser.screenshots.served import Demo, Shot, Studio

MAIN = "main form button.btn-main"
LIST = """Кендірлі кәсіподағы, 2026 жылғы қараша

Отбасы №;Аты-жөні;Кім;Туған күні;Сынып;Телефон;Алатын жері;Не болды
1;Қасенов Дидар;жұмысшы;11.04.1984;;8 799 412 08 11;клуб;ереуілде
1;Қасенова Әсел;әйелі;02.09.1987;;;;жоқ
1;Қасенов Нұрым;ұлы;19.05.2016;4;;;
2;Ли Виктор;кормилец;30.11.1979;;8 799 412 08 12;клуб;жұмыстан шығарылды
2;Ли Марина;әйелі;1982;;;;
3;Тұрсын Жанар;жұмысшы;31.02.1990;;8 799 412 08 13;клуб;ереуілде
4;Оразбай Еркін;жұмысшы;1975;;8 799 412 08 14;клуб;ереуілде
"""
"""A title above the headings, a word and a place that nobody knows here, and a day that no calendar has."""


def show_the_families(studio: Studio) -> None:
    """The list from its file to its undoing; then families, their cards and words; then a point."""
    _show_the_list(studio)
    studio.shows(FAMILIES)
    coordinator = studio.page_of(Role.COORDINATOR)
    coordinator.goto("/families/cards")
    for box in coordinator.locator("[name=families]").all()[10:]:
        box.uncheck(force=True)
    _keep_printed(studio.camera, coordinator, MAIN, "512-cards-kk")
    studio.shows(OBJECTIONS)
    coordinator.goto(_objection(coordinator, "answered"))
    path = coordinator.locator("main a[href$='/answer.pdf']").get_attribute("href") or ""
    studio.camera.keeps_paper(coordinator.request.get(path).body(), "515-answer-kk")
    studio.shows(POINT)
    _show_goods(studio)


# ---------------------------------------------------------------- a list


def _show_the_list(studio: Studio) -> None:
    page, camera = studio.page_of(Role.REGISTRAR), studio.camera
    camera.takes(page, "501-bring-a-list", lambda there: there.goto("/imports/new"))
    page.goto("/imports/new")
    page.set_input_files("[name=file]", {"name": "list.csv", "mimeType": "text/csv", "buffer": LIST.encode()})
    press(page, MAIN)
    here = page.url.removesuffix("/table")
    camera.takes(page, "502-how-it-is-read", lambda there: there.goto(f"{here}/table"))
    press(page, "main button[value=on]")
    camera.takes(page, "503-what-columns-are", lambda there: there.goto(f"{here}/columns"))
    press(page, MAIN)
    _explains(page, f"{here}/places", {0: "kendirli-club"})
    camera.takes(page, "504-check-the-list", lambda there: there.goto(f"{here}/check"))
    _explains(page, f"{here}/words", {0: "worker"})
    type_into(page.locator("main"), "consent", "y")
    press(page, "main button[value=begin]")
    page.wait_for_url("**/progress")
    camera.takes(page, "505-the-list-is-in", lambda there: there.goto(f"{here}/progress"))
    camera.takes(page, "506-undo", lambda there: there.goto(f"{here}/undo"))


def _explains(page: Page, path: str, meanings: dict[int, str]) -> None:
    page.goto(path)
    for place, meaning in meanings.items():
        page.locator("main select").nth(place).select_option(meaning)
    press(page, MAIN)


# ---------------------------------------------------------------- a family


def opened(why: str, name: str = "Izbasov Serik") -> Callable[[Page, Demo], object]:
    """A family's file, opened for this reason."""

    def come(page: Page, demo: Demo) -> None:
        family(page, demo, name)
        page.locator(f"[name=why][value={why}]").check(force=True)
        press(page, f"main form[action$='/open'] {MAIN.removeprefix('main form ')}")

    return come


def family(page: Page, _demo: Demo, name: str = "Izbasov Serik") -> None:
    page.goto("/families/")
    page.fill("[name=sought]", name)
    press(page, "main form button")
    page.goto(page.locator("main table a").first.get_attribute("href") or "")


def joining(page: Page, demo: Demo) -> None:
    """Both files beside each other."""
    family(page, demo, "Қасенов Дидар")
    other = page.url.rsplit("/", 1)[-1]
    family(page, demo)
    page.goto(f"{page.url}/join")
    page.fill("[name=other]", other)
    press(page, MAIN)


def _keep_printed(camera: Camera, page: Page, button: str, name: str) -> None:
    with page.expect_download() as waited:
        page.locator(button).first.click()
    camera.keeps_paper(waited.value.path().read_bytes(), name)


# ---------------------------------------------------------------- an objection


def _objection(page: Page, state: str) -> str:
    page.goto(f"/objections/?show={state}")
    return page.locator("main table a").first.get_attribute("href") or ""


def asks_why(page: Page, _demo: Demo) -> None:
    page.goto(_objection(page, "answered"))
    page.goto(page.locator("main a[href^='/objections/why/']").first.get_attribute("href") or "")


def an_answer(page: Page, _demo: Demo) -> None:
    page.goto(_objection(page, "waiting"))


# ---------------------------------------------------------------- a point


def _show_goods(studio: Studio) -> None:
    """A voucher for goods may be collected, and then it was."""
    page = studio.page_of(Role.DISTRIBUTOR)
    digits = next(each for each in studio.demo.good if _is_for_goods(page, each))
    studio.camera.takes(page, "518-goods-voucher", partial(_reads, digits=digits))
    type_into(page.locator("main"), "collector", "0")
    press(page, MAIN)
    handed = page.url
    studio.camera.takes(page, "519-goods-handed-out", lambda there: there.goto(handed))


def _reads(page: Page, *, digits: str) -> None:
    page.goto("/collections/new")
    page.fill("[name=code]", digits)
    press(page, MAIN)


def _is_for_goods(page: Page, digits: str) -> bool:
    _reads(page, digits=digits)
    return bool(page.locator("body.answer-yes").count()) and "×" in page.inner_text("main")


FAMILIES = (
    Shot("507-family", Role.COORDINATOR, family),
    Shot("508-what-happened", Role.COORDINATOR, family, part="#history-title"),
    Shot("509-who-came-who-went", Role.REGISTRAR, opened("life")),
    Shot("510-two-of-one", Role.REGISTRAR, opened("split")),
    Shot("511-one-of-two", Role.REGISTRAR, joining),
)
OBJECTIONS = (
    Shot("513-why", Role.REGISTRAR, asks_why),
    Shot("514-objection", Role.COORDINATOR, an_answer),
)
POINT = (
    Shot("516-stock", Role.DISTRIBUTOR, first_of("/stock/", "main h2 a, main a[href^='/stock/points/']")),
    Shot("517-delivery", Role.COORDINATOR, first_of("/deliveries/", "main a[href^='/deliveries/purchases/']")),
    Shot("520-today-at-a-point", Role.DISTRIBUTOR, at("/")),
    Shot("521-help", Role.DISTRIBUTOR, at("/help/distributor")),
)
