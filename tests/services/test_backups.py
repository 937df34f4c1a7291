"""A backup is the whole fund, on whichever database it is laid down again; what is not whole is not laid down."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from aid.cli.restore import copy_into, restore_into
from aid.domain.refusals import RuleBroken
from aid.extensions import snapshot
from aid.services.founding import found
from aid.services.verification import verify
from aid.vault.actor import Actor
from tests.make import do
from tests.make.backups import IDENTITY, empty_place, everything, sealed_backup
from tests.make.fund import PLAN, those_who_come
from tests.make.lived import whole

__all__ = ["whole"]

POSTGRES, THOROUGH = pytest.mark.postgres, pytest.mark.thorough
MOVES = pytest.mark.parametrize(
    ("whole", "into"),
    [
        pytest.param("sqlite", "postgres", marks=POSTGRES),
        pytest.param("postgres", "sqlite", marks=POSTGRES),
        pytest.param("sqlite", "sqlite", marks=THOROUGH),  # a fund is taken from each, and laid down on each, above
        pytest.param("postgres", "postgres", marks=[POSTGRES, THOROUGH]),
    ],
    indirect=["whole"],
)


@MOVES
def test_a_fund_moves_to_either_database_and_is_the_same_there(whole: Flask, into: str, tmp_path: Path) -> None:
    sealed = io.BytesIO(sealed_backup())
    with empty_place(into, tmp_path) as place:
        restore_into(place, sealed, identity=IDENTITY)

        assert everything(place) == everything(whole)
        with place.app_context(), snapshot() as session:
            assert list(verify(session)) == []


def test_a_fund_is_copied_without_a_file(whole: Flask, tmp_path: Path) -> None:
    with empty_place("sqlite", tmp_path) as place:
        copy_into(place, source=whole)

        assert everything(place) == everything(whole)
        with pytest.raises(RuleBroken, match="a fund here already"):
            copy_into(place, source=whole)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_no_fund_is_founded_whose_backups_could_never_be_made(app: Flask) -> None:
    plan = replace(PLAN, backup_recipients=("age1nobody",))

    with pytest.raises(RuleBroken, match="no age public key"):
        do(found, actor=Actor.system(), plan=plan, demo=False, **those_who_come())
