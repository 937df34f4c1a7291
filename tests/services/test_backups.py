"""A backup is the whole fund, on whichever database it is laid down again; and nothing that is not whole is laid down."""

import io
from pathlib import Path

import pytest
from flask import Flask

from aid.cli.restore import copy_into, restore_into
from aid.domain.refusals import RuleBroken
from aid.extensions import snapshot
from aid.services.verification import verify
from tests.make.backups import IDENTITY, empty_place, everything, sealed_backup
from tests.make.lived import whole

__all__ = ["whole"]

KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.mark.parametrize("into", KINDS)
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
