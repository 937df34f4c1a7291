"""Minutes are proved: what they say is what was signed and noted, and nothing of a meeting came after them."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from aid.models.meetings import Minutes
from aid.services.verification import verify
from aid.vault.minutes import Minutes as Said
from aid.vault.minutes import hash_of
from tests.make import rows, see
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.meetings import make_meetings

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def meeting(fund: FoundedFund) -> UUID:
    """A meeting at which everything happened, with its minutes."""
    return make_meetings(fund)


def faults_after(statement: str, **values: object) -> list[str]:
    """What the proof says once an enemy did this behind the program's back."""
    with forging() as session:
        assert forge(session, statement, **values) > 0
        return [finding.text for finding in found(session, "meetings")]


def minutes_that_say(**changed: object) -> list[str]:
    """The faults of minutes that were written anew, with a right hash."""
    [row] = rows(select(Minutes))
    lie = replace(Said.read(row.content), **changed).content()  # type: ignore[arg-type]
    return faults_after("UPDATE minutes SET content = :content, hash = :hash", content=lie, hash=hash_of(lie))


def test_a_meeting_with_its_minutes_holds(fund: FoundedFund, meeting: UUID) -> None:
    assert list(see(verify)) == []


def test_minutes_with_another_hash_or_content_are_named(fund: FoundedFund, meeting: UUID) -> None:
    assert faults_after("UPDATE minutes SET hash = :hash", hash=bytes(32)) == ["its hash is not that of what it says"]
    [row] = rows(select(Minutes))
    assert "it can't be read" in faults_after("UPDATE minutes SET content = :content", content=row.content[:-1])


def test_minutes_that_say_other_votes_papers_or_times_are_named(fund: FoundedFund, meeting: UUID) -> None:
    [row] = rows(select(Minutes))
    minutes = Said.read(row.content)
    first, second = minutes.items
    turned = replace(first, votes=(replace(first.votes[0], choice="no"), *first.votes[1:]))
    signed = replace(first, papers=tuple(replace(paper, signed=True) for paper in first.papers))

    assert any("a vote in it" in fault for fault in minutes_that_say(items=(turned, second)))
    assert any("a paper that nobody signed" in fault for fault in minutes_that_say(items=(signed, second)))
    assert "its agenda is another one" in minutes_that_say(items=(first,))
    assert "it says another meeting, or other times" in minutes_that_say(number=77)


def test_what_is_noted_after_the_minutes_is_named(fund: FoundedFund, meeting: UUID) -> None:
    later = "2099-01-01 00:00:00.000000"

    assert "its meeting was over before" in faults_after("UPDATE attendance SET at = :at", at=later)
    assert "its meeting was over before" in faults_after("UPDATE paper_ballot SET at = :at", at=later)


def test_a_family_that_came_back_after_it_was_held_out_is_named(fund: FoundedFund, meeting: UUID) -> None:
    came_back = (
        "UPDATE allocation_line SET family_id = (SELECT family_id FROM allocation_line JOIN held_line ON line_id = id) "
        "WHERE version = 2 AND n = 1"
    )

    assert "its family stands in a later version of the same allocation" in faults_after(came_back)


def test_a_place_that_was_not_forgotten_is_named(fund: FoundedFund, meeting: UUID) -> None:
    kept = "UPDATE record SET row_id = (SELECT meeting_id FROM minutes) WHERE kind = 'place'"

    assert "where it was is still kept, though it is over" in faults_after(kept)
