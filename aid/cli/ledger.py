"""`./aid.sh export-ledger`: the books as a journal that hledger reads. Codes and numbers, no names of people."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from aid.cli._common import data_option, fund_at, refusals_said
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import snapshot
from aid.queries.ledger.journal import journal
from aid.queries.people import fund_face
from aid.vault.actor import Actor


@click.command("export-ledger")
@data_option
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="The journal to write. Else standard output."
)
@refusals_said
def command(data: Path | None, out: Path | None) -> None:
    """Write all entries as a journal; at its end stands what every account holds, for hledger to compare."""
    with fund_at(data), snapshot() as session:
        if fund_face(session) is None:
            raise RuleBroken(_("There is no fund here yet."))
        with _writing(out) as file:
            file.writelines(journal(session, actor=Actor.system()))
    if out:
        click.echo(
            f"{out}: look it through with `hledger -f {out} check --strict` and `hledger -f {out} bal`.", err=True
        )


@contextmanager
def _writing(out: Path | None) -> Iterator[TextIO]:
    """The file, or standard output where none is named."""
    if out is None:
        yield sys.stdout
        return
    with out.open("w", encoding="utf-8") as file:
        yield file
