"""A voucher collected against the least that a route could do: one guarded update on the same engine and server; many
tables at once; the same paper at many tables at the same moment; and codes that are not good.

A collection is two requests: one brings the digits and is answered with the green page, which is a look at the slip
and committed as such; one hands out what that page shows, and is answered when the collection is committed. Server CPU
is what the serving process took for a request, from its first line to its close; compared with the least route is the
one that hands out, and the look before it is told beside it. Who waits at one of many tables waits for both, and so
both are timed there. Each table has somebody of its own. All that asks runs on the same machine.
"""

import os
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import cycle, islice, takewhile
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.cli.run import THREADS, WORKERS
from aid.domain.clock import Instant
from aid.domain.codes import VOUCHER_DIGITS, voucher_code
from aid.domain.collections import GUESSES_WITHIN
from aid.extensions import db, now
from aid.models.collections import Collection
from aid.models.ledger import Entry
from aid.perform import look
from aid.services.collections.checking import Refused, check
from benchmarks._collect_fund import CollectFund, make_collect_fund
from benchmarks._web_client import Answered, Client, Work, offered, served
from benchmarks._web_server import BARE_COLLECTION
from benchmarks.frame import Run, median
from benchmarks.web import WARM_UP, _, in_turns

PAIRS = 300
TABLES, RATE, OFFERED = 50, 10.0, 600
SATURATED = 8.0
"""Seconds for which all tables collect as fast as they are answered."""
MOST = 1_200
"""So many vouchers are read beforehand: more than are handed out in that time."""
ROUNDS, AT_ONCE = 200, 64
CODES = 100_000
SLIP = re.compile(r'name="slip"[^>]* value="([^"]*)"')


def bench(run: Run) -> None:
    """Measure all promises."""
    with tempfile.TemporaryDirectory(prefix="komek-bench-") as folder:
        papers = run.size(PAIRS + WARM_UP + OFFERED + MOST + ROUNDS) + 200
        run.say(f"making a fund with {papers} printed vouchers")
        made = make_collect_fund(Path(folder) / "fund", papers, TABLES)
        digits = iter(made.digits)
        with served(made.fund, workers=1) as port:
            done = _pairs(run, made, port, digits)
        with served(made.fund, workers=WORKERS) as port:
            done += _offered(run, made, port, digits)
            done += _saturated(run, made, port, digits)
        with served(made.fund, workers=2) as port:
            done += _same_paper(run, made, port, digits)
        _is_written(run, made, done)
        _not_good(run, made, next(digits))


# ---------------------------------------------------------------- one against the least


def looks(digits: str) -> Work:
    """The request of a table that read these digits: the green page."""
    return lambda client: client.post("/collections/new", [("code", digits)])


@dataclass(frozen=True, slots=True)
class Green:
    """What a green page sends back of itself: the digits, and the mark that its slip was shown."""

    digits: str
    slip: str

    @classmethod
    def of(cls, page: Answered, digits: str) -> "Green":
        """Read off the page."""
        [slip] = SLIP.findall(page.page)
        return cls(digits, slip)


def collects(made: CollectFund, green: Green) -> Work:
    """The request of a table that has the first collector before it: all of it is handed out."""
    fields = [("point", str(made.point_id)), ("code", green.digits), ("slip", green.slip)]
    fields += [("collector", "0"), ("seen", "0"), ("parts", "")]
    return lambda client: client.post("/collections/hand-out", fields)


def _pairs(run: Run, made: CollectFund, port: int, digits: Iterator[str]) -> int:
    client = Client(port, made.sign_in())
    pairs = PAIRS if not run.self_test else 4
    answers: list[Answered] = []
    seen = iter(_looking(run, client, list(islice(digits, pairs + WARM_UP))))

    def ours() -> Answered:
        client.dawdle = 0.2 if run.self_test else 0.0
        answers.append(collects(made, next(seen))(client))
        return answers[-1]

    def theirs() -> Answered:
        client.dawdle = 0.0
        return client.post(BARE_COLLECTION, [("code", str(len(answers)))])

    for _each in range(WARM_UP):
        ours(), theirs()
    run.say(f"collecting, {pairs} pairs")
    sides = in_turns(ours, theirs, client, client, pairs)
    if run.self_test:
        answers.append(replace(answers[0], status=409))
    if {answer.status for answer in answers} != {302}:
        run.wrong.append("collecting")
    ratios = [mine / least for mine, least in sides.cpu]
    name = "a voucher collected, CPU, against one guarded update"
    run.tell(name, median(ratios), "×", goal=3, samples=_(ratios))
    for name, place in (("a voucher collected", 0), ("one guarded update", 1)):
        run.tell(f"{name}, CPU", 1_000 * median([pair[place] for pair in sides.cpu]), "ms")
        run.tell(f"{name}, wall", 1_000 * median([pair[place] for pair in sides.wall]), "ms")
    return pairs + WARM_UP


