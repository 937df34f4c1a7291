"""A statement brought in while what brings it is killed: `python -m tests.chaos.statements --lines 20000 --kills 25`.

The steps that the page sends run in a process of their own, which is killed at random moments and started again; in the
middle the treasurer gives the file up once, and brings it again. At every kill the proofs must hold, and at the end
each line must be there once. Exit 0 only then.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid import create_app
from aid.domain.statement_files import look_through
from aid.extensions import db, upgrade_once
from aid.models.imports import BroughtKind, BroughtList
from aid.models.statements import BankLine, StatementBrought
from aid.perform import perform
from aid.services.imports.lists import keep_list, throw_away
from aid.services.imports.steps import step_key
from aid.services.statements import waiting
from aid.services.statements.stepping import begin_steps, step
from aid.services.statements.waiting import Waiting
from aid.services.verification import replay
from aid.vault.actor import Actor
from config import Config
from tests.make import do, rows
from tests.make.forked import FORKED
from tests.make.fund import FoundedFund, found_and_enrol
from tests.make.statements import DAY, A, a_line, facts, items_of, make_euro_bank

A_DAY = 40  # lines


@dataclass
class Run:
    """What came of it."""

    lines: int
    kills: int = 0
    given_up: int = 0
    wrong: list[str] = field(default_factory=list)


def bring_through_kills(fund: FoundedFund, *, lines: int, kills: int, seed: int) -> Run:
    """Bring in a statement of so many lines, killed so often."""
    dice, run = random.Random(seed), Run(lines)
    make_euro_bank(fund)
    gifts = [a_line(5_00 + n % 3, day=DAY + timedelta(n // A_DAY), other=f"Giver {n % 7}") for n in range(lines)]
    statement = A(gifts, opening=0)
    list_id = _begin(fund, statement)
    while rows(select(BroughtList.id)):
        bringing = FORKED.Process(target=send_steps, args=(fund.app.config["KOMEK"], fund.treasurer, list_id))
        bringing.start()
        if run.kills < kills:
            before = _done(list_id)
            while bringing.is_alive() and _done(list_id) == before:  # it is at work
                time.sleep(0.01)
            time.sleep(dice.uniform(0, 0.1))
            bringing.kill()
            run.kills += 1
        bringing.join(120)
        run.wrong += _found()
        if run.kills == max(kills // 2, 1) and not run.given_up and rows(select(BroughtList.id)):
            do(throw_away, actor=fund.treasurer, list_id=list_id)
            run.given_up += 1
            list_id = _begin(fund, statement)
    _judge(run)
    return run


def send_steps(config: Config, actor: Actor, list_id: UUID) -> None:
    """The page's part: each step under its own number, until all is in."""
    with create_app(config).app_context():
        while (number := _done(list_id)) is not None:
            key = step_key(list_id=list_id, number=number, actor=actor)
            perform(key, step, actor=actor, list_id=list_id, number=number)


def _begin(fund: FoundedFund, statement: A) -> UUID:
    items, waits = items_of(statement), Waiting()
    look_through(items, waits.keep)
    kept = do(keep_list, actor=fund.treasurer, file_name="s.xml", payload=b"-", what=BroughtKind.STATEMENT)
    steps = tuple(waits.steps({1: "EUR"}))
    do(begin_steps, actor=fund.treasurer, list_id=kept.list_id, file=facts(items), steps=steps)
    return kept.list_id


def _done(list_id: UUID) -> int | None:
    """How many steps are done; none where the file is in."""
    found = rows(select(BroughtList.done).where(BroughtList.id == list_id))
    return found[0] if found else None


def _found() -> list[str]:
    with Session(db.engine) as session:
        return [str(finding) for proof in ("statements", "states", "rows") for finding in replay(session, proof)]


def _judge(run: Run) -> None:
    there = rows(select(func.count()).select_from(BankLine))[0]
    if there != run.lines:
        run.wrong.append(f"{there} lines are there, and {run.lines} were brought")
    if len(rows(select(StatementBrought.file_id))) != 1:
        run.wrong.append("the file is not told to be in, once")


def main() -> int:
    """Run it on a fund of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    short = max(asked.lines // (4 * asked.kills), 1)  # so that there are steps to kill
    with tempfile.TemporaryDirectory() as folder, patch.object(waiting, "STEP", short):
        app = create_app(Config(data=Path(folder), testing=True))
        upgrade_once(app)
        with app.app_context():
            found_and_enrol()
            run = bring_through_kills(FoundedFund(app), lines=asked.lines, kills=asked.kills, seed=asked.seed)
            sys.stdout.write(json.dumps(vars(run)) + "\n")
            db.session.remove()
            db.engine.dispose()
    return 1 if run.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
