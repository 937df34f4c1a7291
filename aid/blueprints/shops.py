"""Shops that take vouchers: opened, looked at; their invoices taken in, agreed to, paid, and answered on paper."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._files import shown_file
from aid.blueprints._frame import fund_of
from aid.blueprints._paging import day_of
from aid.blueprints._refusals import blamed_on
from aid.documents.amounts import in_words
from aid.documents.shops import invoice_letter_pdf, shop_statement_pdf
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.months import Month
from aid.domain.permissions import Permission
from aid.domain.shop_invoices import InvoiceState
from aid.domain.words import Message, _
from aid.extensions import now, reading
from aid.formats import language, say
from aid.forms.base import KomekForm
from aid.forms.checked import CheckedForm
from aid.forms.ledger import PeriodForm
from aid.forms.shops import AgreedForm, ShopForm, ShopInvoiceForm, ShopPayForm, WithdrawForm
from aid.perform import look, perform
from aid.queries import banks
from aid.queries.shops import invoices, standing
from aid.security import allow, current_actor
from aid.services.shops.answering import approve_invoice, withdraw_invoice
from aid.services.shops.invoicing import match_invoice, take_invoice
from aid.services.shops.opening import change_agreement, check_shop, open_shop
from aid.services.shops.paying import check_pay, pay_shop

bp = Blueprint("shops", __name__, url_prefix="/shops")


@bp.get("/")
@allow(Permission.SEE_MONEY)
def index() -> ResponseReturnValue:
    """Every shop: what waits there, and what it is owed."""
    rows = standing.shops(reading(), actor=current_actor())
    return render_template("shops/index.html", shops=rows, now=now(), may=current_actor().may)


@bp.get("/<uuid:point_id>")
@allow(Permission.SEE_MONEY)
def show(point_id: UUID) -> ResponseReturnValue:
    """One shop."""
    month = Month.of(now().today)
    form = PeriodForm(formdata=None, data={"first": month.first, "last": now().today})
    return render_template("shops/show.html", page=_shop(point_id), form=form, now=now(), may=current_actor().may)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.AGREE_WITH_SHOPS)
def new() -> ResponseReturnValue:
    """Agree with a shop: typed, checked, opened."""
    form = ShopForm(choices=standing.to_choose(reading(), actor=current_actor()))

    def book() -> ResponseReturnValue:
        opened = perform(form.idempotency_key, open_shop, actor=current_actor(), order=form.order())
        return _to_shop(
            _("The shop is open. Who stands at its till is given this point as their work, and is then admitted."),
            opened.point_id,
        )

    def check() -> ResponseReturnValue:
        order = form.order()
        check_shop(reading(), actor=current_actor(), order=order)
        return render_template("shops/new_check.html", form=form, order=order)

    page = _steps(form, do=book, check=check)
    return page or (render_template("shops/new.html", form=form), 409 if form.errors else 200)


@bp.route("/<uuid:point_id>/agreement", methods=["GET", "POST"])
@allow(Permission.AGREE_WITH_SHOPS)
def agreement(point_id: UUID) -> ResponseReturnValue:
    """What may be bought there, written anew."""
    page = _shop(point_id)
    choices = standing.to_choose(reading(), actor=current_actor())
    form = AgreedForm(languages=choices.languages, data=AgreedForm.filled(page.agreement))
    if form.validate_on_submit():
        with blamed_on(form):
            perform(
                form.idempotency_key,
                change_agreement,
                actor=current_actor(),
                point_id=point_id,
                version=form.version,
                agreed=form.agreed(),
            )
            return _to_shop(_("The table of this shop reads it from now on."), point_id)
    return render_template("shops/agreement.html", form=form, page=page), 409 if form.errors else 200


# ---------------------------------------------------------------- invoices


@bp.route("/<uuid:point_id>/invoice", methods=["GET", "POST"])
@allow(Permission.PAY_OUT)
def take(point_id: UUID) -> ResponseReturnValue:
    """A shop's invoice: typed, matched and checked, kept."""
    page = _shop(point_id)
    form = ShopInvoiceForm(currency=page.row.currency, data={"dated": now().today})

    def book() -> ResponseReturnValue:
        taken = perform(form.idempotency_key, take_invoice, actor=current_actor(), order=form.order(point_id))
        return _to_invoice(taken.invoice_id, _kept(taken.accepted))

    def check() -> ResponseReturnValue:
        order = form.order(point_id)
        found = look(match_invoice, actor=current_actor(), order=order)
        form.seen.data = str(found.accepted)
        accepted = Money(found.accepted, page.row.currency)
        rows = invoices.difference_rows(found.differences, page.row.currency)
        lately = standing.just_collected(reading(), actor=current_actor(), shop=page.row, now=now())
        sums = {"accepted": accepted, "refused": order.amount - accepted, "lately": lately}
        shown = {"order": order, "found": found, "rows": rows, **sums}
        return render_template("shops/take_check.html", form=form, page=page, spelled=_spelled(accepted), **shown)

    done = _steps(form, do=book, check=check)
    return done or (render_template("shops/take.html", form=form, page=page), 409 if form.errors else 200)


@bp.get("/invoices/<uuid:invoice_id>")
@allow(Permission.SEE_MONEY)
def invoice(invoice_id: UUID) -> ResponseReturnValue:
    """One invoice: what is paid of it, and what is not."""
    return render_template("shops/invoice.html", page=_invoice(invoice_id), may=current_actor().may)


