"""The disbursement record: what was decided, by whom, and every sum."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask_babel import gettext

from aid.documents.amounts import in_words
from aid.documents.record import DecisionRecord, RecordedVote, RecordLine, record_pdf
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.quorum import RECUSAL_TITLES, Choice, RecusalReason
from aid.formats import moment, money, say
from tests.documents.reading import Printed, said

DECIDED = datetime(2026, 8, 20, 12, 15, tzinfo=UTC)
FELLOW_WORKER = RECUSAL_TITLES[RecusalReason.SAME_WORKPLACE]


def make_vote(member: str, choice: Choice = Choice.YES) -> RecordedVote:
    reason = FELLOW_WORKER if choice is Choice.RECUSAL else None
    return RecordedVote(member, choice, DECIDED, "ab12 cd34 5e6f 7081 92a3 b4c5 d6e7 f809", "3f9a77c2 51be0d44", reason)


def make_record(lines: int = 3, **what: object) -> DecisionRecord:
    record = DecisionRecord(
        fund_name="«Қайнар» өзара көмек қоры",
        paper_title="Қайнар",
        number=12,
        programme="Мектепке жол 2026",
        purpose="Мектеп керек-жарағы",
        rule=("Әр мектеп жасындағы балаға 45 000 теңге.",),
        proposed_by="gulnara",
        proposed_at=DECIDED,
        families=lines,
        children=143,
        total=Money(4_500_000 * lines, "KZT"),
        available_before=Money(2_345_678_900, "KZT"),
        available_after=Money(1_345_678_900, "KZT"),
        quorum=3,
        members=5,
        votes=(make_vote("aigul"), make_vote("daniyar"), make_vote("saule"), make_vote("marat", Choice.RECUSAL)),
        carried=True,
        decided_at=DECIDED,
        notice_until=datetime(2026, 8, 21, 12, 15, tzinfo=UTC),
        content_root="9f86d081" * 8,
        ledger_head="2c26b46b" * 8,
        audit_head="fcde2b2e" * 8,
        lines=tuple(RecordLine(f"{100_000_000 + n}", Money(4_500_000, "KZT"), "Орталық") for n in range(lines)),
    )
    return replace(record, **what)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", Language)
def test_the_record_says_everything_in_each_language(language: Language) -> None:
    record = make_record()

    text = Printed(record_pdf(record, language)).text()

    assert record.available_before is not None
    assert record.available_after is not None
    before, after = record.available_before, record.available_after
    wanted = [
        record.fund_name,
        str(record.programme),
        str(record.purpose),
        *map(str, record.rule),
        in_words(record.total, language),
        "gulnara",
        "143",
        "ab12 cd34 5e6f 7081",
        "3f9a77c2 51be0d44",
        *("9f86d081 9f86d081", "2c26b46b 2c26b46b", "fcde2b2e fcde2b2e"),
        said(language, lambda: money(record.total)),
        said(language, lambda: money(before)),
        said(language, lambda: money(after)),
        said(language, lambda: moment(record.decided_at)),
        said(language, lambda: say(FELLOW_WORKER)),
        said(language, lambda: gettext("Disbursement record")),
        said(language, lambda: gettext("Approved by the committee")),
        *("100 000 000", "100 000 001", "100 000 002"),
    ]
    assert not [words for words in wanted if " ".join(words.split()) not in text]


def test_who_stepped_out_has_no_line_to_sign() -> None:
    assert make_record().signers() == ("aigul", "daniyar", "saule")


def test_a_rejected_proposal_is_not_called_approved() -> None:
    votes = tuple(make_vote(member, Choice.NO) for member in ("aigul", "daniyar", "saule"))

    text = Printed(record_pdf(make_record(votes=votes, carried=False, notice_until=None), Language.EN)).text()

    assert "Rejected by the committee" in text
    assert "Approved" not in text
    assert "In favour: 0. Against: 3. Stepped out: 0." in text


def test_an_annex_of_two_hundred_lines_repeats_its_head_and_numbers_its_pages() -> None:
    printed = Printed(record_pdf(make_record(lines=200), Language.EN))

    annex = range(2, printed.pages)
    assert len(annex) >= 5
    for number in annex:
        assert "Family code" in printed.text(number)
        assert "Collected at" in printed.text(number)
    for number in range(printed.pages):
        assert f"{number + 1} / {printed.pages}" in printed.text(number)
    assert all(f"100 000 {n:03d}" in printed.text() for n in range(200))


def test_a_record_of_a_demonstration_is_marked_on_every_page() -> None:
    printed = Printed(record_pdf(make_record(lines=60, demo=True), Language.EN))

    assert all("SAMPLE" in printed.text(number) for number in range(printed.pages))
