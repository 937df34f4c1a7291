"""Control of paper: the print log, a batch that is lost, a voucher that goes elsewhere, and what expired."""

from datetime import date
from typing import TypedDict
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._files import shown_file
from aid.blueprints._frame import fund_of
from aid.blueprints._paging import LARGEST, place
from aid.blueprints._refusals import blamed_on
from aid.documents.paper_trail import print_log_pdf
from aid.domain.languages import Language
from aid.domain.paper_trail import GONE_TITLES, MOVE_TITLES
from aid.domain.permissions import Permission
from aid.domain.words import _, n_
from aid.extensions import now, reading
from aid.formats import language, say
from aid.forms.paper_trail import GoneForm, MoveForm
from aid.perform import perform
from aid.queries import expired as expired_queries
from aid.queries import paper_trail as queries
from aid.queries import vouchers
from aid.security import allow, current_actor
from aid.services.vouchers.ends import Ended, void_batch
from aid.services.vouchers.moving import move_voucher

bp = Blueprint("paper_trail", __name__, url_prefix="/vouchers")


@bp.get("/log")
@allow(Permission.SEE_VOUCHERS)
def log() -> ResponseReturnValue:
    """Who printed which papers, when and why: of the fund, of a point or of an allocation."""
    of = _of()
    before = request.args.get("before", type=place)
    found = queries.print_log(reading(), actor=current_actor(), before=before, **of)
    return render_template(
        "paper_trail/log.html", log=found, of=of, points=queries.points(reading(), actor=current_actor())
    )


@bp.get("/log.pdf")
@allow(Permission.SEE_VOUCHERS)
def log_pdf() -> ResponseReturnValue:
    """The same on paper: the latest press runs."""
    of = _of()
    found = queries.print_log(reading(), actor=current_actor(), size=queries.ON_PAPER_AT_MOST, **of)
    pdf = print_log_pdf(found, face=fund_of(), made_at=now().instant, language=Language(language()))
    return shown_file(pdf, "log.pdf")


@bp.route("/batches/<uuid:batch_id>/gone", methods=["GET", "POST"])
@allow(Permission.PRINT_VOUCHERS)
def gone(batch_id: UUID) -> ResponseReturnValue:
    """Cancel a lost or stolen batch: say why, see what dies, do it."""
    batch, form = _batch(batch_id), GoneForm()
    if form.validate_on_submit() and form.step != "change":
        with blamed_on(form):
            if form.step == "book":
                order = form.order(batch_id)
                return _ended(perform(form.idempotency_key, void_batch, actor=current_actor(), order=order))
            why = GONE_TITLES[form.order(batch_id).reason]
            return render_template("paper_trail/gone_check.html", form=form, batch=batch, why=why)
    return render_template("paper_trail/gone.html", form=form, batch=batch), 409 if form.errors else 200


@bp.route("/no/<int:serial>/move", methods=["GET", "POST"])
@allow(Permission.PRINT_VOUCHERS)
def move(serial: int) -> ResponseReturnValue:
    """Let a voucher be collected at another point: typed, checked, done."""
    found = vouchers.voucher(reading(), actor=current_actor(), serial=serial) if serial <= LARGEST else None
    if found is None:
        abort(404)
    form = MoveForm()
    form.offer(
        [
            (each.id, each.names)
            for each in queries.points(reading(), actor=current_actor())
            if each.id != found.point_id
        ]
    )
    if form.validate_on_submit() and form.step != "change":
        with blamed_on(form):
            order = form.order(serial)
            if form.step == "book":
                moved = perform(form.idempotency_key, move_voucher, actor=current_actor(), order=order)
                same = _("The voucher is collected there from now on, with the same sheet.")
                anew = _("The voucher is collected there from now on. It waits there for the printer.")
                flash(say(same if moved.same_sheet else anew), "success")
                return redirect(url_for("vouchers.one", serial=serial))
            why = MOVE_TITLES[order.reason]
            return render_template("paper_trail/move_check.html", form=form, voucher=found.row, order=order, why=why)
    return render_template("paper_trail/move.html", form=form, voucher=found.row), 409 if form.errors else 200


@bp.get("/expired")
@allow(Permission.SEE_MONEY)
def expired() -> ResponseReturnValue:
    """Vouchers that nobody collected, day by day, and what went back to which purpose."""
    after = request.args.get("after", default=0, type=place)
    day = request.args.get("day", type=date.fromisoformat)
    found = expired_queries.expired(reading(), actor=current_actor(), day=day, after=after)
    may_see = current_actor().may(Permission.SEE_VOUCHERS)
    return render_template("paper_trail/expired.html", expired=found, may_see=may_see)


class _Of(TypedDict):
    """Whose press runs are asked for; none: all."""

    allocation_id: UUID | None
    point_id: UUID | None


def _of() -> _Of:
    allocation_id, point_id = (request.args.get(name, type=UUID) for name in ("allocation_id", "point_id"))
    return _Of(allocation_id=allocation_id, point_id=point_id)


def _batch(batch_id: UUID) -> queries.BatchPage:
    found = queries.batch_page(reading(), actor=current_actor(), batch_id=batch_id)
    if found is None:
        abort(404)
    return found


def _ended(ended: Ended) -> ResponseReturnValue:
    told = n_(
        "Cancelled: %(num)s paper of batch %(number)s is worth nothing any more. Print it anew with its pile.",
        "Cancelled: %(num)s papers of batch %(number)s are worth nothing any more. Print them anew with their pile.",
        ended.papers,
        number=ended.number,
    )
    flash(say(told), "success")
    return redirect(url_for("vouchers.made", batch_id=ended.batch_id))