@bp.route("/invoices/<uuid:invoice_id>/agree", methods=["GET", "POST"])
@allow(Permission.CONFIRM_MONEY)
def agree(invoice_id: UUID) -> ResponseReturnValue:
    """Agree, as a second person, that an invoice is paid."""
    page, form = _invoice(invoice_id), KomekForm()
    if page.row.state is not InvoiceState.WAITS:
        return _to_invoice(invoice_id)
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, approve_invoice, actor=current_actor(), invoice_id=invoice_id)
            return _to_invoice(invoice_id, _("You agreed: a treasurer pays it."))
    shown = {"page": page, "spelled": _spelled(page.row.accepted)}
    return render_template("shops/agree.html", form=form, **shown), 409 if form.errors else 200


@bp.route("/invoices/<uuid:invoice_id>/withdraw", methods=["GET", "POST"])
@allow(Permission.CONFIRM_MONEY)
def withdraw(invoice_id: UUID) -> ResponseReturnValue:
    """Withdraw an invoice that is not paid, and say why."""
    page, form = _invoice(invoice_id), WithdrawForm()
    if not page.stands:
        return _to_invoice(invoice_id)
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, withdraw_invoice, actor=current_actor(), order=form.order(invoice_id))
            return _to_invoice(invoice_id, _("It is withdrawn. What it was for may be on another invoice."))
    return render_template("shops/withdraw.html", form=form, page=page), 409 if form.errors else 200


@bp.route("/invoices/<uuid:invoice_id>/pay", methods=["GET", "POST"])
@allow(Permission.PAY_OUT)
def pay(invoice_id: UUID) -> ResponseReturnValue:
    """Pay what was accepted of an invoice: from which account, checked, booked."""
    page = _invoice(invoice_id)
    if page.row.state is not InvoiceState.TO_PAY:
        return _to_invoice(invoice_id)
    amount = page.row.accepted
    accounts = banks.bank_accounts(reading(), actor=current_actor())
    form = ShopPayForm(banks=accounts, currency=amount.currency, data={"value_on": now().today})

    def book() -> ResponseReturnValue:
        perform(form.idempotency_key, pay_shop, actor=current_actor(), order=form.order(invoice_id))
        return _to_invoice(invoice_id, _("The payment is booked."))

    def check() -> ResponseReturnValue:
        look(check_pay, actor=current_actor(), order=form.order(invoice_id))
        return render_template("shops/pay_check.html", form=form, page=page, spelled=_spelled(amount))

    done = _steps(form, do=book, check=check)
    shown = {"page": page, "spelled": _spelled(amount)}
    return done or (render_template("shops/pay.html", form=form, **shown), 409 if form.errors else 200)


@bp.get("/invoices/<uuid:invoice_id>.pdf")
@allow(Permission.SEE_MONEY)
def letter(invoice_id: UUID) -> ResponseReturnValue:
    """What became of an invoice, on paper for the shop."""
    page = _invoice(invoice_id)
    pdf = invoice_letter_pdf(page, face=fund_of(), made_at=now().instant, language=Language(language()))
    return shown_file(pdf, f"invoice-{page.row.number}.pdf")


@bp.get("/<uuid:point_id>/statement.pdf")
@allow(Permission.SEE_MONEY)
def statement(point_id: UUID) -> ResponseReturnValue:
    """What a shop gave over some days, on paper for the shop."""
    shop, month = _shop(point_id).row, Month.of(now().today)
    first = request.args.get("first", month.first, type=day_of)
    last = request.args.get("last", max(now().today, first), type=day_of)
    if last < first:
        abort(404)
    period = PeriodForm(formdata=None, data={"first": first, "last": last}).period
    found = invoices.statement(reading(), actor=current_actor(), shop=shop, period=period)
    pdf = shop_statement_pdf(found, face=fund_of(), made_at=now().instant, language=Language(language()))
    return shown_file(pdf, f"{shop.code}-{first}-{last}.pdf")


# ---------------------------------------------------------------- what they share


def _steps(
    form: CheckedForm, *, do: Callable[[], ResponseReturnValue], check: Callable[[], ResponseReturnValue]
) -> ResponseReturnValue | None:
    """Book or check what was typed; nothing where it is to be typed, or mended."""
    if form.validate_on_submit() and form.step != "change":
        with blamed_on(form):
            return do() if form.step == "book" else check()
    return None


def _shop(point_id: UUID) -> standing.ShopPage:
    found = standing.shop(reading(), actor=current_actor(), point_id=point_id)
    if found is None:
        abort(404)
    return found


def _invoice(invoice_id: UUID) -> invoices.InvoicePage:
    found = invoices.invoice(reading(), actor=current_actor(), invoice_id=invoice_id)
    if found is None:
        abort(404)
    return found


def _kept(accepted: Money) -> Message:
    if not accepted.minor:
        return _("The invoice is kept. Nothing of it is paid: the letter tells the shop why.")
    return _(
        "The invoice is kept. A second person now compares it with the paper; then %(money)s is paid.", money=accepted
    )


def _spelled(amount: Money) -> str:
    return in_words(amount, Language(language())) if amount.minor else ""


def _to_shop(message: Message, point_id: UUID) -> ResponseReturnValue:
    flash(say(message), "success")
    return redirect(url_for(".show", point_id=point_id))


def _to_invoice(invoice_id: UUID, message: Message | None = None) -> ResponseReturnValue:
    if message is not None:
        flash(say(message), "success")
    return redirect(url_for(".invoice", invoice_id=invoice_id))
