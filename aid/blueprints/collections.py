"""The table: choose the point, read a voucher's digits, hand out once; and the point's day."""

from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._refusals import blamed_on
from aid.domain.permissions import Permission
from aid.extensions import now, reading
from aid.forms.collections import CodeForm, CollectForm, PointForm
from aid.perform import look, perform
from aid.queries import collections as queries
from aid.queries.collections import PointRow
from aid.security import allow, current_actor
from aid.security.sessions import PIN
from aid.services.collections.checking import Checked, Refused, check
from aid.services.collections.handing_out import Collected, collect

bp = Blueprint("collections", __name__, url_prefix="/collections")

POINT = "collections.point"
"""Under this name the session remembers where one hands out."""


@bp.get("/")
@allow(Permission.SEE_COLLECTIONS)
def index() -> ResponseReturnValue:
    """What was handed out today at one point."""
    points = queries.own_points(reading(), actor=current_actor())
    here = _chosen(points, request.args.get("point", "")) or _remembered(points) or (points[0] if points else None)
    if here is None:
        abort(404)
    today = now().today
    before = request.args.get("before", type=UUID)
    day = queries.point_day(reading(), actor=current_actor(), point_id=here.id, day=today, before=before)
    may_hand_out = current_actor().may(Permission.HAND_OUT)
    return render_template(
        "collections/index.html", day=day, today=today, here=here, points=points, may_hand_out=may_hand_out
    )


@bp.route("/point", methods=["GET", "POST"])
@allow(Permission.HAND_OUT)
def choose_point() -> ResponseReturnValue:
    """Where one hands out, for who has several points."""
    form = PointForm().offer(queries.own_points(reading(), actor=current_actor()))
    if form.validate_on_submit():
        session[POINT] = str(form.order())
        return redirect(url_for(".new"))
    return render_template("collections/point.html", form=form)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.HAND_OUT)
def new() -> ResponseReturnValue:
    """Read a voucher's digits. Who comes here for the first time chooses six digits that lock the page."""
    if PIN not in session:
        return redirect(url_for("account.choose_pin"))
    points = queries.own_points(reading(), actor=current_actor())
    here = _remembered(points)
    if here is None:
        return redirect(url_for(".choose_point"))
    form = CodeForm()
    if form.validate_on_submit():
        with blamed_on(form):
            return _answer(CollectForm.for_voucher(point_id=here.id, code=form.order()))
    return render_template("collections/new.html", form=form, here=here, has_several=len(points) > 1)


@bp.post("/hand-out")
@allow(Permission.HAND_OUT)
def hand_out() -> ResponseReturnValue:
    """Hand out to the person who was chosen."""
    form = CollectForm()
    if form.validate_on_submit():
        with blamed_on(form):
            match perform(form.idempotency_key, collect, actor=current_actor(), order=form.collection_order()):
                case Collected(collection_id):
                    return redirect(url_for(".done", collection_id=collection_id))
                case Refused() as refused:
                    return _refused(refused)
    return _answer(form) if form.is_ours else redirect(url_for(".new"))


@bp.get("/<uuid:collection_id>")
@allow(Permission.HAND_OUT)
def done(collection_id: UUID) -> ResponseReturnValue:
    """It was handed out: how much, and for which family code."""
    handed = queries.handed(reading(), actor=current_actor(), collection_id=collection_id)
    if handed is None:
        abort(404)
    return render_template("collections/done.html", handed=handed)


def _answer(form: CollectForm) -> ResponseReturnValue:
    """Green with who may collect, or red with the reason."""
    match look(check, actor=current_actor(), point_id=form.point_id, code=form.order()):
        case Checked() as good:
            return render_template("collections/check.html", form=form.offer(good.collectors), check=good)
        case Refused() as refused:
            return _refused(refused)


def _refused(refused: Refused) -> ResponseReturnValue:
    return render_template("collections/refused.html", reason=refused.reason), 409


def _remembered(points: tuple[PointRow, ...]) -> PointRow | None:
    """The only point, or the one that was chosen in this sign-in."""
    return points[0] if len(points) == 1 else _chosen(points, session.get(POINT, ""))


def _chosen(points: tuple[PointRow, ...], wanted: str) -> PointRow | None:
    return next((point for point in points if str(point.id) == wanted), None)
