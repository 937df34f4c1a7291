"""Pages at speed: a family registered against the least that a route could do, lists and searches in a large fund, and
many people at once.

Server CPU is what the serving process took for a request, from its first line to its close, the database included
where it is embedded. Wall is what the client waited. Both sides of a comparison take turns.
"""

import random
import re
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.cli.run import WORKERS
from aid.domain.permissions import Role
from aid.extensions import db
from aid.models.audit import AuditLine
from aid.models.families import Family as FamilyRow
from aid.models.families import IndexToken
from aid.models.records import Record
from aid.services import token_rows
from benchmarks._web_client import BARE, Answered, Client, Work, offered, plainly, served, typed
from benchmarks._web_fund import HITS, WebFund, make_web_fund
from benchmarks._web_server import PlainFamily, PlainMember
from benchmarks.frame import Run, median

FEW, MANY = 100, 10_000
PAIRS = 300
CLIENTS, RATE, REQUESTS = 25, 10.0, 600
WARM_UP = 10
REGISTERED = re.compile(r"/families/(\d{9})")
CODE = re.compile(r'href="/families/(\d{9})"')


def bench(run: Run) -> None:
    """Measure the four promises."""
    with tempfile.TemporaryDirectory(prefix="komek-bench-") as folder:
        run.say(f"making funds of {FEW} and {run.size(MANY)} families")
        few = make_web_fund(Path(folder) / "few", FEW)
        many = make_web_fund(Path(folder) / "many", run.size(MANY))
        with served(few, workers=1) as few_port:
            _registering(run, few, few_port)
        fresh = make_web_fund(Path(folder) / "fresh", FEW)
        with served(fresh, workers=1) as few_port, served(many, workers=1) as many_port:
            _growing(run, (fresh, few_port), (many, many_port))
        with served(many, workers=WORKERS) as port:
            _many_people(run, many, port)


# ---------------------------------------------------------------- registering


@dataclass(slots=True)
class Sides:
    """What two sides took, in turns: [(ours, theirs), …] of the processor and of the clock."""

    cpu: list[tuple[float, float]] = field(default_factory=list)
    wall: list[tuple[float, float]] = field(default_factory=list)


def _registering(run: Run, fund: WebFund, port: int) -> None:
    client = Client(port, fund.sign_in(fund.who(Role.REGISTRAR)))
    made = fund.strangers(1)
    codes: list[str] = []
    pairs = PAIRS if not run.self_test else 4

    def ours() -> Answered:
        client.dawdle = 0.2 if run.self_test else 0.0
        answer = client.post("/families/new", typed(next(made), fund))
        codes.append("".join(REGISTERED.findall(answer.location)))
        return answer

    def theirs() -> Answered:
        client.dawdle = 0.0
        return client.post(BARE, plainly(next(made)))

    for _each in range(WARM_UP):
        ours(), theirs()
    run.say(f"registering, {pairs} pairs")
    sides = in_turns(ours, theirs, client, client, pairs)
    if run.self_test:
        codes.pop()
    if not _is_written(fund, codes, WARM_UP + pairs):
        run.wrong.append("registering")
    ratios = [mine / least for mine, least in sides.cpu]
    run.tell(
        "registering a family of five, CPU, against six plain rows", median(ratios), "×", goal=4, samples=_(ratios)
    )
    for name, place in (("a family of five", 0), ("six plain rows", 1)):
        run.tell(f"{name}, CPU", 1_000 * median([pair[place] for pair in sides.cpu]), "ms")
        _tell_wall(run, f"{name}, wall", [1_000 * pair[place] for pair in sides.wall])
    _tell_wall(run, "wall against wall", [mine / least for mine, least in sides.wall], "×")


def in_turns(
    ours: Callable[[], Answered], theirs: Callable[[], Answered], our: Client, their: Client, pairs: int
) -> Sides:
    """Each pair in one order, the next in the other. What each took is asked for after the pair."""
    sides = Sides()
    our.measured(), their.measured()
    for number in range(pairs):
        order = ((0, ours, our), (1, theirs, their))
        cpu, wall = [0.0, 0.0], [0.0, 0.0]
        for place, ask, client in order if number % 2 == 0 else reversed(order):
            wall[place] = ask().wall
            [cpu[place]] = client.measured()
        sides.cpu.append((cpu[0], cpu[1]))
        sides.wall.append((wall[0], wall[1]))
    return sides


def _is_written(fund: WebFund, codes: Sequence[str], count: int) -> bool:
    """Whether each family is there under its code: sealed, findable and audited; and all plain rows are."""
    with fund.app.app_context(), Session(db.engine) as session:
        ids = list(session.scalars(select(FamilyRow.id).where(FamilyRow.code.in_(codes))))
        sealed = select(func.count()).select_from(Record).where(Record.family_id.in_(ids))
        token_rows.settle(session)
        tokens = select(func.count()).where(IndexToken.family_id.in_(ids)).group_by(IndexToken.family_id)
        audited = select(func.count()).select_from(AuditLine).where(AuditLine.subject_id.in_(ids))
        plain = [session.scalar(select(func.count()).select_from(kind)) for kind in (PlainFamily, PlainMember)]
        return (
            len(ids) == count == len(set(codes))
            and session.scalar(sealed) == 3 * count
            and min(session.scalars(tokens), default=0) > 50
            and session.scalar(audited) == count
            and plain == [count, 5 * count]
        )


