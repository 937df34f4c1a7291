"""The month's report of a fund with 20,000 gifts in twelve currencies, and the replay that proves each of them.

Each page that a treasurer looks at when a month ends is opened as the browser does it, signed in, in the fund with many
gifts and in one with few: none may take more than a second. What the pages say is compared with sums over the rows
themselves. The printed report is told apart: it is laid out anew each time. What verify takes is measured by the
processor's time, so that it says the same on a busy machine.
"""

import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.months import Month
from aid.extensions import db
from aid.models.donations import Donation, Thanks
from aid.models.ledger import Entry
from aid.models.statements import BankLine
from aid.queries.ledger.statement import Period, statement
from aid.security.sessions import COOKIE
from aid.services.verification import PROOFS, replay
from benchmarks._gifts_fund import GiftsFund, make_gifts_fund
from benchmarks._web_fund import signed_in
from benchmarks.frame import Run, Side, median

FEW, MANY = 1_200, 20_000
ROUNDS = 5
SECOND = 1_000  # ms
REPLAY = 10  # seconds of the processor
REPORT = "the month's report"
_PARTED = re.compile(r"(?<=\d)[\s\xa0\u202f,.’](?=\d{3})")


def bench(run: Run) -> None:
    """Measure the pages of a month's end, and verify."""
    with tempfile.TemporaryDirectory(prefix="komek-bench-") as folder:
        funds = {}
        for gifts in (run.size(FEW), run.size(MANY)):
            run.say(f"making a fund of {gifts} gifts")
            place = Path(folder) / str(gifts)
            place.mkdir()
            funds[gifts] = Opened(make_gifts_fund(place, gifts))
        few, many = funds.values()
        _pages(run, few, many)
        _verify(run, many)


# ---------------------------------------------------------------- pages


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as it came."""

    status: int
    content: bytes

    def says(self, what: str) -> bool:
        """Whether this stands there; thousands are parted in one way or another."""
        text = self.content.decode(errors="replace")
        return what in text or what in _PARTED.sub("", text)


class Opened:
    """A fund, and the browser of its treasurer."""

    def __init__(self, fund: GiftsFund) -> None:
        self.fund = fund
        self.client: FlaskClient = fund.app.test_client()
        with fund.app.app_context():
            self.client.set_cookie(COOKIE, signed_in(fund.fund.treasurer).text(), secure=True)
        self.month = self._month()

    def _month(self) -> Month:
        """The month in which most of the gifts came."""
        with self.fund.app.app_context(), Session(db.engine) as session:
            days = session.execute(select(Entry.posted_on, func.count()).group_by(Entry.posted_on)).all()
        by_month: dict[Month, int] = {}
        for day, count in days:
            by_month[Month.of(day)] = by_month.get(Month.of(day), 0) + count
        return max(by_month, key=by_month.__getitem__)

    @property
    def period(self) -> Period:
        """From the month's first day to its last."""
        return Period(self.month.first, self.month.last)

    def get(self, path: str) -> Seen:
        """Open a page."""
        answer = self.client.get(path, base_url="https://localhost", headers={"Accept-Language": "en"})
        return Seen(answer.status_code, answer.get_data())

    def pages(self) -> Mapping[str, tuple[str, str]]:
        """What a treasurer looks at when a month ends: each page's address, and something that must stand there."""
        fund, period = self.fund, f"first={self.month.first}&last={self.month.last}"
        bank = fund.banks["EUR"]
        return {
            REPORT: (f"/ledger/statement?{period}", str(self._entries())),
            "the fund's money": ("/ledger/", "EUR"),
            "the months of the books": ("/months/", str(self.month)),
            "charts": ("/ledger/charts", "KZT"),
            "who waits for thanks": ("/thanks/", str(fund.waiting)),
            "gifts": ("/donations/", str(fund.gifts)),
            "donors": ("/donors/", "Muster"),
            "bank lines of all accounts": ("/lines/", "Measured 12"),
            "open lines of an account": (f"/lines/account/{bank}", "Muster"),
            "entries of an account that no line shows": (f"/lines/account/{bank}/entries", "Measured 1"),
            "Today": ("/", str(fund.waiting)),
        }

    def _entries(self) -> int:
        """How many entries the month has, counted one by one."""
        with self.fund.app.app_context(), Session(db.engine) as session:
            return sum(Month.of(day) == self.month for day in session.scalars(select(Entry.posted_on)))

    def report_is_true(self) -> bool:
        """Whether each currency's report says what its gifts come to, added one by one."""
        first, last = self.month.first, self.month.last
        came: dict[str, int] = {}
        with self.fund.fund.open() as actor, Session(db.engine) as session:
            for day, currency, minor in session.execute(
                select(Donation.received_on, Donation.currency, Donation.amount_minor)
            ):
                came[currency] = came.get(currency, 0) + (minor if first <= day <= last else 0)
            found = statement(session, actor=actor, period=self.period)
        told = {
            each.currency: sum(movement.amount.minor for movement in each.together.movements)
            for each in found.currencies
        }
        return {currency: told.get(currency, 0) for currency in came} == came


