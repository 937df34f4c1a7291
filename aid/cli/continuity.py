"""`./aid.sh continuity --out FILE`: the pack for the safe, as PDF."""

from pathlib import Path

import click

from aid.cli._common import data_option, existing_fund_at, refusals_said
from aid.documents.continuity import continuity_pdf
from aid.domain.languages import Language
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import fresh_key
from aid.perform import perform
from aid.queries.continuity import continuity
from aid.queries.people import fund_face
from aid.services.continuity import note_pack
from aid.vault.actor import Actor


@click.command("continuity")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The PDF to write.")
@click.option(
    "--language", type=click.Choice([language.value for language in Language]), default="ru", show_default=True
)
@data_option
@refusals_said
def command(out: Path, language: str, data: Path | None) -> None:
    """Write which papers are still to be paid, where the books end, and whose keys count; no names, no codes."""
    with existing_fund_at(data):
        if fund_face(reading()) is None:
            raise RuleBroken(_("There is no fund here yet."))
        system = Actor.system(Language(language))
        perform(fresh_key(), note_pack, actor=system)
        out.write_bytes(continuity_pdf(continuity(reading(), actor=system, now=now()), system.language))
    click.echo(f"{out}: print it, put it in the safe, and destroy this file.")
