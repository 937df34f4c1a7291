"""A shop's invoice is taken in: matched against what was collected there, and kept with all its differences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.points import PointKind
from aid.domain.refusals import Refusals, RuleBroken
from aid.domain.remittances import check_day
from aid.domain.shops import Claim, Due, Matched, matched, matched_whole
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.collections import Collection
from aid.models.fund import Point
from aid.models.shops import ShopInvoice, ShopInvoiceDifference, ShopInvoiceLine
from aid.services import audit, counters
from aid.services.shops.opening import agreement_of
from aid.services.shops.owed import dues, why_not_owed
from aid.vault.actor import Actor

NUMBER_AT_MOST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopInvoiceOrder:
    """A shop's invoice as it stands on paper, with the shop's own list of vouchers where it sent one."""

    point_id: UUID
    their_number: str
    dated: date
    up_to: date
    amount: Money
    claims: tuple[Claim, ...] | None = None
    seen: int | None = None  # what was accepted of it when it was checked, in minor units


@dataclass(frozen=True, slots=True)
class TakenIn:
    """An invoice is kept, and so much of it is accepted."""

    invoice_id: UUID
    number: int
    accepted: Money


def match_invoice(session: Session, *, actor: Actor, now: Instant, order: ShopInvoiceOrder) -> Matched:
    """What an invoice would come to now. Raises RuleBroken beside its field."""
    actor.must(Permission.PAY_OUT)
    agreement = agreement_of(session, order.point_id)
    if agreement is None:
        raise RuleBroken(_("There is no such shop."))
    if order.amount.currency != agreement.currency:
        raise RuleBroken(_("This shop is paid in %(currency)s.", currency=agreement.currency), "amount")
    _check(session, order, now=now)
    given = dues(session, point_id=order.point_id, currency=agreement.currency, up_to=order.up_to, now=now)
    if order.claims is None:
        whole = matched_whole(order.amount.minor, given)
        if whole is None:
            owed = Money(sum(due.minor for due in given), agreement.currency)
            raise RuleBroken(
                _(
                    "Up to this day %(owed)s was collected there and is on no invoice. For less, the shop’s own list "
                    "of vouchers is needed: ask for it.",
                    owed=owed,
                ),
                "amount",
            )
        return whole
    why = why_not_owed(session, point_id=order.point_id, serials={claim.serial for claim in order.claims})
    return matched(order.claims, given, why=why)


def take_invoice(session: Session, *, actor: Actor, now: Instant, order: ShopInvoiceOrder) -> TakenIn:
    """Keep an invoice: what agrees is owed for it and for nothing else, what does not stands with its reason.

    Raises RuleBroken beside its field.
    """
    actor.must(Permission.PAY_OUT)
    assert actor.person_id is not None, "a person takes an invoice"
    shop = session.scalar(select(Point).where(Point.id == order.point_id).with_for_update())  # one invoice at a time
    if shop is None or shop.kind is not PointKind.SHOP:
        raise RuleBroken(_("There is no such shop."))
    found = match_invoice(session, actor=actor, now=now, order=order)
    if order.seen is not None and order.seen != found.accepted:
        raise RuleBroken(_("Something else agrees than when you looked. Check it once more."))
    refuse_own(session, actor=actor, collection_ids=[due.id for due in found.lines])
    invoice = ShopInvoice(
        id=new_id(),
        point_id=order.point_id,
        number=counters.take(session, "shop_invoice"),
        their_number=order.their_number.strip(),
        dated=order.dated,
        up_to=order.up_to,
        claimed_minor=order.amount.minor,
        accepted_minor=found.accepted,
        currency=order.amount.currency,
        has_list=order.claims is not None,
        written_by_id=actor.person_id,
        written_at=now.instant,
    )
    session.add(invoice)
    session.flush()
    rows = _rows(invoice.id, found)
    session.add_all(rows)
    audit.say(session, "shop.invoiced", subject=invoice.id, made=[invoice, *rows])
    return TakenIn(invoice.id, invoice.number, Money(found.accepted, order.amount.currency))


def refuse_own(session: Session, *, actor: Actor, collection_ids: Sequence[UUID]) -> None:
    """Raise RuleBroken where this person handed out what is to be paid."""
    for start in range(0, len(collection_ids), 500):
        some = collection_ids[start : start + 500]
        own = select(Collection.id).where(Collection.id.in_(some), Collection.handed_by_id == actor.person_id)
        if session.scalar(own.limit(1)) is not None:
            raise RuleBroken(_("You handed out some of this at the shop yourself. Another treasurer does it."))


def _rows(invoice_id: UUID, found: Matched) -> list[Permanent]:
    lines = [_line(invoice_id, n, due) for n, due in enumerate(found.lines, 1)]
    differences = [
        ShopInvoiceDifference(
            invoice_id=invoice_id,
            n=n,
            reason=each.reason,
            serial=each.serial,
            claimed_minor=each.claimed,
            ours_minor=each.ours,
        )
        for n, each in enumerate(found.differences, 1)
    ]
    return [*lines, *differences]


def _line(invoice_id: UUID, n: int, due: Due) -> ShopInvoiceLine:
    return ShopInvoiceLine(
        invoice_id=invoice_id,
        n=n,
        collection_id=None if due.is_loss else due.id,
        late_line_id=due.id if due.is_loss else None,
        amount_minor=due.minor,
    )


def _check(session: Session, order: ShopInvoiceOrder, *, now: Instant) -> None:
    """Raise RuleBroken beside each field that can't be an invoice's."""
    refusals = Refusals()
    with refusals:
        _check_number(session, order)
    with refusals:
        check_day(order.dated, field="dated", today=now.today)
    with refusals:
        _check_up_to(order.up_to, today=now.today)
    with refusals:
        _check_amount(order)
    refusals.tell()


def _check_up_to(day: date, *, today: date) -> None:
    if day > today:
        raise RuleBroken(_("What is still to be collected can’t be invoiced: choose today or an earlier day."), "up_to")
    check_day(day, field="up_to", today=today)


def _check_amount(order: ShopInvoiceOrder) -> None:
    """Raise RuleBroken beside the amount, where it is none or not what the shop's own list comes to."""
    if order.amount.minor <= 0:
        raise RuleBroken(_("Write an amount above zero."), "amount")
    listed = sum(claim.minor for claim in order.claims or ())
    if order.claims is not None and listed != order.amount.minor:
        raise RuleBroken(
            _(
                "The list comes to %(listed)s. Correct what was typed, or ask the shop for an invoice that agrees with "
                "its own list.",
                listed=Money(listed, order.amount.currency),
            ),
            "amount",
        )


def _check_number(session: Session, order: ShopInvoiceOrder) -> None:
    """Raise RuleBroken beside the shop's own number, where it is none or is here already."""
    number = order.their_number.strip()
    if not number:
        raise RuleBroken(_("Write the invoice’s number as it stands on it."), "number")
    if len(number) > NUMBER_AT_MOST:
        raise RuleBroken(
            _("Write the number in %(most)s characters or fewer: its end, if need be.", most=NUMBER_AT_MOST), "number"
        )
    twin = (ShopInvoice.point_id == order.point_id, ShopInvoice.their_number == number, ~ShopInvoice.withdrawn)
    if session.scalar(select(ShopInvoice.number).where(*twin)) is not None:
        raise RuleBroken(_("This invoice of the shop is here already."), "number")
