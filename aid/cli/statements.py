"""`import-statement`: a statement of the bank, of any size: each line comes once, however often it is shown."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from aid.cli._bank_tables import guessed, mapping_of
from aid.cli._common import acting, actor_as, data_option, existing_fund_at, json_option, print_json, refusals_said
from aid.domain.bank_tables import StatementMapping
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.statement_files import FileSeen
from aid.domain.statements import Lost, Problem, StatementItem
from aid.domain.words import _
from aid.extensions import reading
from aid.formats import fresh_key
from aid.perform import perform
from aid.readers.statements import read_statement
from aid.services.statements import signs
from aid.services.statements.accounts import OwnAccount, accounts_of, own_accounts
from aid.services.statements.bringing import FileFacts, StatementFacts
from aid.services.statements.doubts import Doubt
from aid.services.statements.facts import facts_of
from aid.services.statements.waiting import Waiting, gone_through
from aid.services.statements.whole_files import Brought, bring_in, may_hold_sums, would_add
from aid.vault.actor import Actor

CHUNK = 1 << 20
MAPPING_HELP = "A file that says what a table's columns are. Without it, what was said on the page counts."
SUMS_HELP = "Whether a sum and single payments that may be in it, or a line of another day, are the same money."
LEFT_OUT = frozenset({Lost.LINE, Lost.REST})


@click.command("import-statement")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@acting
@click.option("--bank", help="The code of the fund's account, where the file does not say which one it is of.")
@click.option("--mapping", type=click.Path(path_type=Path, exists=True, dir_okay=False), help=MAPPING_HELP)
@click.option("--guess", is_flag=True, help="Print how a table is most likely read, as a file for --mapping, and stop.")
@click.option("--sums", type=click.Choice(["same", "other"]), help=SUMS_HELP)
@data_option
@json_option
@refusals_said
def command(
    *,
    file: Path,
    handle: str,
    password_file: Path | None,
    bank: str | None,
    mapping: Path | None,
    guess: bool,
    sums: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Bring in a camt.052, 053 or 054, an MT940 or MT942, or a CSV or XLSX file of the bank. It books nothing."""
    with existing_fund_at(data):
        actor = actor_as(handle, password_file)
        actor.must(Permission.IMPORT_STATEMENTS)
        if guess:
            click.echo(guessed(file))
            return
        own = own_accounts(reading())
        chosen = _chosen(own, bank)
        how = mapping_of(file, mapping, bank_id=chosen.id if chosen else None)
        seen, facts, brought = import_file(file, actor=actor, own=own, chosen=chosen, mapping=how, sums=sums)
    codes = {account.id: account.code for account in own}
    if as_json:
        print_json(_plain(seen, facts, brought, codes))
    else:
        _tell(seen, facts, brought, codes)
    raise SystemExit(1 if any(problem.lost in LEFT_OUT for problem in seen.problems) else 0)


def import_file(
    file: Path,
    *,
    actor: Actor,
    own: tuple[OwnAccount, ...],
    chosen: OwnAccount | None,
    mapping: StatementMapping | None = None,
    sums: str | None = None,
) -> tuple[FileSeen, FileFacts, Brought]:
    """Go through a file, then bring it in."""
    currency = chosen.currency if chosen else ""
    seen, lines = gone_through(lambda told: _items(file, told, mapping), currency=currency)
    meant = signs.meant(signs.signs(reading(), actor.keyring))
    accounts = accounts_of(seen, own, chosen=chosen.id if chosen else None, meant=meant)
    facts = facts_of(seen, accounts, sha256=_digest(file), size=file.stat().st_size)
    answers = _answers(facts, lines, actor, sums)
    with _progress(sum(statement.lines for statement in facts.statements)) as told:
        brought = bring_in(
            lambda service, **what: perform(fresh_key(), service, actor=actor, **what),
            file=facts,
            lines=lines,
            told=told,
            answers=answers,
        )
    return seen, facts, brought


def _answers(facts: FileFacts, lines: Waiting, actor: Actor, sums: str | None) -> tuple[tuple[str, bool], ...]:
    """What somebody says of sums and single lines, where nothing else can tell. Raises RuleBroken where nobody does.

    Only what comes beside another kind of file can hold such: nothing else is gone through for it.
    """
    if not may_hold_sums(reading(), file=facts):
        return ()
    doubts = would_add(reading(), actor=actor, file=facts, lines=lines).doubts
    if doubts and sums is None:
        told = "; ".join(map(_doubt_told, doubts[:5]))
        raise RuleBroken(
            _(
                "The bank shows one sum in one file and single payments in another, and nobody but you can tell "
                "whether they are the same money: %(sums)s. Say it with --sums same or --sums other, or look at it "
                "on the page.",
                sums=told,
            )
        )
    return tuple((doubt.key, sums == "same") for doubt in doubts)


