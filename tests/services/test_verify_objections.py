"""An objection answered by who may not, too early, or promised another day is named by `verify`."""

import pytest
from sqlalchemy.orm import Session

from aid.domain.objections import ObjectionReason
from aid.services.objections import answer_for_committee
from tests.make import do
from tests.make.families import make_family
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.objections import make_answered, make_objection, make_objections, make_reopened, reply_to

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # each is asked in SQL that both speak


def said(session: Session) -> set[str]:
    return {finding.text for finding in found(session, "objections")}


def test_everything_that_happens_to_objections_holds(fund: FoundedFund) -> None:
    make_objections(fund)

    with forging() as session:
        assert said(session) == set()


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("UPDATE objection SET due_on = '2031-01-01'", "its day is not the one that the fund's rule promised"),
        (
            "UPDATE objection_passed_on SET due_on = '2031-01-01'",
            "its day is not the one that the fund's rule promised",
        ),
        ("UPDATE objection_answer SET at = '2021-01-01 00:00:00'", "it was answered before it was written down"),
        ("DELETE FROM objection_passed_on", "the committee answered what was not before it"),
        ("DELETE FROM objection_answer WHERE n = 1", "it was opened again before it was answered"),
        ("UPDATE objection_passed_on SET cause = 'own'", "it was handed over though it was answered"),
        (
            "UPDATE objection_passed_on SET at = '2021-01-01 00:00:00'",
            "a coordinator answered it after it was passed on",
        ),
        (
            "UPDATE objection_answer SET by_id = (SELECT id FROM person WHERE handle = 'dina')",
            "who answered for the committee never sat on it",
        ),
        ("DELETE FROM record WHERE kind = 'protest'", "what the family said is gone"),
        (
            "UPDATE record SET family_id = NULL WHERE kind = 'reply'",
            "it is not of an objection of its family",
        ),
    ],
)
def test_what_was_forged_of_an_objection_is_named(fund: FoundedFund, statement: str, text: str) -> None:
    final = make_reopened(fund).objection_id
    do(answer_for_committee, actor=fund.members[0], order=reply_to(final))

    with forging() as session:
        assert said(session) == set()
        forge(session, statement)
        assert text in said(session)


def test_an_answer_by_who_wrote_the_family_is_named(fund: FoundedFund) -> None:
    family = make_family(fund, by=fund.coordinator).family_id
    make_answered(fund, family)
    make_objection(fund, family, reason=ObjectionReason.OTHER)

    with forging() as session:
        assert said(session) == set()
        forge(session, "UPDATE objection SET reason = 'treated_badly' WHERE number = 1")
        assert said(session) == {"who wrote the family answered an objection to it"}
