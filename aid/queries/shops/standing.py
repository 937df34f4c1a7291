"""How the fund and each shop stand: vouchers open there, collected, invoiced, paid, owed. No family is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from aid.domain.clock import Instant
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.points import PointKind
from aid.domain.shop_invoices import (
    INVOICE_STATE_TITLES,
    WITHDRAWN_TITLES,
    InvoiceFacts,
    InvoiceState,
    WithdrawnReason,
)
from aid.domain.shops import INVOICE_WITHIN
from aid.domain.vouchers import OPEN_STATES
from aid.domain.words import Message
from aid.models.collections import Collection
from aid.models.fund import Fund, Locality, Point
from aid.models.late import LateAnswer, LateLine
from aid.models.ledger import Currency
from aid.models.people import Person, PersonPoint
from aid.models.shops import ShopAgreement, ShopInvoice, ShopInvoiceApproval, ShopInvoiceWithdrawal, ShopPayment
from aid.models.vouchers import Voucher
from aid.services.collections.parts import LEFT_MINOR, MINOR
from aid.services.shops.owed import NO_LOSS_INVOICED, NOT_INVOICED, given_at, lost_at, unsettled
from aid.vault.actor import Actor

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sum:
    """So many, and what they come to."""

    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class ShopRow:
    """A shop, and how the fund stands with it."""

    id: UUID
    code: str
    names: Names
    currency: str
    open: Sum  # vouchers that can still be collected there
    collected: Sum  # with what was lost by paper lists
    invoiced: Sum  # invoices, and what was accepted of them
    paid: Sum
    since: datetime | None  # the first collection that is on no invoice

    @property
    def owed(self) -> Money:
        """What it gave and was not paid for."""
        return self.collected.amount - self.paid.amount

    @property
    def not_invoiced(self) -> Money:
        """What of it stands on no invoice yet."""
        return self.collected.amount - self.invoiced.amount

    @property
    def to_pay(self) -> Money:
        """What was accepted and waits for the treasurer."""
        return self.invoiced.amount - self.paid.amount

    def is_late(self, now: Instant) -> bool:
        """Whether the shop waits long with its invoice."""
        return self.since is not None and self.since < now.instant - INVOICE_WITHIN


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice in a list."""

    id: UUID
    number: int
    their_number: str
    dated: date
    up_to: date
    claimed: Money
    accepted: Money
    state: InvoiceState
    paid_on: datetime | None
    withdrawn: Message | None  # why

    @property
    def state_title(self) -> Message:
        """How far it has come, in words."""
        return INVOICE_STATE_TITLES[self.state]

    @property
    def refused(self) -> Money:
        """What is not paid of it."""
        return self.claimed - self.accepted


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """What is agreed with a shop, and since when."""

    version: int
    may_buy: Names
    may_not_buy: Names
    by: str  # a handle
    at: datetime


@dataclass(frozen=True, slots=True)
class ShopPage:
    """One shop."""

    row: ShopRow
    agreement: AgreementPage
    invoices: tuple[InvoiceRow, ...]  # the newest first
    at_the_till: tuple[str, ...]  # handles of who hands out there


@dataclass(frozen=True, slots=True)
class ToChoose:
    """What a new shop can be: its locality, its currency, the languages of its name."""

    localities: tuple[tuple[UUID, Names], ...]
    currencies: tuple[str, ...]  # the fund's own first
    languages: tuple[str, ...]


def shops(session: Session, *, actor: Actor) -> tuple[ShopRow, ...]:
    """Every shop, by code."""
    actor.must(Permission.SEE_MONEY)
    return tuple(_rows(session))


def shop(session: Session, *, actor: Actor, point_id: UUID) -> ShopPage | None:
    """One shop, or nothing where there is none."""
    actor.must(Permission.SEE_MONEY)
    row = next(_rows(session, point_id), None)
    if row is None:
        return None
    agreed = select(ShopAgreement, Person.handle).join(Person, Person.id == ShopAgreement.written_by_id)
    newest = agreed.where(ShopAgreement.point_id == point_id).order_by(ShopAgreement.version.desc()).limit(1)
    found, handle = session.execute(newest).one()
    here = (PersonPoint.person_id == Person.id) & (PersonPoint.point_id == point_id) & PersonPoint.ended_at.is_(None)
    till = session.scalars(select(Person.handle).join(PersonPoint, here).order_by(Person.handle))
    return ShopPage(
        row=row,
        agreement=AgreementPage(found.version, found.may_buy, found.may_not_buy, handle, found.written_at),
        invoices=invoices(session, actor=actor, point_id=point_id),
        at_the_till=tuple(till),
    )


def invoices(session: Session, *, actor: Actor, point_id: UUID) -> tuple[InvoiceRow, ...]:
    """A shop's invoices, the newest first."""
    actor.must(Permission.SEE_MONEY)
    rows = with_fate(select(ShopInvoice, *FATE)).where(ShopInvoice.point_id == point_id)
    return tuple(invoice_row(*row) for row in session.execute(rows.order_by(ShopInvoice.number.desc())))


