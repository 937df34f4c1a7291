"""A meeting as people hold it: called, gathered on a page, spoken at, minuted from paper, closed, printed."""

import io
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
import time_machine
from pypdf import PdfReader
from sqlalchemy import event, select

from aid.domain.codes import grouped
from aid.domain.families import WithdrawalReason
from aid.domain.quorum import Choice, RecusalReason
from aid.extensions import db
from aid.models.families import Sighting
from aid.models.meetings import (
    Attendance,
    HeldLine,
    LineQuestion,
    Meeting,
    Minutes,
    PaperBallot,
    QuestionAnswer,
    Remark,
)
from aid.models.records import Record, RecordKind
from aid.services.discussion import answer
from aid.services.erasure import erase
from aid.services.verification import verify
from aid.services.withdrawals import withdraw as withdraw_family
from aid.vault.signatures import fingerprint_of, public_of
from tests.conftest import BrowserOf
from tests.make import do, rows, see
from tests.make.allocations import make_allocation, make_carried, make_money, newest_version, vote
from tests.make.browser import Page
from tests.make.fund import FoundedFund
from tests.make.goods import make_good, make_grant, make_purchase, make_rules, make_transfer
from tests.make.meetings import (
    lines_of,
    make_closed,
    make_held,
    make_meeting,
    make_paper,
    make_question,
    moment,
)

VERIFIER = Path(__file__).parents[2] / "docs" / "verify_record.py"
pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def words_of(page: Page) -> str:
    """What a PDF says."""
    assert page.headers["Content-Type"] == "application/pdf"
    pdf = pypdfium2.PdfDocument(io.BytesIO(page.content))
    return " ".join(" ".join(sheet.get_textpage().get_text_bounded().split()) for sheet in pdf)


def the_meeting() -> Meeting:
    [row] = rows(select(Meeting))
    return row


def test_a_coordinator_calls_a_meeting_and_members_see_it(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund)

    page = browser_of(fund.coordinator).submit("/meetings/new", place="Абай 12")

    assert "Meeting no. 1 is called." in page.text
    assert "Абай" not in page.html
    meeting = the_meeting()
    assert meeting.votes_until - meeting.meets_at == timedelta(days=1)
    member = browser_of("saule")
    assert "No. 1" in member.get("/meetings/").text
    shown = member.get(f"/meetings/{meeting.id}")
    assert "School kits" in shown.text
    assert "Not answered yet askar, marat, saule, yerlan, zhanna" in shown.text
    assert "Абай 12" in member.get(f"/meetings/{meeting.id}/place").text
    assert f"/committee/{proposed.allocation_id}/vote?version=1" in shown.links


def test_the_place_is_shown_to_nobody_without_the_key(fund: FoundedFund, browser_of: BrowserOf) -> None:
    meeting = make_meeting(fund, make_allocation(fund).allocation_id)

    for stranger in (fund.auditor, fund.registrar):
        page = browser_of(stranger).get(f"/meetings/{meeting}/place")
        assert page.status == 403
        assert "Абай" not in page.html


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    make_allocation(fund)

    page = browser_of(fund.coordinator).submit("/meetings/new", meets_on="2020-01-01", place="Абай 12")

    assert page.status == 409
    assert "called before it begins" in page.text
    assert 'value="Абай 12"' in page.html
    assert rows(select(Meeting)) == []


def test_who_is_at_the_table_is_ticked(fund: FoundedFund, browser_of: BrowserOf) -> None:
    meeting = make_meeting(fund, make_allocation(fund).allocation_id)
    marat, saule = (str(fund.actor(handle).person_id) for handle in ("marat", "saule"))

    page = browser_of(fund.coordinator).submit(f"/meetings/{meeting}/table", there=[marat, saule])

    assert "At the table marat, saule" in page.text
    assert len(rows(select(Attendance))) == 2


