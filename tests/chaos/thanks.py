"""Messages of thanks while the worker is killed: `python -m tests.chaos.thanks --mails 500 --kills 25 [--on DATABASE]`.

A real mail server on this machine, the real worker in a process of its own, killed at random moments. What ten minutes
do (the lease of a job lapses) is done by hand, since nobody waits for it. A treasurer presses send again for whatever
came back to the list, and for nothing else.
Exit 0 only if nobody got two messages, every donation is in exactly one of sent, open, failed and unknown, what is said
to be sent was taken by the server, and `verify` finds nothing.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from aid import create_app
from aid.domain.jobs import JobState
from aid.domain.mails import IN_DOUBT, MOVING, MailState
from aid.extensions import db, now, upgrade_once
from aid.jobs.queue import wake
from aid.models.donations import Donation, Donor, Thanks
from aid.models.jobs import Job, RunKey
from aid.models.thanks import ThanksMail
from aid.queries.thanks import untouched
from aid.services.run_keys import running
from aid.services.verification import verify
from config import Config
from tests.make import rows
from tests.make.databases import start_server
from tests.make.forked import Command
from tests.make.fund import FoundedFund, found_and_enrol
from tests.make.thanks import SENDER, MailServer, mail_server, make_gifts, press_send

REFUSED = 17  # one of so many readers is unknown to the mail server
LONGEST = 240.0  # seconds for one batch
SLOW = 0.03  # seconds at most between taking a message and saying so: there a kill hurts most


@dataclass
class Run:
    """What came of it."""

    mails: int
    kills: int = 0
    batches: int = 0
    seconds: float = 0.0
    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """As it is printed."""
        counted = {"mails": self.mails, "kills": self.kills, "batches": self.batches, "seconds": round(self.seconds)}
        return {**counted, "ends": dict(self.ends), "wrong": self.wrong}


def send_through_kills(fund: FoundedFund, folder: Path, *, mails: int, kills: int, seed: int) -> Run:
    """Thank for so many donations by messages, with the worker killed so often."""
    dice, run, began = random.Random(seed), Run(mails), time.monotonic()
    make_gifts(fund, mails)
    with mail_server() as server:
        server.slow = SLOW
        server.answer = lambda reader: _refusal(reader)
        with _Worker(fund, folder, server) as worker:
            while ids := rows(select(Donation.id).where(untouched()).order_by(Donation.number)):
                job_id = press_send(fund, list(ids))
                run.batches += 1
                wake(job_id)
                if run.kills < kills:
                    _wait_for(job_id, dice.uniform(0, max(1, len(ids) * 2 // (kills - run.kills + 1))))
                    time.sleep(dice.uniform(0, 2 * SLOW))
                    worker.kill()
                    run.kills += 1
                    _ten_minutes_later(job_id)
                    worker.start()
                    wake(job_id)
                _wait_until_done(job_id)
        run.seconds = time.monotonic() - began
        _judge(run, server)
    return run


def _refusal(reader: str) -> str | None:
    number = int("".join(sign for sign in reader if sign.isdigit()))
    return f"550 5.1.1 <{reader}> unknown" if number % REFUSED == REFUSED - 1 else None


class _Worker:
    """The fund's worker in a process of its own: announced before anything is sealed to it."""

    def __init__(self, fund: FoundedFund, folder: Path, server: MailServer) -> None:
        self._fund, self._log = fund, folder / "worker.log"
        config = fund.app.config["KOMEK"]
        mail = {"KOMEK_MAIL": f"127.0.0.1:{server.port}", "KOMEK_MAIL_FROM": SENDER, "KOMEK_MAIL_TLS": "none"}
        database = {"DATABASE_URL": config.database_url} if config.database_url else {}
        self._environ = {**os.environ, **mail, **database}
        self._words = ["worker", "--data", str(config.data)]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        os.kill(self._process.pid, signal.SIGTERM)
        self._process.wait(60)

    def start(self) -> None:
        """Start one, and come back when things can be sealed to it. Earlier ones are dead."""
        with Session(db.engine) as session, session.begin():
            session.execute(delete(RunKey))
        self._process = Command(self._words, self._environ, self._log, self._log)
        deadline = time.monotonic() + 90
        while not _is_announced(self._fund):
            assert self._process.poll() is None, self._log.read_text()[-2000:]
            assert time.monotonic() < deadline, "the worker did not start"
            time.sleep(0.2)

    def kill(self) -> None:
        """Pull its plug."""
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait(30)


