"""What follows decisions that make no vouchers: invoices, deliveries, and cash on its way to points."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._paging import place
from aid.blueprints._refusals import blamed_on
from aid.documents.amounts import in_words
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.purchases import CASH_FAULT_TITLES, FAULT_TITLES, why_not_arrived
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _
from aid.extensions import now, reading
from aid.formats import language, say
from aid.forms.base import KomekForm
from aid.forms.checked import CheckedForm
from aid.forms.spending import ArrivalForm, DeliveryForm, FromBankForm, InvoiceForm
from aid.perform import look, perform
from aid.queries import banks, cash, spending
from aid.security import allow, current_actor
from aid.services.cash import check_send, count_arrival, send_cash
from aid.services.purchases import supplier_of
from aid.services.stock.deliveries import close_purchase, pay_invoice, take_in

bp = Blueprint("deliveries", __name__, url_prefix="/deliveries")


@bp.get("/")
@allow(Permission.SEE_STOCK)
def index() -> ResponseReturnValue:
    """Purchases and cash that the committee carried, and how far they are."""
    actor, before = current_actor(), request.args.get("before", type=place)
    found = spending.purchases(reading(), actor=actor, now=now().instant, before=before)
    sums = cash.cash(reading(), actor=actor, now=now().instant) if before is None else ()
    more = found[-1].number if len(found) == spending.PAGE else None
    return render_template("deliveries/index.html", purchases=found, cash=sums, more=more, before=before, actor=actor)


@bp.get("/purchases/<uuid:allocation_id>")
@allow(Permission.SEE_STOCK)
def purchase(allocation_id: UUID) -> ResponseReturnValue:
    """One purchase: what was ordered, paid and delivered."""
    found = _purchase(allocation_id)
    actor = current_actor()
    supplier = look(supplier_of, actor=actor, allocation_id=allocation_id) if actor.may(Permission.PAY_OUT) else None
    return render_template("deliveries/purchase.html", purchase=found, supplier=supplier, actor=actor)


@bp.route("/purchases/<uuid:allocation_id>/invoice", methods=["GET", "POST"])
@allow(Permission.PAY_OUT)
def invoice(allocation_id: UUID) -> ResponseReturnValue:
    """Take an invoice and pay it: typed, checked, paid."""
    found = _purchase(allocation_id)
    form = InvoiceForm(**_from_bank(found.carried.currency))

    def pay() -> ResponseReturnValue:
        perform(form.idempotency_key, pay_invoice, actor=current_actor(), order=form.order(allocation_id))
        return _to_purchase(_("The invoice is paid."), allocation_id)

    def check() -> ResponseReturnValue:
        order = form.order(allocation_id)
        if order.amount > found.left:
            raise RuleBroken(_("Only %(left)s is left of what was carried.", left=found.left), "amount")
        spelled = in_words(order.amount, Language(language()))
        return render_template(
            "deliveries/invoice_check.html",
            form=form,
            order=order,
            purchase=found,
            left=found.left - order.amount,
            before_goods=found.invoiced + order.amount > found.worth,
            spelled=spelled,
        )

    page = _steps(form, do=pay, check=check)
    return page or (
        render_template("deliveries/invoice.html", form=form, purchase=found),
        409 if form.errors else 200,
    )


@bp.route("/purchases/<uuid:allocation_id>/take-in/<uuid:point_id>", methods=["GET", "POST"])
@allow(Permission.KEEP_POINT)
def take(allocation_id: UUID, point_id: UUID) -> ResponseReturnValue:
    """A delivery note: what really came to a point."""
    found = _purchase(allocation_id)
    ordered = [line for line in found.lines if line.point_id == point_id]
    if not ordered or not current_actor().may(Permission.KEEP_POINT, point=point_id):
        abort(404)
    form = DeliveryForm(ordered=ordered)

    def book() -> ResponseReturnValue:
        perform(form.idempotency_key, take_in, actor=current_actor(), order=form.order(allocation_id, point_id))
        return _to_purchase(_("The delivery is in the stock of the point."), allocation_id)

    def check() -> ResponseReturnValue:
        order = form.order(allocation_id, point_id)
        if not order.lines:
            raise RuleBroken(_("Write what came."), "lines")
        rows = {line.line_id: line for line in ordered}
        lines = [(rows[came.line_id], came) for came in order.lines]
        return render_template(
            "deliveries/take_check.html", form=form, purchase=found, lines=lines, faults=FAULT_TITLES
        )

    page = _steps(form, do=book, check=check)
    shown = {"purchase": found, "ordered": form.ordered, "point": ordered[0].point}
    return page or (render_template("deliveries/take.html", form=form, **shown), 409 if form.errors else 200)


@bp.route("/purchases/<uuid:allocation_id>/close", methods=["GET", "POST"])
@allow(Permission.PROPOSE)
def close(allocation_id: UUID) -> ResponseReturnValue:
    """End a purchase; what it did not use is free again."""
    found, form = _purchase(allocation_id), KomekForm()
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, close_purchase, actor=current_actor(), allocation_id=allocation_id)
            return _to_purchase(_("The purchase is closed."), allocation_id)
    return render_template("deliveries/close.html", form=form, purchase=found), 409 if form.errors else 200


# ---------------------------------------------------------------- cash


@bp.route("/cash/<uuid:line_id>/send", methods=["GET", "POST"])
@allow(Permission.PAY_OUT)
def send(line_id: UUID) -> ResponseReturnValue:
    """Send money from a bank account to a point."""
    row = _cash(line_id)
    form = FromBankForm(**_from_bank(row.amount.currency))

    def book() -> ResponseReturnValue:
        perform(form.idempotency_key, send_cash, actor=current_actor(), order=form.sending(line_id))
        return _to_index(_("The money is on its way. The point counts it when it arrives."))

    def check() -> ResponseReturnValue:
        look(check_send, actor=current_actor(), order=form.sending(line_id))
        return render_template("deliveries/send_check.html", form=form, row=row, spelled=_spelled(row.amount))

    page = _steps(form, do=book, check=check)
    return page or (
        render_template("deliveries/send.html", form=form, row=row, spelled=_spelled(row.amount)),
        409 if form.errors else 200,
    )


@bp.route("/cash/<uuid:line_id>/count", methods=["GET", "POST"])
@allow(Permission.KEEP_POINT)
def count(line_id: UUID) -> ResponseReturnValue:
    """Count money that arrived at a point."""
    row = _cash(line_id)
    form = ArrivalForm(row=row)

    def book() -> ResponseReturnValue:
        arrived = perform(form.idempotency_key, count_arrival, actor=current_actor(), order=form.order())
        if arrived.missing.minor:
            return _to_index(_("Counted. Still missing: %(missing)s", missing=arrived.missing), tone="warn")
        return _to_index(_("Counted: all of it is in the cash of the point."))

    def check() -> ResponseReturnValue:
        order = form.order()
        amount = Money(order.minor, row.amount.currency)
        if reason := why_not_arrived(amount, sent=row.amount, earlier=row.arrived, fault=order.fault):
            raise RuleBroken(reason, "fault" if amount <= row.missing else "amount")
        why = CASH_FAULT_TITLES[order.fault] if order.fault else None
        return render_template(
            "deliveries/count_check.html",
            form=form,
            row=row,
            amount=amount,
            missing=row.missing - amount,
            why=why,
            spelled=_spelled(amount),
        )

    page = _steps(form, do=book, check=check)
    return page or (render_template("deliveries/count.html", form=form, row=row), 409 if form.errors else 200)


# ---------------------------------------------------------------- what they share


def _steps(
    form: CheckedForm, *, do: Callable[[], ResponseReturnValue], check: Callable[[], ResponseReturnValue]
) -> ResponseReturnValue | None:
    """Check what was typed, or do it; nothing when the form is to be shown."""
    if form.validate_on_submit() and form.step != "change":
        with blamed_on(form):
            return do() if form.step == "book" else check()
    return None


def _from_bank(currency: str) -> dict[str, Any]:
    today: date = now().today
    accounts = banks.bank_accounts(reading(), actor=current_actor())
    return {"banks": accounts, "currency": currency, "data": {"value_on": today, "dated": today}}


def _purchase(allocation_id: UUID) -> spending.PurchasePage:
    found = spending.purchase(reading(), actor=current_actor(), now=now().instant, allocation_id=allocation_id)
    if found is None:
        abort(404)
    return found


def _cash(line_id: UUID) -> cash.CashRow:
    found = cash.cash(reading(), actor=current_actor(), now=now().instant, line_id=line_id)
    if not found:
        abort(404)
    return found[0]


def _spelled(amount: Money) -> str:
    return in_words(amount, Language(language()))


def _to_purchase(message: Message, allocation_id: UUID) -> ResponseReturnValue:
    flash(say(message), "success")
    return redirect(url_for(".purchase", allocation_id=allocation_id))


def _to_index(message: Message, *, tone: str = "success") -> ResponseReturnValue:
    flash(say(message), tone)
    return redirect(url_for(".index"))
