"""The payments of a batch: looked at together, accepted by one key, and changed one by one."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._line_gifts import gift_form
from aid.blueprints._may import may
from aid.blueprints._refusals import blamed_on, told_above
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.accepting import PaymentsForm
from aid.perform import perform
from aid.queries import lines
from aid.security import allow, current_actor
from aid.services.lines.ends import EndOrder, end_line

bp = Blueprint("line_payments", __name__, url_prefix="/lines")
bp.context_processor(may)


@bp.route("/<uuid:line_id>/payments", methods=["GET", "POST"])
@allow(Permission.KEEP_ACCOUNTS)
def index(line_id: UUID) -> ResponseReturnValue:
    """Each payment with what it may be; those that are chosen are accepted together."""
    after = request.args.get("after", 0, type=int)
    page, payments = _found(line_id, after)
    form = PaymentsForm()
    if form.validate_on_submit():
        with told_above():
            order = form.order(page.line, payments.rows)
            ended = perform(form.idempotency_key, end_line, actor=current_actor(), order=order)
            count = len(order.parts)
            said = _("Line %(number)s: payments explained: %(count)s.", number=ended.number, count=count)
            flash(say(said), "success")
            return _onward(line_id, after)
    return render_template("lines/payments.html", form=form, page=page, payments=payments, after=after)


@bp.route("/<uuid:line_id>/payments/<int:n>", methods=["GET", "POST"])
@allow(Permission.KEEP_ACCOUNTS)
def one(line_id: UUID, n: int) -> ResponseReturnValue:
    """One payment of a batch is a donation of somebody else than it seems, or for something else."""
    page, payments = _found(line_id, max(n - 1, 0))
    row = next((row for row in payments.rows if row.n == n), None)
    if row is None:
        abort(404)
    sought = request.form.get("q", "").strip()
    form = gift_form(row.offers, row.payment, row.amount, currency=page.line.still.currency, sought=sought)
    if "search" not in request.form and form.validate_on_submit():
        with blamed_on(form):
            asked = form.order(line_id)
            assert isinstance(asked, EndOrder), "a gift ends a line"
            order = replace(asked, parts=tuple(replace(part, payment=n) for part in asked.parts))
            perform(form.idempotency_key, end_line, actor=current_actor(), order=order)
            flash(say(_("Payment %(number)s is explained.", number=n)), "success")
            begins = (n - 1) // lines.PAYMENTS * lines.PAYMENTS  # of the page on which it stands
            return redirect(url_for(".index", line_id=line_id, after=begins, _anchor=f"payment-{n}"))
    return render_template(
        "lines/payment.html", form=form, page=page, row=row, sought=sought, found=len(form.donor.choices) - 1
    )


def _found(line_id: UUID, after: int) -> tuple[lines.LinePage, lines.PaymentPage]:
    page = lines.line_page(reading(), actor=current_actor(), now=now(), line_id=line_id)
    payments = lines.payments_of(reading(), actor=current_actor(), page=page, after=max(after, 0)) if page else None
    if page is None or payments is None:
        abort(404)
    return page, payments


def _onward(line_id: UUID, after: int) -> ResponseReturnValue:
    """The next payments, or the line where none is left."""
    page, payments = _found(line_id, after)
    if payments.after is not None:
        return redirect(url_for(".index", line_id=line_id, after=payments.after))
    if page.line.still.minor:
        return redirect(url_for("lines.show", line_id=line_id))
    return redirect(url_for("lines.account", bank_id=page.bank_id, at=page.line.number))
