"""Whether aid arrived, as people ask it: families drawn by lot, called one by one, and what that tells of all."""

import csv
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select

from aid.blueprints import surveys
from aid.domain.surveys.calls import Reach
from aid.domain.vouchers import VoucherState
from aid.models.families import Family, Sighting
from aid.models.objections import Objection
from aid.models.surveys import Survey
from tests.conftest import BrowserOf
from tests.documents.reading import Printed
from tests.make import rows
from tests.make.fund import FoundedFund
from tests.make.one_database import app as app
from tests.make.surveys import ask, calls_of, make_survey
from tests.make.vouchers import make_vouchers

DRAW_AGAIN = Path(__file__).parents[2] / "docs" / "draw_again.py"


def test_families_are_drawn_called_and_what_they_say_is_told_of_all(
    fund: FoundedFund, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    vouchers = make_vouchers(fund, 13, state=VoucherState.COLLECTED, collectors=("Айгүл Сынақова",))
    coordinator = browser_of(fund.coordinator)
    assert "draw" in coordinator.get("/surveys/").text.lower()

    nothing = coordinator.submit("/surveys/new", button="Go on")
    assert (nothing.status, "Choose a list, or days" in nothing.text) == (409, True)
    allocation = str(vouchers[0].allocation_id)
    size = coordinator.submit("/surveys/new", allocation=allocation, button="Go on")
    assert "13 families collected there" in size.text
    with monkeypatch.context() as patched:
        patched.setattr(surveys, "half_width", lambda **_of: 1.2)
        assert "±1 percentage point One" in coordinator.submit("/surveys/new", allocation=allocation).text
    too_many = coordinator.send(size, size="14", button="Draw them")
    assert (too_many.status, "At most 13" in too_many.text) == (409, True)
    for size_typed, said in (("9" * 20, "At most 13"), ("-" + "9" * 20, "how many"), ("a dozen", "valid integer")):
        wrong = coordinator.send(too_many, size=size_typed, button="Draw them")
        assert (wrong.status, said in wrong.text, "How well they tell of all" in wrong.text) == (409, True, True)
    listed = coordinator.send(too_many, size="12", button="Draw them")
    assert "12 families are drawn" in listed.text
    [survey] = rows(select(Survey))
    assert "12 families to ask whether aid arrived" in coordinator.get("/").text
    assert rows(select(Sighting).where(Sighting.why == "survey")) == []

    one, two, *others = calls_of(survey.id)
    page = coordinator.get(f"/surveys/calls/{one.id}")
    assert page.heading == "Call 1 of 12"
    assert "Айгүл Сынақова" in page.text
    assert "tel:+7701" in page.html
    assert len(rows(select(Sighting).where(Sighting.why == "survey"))) == 1
    unclear = coordinator.send(page, reach="answered", button="Save")
    assert (unclear.status, "Write down what the family said" in unclear.text) == (409, True)
    less = coordinator.send(unclear, reach="answered", received="all", amount="1", button="Save")
    assert (less.status, "By the books it was more" in less.text) == (409, True)
    objection = coordinator.send(less, reach="answered", received="nothing", amount="", more="y", button="Save")
    assert "Somebody has to find out" in objection.text
    [code] = rows(select(Family.code).where(Family.id == one.family_id))
    assert objection.path == f"/objections/new/{code}"
    assert rows(select(Objection)) == []

    after = coordinator.submit(f"/surveys/calls/{two.id}", reach="no_answer", received="all", button="Save")
    assert "It is written down" in after.text
    again = coordinator.get(f"/surveys/calls/{two.id}")
    assert "less than two hours ago" in again.text
    for call in others[:-1]:
        ask(fund, call.id)
    ask(fund, others[-1].id, reach=Reach.DECLINED)

    corrected = coordinator.submit(f"/surveys/calls/{others[0].id}/correct", received="part", button="Save")
    assert "It is corrected" in corrected.text
    told = coordinator.get("/surveys/stories")
    assert told.html.count("/surveys/stories/") == 2
    [address, _other] = [link for link in told.links if "/surveys/stories/" in link]
    story = coordinator.get(address)
    refused = coordinator.send(story, found="money_taken", words="", button="Save")
    assert (refused.status, "Write down what was found out" in refused.text) == (409, True)
    done = coordinator.send(refused, found="other_member", words="Күйеуі алып келген.", button="Save")
    assert "Somebody else of the family had taken it" in done.text
    assert "Күйеуі" in coordinator.get(address).text

    member = browser_of(fund.members[0]).get(f"/surveys/{survey.id}")
    assert "8 / 10" in member.text  # have all of it
    assert code not in member.html
    assert "Call families" not in member.text
    closed = coordinator.send(coordinator.get(f"/surveys/{survey.id}"), button="Close the survey")
    assert f"Survey {survey.number} is closed" in closed.text


def test_the_report_has_no_names_and_the_lot_is_drawn_again_by_anybody(
    fund: FoundedFund, browser_of: BrowserOf, tmp_path: Path
) -> None:
    vouchers = make_vouchers(fund, 12, state=VoucherState.COLLECTED, collectors=("Айгүл Сынақова",))
    drawn = make_survey(fund, vouchers[0].allocation_id, 11)
    *most, _silent = calls_of(drawn.survey_id)
    for call in most:
        ask(fund, call.id)
    auditor = browser_of(fund.auditor)
    page = f"/surveys/{drawn.survey_id}"

    paper = Printed(auditor.get(f"{page}.pdf").content).text()
    table = auditor.get(f"{page}.csv").content.decode()
    codes = rows(select(Family.code))
    for text in (paper.replace(" ", ""), table):
        assert not any(code in text for code in codes)
        assert "Сынақова" not in text
    told = {(row["question"], row["answer"]): row for row in csv.DictReader(StringIO(table))}
    assert (told["received", "all"]["count"], told["received", "all"]["of"]) == ("10", "10")
    assert told["received", "all, at worst"]["percent"] == "91"

    file = tmp_path / "draw.txt"
    file.write_bytes(auditor.get(f"{page}/draw.txt").content)
    run = [sys.executable, str(DRAW_AGAIN), str(file)]
    right = subprocess.run(run, capture_output=True, text=True, check=False)
    assert (right.returncode, "11 of 12" in right.stdout) == (0, True), right.stderr
    chosen = file.read_text()
    file.write_text(chosen.replace(" 1\n", " x\n").replace(" -\n", " 1\n", 1).replace(" x\n", " -\n"))
    wrong = subprocess.run(run, capture_output=True, text=True, check=False)
    assert (wrong.returncode, "falls on others" in wrong.stdout) == (1, True)
