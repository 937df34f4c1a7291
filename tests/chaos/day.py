"""The day itself: clients that do what is to be done, a killer among them, and the reckoning in the evening."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.entries import EntryKind
from aid.extensions import db
from aid.models.allocations import Vote as VoteRow
from aid.models.audit import Performed
from aid.models.collections import Collection as CollectionRow
from aid.models.donations import Donation as DonationRow
from aid.models.families import Family
from aid.models.ledger import Entry
from aid.models.people import Person as PersonRow
from aid.services.verification import verify
from tests.chaos.acts import Act, Answer, Collection, Donation, Import, Person, Tally, Vote
from tests.chaos.processes import Processes, processes_on
from tests.chaos.world import ACTING, World, counted, make_world
from tests.make.fund import FoundedFund


@dataclass
class Day:
    """What a day came to."""

    answers: list[tuple[Act, Answer]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    tally: Tally = field(default_factory=Tally)
    wrong: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """For programs, and for the log."""
        done = Counter(act.kind for act, answer in self.answers if answer.done)
        refused = Counter(f"{act.kind}: {answer.said}"[:160] for act, answer in self.answers if not answer.done)
        return {
            "answered": len(self.answers),
            "done": dict(done),
            "refused with a reason": dict(refused),
            "killed": dict(self.killed),
            "lines": {name: getattr(self.tally, name) for name in ("cut", "refused", "broke", "again")},
            "wrong": self.wrong + self.failures,
            "seconds": {name: round(spent, 1) for name, spent in self.seconds.items()},
        }


def live_through(
    fund: FoundedFund, folder: Path, *, operations: int, kills: int, clients: int, households: int, seed: int
) -> Day:
    """Prepare, live through the day, and reckon."""
    day, dice = Day(), random.Random(seed)
    with _timed(day, "preparing"):
        world = make_world(fund, operations=operations, households=households, dice=dice)
        cookies = [{handle: fund.sign_in(handle).text() for handle in ACTING} for _each in range(clients)]
    with processes_on(fund.app.config["KOMEK"], folder) as processes:
        config = fund.app.config["KOMEK"]
        people = [
            Person(n, processes.port, own, folder, config.data, config.database_url, day.tally, processes.born)
            for n, own in enumerate(cookies)
        ]
        with _timed(day, "the day"):
            _act(day, world.acts, people, processes, kills=kills, dice=dice)
    with _timed(day, "reckoning"):
        day.wrong = [*reckoned(day, world)]
    with _timed(day, "verify"):
        day.wrong += [str(finding) for finding in _verified()]
    return day


def _act(
    day: Day, acts: Sequence[Act], people: Sequence[Person], processes: Processes, *, kills: int, dice: random.Random
) -> None:
    """Everybody takes the next thing to do; between two of them, now and then, something is killed."""
    waiting: SimpleQueue[Act] = SimpleQueue()
    for act in acts:
        waiting.put(act)
    over = threading.Event()
    due = [n * len(acts) // (kills + 1) for n in range(1, kills + 1)]  # spread over the whole day
    with ThreadPoolExecutor(len(people) + 1) as threads:
        killing = threads.submit(_kill, day, due, processes, dice, over)
        for working in [threads.submit(_work, day, waiting, person) for person in people]:
            working.result()
        over.set()
        killing.result()
    day.killed = processes.killed


def _work(day: Day, waiting: "SimpleQueue[Act]", person: Person) -> None:
    with suppress(Empty):
        while True:
            act = waiting.get_nowait()
            try:
                day.answers.append((act, act.by(person)))
            except Exception as failure:  # noqa: BLE001 - whatever it is, the day has failed, and says so
                day.failures.append(f"{act.kind}: {type(failure).__name__} {failure}")


def _kill(day: Day, due: Sequence[int], processes: Processes, dice: random.Random, over: threading.Event) -> None:
    """Kill something each time that so many acts were answered."""
    for answered in due:
        while len(day.answers) + len(day.failures) < answered and not over.is_set():
            time.sleep(0.01)
        if over.is_set():
            return
        time.sleep(dice.random() * 0.05)
        processes.kill_one(dice)


def reckoned(day: Day, world: World) -> Iterator[str]:
    """What is not exactly as it was answered."""
    if len(day.answers) != len(world.acts):
        yield f"{len(world.acts) - len(day.answers)} operations were never answered"
    done = [act for act, answer in day.answers if answer.done]
    with Session(db.engine) as session:
        yield from _votes(session, [act for act in done if isinstance(act, Vote)])
        yield from _collections(session, [act for act in done if isinstance(act, Collection)], world)
        yield from _donations(session, [act for act in done if isinstance(act, Donation)], world)
        yield from _imports(day, world)
        if unanswered := session.scalars(select(Performed.id).where(Performed.outcome == "")).all():
            yield f"{len(unanswered)} keys were taken and never answered"


def _votes(session: Session, answered: Sequence[Vote]) -> Iterator[str]:
    of_allocations = {act.allocation_id for act in answered}
    votes = select(VoteRow.allocation_id, PersonRow.handle, VoteRow.choice).join(
        PersonRow, PersonRow.id == VoteRow.member_id
    )
    there = Counter((which, who, what) for which, who, what in session.execute(votes) if which in of_allocations)
    said = Counter((act.allocation_id, act.member, act.choice) for act in answered)
    if there != said:
        yield f"votes: {sum((said - there).values())} answered ones are lost, {sum((there - said).values())} too many"


def _collections(session: Session, answered: Sequence[Collection], world: World) -> Iterator[str]:
    there = Counter(session.scalars(select(CollectionRow.voucher_id)))
    said = Counter(act.voucher_id for act in answered)
    if missing := said - there:
        yield f"collections: {sum(missing.values())} answered ones are lost"
    if sum(there.values()) != world.before[CollectionRow] + len(answered) or max(there.values(), default=0) > 1:
        yield f"collections: {sum(there.values())} are there, {len(answered)} were answered"
    papers = {act.voucher_id for act in world.acts if isinstance(act, Collection)}
    if set(said) != papers:
        yield f"collections: {len(papers - set(said))} good papers were collected by nobody"
    entries = len(session.scalars(select(Entry.id).where(Entry.kind == EntryKind.COLLECTION)).all())
    if entries != sum(there.values()):
        yield f"collections: {entries} are in the ledger, {sum(there.values())} at the table"


def _donations(session: Session, answered: Sequence[Donation], world: World) -> Iterator[str]:
    there = Counter(session.scalars(select(DonationRow.amount_minor)))
    wrong = [act for act in answered if there[act.minor] != 1]
    if wrong:
        yield f"donations: {len(wrong)} answered ones are not there exactly once"
    asked = sum(isinstance(act, Donation) for act in world.acts)
    if not len(answered) == asked == sum(there.values()) - world.before[DonationRow]:
        yield f"donations: {asked} asked, {len(answered)} answered, {sum(there.values())} there"


def _imports(day: Day, world: World) -> Iterator[str]:
    imports = [(act, answer) for act, answer in day.answers if isinstance(act, Import)]
    for act, answer in imports:
        if not answer.done:
            yield f"list {act.number}: {answer.said}"
    expected = world.before[Family] + sum(act.households for act, _answer in imports)
    if (there := counted(Family)) != expected:
        yield f"imports: {there} families are there, not {expected}"


def _verified() -> list[Any]:
    with Session(db.engine) as session:
        return list(verify(session))


@contextmanager
def _timed(day: Day, name: str) -> Iterator[None]:
    """Note how long a part of the day took."""
    began = time.monotonic()
    yield
    day.seconds[name] = time.monotonic() - began
