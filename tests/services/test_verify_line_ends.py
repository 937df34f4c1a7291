"""Whoever changes behind the program's back what a bank line ended as is found."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.line_ends import EndKind
from aid.extensions import db
from aid.models.statements import LineEnd
from aid.services.lines.against import AgainstOrder, set_against
from aid.services.lines.explaining import ByFee, ByGift
from aid.services.verification import verify
from tests.make import do, rows
from tests.make.donations import a_donor, make_donation
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.money import euros
from tests.make.statements import A, a_line, agree_to_all, bring, make_ended, make_euro_bank, make_undone, open_lines

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def ended(fund: FoundedFund) -> dict[str, UUID]:
    """A gift, a fee that was undone, and two lines against each other; the ends by their kind."""
    make_euro_bank(fund)
    bring(fund.treasurer, A([a_line(50_00), a_line(-2_00, other="", account=""), a_line(9_00), a_line(-9_00)]))
    gift, fee, one, two = open_lines()
    make_ended(fund, gift, ByGift(a_donor(), fund.purposes["school"]), minor=40_00)
    make_undone(fund, make_ended(fund, fee, ByFee(fund.purposes["school"], "The price list says so")))
    order = AgainstOrder(line_id=one.id, other_id=two.id, amount=euros(9), kind=EndKind.MISTAKE, reason="Seen")
    do(set_against, actor=fund.treasurer, order=order)
    agree_to_all(fund)
    return {end.kind.value: end.id for end in rows(select(LineEnd).order_by(LineEnd.id))}


def test_lines_that_ended_by_the_rules_hold(ended: dict[str, UUID]) -> None:
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []


@pytest.mark.parametrize(
    ("of", "change", "text"),
    [
        ("donation", "UPDATE line_end SET kind = 'transfer' WHERE kind = 'donation'", "did not move its account so"),
        ("donation", "UPDATE line_end SET amount_minor = 41*100 WHERE kind = 'donation'", "lines explain 4100 of it"),
        ("donation", "UPDATE bank_line SET direction = 'debit' WHERE number = 1", "did not move its account so"),
        ("donation", "UPDATE line_end SET cause_id = line_id WHERE kind = 'donation'", "did not move its account so"),
        ("fee", "UPDATE line_reopened SET counter_id = NULL", "what it had booked was not"),
        ("mistake", "UPDATE line_end SET amount_minor = 8 WHERE kind = 'mistake' AND n = 1", None),
        ("mistake", "UPDATE bank_line SET direction = 'credit' WHERE number = 4", "a line that goes the other way"),
        ("mistake", "UPDATE line_end SET kind = 'donation' WHERE kind = 'mistake'", "a line that goes the other way"),
        ("mistake", "UPDATE line_end SET made_here = true WHERE kind = 'mistake'", "booked what lines do not book"),
    ],
)
def test_an_end_that_was_changed_is_named(ended: dict[str, UUID], of: str, change: str, text: str | None) -> None:
    with forging() as session:
        assert forge(session, change)

        told = [str(finding) for finding in found(session, "line_ends", "statements")]

    assert told
    assert text is None or any(text in each for each in told), told


def test_an_end_tied_to_an_entry_of_another_account_is_named(ended: dict[str, UUID], fund: FoundedFund) -> None:
    make_donation(fund)
    with forging() as session:
        forge(
            session,
            "UPDATE line_end SET entry_id = (SELECT entry_id FROM donation ORDER BY number DESC LIMIT 1)"
            " WHERE kind = 'donation'",
        )

        assert {finding.what for finding in found(session, "line_ends")} == {"line_end", "entry"}


def test_a_line_set_against_only_from_one_side_is_named(ended: dict[str, UUID]) -> None:
    with forging() as session:
        forge(session, "DELETE FROM line_end WHERE kind = 'mistake' AND id = :id", id=ended["mistake"].hex)

        assert {finding.what for finding in found(session, "line_ends")} == {"line_end"}