def _doubt_told(doubt: Doubt) -> str:
    """The lines of a doubt, with their days where these are several."""
    lines = (f"{line.day} {line.amount}" if doubt.is_over_days else f"{line.amount}" for line in doubt.lines)
    return f"{doubt.day}: {' = '.join(lines)}"


def _chosen(own: tuple[OwnAccount, ...], code: str | None) -> OwnAccount | None:
    if code is None:
        return None
    found = next((account for account in own if account.code == code), None)
    if found is None:
        codes = ", ".join(account.code for account in own)
        raise RuleBroken(_("There is no account %(code)s. The fund has: %(codes)s.", code=code, codes=codes))
    return found


def _items(file: Path, currency: str, mapping: StatementMapping | None) -> Iterator[StatementItem]:
    with file.open("rb") as stream:
        yield from read_statement(stream, file_name=file.name, currency=currency, mapping=mapping)


def _digest(file: Path) -> bytes:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


@contextmanager
def _progress(lines: int) -> Iterator[Callable[[int], None]]:
    """How far it is, on standard error, where somebody looks."""
    columns = (TextColumn("Lines"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=lines)
        yield lambda done: progress.advance(task, done)


# ---------------------------------------------------------------- what is told


def _plain(seen: FileSeen, facts: FileFacts, brought: Brought, codes: dict[UUID, str]) -> dict[str, Any]:
    """For programs; amounts in minor units."""
    return {
        "new": brought.new,
        "already_there": brought.known,
        "same_file_again": brought.was_in,
        "format": facts.format.value,
        "statements": [_statement_plain(statement, codes) for statement in facts.statements],
        "problems": [_problem_plain(problem) for problem in seen.problems],
        "problems_in_all": seen.wrong,
    }


def _statement_plain(facts: StatementFacts, codes: dict[UUID, str]) -> dict[str, Any]:
    return {
        "account": codes[facts.bank_id],
        "currency": facts.currency,
        "since": facts.since and facts.since.isoformat(),
        "until": facts.until and facts.until.isoformat(),
        "opening_minor": facts.opening_minor,
        "closing_minor": facts.closing_minor,
        "lines": facts.lines,
        "credits_minor": facts.credits_minor,
        "debits_minor": facts.debits_minor,
        "not_booked": facts.waiting,
        "in_another_currency": facts.elsewhere,
    }


def _problem_plain(problem: Problem) -> dict[str, Any]:
    place, difference = problem.place, problem.difference
    return {
        "kind": problem.kind.value,
        "statement": place.statement,
        "entry": place.entry,
        "line": place.line,
        "what": str(problem.what),
        "lost": problem.lost.value,
        "difference_minor": difference and difference.minor,
    }


def _tell(seen: FileSeen, facts: FileFacts, brought: Brought, codes: dict[UUID, str]) -> None:
    """For people: first what is wrong, then each account's statements, then what was done."""
    for problem in seen.problems:
        click.echo(f"{problem.place.words}: {problem.what}")
    if seen.wrong > len(seen.problems):
        click.echo(f"… and {seen.wrong - len(seen.problems)} more.")
    for statement in facts.statements:
        click.echo(_line_of(statement, codes))
    waiting = sum(statement.waiting for statement in facts.statements)
    elsewhere = sum(statement.elsewhere for statement in facts.statements)
    if brought.was_in:
        click.echo("This very file was brought in before. Nothing was added.")
    click.echo(f"Added: {brought.new}. Already there: {brought.known}. Not booked yet, left out: {waiting}.")
    if elsewhere:
        click.echo(f"In another currency than the account's, left out: {elsewhere}.")


def _line_of(facts: StatementFacts, codes: dict[UUID, str]) -> str:
    days = f"{facts.since} to {facts.until}" if facts.since and facts.until else "no days"
    told = [f"{codes[facts.bank_id]}, {days}: {facts.lines} lines"]
    for minor, word in ((facts.credits_minor, "came"), (facts.debits_minor, "went")):
        told.append(f"{Money(minor, facts.currency)} {word}")
    if facts.opening_minor is not None and facts.closing_minor is not None:
        opening, closing = Money(facts.opening_minor, facts.currency), Money(facts.closing_minor, facts.currency)
        told.append(f"balance {opening} → {closing}")
    return ", ".join(told)