def test_a_paper_is_minuted_waits_for_its_member_and_counts_once_signed(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    proposed = make_allocation(fund)
    meeting = make_meeting(fund, proposed.allocation_id)
    saule = fund.actor("saule").person_id
    coordinator = browser_of(fund.coordinator)

    page = coordinator.submit(f"/meetings/{meeting}/paper", member=str(saule))
    assert page.path == f"/meetings/{meeting}/paper/{saule}"
    assert "A paper is no vote." in page.text
    page = coordinator.send(page, choice_1="yes")

    assert "It counts once saule signs it." in page.text
    assert "saule: Yes – not signed: does not count" in page.text
    assert "0 yes, 0 no" in page.text
    member = browser_of("saule")
    shown = member.get(f"/meetings/{meeting}")
    assert "Your paper waits for your signature." in shown.text
    [to_sign] = [link for link in shown.links if "choice=yes" in link]
    member.submit(to_sign, password=fund.password("saule"))
    shown = member.get(f"/meetings/{meeting}")
    assert "saule: Yes – signed" in shown.text
    assert "1 yes, 0 no" in shown.text


def test_a_paper_without_a_mark_or_a_reason_is_refused(fund: FoundedFund, browser_of: BrowserOf) -> None:
    meeting = make_meeting(fund, make_allocation(fund).allocation_id)
    address = f"/meetings/{meeting}/paper/{fund.members[0].person_id}"
    coordinator = browser_of(fund.coordinator)

    assert "at least one proposal" in coordinator.submit(address, choice_1="").text
    page = coordinator.submit(address, choice_1="recusal")
    assert "why the member steps out" in page.text
    assert rows(select(PaperBallot)) == []
    assert coordinator.get(f"/meetings/{meeting}/paper/{fund.treasurer.person_id}").status == 404


def test_a_member_questions_a_line_and_the_registrar_answers_by_code(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund)
    line = lines_of(proposed.allocation_id)[0]
    member = browser_of("marat")
    [first, *_rest] = [link for link in member.get(f"/committee/{proposed.allocation_id}").links if "/question" in link]

    page = member.submit(first, reason="sum", words="Неге үш есе көп?")
    assert "Your question waits" in page.text
    assert "Неге үш есе көп?" in page.text

    registrar = browser_of(fund.registrar)
    listed = registrar.get("/discussion/questions")
    assert grouped(line.family_code or "") in listed.text
    [question] = rows(select(LineQuestion.id))
    asked = registrar.get(f"/discussion/questions/{question}")
    assert "Неге үш есе көп?" in asked.text
    assert "marat" not in asked.text
    assert "Your answer is sealed" in registrar.send(asked, words="Үш бала, бәрі мектепте.").text
    assert "No question waits for you." in registrar.get("/discussion/questions").text

    seen = member.get(f"/discussion/{proposed.allocation_id}")
    assert "Үш бала, бәрі мектепте." in seen.text
    assert "aigul" not in seen.text
    assert RecordKind.QUESTION in rows(select(Sighting.what).where(Sighting.person_id == fund.registrar.person_id))


def test_a_registrar_elsewhere_sees_no_question_and_answers_none(fund: FoundedFund, browser_of: BrowserOf) -> None:
    line = lines_of(make_allocation(fund).allocation_id)[0]
    question = make_question(fund, line.id)
    elsewhere = browser_of(fund.registrar_elsewhere)

    assert "No question waits for you." in elsewhere.get("/discussion/questions").text
    page = elsewhere.get(f"/discussion/questions/{question}")
    assert page.status == 403
    assert "Неге сонша?" not in page.html
    assert rows(select(QuestionAnswer)) == []


def test_an_auditor_sees_how_much_was_said_and_not_what(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund)
    make_question(fund, lines_of(proposed.allocation_id)[0].id)
    browser_of("marat").submit(f"/discussion/{proposed.allocation_id}", words="Бұл отбасы көшкен.")

    page = browser_of(fund.auditor).get(f"/discussion/{proposed.allocation_id}")

    assert len(rows(select(Remark))) == 1
    assert "Waits for an answer" in page.text
    assert "Неге сонша?" not in page.html
    assert "көшкен" not in page.html
    assert "көшкен" in browser_of(fund.coordinator).get(f"/discussion/{proposed.allocation_id}").text


def test_a_questioned_line_is_held_out_and_said_so(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund, families=3)
    first, second, _third = lines_of(proposed.allocation_id)
    make_question(fund, first.id)
    vote(fund, fund.members[0], proposed.allocation_id)
    coordinator = browser_of(fund.coordinator)
    address = f"/discussion/{proposed.allocation_id}/hold-out"

    page = coordinator.get(f"{address}?line={second.n}")
    assert grouped(first.family_code or "") in page.text
    assert page.form_with({"lines"}).filled["lines"] == [str(second.id)]
    page = coordinator.send(page, lines=[str(first.id), str(second.id)], reason="papers")

    assert "goes on as version 2" in page.text
    assert "A paper is missing" in page.text
    assert {row.line_id for row in rows(select(HeldLine))} == {first.id, second.id}
    assert newest_version(proposed.allocation_id).families == 1


def test_a_line_named_by_its_number_joins_those_that_are_ticked(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund, families=3)
    first, second, third = lines_of(proposed.allocation_id)
    question = make_question(fund, first.id)
    coordinator = browser_of(fund.coordinator)
    assert f"/discussion/questions/{question}" in coordinator.get(f"/discussion/{proposed.allocation_id}").links
    page = coordinator.get(f"/discussion/{proposed.allocation_id}/hold-out")

    page = coordinator.send(page, lines=[str(first.id)], reason="papers", more=str(third.n), button="Add to the list")
    assert page.form_with({"lines"}).filled["lines"] == [str(first.id), str(third.id)]
    assert page.form_with({"lines"}).filled["reason"] == ["papers"]
    page = coordinator.send(page, more=str(second.n + 90))
    assert "There is no such line in this allocation." in page.text
    assert rows(select(HeldLine)) == []
    page = coordinator.send(page, more="")

    assert "goes on as version 2" in page.text
    assert {row.line_id for row in rows(select(HeldLine))} == {first.id, third.id}


def test_a_line_is_named_where_none_was_questioned(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund, families=2)
    _first, second = lines_of(proposed.allocation_id)
    coordinator = browser_of(fund.coordinator)

    page = coordinator.submit(f"/discussion/{proposed.allocation_id}/hold-out", more=str(second.n))

    assert page.form_with({"lines"}).filled["lines"] == [str(second.id)]


def test_holding_out_what_changed_meanwhile_is_refused_in_words(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund, families=3)
    first, second, _third = lines_of(proposed.allocation_id)
    coordinator = browser_of(fund.coordinator)
    form = coordinator.get(f"/discussion/{proposed.allocation_id}/hold-out?line={first.n}")
    make_held(fund, second.id)

    page = coordinator.send(form, reason="wrong")

    assert page.status == 409
    assert len(rows(select(HeldLine))) == 1


def test_after_the_deadline_it_is_said_what_is_open_and_that_silence_decides_nothing(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    proposed = make_allocation(fund)
    meeting = make_meeting(fund, proposed.allocation_id)
    vote(fund, fund.members[0], proposed.allocation_id)

    with time_machine.travel(moment(days=3, hours=1).instant):
        page = browser_of("saule").get(f"/meetings/{meeting}")

    assert "The deadline is over." in page.text
    assert "1 proposal is still open. Nothing is decided by silence" in page.text
    assert "Not answered yet askar, saule, yerlan, zhanna" in page.text
    assert "Cast my vote" in page.text


def test_a_meeting_is_closed_and_its_minutes_are_printed_with_the_records(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    carried, left_open = make_allocation(fund), make_allocation(fund, purpose="food", families=2)
    meeting = make_meeting(fund, carried.allocation_id, left_open.allocation_id)
    line = lines_of(left_open.allocation_id)[0]
    make_question(fund, line.id)
    make_held(fund, line.id)
    make_paper(fund, meeting, fund.actor("yerlan"), left_open.allocation_id)
    recused, *others = fund.members[:4]
    vote(fund, recused, carried.allocation_id, Choice.RECUSAL, reason=RecusalReason.SAME_WORKPLACE)
    for member in others:
        vote(fund, member, carried.allocation_id)

    with time_machine.travel(moment(days=4).instant):
        page = browser_of(fund.coordinator).submit(f"/meetings/{meeting}/close", button="Make the minutes")

    assert "The minutes are made." in page.text
    assert "At the table nobody Voted from afar" in page.text
    assert "Closed" in page.text
    printed = browser_of(fund.auditor).get(f"/meetings/{meeting}/minutes.pdf")
    words = words_of(printed)
    [minutes] = rows(select(Minutes))
    for said in (
        "Minutes of the committee",
        "Someone from my workplace is in it",
        "Not decided",
        "Silence decides nothing",
        "not signed: does not count",
        grouped(line.family_code or ""),
        "The sum looks wrong",
        "A question is not answered yet",
        "Disbursement record",
        *(minutes.hash.hex()[start : start + 4] for start in range(0, 64, 4)),
    ):
        assert said in words, said
    for kept_back in ("Неге", "Абай", "[sum]", "[unanswered]"):
        assert kept_back not in words
    assert set(PdfReader(io.BytesIO(printed.content)).attachments) == {"komek-record-1.json"}


def test_minutes_are_the_same_whenever_they_are_printed(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund)
    meeting = make_meeting(fund, proposed.allocation_id)
    make_closed(fund, meeting)
    browser = browser_of(fund.auditor)
    before = browser.get(f"/meetings/{meeting}/minutes.pdf").content

    for member in fund.members[:3]:
        vote(fund, member, proposed.allocation_id)

    assert browser.get(f"/meetings/{meeting}/minutes.pdf").content == before


def test_there_are_no_minutes_before_a_meeting_is_closed(fund: FoundedFund, browser_of: BrowserOf) -> None:
    meeting = make_meeting(fund, make_allocation(fund).allocation_id)
    coordinator = browser_of(fund.coordinator)

    assert coordinator.get(f"/meetings/{meeting}/minutes.pdf").status == 404
    page = coordinator.submit(f"/meetings/{meeting}/close", button="Make the minutes")
    assert "has not begun yet" in page.text


def test_a_ballot_paper_for_each_member_bears_the_number_of_what_is_voted_on(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    proposed = make_allocation(fund)
    meeting = make_meeting(fund, proposed.allocation_id)

    page = browser_of(fund.coordinator).get(f"/meetings/{meeting}/ballots.pdf")

    words, pages = words_of(page), len(pypdfium2.PdfDocument(io.BytesIO(page.content)))
    root = newest_version(proposed.allocation_id).content_root.hex()
    assert pages == 5
    assert words.count(" ".join(fours(root))) == 5
    for member in fund.members:
        assert f"only once {member.handle} signs" in words
    assert "Абай" not in words


def fours(digits: str) -> Sequence[str]:
    return [digits[start : start + 4] for start in range(0, len(digits), 4)]


def test_a_decided_proposal_cannot_be_put_on_an_agenda(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_carried(fund)

    assert "Nothing waits for votes." in browser_of(fund.coordinator).get("/meetings/new").text


def test_a_meeting_is_called_off_after_asking(fund: FoundedFund, browser_of: BrowserOf) -> None:
    meeting = make_meeting(fund, make_allocation(fund).allocation_id)

    page = browser_of(fund.coordinator).submit(f"/meetings/{meeting}/call-off", button="Call it off")

    assert "did not take place" in page.text
    assert browser_of(fund.coordinator).get(f"/meetings/{meeting}/ballots.pdf").status == 404


def test_the_page_asks_as_often_however_long_the_agenda(fund: FoundedFund, browser_of: BrowserOf) -> None:
    asked = 0

    def count(*_statement: Any) -> None:
        nonlocal asked
        asked += 1

    def asked_for(meeting: UUID) -> int:
        nonlocal asked
        browser = browser_of("marat")
        asked = 0
        browser.get(f"/meetings/{meeting}")
        return asked

    one = make_allocation(fund)
    short = make_meeting(fund, one.allocation_id)
    more = [make_allocation(fund, families=1).allocation_id for _n in range(4)]
    long = make_meeting(fund, one.allocation_id, *more)
    asked_for(short)
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert asked_for(long) == asked_for(short) > 0
    finally:
        event.remove(db.engine, "before_cursor_execute", count)


def test_what_was_said_of_a_family_is_erased_with_it(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund)
    line = lines_of(proposed.allocation_id)[0]
    question = make_question(fund, line.id)
    do(answer, actor=fund.registrar, question_id=question, words="Үш бала бар.")
    assert line.family_id is not None
    do(withdraw_family, actor=fund.registrar, family_id=line.family_id, reason=WithdrawalReason.OWN_WISH)
    do(erase, actor=fund.coordinator, family_id=line.family_id, keep_days=30)

    page = browser_of("marat").get(f"/discussion/{proposed.allocation_id}")

    said = (RecordKind.QUESTION, RecordKind.ANSWER)
    assert rows(select(Record).where(Record.kind.in_(said))) == []
    assert "was erased, and with it what was said of it" in page.text
    assert "Неге сонша?" not in page.html


# ---------------------------------------------------------------- what has no family


def test_a_meeting_decides_on_every_kind_and_each_record_holds(
    fund: FoundedFund, browser_of: BrowserOf, tmp_path: Path
) -> None:
    make_money(fund)
    make_money(fund, purpose="general")
    make_rules(fund)
    make_good(fund)
    round_ = make_allocation(fund, families=2)
    grant = make_grant(fund)
    purchase = make_purchase(fund, ("notebook", 10, 500_00, "club"), ("notebook", 4, 500_00, "school-5"))
    transfer = make_transfer(fund, ("club", 90_000_00))
    items = [proposed.allocation_id for proposed in (round_, grant, purchase, transfer)]
    coordinator = browser_of(fund.coordinator)
    assert "Purchase" in coordinator.get("/meetings/new").text
    meeting = make_meeting(fund, *items)

    question = make_question(fund, lines_of(purchase.allocation_id)[1].id, words="Неге төртеу?")
    assert "No question waits" in browser_of(fund.registrar).get("/discussion/questions").text
    assert "Неге төртеу?" in coordinator.get(f"/discussion/questions/{question}").text
    coordinator.submit(f"/discussion/questions/{question}", words="Сынып кішкентай.")
    assert "Line 2" in browser_of("marat").get(f"/discussion/{purchase.allocation_id}").text
    line = lines_of(purchase.allocation_id)[1]
    page = coordinator.submit(f"/discussion/{purchase.allocation_id}/hold-out", lines=[str(line.id)], reason="wish")
    assert "version 2" in page.text
    for language in ("kk", "ru", "en"):
        browser = browser_of("marat", language=language)
        for address in (f"/meetings/{meeting}", *(f"/discussion/{item}" for item in items)):
            assert browser.get(address).status == 200
    assert words_of(coordinator.get(f"/meetings/{meeting}/ballots.pdf")).count("Content") >= 20

    for item in items:
        for member in fund.members[:3]:
            vote(fund, member, item, now=moment(days=2, hours=1))
    make_closed(fund, meeting)
    printed = browser_of(fund.auditor).get(f"/meetings/{meeting}/minutes.pdf")
    assert words_of(printed).count("Disbursement record No.") >= 4
    pdf, keys = tmp_path / "minutes.pdf", tmp_path / "keys.txt"
    pdf.write_bytes(printed.content)
    keys.write_text("\n".join(fingerprint_of(public_of(fund.signing_key(member))) for member in fund.members))
    command = [sys.executable, "-I", str(VERIFIER), str(pdf), "--keys", str(keys)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("CARRIED") == 4
    assert list(see(verify)) == []
