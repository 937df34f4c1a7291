"""The fund of such a day: allocations that wait for votes, papers that wait at the table, and what people will do."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.quorum import Choice
from aid.extensions import db
from aid.models.collections import Collection as CollectionRow
from aid.models.donations import Donation as DonationRow
from aid.models.families import Family
from aid.services.allocations import propose
from tests.chaos.acts import Act, Collection, Donation, Import, Vote
from tests.make import do
from tests.make.allocations import make_money
from tests.make.families import make_family
from tests.make.fund import MEMBERS, FoundedFund
from tests.make.programmes import make_programme
from tests.make.vouchers import make_vouchers

VOTES_EACH = len(MEMBERS) + 1  # all vote yes; one had said no before
TWICE = 12  # one paper of so many is carried to the table twice
SHARES = {"vote": 0.33, "collection": 0.32, "donation": 0.32, "import": 0.03}
ACTING = (*MEMBERS, "nurlan", "timur")


@dataclass(frozen=True, slots=True)
class World:
    """What will be done, in the order that the dice say, and what was there before."""

    acts: tuple[Act, ...]
    before: Mapping[type, int]


def make_world(fund: FoundedFund, *, operations: int, households: int, dice: random.Random) -> World:
    """Prepare a day of so many operations. Allocations first: later families are none of theirs."""
    count = {kind: max(round(operations * share), 1) for kind, share in SHARES.items()}
    count["donation"] += operations - sum(count.values())
    votes = _votes(fund, count["vote"])
    collections = _collections(fund, count["collection"])
    purposes = list(fund.purposes.values())
    donations = [Donation("timur", purposes[n % 3], 1_000_00 + n * 7) for n in range(count["donation"])]
    imports = [Import("aigul", n, households, fund.password("aigul")) for n in range(count["import"])]
    acts: list[Act] = [*votes, *collections, *donations, *imports]
    dice.shuffle(acts)
    return World(tuple(acts), {kind: counted(kind) for kind in (CollectionRow, DonationRow, Family)})


def _votes(fund: FoundedFund, count: int) -> list[Vote]:
    for _each in range(2):
        make_family(fund)
    make_money(fund)
    votes: list[Vote] = []
    while len(votes) < count:
        programme = make_programme(fund)
        allocation_id = do(propose, actor=fund.coordinator, programme_id=programme).allocation_id
        votes.append(Vote(MEMBERS[0], allocation_id, Choice.NO, fund.password(MEMBERS[0])))
        votes += [Vote(member, allocation_id, Choice.YES, fund.password(member)) for member in MEMBERS]
    return votes[:count]


def _collections(fund: FoundedFund, count: int) -> list[Collection]:
    again = count // TWICE
    papers = make_vouchers(fund, count - again)
    return [Collection("nurlan", paper.id, paper.digits) for paper in (*papers, *papers[:again])]


def counted(kind: type) -> int:
    """How many rows there are of a kind."""
    with Session(db.engine) as session:
        return session.execute(select(func.count()).select_from(kind)).scalar_one()
