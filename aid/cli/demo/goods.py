"""The sample fund helps in kind: a burnt home, school things bought and packed, two points, cash on its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aid.cli.demo.people import key
from aid.domain.entitlement import Gift, Per, ProgrammeRule, Span, Variant
from aid.domain.families import FamilyState
from aid.domain.goods import Item
from aid.domain.grants import GrantReason, GrantRules
from aid.domain.money import Money
from aid.domain.parts import Part
from aid.domain.permissions import Role
from aid.domain.purchases import CashFault, Fault
from aid.domain.quorum import Choice
from aid.domain.stock import Difference
from aid.extensions import reading
from aid.models.allocations import AllocationLine, AllocationVersion
from aid.models.families import Family
from aid.models.fund import Point, Purpose
from aid.models.ledger import BankAccount
from aid.perform import perform
from aid.services.allocations import propose
from aid.services.cash import ArrivalOrder, SendOrder, TransferOrder, count_arrival, propose_transfer, send_cash
from aid.services.collections.handing_out import Collected, CollectionOrder, collect
from aid.services.committee import VoteOrder, cast_vote, signing_key
from aid.services.goods import GoodOrder, write_good
from aid.services.grants import GrantOrder, propose_grant, write_rules
from aid.services.programmes import ProgrammeOrder, write_programme
from aid.services.purchases import OrderedLine, PurchaseOrder, propose_purchase
from aid.services.putting import Proposed
from aid.services.stock.counting import Counted, CountOrder, count
from aid.services.stock.deliveries import Came, DeliveryOrder, InvoiceOrder, close_purchase, pay_invoice, take_in
from aid.services.stock.keeping import CarryOrder, LossOrder, ask_to_write_off, carry, pack
from aid.services.vouchers.printed import PrintedPaper

if TYPE_CHECKING:
    from aid.cli.demo.people import User
    from aid.cli.demo.story import Story

TENGE = 100
RULES = GrantRules(
    currency="KZT",
    cap=400_000 * TENGE,
    days=180,
    most=MappingProxyType({GrantReason.PARCEL_FOR_PRISONER: 40_000 * TENGE, GrantReason.FUNERAL: 250_000 * TENGE}),
    valid_days=30,
    grace_days=14,
)
GOODS = (
    GoodOrder(code="notebook", names={"kk": "Дәптер", "ru": "Тетрадь", "en": "Notebook"}),
    GoodOrder(code="pen", names={"kk": "Қалам", "ru": "Ручка", "en": "Pen"}),
    GoodOrder(code="bag", names={"kk": "Бос сөмке", "ru": "Пустой рюкзак", "en": "Empty bag"}),
    GoodOrder(
        code="workbook",
        names={"kk": "Жұмыс дәптері, сынып", "ru": "Рабочая тетрадь, класс", "en": "Workbook, grade"},
        variants=tuple(str(grade) for grade in range(1, 12)),
    ),
    GoodOrder(
        code="boots",
        names={"kk": "Қысқы етік", "ru": "Зимние ботинки", "en": "Winter boots"},
        variants=("32", "34", "36", "38"),
    ),
    GoodOrder(
        code="school-bag",
        names={"kk": "Мектеп сөмкесі", "ru": "Школьный рюкзак", "en": "School bag"},
        contents=(Item("bag", 1), Item("notebook", 6), Item("pen", 4)),
    ),
)
BAGS, TO_CARRY, FIRST_GRADE = 110, 30, 10


def help_in_kind(story: Story) -> None:
    """A grant, a purchase and cash for points are carried at once; then kits are packed and handed out."""
    story.say("A grant for a burnt home, school things bought for two points, and cash on its way")
    club, library = reading().scalars(select(Point).order_by(Point.code)).all()[:2]
    purposes = {purpose.code: purpose.id for purpose in reading().scalars(select(Purpose))}
    coordinator = story.the(Role.COORDINATOR)
    for good in GOODS:
        perform(key(), write_good, actor=coordinator.actor(), now=story.now, order=good)
    perform(key(), write_rules, actor=coordinator.actor(), now=story.now, rules=RULES, seen=0)
    grant = _grant(story, coordinator, purposes)
    bought = _purchase(story, coordinator, purposes, club, library)
    cash = _cash(story, coordinator, club, library)
    for proposed in (grant, bought, cash):
        _carried(story, proposed)
    story.wait(hours=25)
    _collect_all(story, grant.allocation_id, name="grant")
    _deliver(story, bought, club, library)
    _send(story, cash)
    kits = _kits(story, coordinator, purposes)
    story.wait(hours=25)
    left = _collect_all(story, kits.allocation_id, name="kits", every=4)
    _hand_out_a_part(story, club, left[club.id])
    _count(story, club)


def _grant(story: Story, coordinator: User, purposes: Mapping[str, UUID]) -> Proposed:
    code = reading().scalars(select(Family.code).where(Family.state == FamilyState.CONFIRMED).limit(1)).one()
    order = GrantOrder(
        family_code=code,
        reason=GrantReason.HOME_BURNT,
        amount=Money(180_000 * TENGE, "KZT"),
        purpose_id=purposes["general"],
        words="Жылу пеші мен қысқы киім",
    )
    return perform(key(), propose_grant, actor=coordinator.actor(), now=story.now, order=order)


def _purchase(story: Story, coordinator: User, purposes: Mapping[str, UUID], club: Point, library: Point) -> Proposed:
    ordered = (
        ("notebook", 720, 120, club),
        ("pen", 480, 60, club),
        ("bag", 120, 6_500, club),
        ("workbook:1", 30, 900, club),
        ("workbook:5", 30, 900, library),
        ("boots:34", 12, 14_000, library),
        ("boots:36", 12, 14_000, library),
    )
    order = PurchaseOrder(
        supplier="Кітап әлемі, Ақтау",
        purpose_id=purposes["general"],
        currency="KZT",
        lines=tuple(OrderedLine(Item(good, many), each * TENGE, point.id) for good, many, each, point in ordered),
    )
    return perform(key(), propose_purchase, actor=coordinator.actor(), now=story.now, order=order)


def _cash(story: Story, coordinator: User, club: Point, library: Point) -> Proposed:
    order = TransferOrder(
        currency="KZT",
        lines=((club.id, 2_600_000 * TENGE), (library.id, 1_100_000 * TENGE)),
        words="Екінші апта",
    )
    return perform(key(), propose_transfer, actor=coordinator.actor(), now=story.now, order=order)


def _carried(story: Story, proposed: Proposed) -> None:
    """Three members sign their yes."""
    for member in story.with_role(Role.COMMITTEE_MEMBER)[:3]:
        story.wait(minutes=20)
        actor = member.actor()
        version = reading().get_one(AllocationVersion, (proposed.allocation_id, proposed.version))
        signing = signing_key(reading(), actor=actor, password=member.password)
        order = VoteOrder(
            allocation_id=version.allocation_id,
            version=version.version,
            content_root=version.content_root,
            choice=Choice.YES,
        )
        perform(key(), cast_vote, actor=actor, now=story.now, order=order, signing=signing)


def _deliver(story: Story, bought: Proposed, club: Point, library: Point) -> None:
    """The invoice is paid, both points take in what came, kits are packed and some carried on."""
    bank = reading().scalars(select(BankAccount.id).where(BankAccount.code == "main")).one()
    today, lines = story.now.today, _lines(bought)
    invoice = InvoiceOrder(
        allocation_id=bought.allocation_id,
        number="2026/418",
        dated=today,
        amount=Money(sum(line.amount_minor for line in lines) - 14_000 * TENGE, "KZT"),
        bank_id=bank,
        value_on=today,
    )
    perform(key(), pay_invoice, actor=story.the(Role.TREASURER).actor(), now=story.now, order=invoice)
    for point in (club, library):
        came = []
        for line in lines:
            if line.point_id == point.id:
                item = Item.from_plain(line.items[0])
                short = item.good == "boots:36"
                came.append(Came(line.id, item.quantity - short, Fault.SHORT if short else None))
        order = DeliveryOrder(allocation_id=bought.allocation_id, point_id=point.id, lines=tuple(came))
        perform(key(), take_in, actor=_distributor(story, point).actor(), now=story.now, order=order)
    coordinator = story.the(Role.COORDINATOR).actor()
    perform(key(), close_purchase, actor=coordinator, now=story.now, allocation_id=bought.allocation_id)
    story.wait(hours=3)
    packer = _distributor(story, club).actor()
    perform(key(), pack, actor=packer, now=story.now, point_id=club.id, kits=Item("school-bag", BAGS))
    for_library = (Item("school-bag", TO_CARRY), Item("workbook:1", FIRST_GRADE))
    carried = CarryOrder(from_id=club.id, to_id=library.id, items=for_library)
    perform(key(), carry, actor=coordinator, now=story.now, order=carried)


def _send(story: Story, cash: Proposed) -> None:
    """One point has counted all of it, the other not all yet."""
    bank = reading().scalars(select(BankAccount.id).where(BankAccount.code == "main")).one()
    treasurer, lines = story.the(Role.TREASURER).actor(), _lines(cash)
    for line in lines:
        sending = SendOrder(line_id=line.id, bank_id=bank, value_on=story.now.today)
        perform(key(), send_cash, actor=treasurer, now=story.now, order=sending)
    story.wait(hours=4)
    for line, missing in zip(lines, (0, 50_000 * TENGE), strict=True):
        arrival = ArrivalOrder(
            line_id=line.id,
            minor=line.amount_minor - missing,
            fault=CashFault.LATER if missing else None,
        )
        point = reading().get_one(Point, line.point_id)
        perform(key(), count_arrival, actor=_distributor(story, point).actor(), now=story.now, order=arrival)


def _kits(story: Story, coordinator: User, purposes: Mapping[str, UUID]) -> Proposed:
    """A round in kind: a school bag for each pupil, a workbook by grade for the first."""
    gifts = (
        Gift("school-bag", 1, Per.CHILD, grades=Span(1, 11)),
        Gift("workbook", 1, Per.CHILD, grades=Span(1, 1), variant=Variant.GRADE),
    )
    order = ProgrammeOrder(
        titles={"kk": "Мектеп сөмкелері", "ru": "Школьные рюкзаки", "en": "School bags"},
        purpose_id=purposes["school"],
        rule=ProgrammeRule("KZT", frozenset(), 0, 0, 0, (), None, goods=gifts),
        valid_days=30,
        grace_days=7,
        in_parts=True,
    )
    actor = coordinator.actor()
    written = perform(key(), write_programme, actor=actor, now=story.now, order=order)
    proposed: Proposed = perform(key(), propose, actor=actor, now=story.now, programme_id=written.programme_id)
    story.say("A round of school bags and workbooks in kind")
    _carried(story, proposed)
    return proposed


def _collect_all(
    story: Story, allocation_id: UUID, *, name: str, every: int = 1
) -> Mapping[UUID, Sequence[PrintedPaper]]:
    """Its vouchers are printed for each point, and some families collect. Returns the papers of the others."""
    left = {}
    for point in reading().scalars(select(Point).order_by(Point.code)).all():
        mine = AllocationLine.point_id == point.id
        lines = select(AllocationLine.id).where(AllocationLine.allocation_id == allocation_id, mine)
        if reading().scalars(lines.limit(1)).one_or_none() is None:
            continue
        printed = story.print_vouchers(f"vouchers-{name}-{point.code}.pdf", allocation_id, point)
        assert printed.papers is not None, "these were printed just now"
        _hand_out(story, point, printed.papers[::every])
        left[point.id] = [paper for n, paper in enumerate(printed.papers) if n % every]
    return left


def _hand_out(story: Story, point: Point, papers: Sequence[PrintedPaper], *, part: Part | None = None) -> None:
    actor = _distributor(story, point).actor()
    for paper in papers:
        story.wait(minutes=3)
        order = CollectionOrder(point.id, paper.digits, 0, part=part)
        outcome = perform(key(), collect, actor=actor, now=story.now, order=order)
        assert isinstance(outcome, Collected), outcome


def _hand_out_a_part(story: Story, point: Point, papers: Sequence[PrintedPaper]) -> None:
    """A family with several pupils takes one bag now, and comes again for what is left."""
    story.say("A voucher of which a part is collected")
    some = papers[len(papers) // 2 :]  # neither the first, which is tried out, nor the last, whose family leaves
    several = next(paper for paper in some if sum(good.quantity for good in paper.goods) > 1)
    _hand_out(story, point, [several], part=Part(False, (Item("school-bag", 1),)))


def _count(story: Story, point: Point) -> None:
    """A point counts its stock: what is missing, and what is damaged, waits for a second person."""
    actor = _distributor(story, point).actor()
    found = (Counted("pen", 38, Difference.MISCOUNTED), Counted("bag", 11, Difference.NOT_WRITTEN_DOWN))
    perform(key(), count, actor=actor, now=story.now, order=CountOrder(point_id=point.id, lines=found))
    loss = LossOrder(point_id=point.id, item=Item("notebook", 4), why=Difference.DAMAGED)
    perform(key(), ask_to_write_off, actor=actor, now=story.now, order=loss)


def _lines(proposed: Proposed) -> Sequence[AllocationLine]:
    wanted = (AllocationLine.allocation_id == proposed.allocation_id) & (AllocationLine.version == proposed.version)
    return reading().scalars(select(AllocationLine).where(wanted).order_by(AllocationLine.n)).all()


def _distributor(story: Story, point: Point) -> User:
    """Who hands out at a point."""
    return next(user for user in story.with_role(Role.DISTRIBUTOR) if point.id in user.actor().points)
