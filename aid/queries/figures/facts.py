"""What the books say of each stream of figures: amounts by month, and the donors and families behind them.

Donors count as they were written down with their gifts, also where two are one and the same, as was found out later:
what was told once must be told the same ever after.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CompoundSelect, Select, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from aid.domain.entries import AccountKind, EntryKind
from aid.domain.figures import Fact, Measure, Stream, StreamKind
from aid.domain.months import Month
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Decision
from aid.models.collections import Collection, CollectionUndo
from aid.models.donations import Donation, DonationCorrection
from aid.models.fund import Purpose
from aid.models.late import LateAnswer, LateLine
from aid.models.ledger import Account, Entry, Transfer
from aid.models.vouchers import Voucher
from aid.queries.ledger.accounts import CORRECTED, counted_as
from aid.services.collections.parts import STANDS
from aid.services.fund_days import zone_of

Facts = Mapping[Stream, list[Fact]]


def facts(session: Session, *, until: Month) -> Facts:
    """All facts up to a month, by stream."""
    codes: dict[UUID, str] = {id_: code for id_, code in session.execute(select(Purpose.id, Purpose.code))}  # noqa: C416
    found: defaultdict[Stream, list[Fact]] = defaultdict(list)
    for purpose, currency, fact in _money(session, until.last):
        found[Stream(StreamKind.MONEY, codes[purpose], currency)].append(fact)
    zone = zone_of(session)
    for kind, reached in ((StreamKind.FAMILIES, _families), (StreamKind.CHILDREN, _children)):
        for purpose, fact in reached(session, zone):
            if fact.month <= until:
                found[Stream(kind, codes[purpose])].append(fact)
    return found


@dataclass(slots=True)
class _Pot:
    """A purpose's money in one currency: whose gifts came into it since some of it was last exchanged."""

    fresh: set[UUID] = field(default_factory=set)
    exchanged: frozenset[UUID] = frozenset()

    def taken(self) -> frozenset[UUID]:
        """Who is behind what is exchanged now: who gave since the last time; if nobody did, who had given then."""
        if self.fresh:
            self.exchanged, self.fresh = frozenset(self.fresh), set()
        return self.exchanged


@dataclass(frozen=True, slots=True)
class _Moved:
    """What an entry changed of one purpose's money in one currency."""

    entry_id: UUID
    month: Month
    measure: Measure
    purpose: UUID
    currency: str
    amount: int
    corrects: Month | None


def _money(session: Session, until: date) -> Iterator[tuple[UUID, str, Fact]]:
    donors, families = _donors(session), _families_of_entries(session)
    pots: defaultdict[tuple[UUID, str], _Pot] = defaultdict(_Pot)
    behind: dict[tuple[UUID, UUID], frozenset[UUID]] = {}  # an exchange and a purpose: whose money it was
    for each in _moved(session, until):
        people: frozenset[UUID] = frozenset()
        pot = pots[each.purpose, each.currency]
        if each.measure is Measure.RAISED:
            people = frozenset({donors[each.entry_id]} if each.entry_id in donors else ())  # nobody gives interest
            pot.fresh |= people
        elif each.measure is Measure.EXCHANGED:
            exchange = (each.entry_id, each.purpose)
            if each.amount < 0:  # comes first, see the order
                behind[exchange] = behind.get(exchange, frozenset()) | pot.taken()
            people = behind.get(exchange, frozenset())
            pot.fresh |= people if each.amount > 0 else set()
        elif each.entry_id in families:
            people = frozenset({families[each.entry_id]})
        yield each.purpose, each.currency, Fact(each.month, each.measure, each.amount, people, each.corrects)


def _moved(session: Session, until: date) -> Iterator[_Moved]:
    """Transfers into and out of what purposes have, in the order of the entries; of an exchange what was sold first."""
    rows = session.execute(_transfers(until))
    for entry_id, day, kind, corrected_on, purpose, account, currency, minor in rows:
        measure = Measure.EXCHANGED if kind is EntryKind.EXCHANGE else Measure.RAISED
        measure = Measure.SPENT if account is AccountKind.SPENT else measure
        corrects = Month.of(corrected_on) if corrected_on else None
        yield _Moved(entry_id, Month.of(day), measure, purpose, currency, int(minor), corrects)


