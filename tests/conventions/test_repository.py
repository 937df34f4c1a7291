import re
import tomllib
from hashlib import sha256
from pathlib import Path

import pytest

from tests.conventions import ROOT, STATIC
from tests.conventions.repository import short, tracked

VENDOR = STATIC / "vendor"
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted|npmjs\.(com|org)|unpkg\.com|jsdelivr|cdnjs|fonts\.g(oogleapis|static)", re.IGNORECASE
)
THIS_MACHINE = re.compile(r"(?<![\w.~$}/-])/(root|work|home)/\w")
NAMES_ITS_HOME = VENDOR / "zxing_reader.js"
"""Kept byte for byte. The page that runs it says where its part lies, and the policy lets it ask nobody else."""
SECRETS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}")


def texts() -> list[tuple[Path, str]]:
    """Every tracked text but this one, which names what it looks for, and one that was copied."""
    pages = []
    for path in tracked():
        if path not in {Path(__file__), NAMES_ITS_HOME}:
            try:
                pages.append((path, path.read_text(encoding="utf-8")))
            except UnicodeDecodeError:
                continue
    return pages


@pytest.mark.parametrize(
    "unwanted", [REGISTRIES, THIS_MACHINE, SECRETS], ids=["a registry", "this machine", "a secret"]
)
def test_no_file_names(unwanted: re.Pattern[str]) -> None:
    found = {short(path): match.group() for path, text in texts() if (match := unwanted.search(text))}

    assert found == {}


def test_no_file_is_too_big_to_review() -> None:
    """Translations are reviewed sentence by sentence, and say where each stands."""
    sizes = {path: path.stat().st_size for path in tracked()}

    assert {
        short(path): size for path, size in sizes.items() if size > (2 if path.suffix == ".po" else 1) * 10**6
    } == {}


def test_no_data_of_a_fund_is_kept_here() -> None:
    assert [short(path) for path in tracked() if path.suffix in {".db", ".sqlite", ".key", ".age", ".mo", ".pyc"}] == []


def test_python_files_stay_short_enough_to_read() -> None:
    """Most are under 300 lines; 500 is where a word of the domain is surely missing."""
    long = {
        short(path): lines
        for path in tracked()
        if path.suffix == ".py"
        and path.parts[len(ROOT.parts)] == "aid"
        and (lines := len(path.read_text().splitlines())) > 500
    }
    assert long == {}


def test_vendored_files_are_the_ones_their_manifest_names() -> None:
    packages = tomllib.loads((VENDOR / "MANIFEST.toml").read_text())["package"]
    named = {kept["file"]: kept["sha256"] for package in packages for kept in package["file"]}
    licences = {package["licence_file"] for package in packages}
    there = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}

    assert there == named.keys() | licences | {"MANIFEST.toml"}
    assert {name: sha256((VENDOR / name).read_bytes()).hexdigest() for name in named} == named


def test_a_bare_machine_needs_only_a_shell() -> None:
    assert (ROOT / "aid.sh").read_text().startswith("#!/bin/sh\n")
    assert (ROOT / "aid.sh").stat().st_mode & 0o111
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
