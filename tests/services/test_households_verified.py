"""What is forged of a family's life is named, though nobody who looks has a key."""

import pytest
from flask import Flask

from tests.make.forging import forge, forging, found
from tests.make.lived import whole

__all__ = ["whole"]

FORGED = {
    "a family that lives where it never moved": (
        "UPDATE family SET locality_id = (SELECT to_locality_id FROM family_move LIMIT 1) "
        "WHERE locality_id <> (SELECT to_locality_id FROM family_move LIMIT 1)",
        "family",
    ),
    "a move that is gone": ("DELETE FROM family_move", "family"),
    "a move from elsewhere": ("UPDATE family_move SET from_locality_id = to_locality_id", "family"),
    "a move in a version that was none": ("UPDATE family_version SET kind = 'life' WHERE kind = 'moved'", "family"),
    "a return that is gone": ("DELETE FROM family_return", "family"),
    "a return of who never left": ("DELETE FROM withdrawal", "family"),
    "a change passed off as a corrected phone": (
        "UPDATE family_version SET kind = 'contact' WHERE version > 1",
        "family",
    ),
    "a corrected phone passed off as a change": (
        "UPDATE family SET confirmed_version = 1 WHERE confirmed_version > 1",
        "family",
    ),
    "another kind of tie": ("UPDATE family_tie SET kind = 'twice' WHERE kind = 'split'", "family_tie"),
    "a parting that was a union": ("UPDATE family_tie SET kind = 'split' WHERE kind = 'united'", "family_tie"),
    "aid of families that have nothing to do with each other": (
        "UPDATE family_tie SET other_id = family_id, family_id = other_id WHERE kind = 'united'",
        "family_tie",
    ),
    "aid carried over by no tie": ("UPDATE earlier_aid SET tie_id = (SELECT max(id) FROM family_tie)", "family"),
}


@pytest.mark.parametrize("whole", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", FORGED)
def test_what_contradicts_a_familys_life_is_named(whole: Flask, what: str) -> None:
    statement, table = FORGED[what]
    with forging() as session:
        assert forge(session, statement) > 0

        assert table in {finding.what for finding in found(session, "states")}