def _transfers(until: date) -> Select[Any]:
    """Transfers of SPENT, and of AVAILABLE from and to banks: gifts, interest, exchanges, and what corrects them."""
    own, other = aliased(Account), aliased(Account)
    sides = ((Transfer.credit_id, Transfer.debit_id, 1), (Transfer.debit_id, Transfer.credit_id, -1))
    each = union_all(
        *(
            select(
                Entry.id.label("entry_id"),
                Entry.number.label("number"),
                Entry.posted_on.label("day"),
                counted_as.label("kind"),
                CORRECTED.posted_on.label("corrected_on"),
                own.purpose_id.label("purpose"),
                own.kind.label("account"),
                Transfer.currency.label("currency"),
                (Transfer.amount_minor * sign).label("minor"),
            )
            .join(Entry, Entry.id == Transfer.entry_id)
            .join(own, own.id == side)
            .join(other, other.id == far)
            .outerjoin(CORRECTED, CORRECTED.id == Entry.corrects_id)
            .where(
                Entry.posted_on <= until,
                or_(
                    own.kind == AccountKind.SPENT,
                    (own.kind == AccountKind.AVAILABLE) & (other.kind == AccountKind.BANK),
                ),
            )
            for side, far, sign in sides
        )
    ).subquery()
    order = each.c.number, each.c.minor
    columns = (each.c.entry_id, each.c.day, each.c.kind, each.c.corrected_on)
    return select(*columns, each.c.purpose, each.c.account, each.c.currency, each.c.minor).order_by(*order)


def _donors(session: Session) -> dict[UUID, UUID]:
    """Whose gift each entry books, books anew, or takes back."""
    wrong, anew = DonationCorrection.counter_id, DonationCorrection.entry_id
    of_gift = DonationCorrection.donation_id == Donation.id
    every: CompoundSelect[Any] = union_all(
        select(Donation.entry_id, Donation.donor_id),
        select(wrong, Donation.donor_id).join(Donation, of_gift),
        select(anew, Donation.donor_id).join(Donation, of_gift).where(anew.is_not(None)),
    )
    return {entry_id: donor_id for entry_id, donor_id in session.execute(every)}  # noqa: C416


def _families_of_entries(session: Session) -> dict[UUID, UUID]:
    """Which family collected what each entry spent, or gave back what it took back."""
    spent = select(Collection.entry_id, Voucher.family_id).join(Voucher, Voucher.id == Collection.voucher_id)
    back = select(CollectionUndo.entry_id, Voucher.family_id).join(
        Collection, Collection.id == CollectionUndo.collection_id
    )
    lost = select(LateAnswer.entry_id, Voucher.family_id).join(LateLine, LateLine.id == LateAnswer.line_id)
    of_loss = lost.join(Voucher, Voucher.id == LateLine.voucher_id)
    rows = session.execute(union_all(spent, back.join(Voucher, Voucher.id == Collection.voucher_id), of_loss))
    return {entry_id: family_id for entry_id, family_id in rows if entry_id}


def _month(at: datetime, zone: ZoneInfo) -> Month:
    return Month.of(at.astimezone(zone).date())


def _families(session: Session, zone: ZoneInfo) -> Iterator[tuple[UUID, Fact]]:
    """Each family in the month in which it first collected aid of a purpose."""
    wanted = (
        select(Voucher.purpose_id, Voucher.family_id, func.min(Collection.collected_at))
        .join(Collection, Collection.voucher_id == Voucher.id)
        .where(STANDS)
        .group_by(Voucher.purpose_id, Voucher.family_id)
    )
    for purpose, family, at in session.execute(wanted):
        yield purpose, Fact(_month(at, zone), Measure.FAMILIES, 1, frozenset({family}))


def _children(session: Session, zone: ZoneInfo) -> Iterator[tuple[UUID, Fact]]:
    """The children of each round or grant that the committee carried, in the month of the decision."""
    wanted = (
        select(Allocation.id, Allocation.purpose_id, Decision.decided_at, AllocationVersion.children)
        .join(Decision, Decision.allocation_id == Allocation.id)
        .join(
            AllocationVersion,
            (AllocationVersion.allocation_id == Allocation.id) & (AllocationVersion.version == Decision.version),
        )
        .where(Decision.carried, AllocationVersion.families > 0, Allocation.purpose_id.is_not(None))
    )
    families = _families_decided_for(session)
    for id_, purpose, at, children in session.execute(wanted):
        assert purpose is not None, "asked for"
        if children:
            yield purpose, Fact(_month(at, zone), Measure.CHILDREN, children, frozenset(families[id_]))


def _families_decided_for(session: Session) -> Mapping[UUID, list[UUID]]:
    wanted = select(AllocationLine.allocation_id, AllocationLine.family_id).join(
        Decision,
        (Decision.allocation_id == AllocationLine.allocation_id) & (Decision.version == AllocationLine.version),
    )
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for allocation_id, family_id in session.execute(wanted.where(Decision.carried)):
        if family_id:
            found[allocation_id].append(family_id)
    return found