def _pages(run: Run, few: Opened, many: Opened) -> None:
    sides: dict[str, Side[Seen]] = {}
    for fund, which in ((few, "few"), (many, "many")):
        for name, (path, said) in fund.pages().items():
            is_right = fund.report_is_true if name == REPORT else lambda: True
            sides[f"{name}: {which}"] = _side(fund, path, said, is_right, delay=1.05 if which == "many" else 0)
    for side in sides.values():
        side.work()  # what is built once is built
    samples = run.interleaved(sides, rounds=ROUNDS)
    walls = {name: [sample.wall * 1_000 for sample in found] for name, found in samples.items()}
    for name in many.pages():
        run.tell(name, median(walls[f"{name}: many"]), "ms", goal=SECOND, samples=tuple(walls[f"{name}: many"]))
        run.tell(f"{name}, {few.fund.gifts} gifts", median(walls[f"{name}: few"]), "ms")
    period = f"first={many.month.first}&last={many.month.last}"
    printed = _side(many, f"/ledger/statement.pdf?{period}", "%PDF", lambda: True, delay=0)
    times = tuple(sample.wall for sample in run.interleaved({"printed": printed}, rounds=2)["printed"])
    run.tell(f"{REPORT}, printed", median(list(times)), "s", samples=times)


def _side(fund: Opened, path: str, said: str, is_right: Callable[[], bool], *, delay: float) -> Side[Seen]:
    return Side(
        lambda: fund.get(path),
        lambda seen: seen.status == 200 and seen.says(said) and is_right(),
        lambda seen: Seen(seen.status, b""),
        delay=delay,
    )


# ---------------------------------------------------------------- verify


def _verify(run: Run, many: Opened) -> None:
    """Replay everything; and count for ourselves that lines = explained + open, and gifts = thanked + waiting."""
    run.say("verify")

    def work() -> list[str]:
        with many.fund.app.app_context(), Session(db.engine) as session:
            return [str(finding) for name in PROOFS for finding in replay(session, name)]

    side = Side(
        work,
        lambda findings: not findings and _adds_up(many.fund),
        lambda findings: [*findings, "planted"],
        delay=1.2 * REPLAY,
    )
    samples = run.interleaved({"verify": side}, rounds=2)["verify"]
    for name, spent, goal in (
        ("verify", tuple(sample.cpu for sample in samples), REPLAY),
        ("verify, by the clock", tuple(sample.wall for sample in samples), None),
    ):
        run.tell(name, median(list(spent)), "s" if goal is None else "s CPU", goal=goal, samples=spent)


def _adds_up(fund: GiftsFund) -> bool:
    with fund.app.app_context(), Session(db.engine) as session:
        gifts, thanked = (session.scalar(select(func.count()).select_from(kind)) or 0 for kind in (Donation, Thanks))
        lines = session.execute(select(BankLine.amount_minor, BankLine.open_minor)).all()
    still = [line for line in lines if line.open_minor]
    return (
        gifts == fund.gifts == thanked + fund.waiting
        and len(lines) == gifts + fund.open
        and len(still) == fund.open
        and all(line.open_minor == line.amount_minor for line in still)
    )
