"""The threat model and the ASVS table: tests that they name are there, and no chapter is left out."""

import re

import pytest

from tests.conventions import ROOT

PAGES = ("docs/threat-model.md", "docs/asvs.md", "deploy/README.md")
NAMED = re.compile(r"`(tests/[\w/]+(?:\.py)?)(?:::(\w+))?`")
CHAPTERS = {
    1: "Encoding and Sanitization",
    2: "Validation and Business Logic",
    3: "Web Frontend Security",
    4: "API and Web Service",
    5: "File Handling",
    6: "Authentication",
    7: "Session Management",
    8: "Authorization",
    9: "Self-contained Tokens",
    10: "OAuth and OIDC",
    11: "Cryptography",
    12: "Secure Communication",
    13: "Configuration",
    14: "Data Protection",
    15: "Secure Coding and Architecture",
    16: "Security Logging and Error Handling",
    17: "WebRTC",
}
STATES = {"met", "partly", "not applicable"}


def named_on(page: str) -> set[tuple[str, str]]:
    return set(NAMED.findall((ROOT / page).read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", PAGES)
def test_the_tests_that_a_page_names_are_there(page: str) -> None:
    named = named_on(page)

    assert named
    assert [file for file, _test in sorted(named) if not (ROOT / file).is_file()] == []
    missing = [
        f"{file}::{test}"
        for file, test in sorted(named)
        if test and f"def {test}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert missing == []


def rows() -> list[list[str]]:
    lines = (ROOT / "docs/asvs.md").read_text(encoding="utf-8").splitlines()
    return [re.split(r"(?<!\\)\|", line.strip("|")) for line in lines if line.startswith("| V")]


def test_every_chapter_of_asvs_has_a_status_a_test_and_what_is_not_met() -> None:
    table = {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in rows()}

    assert list(table) == [f"V{number} {name}" for number, name in CHAPTERS.items()]
    for status, does, tested, unmet in table.values():
        assert status in STATES
        assert does
        assert NAMED.search(tested)
        assert unmet
        assert unmet != "–" or status != "partly"


def test_each_adversary_has_a_promise_a_means_a_remainder_and_a_test() -> None:
    text = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
    adversaries = text.partition("## Adversaries")[2].partition("\n## ")[0].split("\n### ")[1:]

    assert len(adversaries) >= 7
    for adversary in adversaries:
        for part in ("**Promised:**", "**How:**", "**Remains:**", "**Shown by:**"):
            assert part in adversary, (adversary.splitlines()[0], part)
        assert NAMED.search(adversary.partition("**Shown by:**")[2])


def test_scripts_of_ours_keep_only_which_camera_whether_it_sounds_and_a_mark_of_the_last_voucher() -> None:
    elsewhere = re.compile(r"indexedDB|document\.cookie|caches\.|serviceWorker")
    scripts = {script.name: script.read_text(encoding="utf-8") for script in (ROOT / "aid/static/js").rglob("*.js")}
    keeping = {name: set(re.findall(r'"(komek\.\w+)"', text)) for name, text in scripts.items() if "Storage" in text}

    assert [name for name, text in scripts.items() if elsewhere.search(text)] == []
    assert keeping == {"camera.js": {"komek.camera", "komek.last"}, "tones.js": {"komek.sound"}}
