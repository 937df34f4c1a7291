"""Rounds whose basis was changed behind the program's back are named."""

import json

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.extensions import db
from aid.models.allocations import AllocationVersion
from aid.models.programmes import ShortLine
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.programmes import make_short_round

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def test_a_round_as_the_program_made_it_holds(app: Flask, fund: FoundedFund) -> None:
    make_short_round(fund)

    with Session(db.engine) as session:
        assert found(session, "programmes", "lines", "sealed") == []
        assert len(session.scalars(select(ShortLine)).all()) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"budget": 1}, "it gives more than its budget"),
        ({"rule": "00" * 32}, "it was computed by another rule than its programme's"),
        ({"version": 2}, "it names another programme than its allocation"),
        ({"short": None}, "other families fell out of it than was signed"),
    ],
)
def test_another_basis_is_named(app: Flask, fund: FoundedFund, changed: dict[str, object], said: str) -> None:
    make_short_round(fund)

    with forging() as session:
        basis = session.scalars(select(AllocationVersion.basis)).one()
        forge(session, "UPDATE allocation_version SET basis = :basis", basis=json.dumps({**(basis or {}), **changed}))

        assert said in [finding.text for finding in found(session, "programmes")]
        assert found(session, "lines") != []


def test_who_fell_out_cannot_be_taken_away_or_put_under_another_code(app: Flask, fund: FoundedFund) -> None:
    make_short_round(fund)

    with forging() as session:
        forge(session, "UPDATE short_line SET family_code = '000000000'")
        assert {finding.what for finding in found(session, "programmes")} == {"short_line", "allocation_version"}
    with forging() as session:
        forge(session, "DELETE FROM short_line")
        assert {finding.what for finding in found(session, "programmes")} == {"allocation_version"}
