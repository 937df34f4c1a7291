"""Vouchers: what waits for the printer, the sheets, and the list of what was printed."""

from typing import TypedDict
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._paging import LARGEST, moment, place
from aid.blueprints._refusals import blamed_on
from aid.documents.vouchers import voucher_sheets
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.vouchers import ReprintForm, ReprintOneForm
from aid.perform import perform
from aid.queries import histories, piles
from aid.queries import vouchers as queries
from aid.security import allow, current_actor
from aid.services.vouchers.expiry import return_expired
from aid.services.vouchers.printing import Printed, print_vouchers, reprint_vouchers

bp = Blueprint("vouchers", __name__, url_prefix="/vouchers")


class _Pile(TypedDict):
    """Which allocation's vouchers, and for which point."""

    allocation_id: UUID
    point_id: UUID


@bp.get("/")
@allow(Permission.SEE_VOUCHERS)
def index() -> ResponseReturnValue:
    """Carried allocations by point: resting, to print, printed."""
    before = request.args.get("before", type=place)
    found = piles.piles(reading(), actor=current_actor(), now=now().instant, before=before)
    return render_template("vouchers/index.html", piles=found, may_print=_may_print())


@bp.get("/<uuid:allocation_id>")
@allow(Permission.SEE_VOUCHERS)
def of_allocation(allocation_id: UUID) -> ResponseReturnValue:
    """The vouchers of one allocation, and its press runs."""
    after = request.args.get("after", default=0, type=place)
    listed = queries.voucher_list(reading(), actor=current_actor(), allocation_id=allocation_id, after=after)
    if listed is None:
        abort(404)
    batches = queries.batches(reading(), actor=current_actor(), allocation_id=allocation_id)
    lapsed = queries.lapsed(reading(), actor=current_actor(), allocation_id=allocation_id, today=now().today)
    return render_template(
        "vouchers/list.html",
        listed=listed,
        batches=batches,
        lapsed=lapsed,
        allocation_id=allocation_id,
        may_print=_may_print(),
    )


@bp.get("/no/<int:serial>")
@allow(Permission.SEE_VOUCHERS)
def one(serial: int) -> ResponseReturnValue:
    """One voucher by the number on its paper, and what happened to it."""
    found = queries.voucher(reading(), actor=current_actor(), serial=serial) if serial <= LARGEST else None
    if found is None:
        abort(404)
    before, actor = request.args.get("told", type=moment), current_actor()
    told = histories.of_voucher(reading(), actor=actor, now=now(), voucher_id=found.id, before=before)
    allocation_id = found.allocation_id
    return render_template(
        "vouchers/show.html", voucher=found.row, allocation_id=allocation_id, told=told, may_print=_may_print()
    )


@bp.post("/<uuid:allocation_id>/expired")
@allow(Permission.PRINT_VOUCHERS)
def give_back(allocation_id: UUID) -> ResponseReturnValue:
    """Close what expired, so that its money is available again."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    returned = perform(form.idempotency_key, return_expired, actor=current_actor(), allocation_id=allocation_id)
    flash(say(_("%(amount)s is available again for its purpose.", amount=returned.amount)), "success")
    return redirect(url_for(".of_allocation", allocation_id=allocation_id))


@bp.route("/<uuid:allocation_id>/at/<uuid:point_id>/print", methods=["GET", "POST"])
@allow(Permission.PRINT_VOUCHERS)
def print_pile(allocation_id: UUID, point_id: UUID) -> ResponseReturnValue:
    """Print an allocation's vouchers for one point, once."""
    form, what = KomekForm(), _Pile(allocation_id=allocation_id, point_id=point_id)
    if form.validate_on_submit():
        with blamed_on(form):
            printed = perform(form.idempotency_key, print_vouchers, actor=current_actor(), **what)
            return _sheets(printed)
    pile = piles.pile(reading(), actor=current_actor(), now=now().instant, **what)
    if pile is None:
        abort(404)
    return render_template("vouchers/print.html", form=form, pile=pile), 409 if form.errors else 200


@bp.route("/reprint", methods=["GET", "POST"])
@allow(Permission.PRINT_VOUCHERS)
def reprint() -> ResponseReturnValue:
    """Print one voucher again, by the number on its stub."""
    form = ReprintOneForm(serial=request.args.get("serial", type=place))
    if form.validate_on_submit():
        with blamed_on(form):
            printed = perform(form.idempotency_key, reprint_vouchers, actor=current_actor(), order=form.order())
            return _sheets(printed)
    return render_template("vouchers/reprint.html", form=form), 409 if form.errors else 200


@bp.route("/batches/<uuid:batch_id>/reprint", methods=["GET", "POST"])
@allow(Permission.PRINT_VOUCHERS)
def reprint_batch(batch_id: UUID) -> ResponseReturnValue:
    """Print what is still good of a batch again."""
    batch = queries.batch(reading(), actor=current_actor(), batch_id=batch_id)
    if batch is None:
        abort(404)
    form = ReprintForm()
    if form.validate_on_submit():
        with blamed_on(form):
            order = form.order_for(batch_id)
            return _sheets(perform(form.idempotency_key, reprint_vouchers, actor=current_actor(), order=order))
    return render_template("vouchers/reprint_batch.html", form=form, batch=batch), 409 if form.errors else 200


@bp.get("/batches/<uuid:batch_id>")
@allow(Permission.SEE_VOUCHERS)
def made(batch_id: UUID) -> ResponseReturnValue:
    """A batch whose sheets were sent already: the digits are not kept, so what is lost is printed anew."""
    batch = queries.batch(reading(), actor=current_actor(), batch_id=batch_id)
    if batch is None:
        abort(404)
    return render_template("vouchers/made.html", batch=batch, may_print=_may_print())


def _sheets(printed: Printed) -> ResponseReturnValue:
    """The sheets as PDF, straight from memory; under a name that says nothing. A repeated request gets no digits."""
    if printed.papers is None:
        return redirect(url_for(".made", batch_id=printed.batch_id))
    pdf = voucher_sheets(printed.papers)
    name = f'inline; filename="sheets-{printed.number}.pdf"'
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": name})


def _may_print() -> bool:
    return current_actor().may(Permission.PRINT_VOUCHERS)