def _looking(run: Run, client: Client, digits: Sequence[str]) -> Sequence[Green]:
    """What the green page takes, before anything is handed out."""
    run.say(f"looking at {len(digits)} vouchers")
    client.post(BARE_COLLECTION, [("code", "0")])  # has its token now
    taken, seen = [], []
    for code in digits:
        client.measured()
        seen.append(Green.of(looks(code)(client), code))
        taken += client.measured()
    run.tell("digits to the green page, CPU", 1_000 * median(taken[WARM_UP:]), "ms")
    return seen


# ---------------------------------------------------------------- many tables


def _offered(run: Run, made: CollectFund, port: int, digits: Iterator[str]) -> int:
    """Fifty people hand out ten vouchers a second together."""
    count = OFFERED if not run.self_test else 40
    tables = _tables(made, port, 0.3 if run.self_test else 0.0)
    codes = list(islice(digits, count))
    works: list[Sequence[Work]] = [[_whole(made, code) for code in codes[table::TABLES]] for table in range(TABLES)]
    run.say(f"{TABLES} tables, {RATE:.0f} collections a second, {count} collections")
    answers = offered(tables, works, rate=RATE, count=count)
    statuses = Counter(answer.status for answer in answers)
    if run.self_test:
        statuses[500] += 1
    if set(statuses) != {302}:
        run.wrong.append(f"{TABLES} tables")
    walls = [1_000 * answer.wall for answer in answers]
    name = f"{TABLES} tables offering {RATE:.0f} collections a second, both answers"
    run.tell(f"{name}, p95", statistics.quantiles(walls, n=20)[18], "ms", goal=150, samples=_(walls))
    run.tell(f"{name}, median", median(walls), "ms")
    return count


def _whole(made: CollectFund, digits: str) -> Work:
    """A whole collection. Nobody thinks between its two requests: what is timed is the waiting."""

    def work(client: Client) -> Answered:
        seen = looks(digits)(client)
        return collects(made, Green.of(seen, digits))(client) if seen.status == 200 else seen

    return work


def _saturated(run: Run, made: CollectFund, port: int, digits: Iterator[str]) -> int:
    """As many as are answered, in turns with the least route: theirs, ours, ours, theirs. Who hands out has read the
    vouchers before.
    """
    tables = _tables(made, port, 0.0)
    few = tables[: WORKERS * THREADS]  # more would only wait in line
    seconds = SATURATED / 4 if not run.self_test else 0.5
    green = _read_before(run, few, list(islice(digits, run.size(MOST))))
    numbers = cycle(range(1_000_000, 9_000_000))
    each: dict[str, list[float]] = {"ours": [], "theirs": []}
    done = 0
    for side in ("theirs", "ours", "ours", "theirs"):
        run.say(f"saturation: {side}")
        for table in tables:
            table.dawdle = 0.3 if run.self_test and side == "ours" else 0.0
        works: Sequence[Iterator[Work]] = [
            (collects(made, seen) for seen in own) if side == "ours" else (_bare(next(numbers)) for _n in cycle([0]))
            for own in green
        ]
        answers, took = _as_fast_as_answered(few, works, seconds)
        each[side].append(len(answers) / took)
        if set(answers) != {302}:
            run.wrong.append(f"saturation, {side}")
        done += len(answers) if side == "ours" else 0
    ours, theirs = statistics.mean(each["ours"]), statistics.mean(each["theirs"])
    run.tell("the least route at saturation, against collections", theirs / ours, "×", goal=3)
    run.tell("collections a second at saturation", ours, "/s", samples=_(each["ours"]))
    run.tell("the least route at saturation", theirs, "/s", samples=_(each["theirs"]))
    return done


def _bare(number: int) -> Work:
    return lambda client: client.post(BARE_COLLECTION, [("code", str(number))])


def _read_before(run: Run, tables: Sequence[Client], digits: Sequence[str]) -> Sequence[Iterator[Green]]:
    """Each table reads vouchers of its own."""
    run.say(f"looking at {len(digits)} vouchers")

    def reads(turn: int) -> list[Green]:
        return [Green.of(looks(code)(tables[turn]), code) for code in digits[turn :: len(tables)]]

    with ThreadPoolExecutor(len(tables)) as people:
        return [iter(own) for own in people.map(reads, range(len(tables)))]


def _as_fast_as_answered(
    tables: Sequence[Client], works: Sequence[Iterator[Work]], seconds: float
) -> tuple[list[int], float]:
    """The statuses that came back within so many seconds, and how long that really took."""
    begun = time.perf_counter()

    def busy(table: Client, own: Iterator[Work]) -> list[int]:
        meanwhile = takewhile(lambda _work: time.perf_counter() - begun < seconds, own)
        return [work(table).status for work in meanwhile]

    with ThreadPoolExecutor(len(tables)) as people:
        statuses = [status for own in people.map(busy, tables, works) for status in own]
    return statuses, time.perf_counter() - begun