def _is_announced(fund: FoundedFund) -> bool:
    with Session(db.engine) as session:
        return bool(running(session, now=now(), key=fund.app.config["RUN_MAC_KEY"]))


def _wait_for(job_id: UUID, done: float) -> None:
    """Until so many messages of a batch are through, or all."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        states = _states(job_id)
        if sum(count for state, count in states.items() if state not in MOVING) >= min(done, sum(states.values())):
            return
        time.sleep(0.02)


def _wait_until_done(job_id: UUID) -> None:
    deadline = time.monotonic() + LONGEST
    while any(_states(job_id)[state] for state in MOVING):
        assert time.monotonic() < deadline, "the batch does not end"
        time.sleep(0.1)


def _states(job_id: UUID) -> Counter[MailState]:
    return Counter(rows(select(ThanksMail.state).where(ThanksMail.job_id == job_id)))


def _ten_minutes_later(job_id: UUID) -> None:
    """The lease of whoever fell has lapsed."""
    lapsed = update(Job).where(Job.id == job_id, Job.state == JobState.RUNNING)
    with Session(db.engine) as session, session.begin():
        session.execute(lapsed.values(lease_until=now().instant - timedelta(seconds=1)))


# ---------------------------------------------------------------- whether it was right


def _judge(run: Run, server: MailServer) -> None:
    number_of = _numbers()
    taken = Counter(int("".join(sign for sign in reader if sign.isdigit())) for reader in server.readers)
    run.wrong += [f"giver {number} got {count} messages" for number, count in taken.items() if count > 1]
    thanked = {number_of[each] for each in rows(select(Thanks.donation_id)) if each in number_of}
    open_ = {number_of[each] for each in rows(select(Donation.id).where(untouched())) if each in number_of}
    parts = {"sent": thanked, "open": open_, "failed": _in(MailState.FAILED), "unknown": _in(MailState.UNKNOWN)}
    run.ends = Counter({name: len(part) for name, part in parts.items()})
    times = Counter(number for part in parts.values() for number in part)
    run.wrong += [f"donation of giver {n} stands in {times[n]} places" for n in range(run.mails) if times[n] != 1]
    run.wrong += [f"giver {n} is said to have got one and did not" for n in thanked - set(taken)]
    run.wrong += [f"giver {n} got one and nobody says so" for n in set(taken) - thanked - parts["unknown"]]
    with Session(db.engine) as session:
        run.wrong += [str(finding) for finding in verify(session)]
    assert set(IN_DOUBT) == {MailState.FAILED, MailState.UNKNOWN}


def _numbers() -> dict[UUID, int]:
    """Givers by their donations: they were entered in the order of their numbers."""
    ordered = rows(select(Donation.id).join(Donor, Donor.id == Donation.donor_id).order_by(Donation.number))
    return {donation_id: n for n, donation_id in enumerate(ordered)}


def _in(state: MailState) -> set[int]:
    number_of = _numbers()
    return {number_of[each] for each in rows(select(ThanksMail.donation_id).where(ThanksMail.state == state))}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.thanks", description=__doc__)
    parser.add_argument("--mails", type=int, default=500)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--on", choices=("sqlite", "postgres"), default="sqlite")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="komek-thanks-") as folder:
        url = str(start_server().get_uri()) if asked.on == "postgres" else None
        app = create_app(Config(data=Path(folder) / "data", database_url=url))
        upgrade_once(app)
        with app.app_context():
            found_and_enrol()
            run = send_through_kills(
                FoundedFund(app), Path(folder), mails=asked.mails, kills=asked.kills, seed=asked.seed
            )
    print(json.dumps({"database": asked.on, "seed": asked.seed, **run.plain()}, indent=2))
    return bool(run.wrong)


if __name__ == "__main__":
    sys.exit(main())
