"""Vouchers: what waits for the printer, the sheets, and the list of what was printed."""

from dataclasses import replace
from typing import TypedDict
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._files import shown_file
from aid.blueprints._paging import LARGEST, moment, place
from aid.blueprints._refusals import blamed_on
from aid.documents.keeping import kept_forms
from aid.documents.vouchers.fitting import check_fits
from aid.documents.vouchers.sheets import voucher_sheets
from aid.domain.papers import PaperStyle, VoucherFormat
from aid.domain.permissions import Permission
from aid.domain.words import _, n_
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.paper_trail import SpoiledForm
from aid.forms.vouchers import PrintForm, ReprintForm, ReprintOneForm
from aid.perform import perform
from aid.queries import histories, paper_trail, papers, piles
from aid.queries import vouchers as queries
from aid.security import allow, current_actor
from aid.services.vouchers.ends import print_spoiled, spoil
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
    may_set_look = current_actor().may(Permission.SET_LOOK)
    return render_template("vouchers/index.html", piles=found, may_print=_may_print(), may_set_look=may_set_look)


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
    assert returned.amount is not None, "something expired"
    flash(say(_("%(amount)s is available again for its purpose.", amount=returned.amount)), "success")
    return redirect(url_for(".of_allocation", allocation_id=allocation_id))


@bp.route("/<uuid:allocation_id>/at/<uuid:point_id>/print", methods=["GET", "POST"])
@allow(Permission.PRINT_VOUCHERS)
def print_pile(allocation_id: UUID, point_id: UUID) -> ResponseReturnValue:
    """Print an allocation's vouchers for one point, once."""
    look, what = papers.style(reading()), _Pile(allocation_id=allocation_id, point_id=point_id)
    form = PrintForm(format=look.format)
    if form.validate_on_submit():
        with blamed_on(form):
            style = _style(form.format.data, look)
            printed = perform(form.idempotency_key, print_vouchers, actor=current_actor(), format=style.format, **what)
            return _sheets(printed, style)
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
            style = _style(form.chosen() or queries.format_of(reading(), actor=current_actor(), serial=form.number))
            order = form.order(style.format)
            return _sheets(perform(form.idempotency_key, reprint_vouchers, actor=current_actor(), order=order), style)
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
            style = _style(form.chosen() or batch.format)
            order = form.order_for(batch_id, style.format)
            return _sheets(perform(form.idempotency_key, reprint_vouchers, actor=current_actor(), order=order), style)
    return render_template("vouchers/reprint_batch.html", form=form, batch=batch), 409 if form.errors else 200


@bp.get("/batches/<uuid:batch_id>")
@allow(Permission.SEE_VOUCHERS)
def made(batch_id: UUID) -> ResponseReturnValue:
    """A batch: what became of its papers. The digits are not kept, so what is lost is printed anew."""
    found = paper_trail.batch_page(reading(), actor=current_actor(), batch_id=batch_id)
    if found is None:
        abort(404)
    return render_template("vouchers/made.html", batch=found.row, page=found, may_print=_may_print())


@bp.route("/batches/<uuid:batch_id>/spoiled", methods=["GET", "POST"])
@allow(Permission.PRINT_VOUCHERS)
def spoiled(batch_id: UUID) -> ResponseReturnValue:
    """Write down spoiled papers by their numbers, and print them anew in the same step."""
    found = paper_trail.batch_page(reading(), actor=current_actor(), batch_id=batch_id)
    if found is None:
        abort(404)
    form = SpoiledForm()
    if form.validate_on_submit():
        with blamed_on(form):
            order = form.order(batch_id)
            if request.form.get("anew"):
                style = _style(found.row.format)
                anew = replace(order, format=style.format)
                return _sheets(perform(form.idempotency_key, print_spoiled, actor=current_actor(), order=anew), style)
            ended = perform(form.idempotency_key, spoil, actor=current_actor(), order=order)
            told = n_(
                "Written down: %(num)s paper is worth nothing any more.",
                "Written down: %(num)s papers are worth nothing any more.",
                ended.papers,
            )
            flash(say(told), "success")
            return redirect(url_for(".made", batch_id=batch_id))
    return render_template("vouchers/spoiled.html", form=form, batch=found.row), 409 if form.errors else 200


def _style(format_: VoucherFormat | None, look: PaperStyle | None = None) -> PaperStyle:
    """The fund's look on this paper, or on its usual one. Raises RuleBroken where its words have no room there."""
    look = look or papers.style(reading())
    style = replace(look, format=format_ or look.format)
    if style != look:
        check_fits(style, kept=kept_forms(), field="format")
    return style


def _sheets(printed: Printed, style: PaperStyle) -> ResponseReturnValue:
    """The sheets as PDF, sent as they are made and kept nowhere; a repeated request gets no digits."""
    if printed.papers is None:
        return redirect(url_for(".made", batch_id=printed.batch_id))
    pdf = voucher_sheets(printed.papers, style=style, kept=kept_forms())
    return shown_file(pdf, f"sheets-{printed.number}.pdf")


def _may_print() -> bool:
    return current_actor().may(Permission.PRINT_VOUCHERS)
