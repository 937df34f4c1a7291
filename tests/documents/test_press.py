"""The press prints our own pages and nothing from elsewhere."""

import pytest
from fontTools.ttLib import TTFont

from aid.documents.press import STATIC, NotOurs, press
from tests.documents.reading import Printed

KAZAKH_LETTERS = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/x.png",
        "https://example.org/x.png",
        "//example.org/x.png",
        "/etc/passwd",
        "../../config.py",
        "%2e%2e/%2e%2e/config.py",
        "css/print/%2e%2e/komek.css",
        "fonts/nothing.ttf",
    ],
)
@pytest.mark.parametrize(
    "page",
    [
        '<img src="{}">',
        '<link rel="stylesheet" href="{}">',
        '<p style="background: url({})">x</p>',
        '<style>@font-face {{ font-family: x; src: url("{}") }} p {{ font-family: x }}</style><p>x</p>',
    ],
)
def test_what_is_not_ours_stops_the_press(page: str, address: str) -> None:
    with pytest.raises(NotOurs):
        press(f"<!doctype html><html lang='en'><title>x</title>{page.format(address)}</html>")


def test_a_picture_inside_a_picture_is_not_fetched_either() -> None:
    inner = "%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Cimage href='file:///etc/passwd'/%3E%3C/svg%3E"

    with pytest.raises(NotOurs):
        press(f'<!doctype html><html lang="en"><title>x</title><img src="data:image/svg+xml,{inner}"></html>')


def test_the_same_page_gives_the_same_bytes_with_its_language_and_no_trace_of_when() -> None:
    page = '<!doctype html><html lang="kk"><title>x</title><link rel="stylesheet" href="css/print/paper.css"><p>Қош</p>'

    pdf = press(page)

    assert pdf == press(page)
    printed = Printed(pdf)
    assert printed.language() == "kk"
    assert printed.is_tagged()
    assert not printed.metadata()["CreationDate"]


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_each_weight_holds_every_kazakh_letter(weight: str) -> None:
    letters = TTFont(STATIC / "fonts" / f"NotoSans-{weight}.ttf").getBestCmap()

    assert not [letter for letter in KAZAKH_LETTERS + "₸€$£№«»–’" if ord(letter) not in letters]


def test_kazakh_letters_come_from_our_own_embedded_font() -> None:
    page = (
        '<!doctype html><html lang="kk"><title>x</title><link rel="stylesheet" href="css/print/paper.css">'
        f"<p>{KAZAKH_LETTERS}</p><p><b>{KAZAKH_LETTERS}</b></p></html>"
    )

    printed = Printed(press(page))

    assert printed.text().count(KAZAKH_LETTERS) == 2
    assert len(printed.fonts()) == 2
    assert all("Komek" in name and embedded for name, embedded in printed.fonts())
