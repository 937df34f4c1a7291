"""`verify`: replay everything the fund has done, and name what does not hold. Needs no key and changes nothing."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.cli._common import data_option, existing_fund_at, json_option, print_json, refuse
from aid.extensions import snapshot
from aid.models.fund import Fund
from aid.services.verification import PROOFS, Anchor, Finding, head_of, prove_anchor, replay
from aid.services.verification.shortfalls import shortfalls

MOST_NAMED = 1000  # findings of one proof: who broke everything need not be told everything


@dataclass(frozen=True, slots=True)
class Replayed:
    """What one proof found, and how long it took."""

    proof: str
    findings: list[Finding]
    seconds: float


@click.command("verify")
@data_option
@click.option(
    "--anchor",
    "anchor_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file written by --write-anchor and kept elsewhere: the chain must still hold its line.",
)
@click.option(
    "--write-anchor",
    "anchor_to",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write the last line's number and hash, if all holds.",
)
@json_option
def command(data: Path | None, anchor_file: Path | None, anchor_to: Path | None, *, as_json: bool) -> None:
    """Replay everything; exit 0 only if all holds, else name what does not."""
    anchor = _read_anchor(anchor_file) if anchor_file else None
    with existing_fund_at(data), snapshot() as session:
        if session.scalar(select(Fund.id)) is None:
            refuse("No fund was founded here: there is nothing to verify.")
        replayed = replay_all(session, anchor)
        head, short = head_of(session), shortfalls(session)
    found = [finding for each in replayed for finding in each.findings]
    if anchor_to and not found:
        anchor_to.write_text(json.dumps(_plain(head)) + "\n", encoding="utf-8")
    _report(replayed, found, head, short, as_json=as_json)
    sys.exit(1 if found else 0)


def replay_all(session: Session, anchor: Anchor | None = None) -> list[Replayed]:
    """Every proof in turn, told on standard error as it comes."""
    return [_shown(each) for each in _replayed(session, anchor)]


def _replayed(session: Session, anchor: Anchor | None) -> Iterator[Replayed]:
    for proof in PROOFS:
        started = time.monotonic()
        findings = list(islice(replay(session, proof), MOST_NAMED))
        yield Replayed(proof, findings, time.monotonic() - started)
    if anchor:
        yield Replayed("anchor", list(prove_anchor(session, anchor)), 0.0)


def _shown(replayed: Replayed) -> Replayed:
    """Say on standard error how far we are."""
    count = len(replayed.findings)
    said = "holds" if not count else f"{count} findings" if count < MOST_NAMED else f"more than {count - 1} findings"
    click.echo(f"{replayed.proof:<7} {said} ({replayed.seconds:.1f} s)", err=True)
    return replayed


def _report(replayed: list[Replayed], found: list[Finding], head: Anchor, short: list[str], *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "holds": not found,
                "head": _plain(head),
                "proofs": {each.proof: round(each.seconds, 3) for each in replayed},
                "findings": [asdict(finding) for finding in found],
                "below_zero": short,
            }
        )
        return
    for finding in found:
        click.echo(str(finding))
    for line in short:
        click.echo(f"Below zero, which breaks no rule but wants looking into: {line}")
    if not found:
        click.echo(f"All holds. Line {head.seq} of the chain has the hash {head.hash.hex()}.")


def _read_anchor(file: Path) -> Anchor:
    try:
        written: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return Anchor(int(written["seq"]), bytes.fromhex(written["hash"]))
    except (KeyError, TypeError, ValueError):
        raise click.BadParameter("this is not a file that --write-anchor wrote", param_hint="--anchor") from None


def _plain(anchor: Anchor) -> dict[str, Any]:
    return {"seq": anchor.seq, "hash": anchor.hash.hex()}