FATE = (ShopInvoiceApproval.approved_at, ShopPayment.paid_at, ShopInvoiceWithdrawal.reason)
"""What became of an invoice."""


def with_fate(rows: Any) -> Any:
    """Invoices, with what became of each."""
    for table in (ShopInvoiceApproval, ShopPayment, ShopInvoiceWithdrawal):
        rows = rows.outerjoin(table, table.invoice_id == ShopInvoice.id)
    return rows


def invoice_row(
    invoice: ShopInvoice, approved_at: datetime | None, paid_at: datetime | None, withdrawn: WithdrawnReason | None
) -> InvoiceRow:
    """An invoice as it stands in a list."""
    facts = InvoiceFacts(
        accepted=invoice.accepted_minor,
        approved=approved_at is not None,
        paid=paid_at is not None,
        withdrawn=withdrawn is not None,
    )
    return InvoiceRow(
        id=invoice.id,
        number=invoice.number,
        their_number=invoice.their_number,
        dated=invoice.dated,
        up_to=invoice.up_to,
        claimed=Money(invoice.claimed_minor, invoice.currency),
        accepted=Money(invoice.accepted_minor, invoice.currency),
        state=facts.state,
        paid_on=paid_at,
        withdrawn=WITHDRAWN_TITLES[withdrawn] if withdrawn else None,
    )


def just_collected(session: Session, *, actor: Actor, shop: ShopRow, now: Instant) -> Money:
    """What was collected there so lately that it may be undone, and stands on no invoice before that."""
    actor.must(Permission.SEE_MONEY)
    return Money(unsettled(session, point_id=shop.id, currency=shop.currency, now=now), shop.currency)


def to_choose(session: Session, *, actor: Actor) -> ToChoose:
    """What is asked of who opens a shop."""
    actor.must(Permission.AGREE_WITH_SHOPS)
    home, languages = session.execute(select(Fund.currency, Fund.languages)).one()
    others = session.scalars(select(Currency.code).where(Currency.code != home).order_by(Currency.code))
    localities = session.execute(select(Locality.id, Locality.names).order_by(Locality.code))
    return ToChoose(tuple((id_, names) for id_, names in localities), (home, *others), tuple(languages))


def _rows(session: Session, point_id: UUID | None = None) -> Any:
    other = aliased(ShopAgreement)
    newest = select(func.max(other.version)).where(other.point_id == Point.id).scalar_subquery()
    found = (
        select(Point.id, Point.code, Point.names, ShopAgreement.currency)
        .join(ShopAgreement, and_(ShopAgreement.point_id == Point.id, ShopAgreement.version == newest))
        .where(Point.kind == PointKind.SHOP)
        .order_by(Point.code)
    )
    for id_, code, names, currency in session.execute(found.where(Point.id == point_id) if point_id else found).all():
        yield ShopRow(id_, code, names, currency, **_sums(session, id_, currency), since=_since(session, id_, currency))


def _sums(session: Session, point_id: UUID, currency: str) -> dict[str, Sum]:
    """What is open, collected, invoiced and paid, each counted and added up."""
    here = (Voucher.point_id == point_id, Voucher.currency == currency, Voucher.state.in_(OPEN_STATES))
    collected = _sum(session, currency, given_at(point_id, currency, func.count(), _total(MINOR)))
    losses = _sum(session, currency, lost_at(point_id, currency, func.count(), _total(LateAnswer.loss_minor)))
    own = (ShopInvoice.point_id == point_id, ShopInvoice.currency == currency, ~ShopInvoice.withdrawn)
    invoiced = select(func.count(), _total(ShopInvoice.accepted_minor)).select_from(ShopInvoice).where(*own)
    paid = exists().where(ShopPayment.invoice_id == ShopInvoice.id)
    return {
        "open": _sum(session, currency, select(func.count(), _total(LEFT_MINOR)).select_from(Voucher).where(*here)),
        "collected": Sum(collected.count + losses.count, collected.amount + losses.amount),
        "invoiced": _sum(session, currency, invoiced),
        "paid": _sum(session, currency, invoiced.where(paid)),
    }


def _since(session: Session, point_id: UUID, currency: str) -> datetime | None:
    """When the first was collected that is on no invoice."""
    first = given_at(point_id, currency, func.min(Collection.collected_at)).where(NOT_INVOICED)
    lost = lost_at(point_id, currency, func.min(LateLine.handed_at)).where(NO_LOSS_INVOICED)
    return min(filter(None, (session.scalar(first), session.scalar(lost))), default=None)


def _total(of: Any) -> Any:
    return func.coalesce(func.sum(of), 0)


def _sum(session: Session, currency: str, asked: Any) -> Sum:
    count, minor = session.execute(asked).one()
    return Sum(int(count), Money(int(minor), currency))