def _tables(made: CollectFund, port: int, dawdle: float) -> list[Client]:
    tables = [Client(port, made.sign_in(number), dawdle) for number in range(TABLES)]
    for table in tables:
        table.get("/collections/new")
        table.post(BARE_COLLECTION, [("code", "0")])  # has its token now
    return tables


# ---------------------------------------------------------------- one paper, many tables


def _same_paper(run: Run, made: CollectFund, port: int, digits: Iterator[str]) -> int:
    """Rounds of 64 simultaneous attempts through two server processes: one success each, and no server error."""
    rounds = run.rounds(int(os.environ.get("KOMEK_ROUNDS", ROUNDS)))
    tables = [Client(port, made.sign_in(number)) for number in range(16)]
    for table in tables:
        table.get("/collections/new")
        table.post(BARE_COLLECTION, [("code", "0")])
    run.say(f"{rounds} rounds of {AT_ONCE} attempts at one paper")
    every: Counter[int] = Counter()
    with ThreadPoolExecutor(len(tables)) as people:
        for _round in range(rounds):
            code = next(digits)
            works = [collects(made, Green.of(looks(code)(table), code)) for table in tables]
            answered = list(people.map(lambda one, work: [work(one).status for _try in range(4)], tables, works))
            statuses = Counter(status for own in answered for status in own)
            every += statuses
            if statuses != {302: 1, 409: AT_ONCE - 1}:
                run.wrong.append("one paper at many tables")
    if run.self_test:
        run.wrong.append("one paper at many tables")
        every[500] += 1
    run.tell("attempts at papers that were collected once each", every.total(), "")
    run.tell("server errors among them", sum(n for status, n in every.items() if status >= 500), "", goal=0)
    return rounds


def _is_written(run: Run, made: CollectFund, done: int) -> None:
    """Whether each collection is there once, with its entry."""
    with made.fund.app.app_context(), Session(db.engine) as session:
        kept = [session.scalar(select(func.count()).select_from(kind)) for kind in (Collection, Entry)]
        vouchers = session.scalar(select(func.count(Collection.voucher_id.distinct())))
        db.engine.dispose()
    if kept != [done, done] or vouchers != done:
        run.wrong.append(f"{done} collections, but {kept} rows")


# ---------------------------------------------------------------- codes that are not good


def _not_good(run: Run, made: CollectFund, good: str) -> None:
    """Wrong, mutated, voided, expired, foreign and replayed codes: none is accepted, none is an error.

    The clock goes on as far as the guesser would have to wait, so that each is really looked up.
    """
    count = run.size(CODES)
    chance = random.Random(7)
    ended = made.end_some(made.digits[-2:])
    kinds: Sequence[Callable[[], str]] = (
        voucher_code,
        lambda: _mutated(good, chance),
        lambda: chance.choice(made.digits[:WARM_UP]),  # collected long ago
        lambda: chance.choice(ended),
        lambda: chance.choice(made.foreign),
        lambda: f"{chance.randrange(10**VOUCHER_DIGITS):0{VOUCHER_DIGITS}}",
    )
    run.say(f"{count} codes that are not good")
    outcomes: Counter[str] = Counter()
    begun = time.perf_counter()
    with made.fund.app.app_context():
        actor, moment = made.actor(), now()
        for number in range(count):
            if number % 9 == 0:
                moment = Instant(moment.instant + GUESSES_WITHIN, moment.today)
            code = kinds[number % len(kinds)]()
            answer = look(check, actor=actor, now=moment, point_id=made.point_id, code=code)
            outcomes[answer.code.value if isinstance(answer, Refused) else "accepted"] += 1
        if run.self_test:
            outcomes["accepted"] += 1
        db.session.remove()
        db.engine.dispose()
    run.tell("codes that are not good and were accepted", outcomes["accepted"], "", goal=0)
    for name, many in sorted(outcomes.items()):
        run.tell(f"refused: {name}", many, "")
    run.tell("one of them", 1_000 * (time.perf_counter() - begun) / count, "ms")
    if set(outcomes) - {"unknown", "already_collected", "cancelled", "expired", "accepted"}:
        run.wrong.append("codes that are not good")


def _mutated(good: str, chance: random.Random) -> str:
    """A paper's digits with one or two of them otherwise, so that none is the paper's own."""
    digits = list(good)
    for place in chance.sample(range(len(digits)), chance.choice((1, 2))):
        digits[place] = str((int(digits[place]) + chance.randint(1, 9)) % 10)
    return "".join(digits)