# ---------------------------------------------------------------- a large fund


def _growing(run: Run, few: tuple[WebFund, int], many: tuple[WebFund, int]) -> None:
    pages: dict[str, tuple[Role, Callable[[Client], Answered], int]] = {
        "list of families": (Role.CONFIRMER, lambda client: client.get("/families/waiting"), 50),
        "search with three hits": (Role.REGISTRAR, Client.search, HITS),
    }
    for name, (role, ask, expected) in pages.items():
        run.say(f"{name}, {few[0].families} against {many[0].families} families")
        clients = [Client(port, fund.sign_in(fund.who(role))) for fund, port in (many, few)]
        if run.self_test:
            clients[0].dawdle = 0.2
        answers: list[Answered] = []

        def asked(client: Client, ask: Work = ask, answers: list[Answered] = answers) -> Answered:
            answers.append(ask(client))
            return answers[-1]

        for _each in range(WARM_UP):
            asked(clients[0]), asked(clients[1])
        sides = in_turns(
            lambda asked=asked, clients=clients: asked(clients[0]),  # type: ignore[misc]
            lambda asked=asked, clients=clients: asked(clients[1]),  # type: ignore[misc]
            clients[0],
            clients[1],
            100 if not run.self_test else 4,
        )
        if any(len(set(CODE.findall(each.page))) != expected - run.self_test for each in answers):
            run.wrong.append(name)
        ratios = [large / small for large, small in sides.wall]
        run.tell(
            f"{name}, {many[0].families} against {few[0].families}", median(ratios), "×", goal=1.5, samples=_(ratios)
        )
        run.tell(f"{name}, CPU", median([large / small for large, small in sides.cpu]), "×")
        for fund, place in ((many[0], 0), (few[0], 1)):
            run.tell(f"{name}, {fund.families}, wall", 1_000 * median([pair[place] for pair in sides.wall]), "ms")


# ---------------------------------------------------------------- many people at once


def _many_people(run: Run, fund: WebFund, port: int) -> None:
    """People of four roles: they look at what waits, search, open pages, and one request in twelve registers."""
    made = fund.strangers(2)
    code = CODE.findall(Client(port, fund.sign_in(fund.who(Role.CONFIRMER))).get("/families/waiting").page)[0]
    today, show = _page("/"), _page(f"/families/{code}")
    of_roles: Sequence[tuple[Role, Sequence[Work]]] = (
        (Role.REGISTRAR, (Client.search, show, lambda one: one.post("/families/new", typed(next(made), fund)), today)),
        (Role.CONFIRMER, (_page("/families/waiting"), Client.search, today)),
        (Role.COORDINATOR, (today, Client.search, _page("/allocations/"), _page("/vouchers/"))),
        (Role.TREASURER, (today, _page("/donations/"), _page("/ledger/"), _page("/thanks/"))),
    )
    clients, works = [], []
    for number in range(CLIENTS):
        role, kinds = of_roles[number % len(of_roles)]
        clients.append(Client(port, fund.sign_in(fund.who(role)), 0.3 if run.self_test else 0.0))
        works.append(kinds)
    for client, kinds in zip(clients, works, strict=True):
        kinds[0](client)
    requests = REQUESTS if not run.self_test else 40
    run.say(f"{CLIENTS} clients, {RATE:.0f} requests a second, {requests} requests")
    answers = offered(clients, works, rate=RATE, count=requests)
    statuses = [answer.status for answer in answers]
    if run.self_test:
        statuses[0] = 500
    if not set(statuses) <= {200, 302}:
        run.wrong.append(f"{CLIENTS} clients")
    walls = [1_000 * answer.wall for answer in answers]
    name = f"{CLIENTS} clients offering {RATE:.0f} requests a second"
    run.tell(f"{name}, p95", statistics.quantiles(walls, n=20)[18], "ms", goal=150, samples=_(walls))
    run.tell(f"{name}, median", median(walls), "ms")


def _page(path: str) -> Work:
    return lambda client: client.get(path)


# ---------------------------------------------------------------- figures


def _(samples: Sequence[float]) -> tuple[float, ...]:
    """As they are told: four digits are enough."""
    return tuple(float(f"{sample:.4g}") for sample in samples)


def _tell_wall(run: Run, name: str, samples: list[float], unit: str = "ms") -> None:
    """A median with the interval in which 95 of 100 medians of such samples lie."""
    chance = random.Random(3)
    medians = sorted(median(chance.choices(samples, k=len(samples))) for _each in range(1_000))
    run.tell(name, median(samples), unit, samples=_(samples))
    run.tell(f"{name}, 95 % interval from", medians[25], unit)
    run.tell(f"{name}, 95 % interval to", medians[974], unit)
